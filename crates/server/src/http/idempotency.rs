//! `Idempotency-Key` on POST: the same request twice is done once, and answered the same.
//!
//! Answers are held in RAM for an hour. A message to a session is not held here: its turn carries the key in the
//! database, so that it also survives a restart. Deleting anything empties what is held, since answers have text.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use http_body_util::BodyExt as _;
use moka::future::Cache;

use super::auth::Caller;
use super::error::ApiError;
use crate::App;

pub(super) static IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const KEY_LENGTH_MAX: usize = 255;
const HELD_FOR: Duration = Duration::from_secs(3_600);
const BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Answers to requests that had a key.
#[derive(Clone, Debug)]
pub(crate) struct Replays(Cache<[u8; 32], Recorded>);

#[derive(Clone, Debug)]
struct Recorded {
    /// Of the request's body.
    fingerprint: [u8; 32],
    status: StatusCode,
    headers: HeaderMap,
    body: Bytes,
}

impl Default for Replays {
    fn default() -> Self {
        let weigh = |_: &[u8; 32], recorded: &Recorded| recorded.body.len() as u32 + 256;
        Self(Cache::builder().max_capacity(BYTES_MAX).weigher(weigh).time_to_live(HELD_FOR).build())
    }
}

pub(super) async fn replay(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    if request.method() == Method::DELETE {
        let response = next.run(request).await;
        app.replays.0.invalidate_all();
        return response;
    }
    let turns_keep_their_own = request.uri().path() == "/api/chat/message";
    let key = request.headers().get(&IDEMPOTENCY_KEY).and_then(|key| key.to_str().ok());
    let Some(key) = key.filter(|_| request.method() == Method::POST && !turns_keep_their_own) else {
        return next.run(request).await;
    };
    if key.is_empty() || key.len() > KEY_LENGTH_MAX {
        return ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_idempotency_key",
            "The key must have 1 to 255 characters.",
        )
        .into_response();
    }
    let caller = request.extensions().get::<Caller>().map(|caller| caller.0);
    let name = blake3::hash(format!("{caller:?}\n{}\n{key}", request.uri().path()).as_bytes());
    let (parts, body) = request.into_parts();
    let body = match axum::body::to_bytes(body, app.config.limits.body_bytes_max).await {
        Ok(body) => body,
        Err(_) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
    };
    let fingerprint = *blake3::hash(&body).as_bytes();
    // Twins at the same time wait here for the first; an answer that is no success is given to them and forgotten.
    let work = async {
        let response = next.run(Request::from_parts(parts, Body::from(body))).await;
        let recorded = record(fingerprint, response).await;
        if recorded.status.is_success() { Ok(recorded) } else { Err(recorded) }
    };
    let recorded = match app.replays.0.try_get_with(*name.as_bytes(), work).await {
        Ok(recorded) => recorded,
        Err(failed) => Arc::unwrap_or_clone(failed),
    };
    if recorded.fingerprint != fingerprint {
        return ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency_key_reused",
            "This Idempotency-Key was used for a request with another body; take a new one.",
        )
        .into_response();
    }
    let mut response = (recorded.status, recorded.body).into_response();
    *response.headers_mut() = recorded.headers;
    response
}

async fn record(fingerprint: [u8; 32], response: Response) -> Recorded {
    let (parts, body) = response.into_parts();
    // A problem's body is made further out; what is recorded of one is its status and kind.
    if let Some(error) = parts.extensions.get::<ApiError>() {
        let response = super::error::render(error.clone(), "", parts.status.into_response());
        let (parts, body) = response.into_parts();
        let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
        return Recorded { fingerprint, status: parts.status, headers: parts.headers, body };
    }
    let body = body.collect().await.map(http_body_util::Collected::to_bytes).unwrap_or_default();
    Recorded { fingerprint, status: parts.status, headers: parts.headers, body }
}
