//! Health, readiness, metrics.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use utoipa::ToSchema;

use super::auth::Operator;
use super::error::{ApiError, ApiResult, ProblemDetails};
use crate::App;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Health {
    status: &'static str,
    version: &'static str,
}

/// Whether the process lives.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Health)))]
pub(super) async fn health() -> Answer<Health> {
    Answer(Health { status: "ok", version: env!("CARGO_PKG_VERSION") })
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    status: &'static str,
    /// The models in use.
    conversation_model: String,
    embedding_model: String,
}

/// Whether requests can be served: the database answers, and the server is not stopping.
#[utoipa::path(get, path = "/readyz", tag = "operation",
    responses((status = 200, body = Readiness), (status = 503, body = ProblemDetails)))]
pub(super) async fn readiness(State(app): State<Arc<App>>) -> ApiResult<Answer<Readiness>> {
    if app.stopping.is_cancelled() || app.store.ping().await.is_err() {
        return Err(ApiError::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "not_ready",
            "The server is stopping, or the database does not answer.",
        ));
    }
    Ok(Answer(Readiness {
        status: "ready",
        conversation_model: app.models.conversation.model.name().to_owned(),
        embedding_model: app.memories.embedding_model().id().to_owned(),
    }))
}

/// For Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, content_type = "text/plain")))]
pub(super) async fn prometheus(State(app): State<Arc<App>>, _: Operator) -> ApiResult<Response> {
    let jobs = app.store.count_jobs().await?;
    for (state, count) in [("pending", jobs.pending), ("running", jobs.running), ("dead", jobs.dead)] {
        metrics::gauge!("confidant_jobs", "state" => state).set(count as f64);
    }
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")];
    Ok((kind, app.metrics.prometheus.render()).into_response())
}
