//! The table of routes.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::routing::get;
use tower_http::set_header::SetResponseHeaderLayer;
use tower_http::timeout::RequestBodyTimeoutLayer;
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{
    analytics, auth, chat, completion, consolidations, docs, idempotency, imports, limits, memories,
    operation, performance, profiles, receipts, request_id, sessions, users,
};
use crate::App;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "Confidant",
    description = "A chat server with a long memory that its user controls. Errors are RFC 9457 problems; lists are \
                   paged by `limit`, `after` and `next`; `Idempotency-Key` is honoured on POST."
))]
struct Document;

pub fn router(app: Arc<App>) -> Router {
    let body_bytes_max = app.config.limits.body_bytes_max;
    let body_timeout = Duration::from_millis(app.config.limits.body_timeout_ms);
    let (protected, _) = protected().split_for_parts();
    let (open, _) = open().split_for_parts();
    let protected = protected
        .layer(from_fn_with_state(app.clone(), idempotency::replay))
        .layer(from_fn(completion::complete))
        .layer(from_fn_with_state(app.clone(), limits::limit))
        .layer(from_fn_with_state(app.clone(), auth::authenticate));
    let pages = Router::new()
        .route("/openapi.json", get(docs::document))
        .route("/docs", get(docs::page))
        .route("/docs/docs.js", get(docs::script));
    protected
        .merge(open)
        .merge(pages)
        .layer(RequestBodyTimeoutLayer::new(body_timeout))
        .layer(DefaultBodyLimit::max(body_bytes_max))
        .layer(from_fn(request_id::name_request))
        .layer(header("x-content-type-options", "nosniff"))
        .layer(header("referrer-policy", "no-referrer"))
        .layer(header("cross-origin-resource-policy", "same-origin"))
        .layer(header("x-frame-options", "DENY"))
        .layer(header(
            "content-security-policy",
            "default-src 'self'; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'",
        ))
        .with_state(app)
}

/// The OpenAPI 3.1 document.
pub fn openapi() -> utoipa::openapi::OpenApi {
    let document = OpenApiRouter::<Arc<App>>::with_openapi(Document::openapi());
    document.merge(protected()).merge(open()).into_openapi()
}

/// What asks who calls.
fn protected() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new()
        .routes(routes!(users::create_user, users::list_users))
        .routes(routes!(users::get_user, users::update_user, users::delete_user))
        .routes(routes!(users::export_user))
        .routes(routes!(profiles::list_profiles, profiles::create_profile))
        .routes(routes!(profiles::get_profile, profiles::update_profile, profiles::delete_profile))
        .routes(routes!(profiles::set_default_profile))
        .routes(routes!(sessions::list_sessions, sessions::create_session))
        .routes(routes!(sessions::get_session, sessions::update_session, sessions::delete_session))
        .routes(routes!(sessions::set_privacy_mode))
        .routes(routes!(sessions::get_context))
        .routes(routes!(sessions::follow_session))
        .routes(routes!(chat::send_message))
        .routes(routes!(chat::list_messages, chat::delete_messages))
        .routes(routes!(chat::prefetch))
        .routes(routes!(chat::get_turn))
        .routes(routes!(chat::follow_turn))
        .routes(routes!(chat::stop_turn))
        .routes(routes!(receipts::get_receipt))
        .routes(routes!(memories::list_memories, memories::add_memories))
        .routes(routes!(memories::get_memory, memories::update_memory, memories::delete_memory))
        .routes(routes!(imports::import))
        .routes(routes!(memories::list_history))
        .routes(routes!(memories::undo_change))
        .routes(routes!(memories::search_memories))
        .routes(routes!(consolidations::list_consolidations, consolidations::consolidate))
        .routes(routes!(consolidations::undo_consolidation))
        .routes(routes!(analytics::session_analytics))
        .routes(routes!(analytics::profile_analytics))
        .routes(routes!(performance::metrics))
        .routes(routes!(performance::timeseries))
        .routes(routes!(performance::alerts))
        .routes(routes!(performance::report))
        .routes(routes!(performance::clear_caches))
        .routes(routes!(operation::prometheus))
}

/// What tells nothing about anybody.
fn open() -> OpenApiRouter<Arc<App>> {
    OpenApiRouter::new().routes(routes!(operation::health)).routes(routes!(operation::readiness))
}

fn header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(HeaderName::from_static(name), HeaderValue::from_static(value))
}
