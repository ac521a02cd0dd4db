//! Who calls. A server on loopback without API keys belongs to the person at the machine; any other asks for a key.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::StreamExt as _;
use store::KeyScope;

use super::error::ApiError;
use crate::App;

/// How often it is asked whether there is a key yet, and whether the key of somebody who follows events is still there.
const KEY_CHECKED_EVERY: Duration = Duration::from_secs(1);

/// Makes a server that began without keys ask for one as soon as there is one.
pub(crate) async fn watch_keys(app: Arc<App>) {
    if !matches!(app.access, Access::Local) {
        return;
    }
    while app.stopping.run_until_cancelled(tokio::time::sleep(KEY_CHECKED_EVERY)).await.is_some() {
        match app.store.list_api_keys().await {
            Ok(keys) if keys.is_empty() => {}
            Ok(_) => {
                tracing::info!("the first key was made: requests need one from now on");
                return app.key_was_made.store(true, Ordering::Relaxed);
            }
            Err(error) => tracing::warn!(%error, "it is not known whether there are keys"),
        }
    }
}

/// What a request must show.
#[derive(Clone, Copy, Debug)]
pub enum Access {
    /// Nothing, but to come from this machine's own pages and programs.
    Local,
    /// An API key.
    Keys,
    /// The one key with this hash: a server that a command runs for itself.
    OneKey([u8; 32]),
}

/// The caller of a request.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller(pub(super) store::Caller);

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        parts.extensions.get::<Self>().copied().ok_or_else(unauthorized)
    }
}

/// The caller of a request that is about the whole server: somebody who may act for every user.
#[derive(Clone, Copy, Debug)]
pub(super) struct Operator;

impl<S: Send + Sync> FromRequestParts<S> for Operator {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        match parts.extensions.get::<Caller>() {
            Some(Caller(store::Caller::Operator)) => Ok(Self),
            Some(_) => Err(ApiError::new(
                StatusCode::FORBIDDEN,
                "operator_only",
                "Only a key without a user may do this: it is about the whole server.",
            )),
            None => Err(unauthorized()),
        }
    }
}

pub(super) async fn authenticate(State(app): State<Arc<App>>, mut request: Request, next: Next) -> Response {
    match caller(&app, request.headers()).await {
        Ok(known) if known.scope == KeyScope::ReadOnly && !only_reads(&request) => {
            read_only().into_response()
        }
        Ok(known) => {
            request.extensions_mut().insert(Caller(known.caller));
            let response = next.run(request).await;
            match known.revocable {
                Some(key) if is_event_stream(&response) => until_revoked(app, key, response),
                _ => response,
            }
        }
        Err(error) => error.into_response(),
    }
}

fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE);
    kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"))
}

/// Events may be followed for days: they end soon after the key that they were asked for with is gone.
fn until_revoked(app: Arc<App>, key: [u8; 32], response: Response) -> Response {
    let revoked = async move {
        loop {
            tokio::time::sleep(KEY_CHECKED_EVERY).await;
            if matches!(app.store.find_caller(key).await, Ok(None)) {
                return;
            }
        }
    };
    response.map(|body| Body::from_stream(body.into_data_stream().take_until(Box::pin(revoked))))
}

/// Who calls, and what they may do.
struct Known {
    caller: store::Caller,
    scope: KeyScope,
    /// The hash of the key that says so, where it can be revoked meanwhile.
    revocable: Option<[u8; 32]>,
}

async fn caller(app: &App, headers: &HeaderMap) -> Result<Known, ApiError> {
    let operator = Known { caller: store::Caller::Operator, scope: KeyScope::Admin, revocable: None };
    let access = match app.access {
        Access::Local if app.key_was_made.load(Ordering::Relaxed) => Access::Keys,
        access => access,
    };
    match access {
        Access::Local if is_local_host(headers) => Ok(operator),
        Access::Local => Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "foreign_host",
            "The Host header is not this machine's. Use http://127.0.0.1, or configure API keys.",
        )),
        Access::OneKey(hash) => match bearer(headers) {
            // Hashes compare in constant time.
            Some(key) if blake3::Hash::from(hash_key(key)) == blake3::Hash::from(hash) => Ok(operator),
            _ => Err(unauthorized()),
        },
        Access::Keys => {
            let key = hash_key(bearer(headers).ok_or_else(unauthorized)?);
            let (caller, scope) = app.store.find_caller(key).await?.ok_or_else(unauthorized)?;
            Ok(Known { caller, scope, revocable: Some(key) })
        }
    }
}

/// Whether a request leaves everything as it is. A search is a POST only because of its body.
fn only_reads(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD) || request.uri().path() == "/api/memories/search"
}

fn read_only() -> ApiError {
    ApiError::new(
        StatusCode::FORBIDDEN,
        "read_only_key",
        "This key may read only; `confidant keys create --scope user` makes one that may change things.",
    )
}

/// How keys are stored and compared: they are random, so one fast hash is enough, and comparing hashes tells nothing
/// by its timing.
pub fn hash_key(key: &str) -> [u8; 32] {
    *blake3::hash(key.as_bytes()).as_bytes()
}

/// A page on the internet can make a browser send requests to this machine under a name of its own. Only requests
/// that name this machine are the user's.
fn is_local_host(headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else { return true };
    let name = match host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((name, _)) => name,
        None => host.split(':').next().unwrap_or(host),
    };
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| key.trim())
}

fn unauthorized() -> ApiError {
    ApiError::new(
        StatusCode::UNAUTHORIZED,
        "unauthorized",
        "Send an API key as `Authorization: Bearer …`; `confidant keys create` makes one.",
    )
}
