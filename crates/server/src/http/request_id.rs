//! A name for each request: taken from `X-Request-Id` or made, told in the answer, in every problem and in the log.

use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument as _;

use super::error::{self, ApiError};

static X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LENGTH_MAX: usize = 100;

pub(super) async fn name_request(request: Request, next: Next) -> Response {
    let id = given(&request).unwrap_or_else(|| uuid::Uuid::from_bytes(rand::random()).simple().to_string());
    let method = request.method().clone();
    // The pattern, not the path: it has no ids, so there are few of them.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let span = tracing::info_span!("request", request.id = %id, %method, route);
    let started = Instant::now();
    let mut response = next.run(request).instrument(span).await;
    let status = response.status();
    metrics::histogram!("confidant_http_seconds", "method" => method_label(&method), "route" => route.clone())
        .record(started.elapsed().as_secs_f64());
    tracing::debug!(request.id = %id, %method, route, status = status.as_u16(), "request answered");
    if let Some(error) = response.extensions_mut().remove::<ApiError>() {
        response = error::render(error, &id, response);
    } else if status.is_client_error()
        && response
            .headers()
            .get("content-type")
            .is_none_or(|kind| !kind.as_bytes().starts_with(b"application/"))
    {
        // What the framework answers by itself: no such route, no such method, body over the limit.
        response = error::render(framework_error(status), &id, response);
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(X_REQUEST_ID.clone(), value);
    }
    response
}

/// One of few: a client may name a method as it likes.
fn method_label(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "HEAD" => "HEAD",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn given(request: &Request) -> Option<String> {
    let id = request.headers().get(&X_REQUEST_ID)?.to_str().ok()?;
    let plain = !id.is_empty() && id.len() <= LENGTH_MAX && id.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| id.to_owned())
}

fn framework_error(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => {
            ApiError::new(status, "no_such_route", "There is nothing at this path; see /docs.")
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(status, "method_not_allowed", "This path does not take this method; see /docs.")
        }
        StatusCode::PAYLOAD_TOO_LARGE => ApiError::body_too_large(),
        _ => ApiError::new(status, "bad_request", "The request could not be read."),
    }
}
