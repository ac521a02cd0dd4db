//! Problems, as RFC 9457 has them. The one place where errors become statuses.

use agents::StartError;
use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use domain::Invalid;
use memory::MemoryError;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;

/// The body of every error, sent as `application/problem+json`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Always `about:blank`: `code` tells problems apart.
    #[serde(rename = "type")]
    pub kind: &'static str,
    pub title: String,
    pub status: u16,
    /// What was wrong, and what would be right.
    pub detail: String,
    /// Stable, for programs.
    pub code: String,
    /// The field of the request that is wrong, if it is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The same as in the `X-Request-Id` header, and in the server's log.
    pub request_id: String,
    /// The turn that failed, if it was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub turn_id: Option<domain::TurnId>,
    /// What the model had said before it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<domain::message::Message>,
}

#[derive(Clone, Debug)]
pub struct ApiError(Box<ProblemDetails>);

pub type ApiResult<T> = Result<T, ApiError>;

impl ApiError {
    pub fn new(status: StatusCode, code: &str, detail: impl Into<String>) -> Self {
        Self(Box::new(ProblemDetails {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error").to_owned(),
            status: status.as_u16(),
            detail: detail.into(),
            code: code.to_owned(),
            field: None,
            request_id: String::new(),
            turn_id: None,
            partial: None,
        }))
    }

    pub fn not_found(what: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", format!("There is no such {what}."))
    }

    pub fn body_too_large() -> Self {
        let detail = "The request's body is larger than this server takes; `limits.body_bytes_max` of its configuration \
                      is the limit. Send less at once, or raise it.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
    }

    /// A field of the body that breaks a rule.
    pub fn invalid(invalid: &Invalid) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_field", format!("{invalid}."))
            .with_field(&invalid.field)
    }

    /// A part of the path or the query that breaks a rule.
    pub fn bad_parameter(invalid: &Invalid) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "invalid_parameter", format!("{invalid}."))
            .with_field(&invalid.field)
    }

    pub fn with_field(mut self, field: &str) -> Self {
        self.0.field = Some(field.to_owned());
        self
    }

    /// A turn that failed, as the answer to a request that does not stream.
    pub fn turn(failed: &agents::TurnFailed) -> Self {
        let status = StatusCode::from_u16(failed.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut error = Self::new(status, &failed.problem.code, failed.problem.detail.clone());
        error.0.title.clone_from(&failed.problem.title);
        error.0.turn_id = Some(failed.turn_id);
        error.0.partial.clone_from(&failed.partial);
        error
    }
}

impl IntoResponse for ApiError {
    /// Without the request's id yet: [`super::request_id`] fills it in on the way out.
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The finished response of an error.
pub(super) fn render(mut error: ApiError, request_id: &str, mut response: Response) -> Response {
    error.0.request_id = request_id.to_owned();
    *response.body_mut() = Json(&*error.0).into_response().into_body();
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    response
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound(what) => Self::not_found(what),
            StoreError::Conflict(detail) => Self::new(StatusCode::CONFLICT, "conflict", sentence(detail)),
            StoreError::DiskFull => {
                Self::new(StatusCode::INSUFFICIENT_STORAGE, "disk_full", sentence(&error.to_string()))
            }
            StoreError::ProfileKey { profile, .. } => {
                tracing::warn!(%error, "texts that were sealed cannot be read");
                let detail = format!(
                    "The key of profile {profile} was destroyed or is missing: its texts cannot be read."
                );
                Self::new(StatusCode::GONE, "key_destroyed", detail)
            }
            StoreError::Closed => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "shutting_down", "The server is shutting down.")
            }
            error => {
                tracing::error!(%error, "the store failed");
                Self::new(
                    StatusCode::INTERNAL_SERVER_ERROR,
                    "storage_failed",
                    "The database failed; see the server's log.",
                )
            }
        }
    }
}

impl From<MemoryError> for ApiError {
    fn from(error: MemoryError) -> Self {
        match error {
            MemoryError::Store(error) => error.into(),
            MemoryError::Invalid(invalid) => Self::invalid(&invalid),
            MemoryError::Conflict(detail) => Self::new(StatusCode::CONFLICT, "conflict", sentence(detail)),
            MemoryError::Model(error) => {
                Self::new(StatusCode::BAD_GATEWAY, error.code(), sentence(&error.to_string()))
            }
        }
    }
}

impl From<StartError> for ApiError {
    fn from(error: StartError) -> Self {
        let detail = sentence(&error.to_string());
        match error {
            StartError::Invalid(invalid) => Self::invalid(&invalid),
            StartError::TooLong { .. } => {
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "message_too_long", detail).with_field("message")
            }
            StartError::Busy => Self::new(StatusCode::TOO_MANY_REQUESTS, "session_busy", detail),
            StartError::KeyReused => {
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused", detail)
            }
            StartError::ShuttingDown => Self::new(StatusCode::SERVICE_UNAVAILABLE, "shutting_down", detail),
            StartError::Store(error) => error.into(),
        }
    }
}

/// Upper case first, full stop last.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|c| c.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str().trim_end_matches('.'))
}
