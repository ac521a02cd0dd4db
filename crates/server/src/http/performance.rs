//! How the server does: figures by window, samples over time, alerts, reports; and its caches emptied.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse as _, Response};
use domain::Timestamp;
use jiff::SignedDuration;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use store::{JobCounts, PoolUse};
use utoipa::{IntoParams, ToSchema};

use super::auth::Operator;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::Query;
use crate::App;
use crate::monitoring::daily::{self, ReportError, SAMPLES_MAX};
use crate::monitoring::{Alert, Performance, Report, TimedSample, to_html, to_markdown};

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PerformanceMetrics {
    /// How many background jobs wait, run, and were given up.
    #[schema(value_type = Object)]
    jobs: JobCounts,
    /// Seconds that the oldest job that is due has waited.
    oldest_job_s: f64,
    #[schema(value_type = Object)]
    pool: PoolUse,
    uptime_s: u64,
    #[serde(flatten)]
    figures: Performance,
}

/// Durations and counts of turns, endpoints, agents, searches, models, caches and jobs over the last minute, five
/// minutes, hour and day.
#[utoipa::path(get, path = "/api/performance/metrics", tag = "performance", responses((status = 200, body = PerformanceMetrics)))]
pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    _: Operator,
) -> ApiResult<Answer<PerformanceMetrics>> {
    let (jobs, oldest) = tokio::try_join!(app.store.count_jobs(), app.store.oldest_job_wait())?;
    Ok(Answer(PerformanceMetrics {
        jobs,
        oldest_job_s: oldest.as_secs_f64(),
        pool: app.store.pool_use(),
        uptime_s: app.started.elapsed().as_secs(),
        figures: Performance::of(&app.metrics.windows),
    }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct TimeseriesQuery {
    /// From when on; a day ago if absent.
    #[param(value_type = Option<String>)]
    from: Option<Timestamp>,
    /// Until when; now if absent.
    #[param(value_type = Option<String>)]
    until: Option<Timestamp>,
    /// The newest so many, at most 1440.
    limit: Option<u32>,
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Timeseries {
    /// Oldest first: one a minute, every ten minutes after two days, every hour after a week, for 30 days.
    items: Vec<TimedSample>,
}

/// Samples of the most telling figures.
#[utoipa::path(get, path = "/api/performance/timeseries", tag = "performance", params(TimeseriesQuery),
    responses((status = 200, body = Timeseries), (status = 400, body = ProblemDetails)))]
pub(super) async fn timeseries(
    State(app): State<Arc<App>>,
    _: Operator,
    Query(query): Query<TimeseriesQuery>,
) -> ApiResult<Answer<Timeseries>> {
    let until = query.until.unwrap_or_else(|| app.clock.now());
    let from =
        query.from.unwrap_or_else(|| until.saturating_sub(SignedDuration::from_hours(24)).unwrap_or(until));
    let limit = query.limit.unwrap_or(SAMPLES_MAX).clamp(1, SAMPLES_MAX);
    Ok(Answer(Timeseries { items: daily::samples(&app, from, until, limit).await? }))
}

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Alerts {
    /// Those that fire come first.
    items: Vec<Alert>,
}

/// What is watched, and what is wrong.
#[utoipa::path(get, path = "/api/performance/alerts", tag = "performance", responses((status = 200, body = Alerts)))]
pub(super) async fn alerts(State(app): State<Arc<App>>, _: Operator) -> Answer<Alerts> {
    Answer(Alerts { items: app.alerts.list() })
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportQuery {
    /// A day of the server's time zone, such as 2026-05-07; today if absent.
    #[param(value_type = Option<String>)]
    date: Option<Date>,
    /// `json`, `markdown` or `html`.
    format: Option<String>,
}

/// A day beside the day before it and the baseline.
#[utoipa::path(get, path = "/api/performance/report", tag = "performance", params(ReportQuery),
    responses((status = 200, body = Report), (status = 400, body = ProblemDetails)))]
pub(super) async fn report(
    State(app): State<Arc<App>>,
    _: Operator,
    Query(query): Query<ReportQuery>,
) -> ApiResult<Response> {
    let today = || app.clock.now().to_zoned(app.config.server.time_zone()).date();
    let report =
        daily::report(&app, query.date.unwrap_or_else(today)).await.map_err(|error| match error {
            ReportError::Store(error) => error.into(),
            error => ApiError::new(StatusCode::BAD_REQUEST, "invalid_date", format!("{error}.")),
        })?;
    Ok(match query.format.as_deref() {
        None | Some("json") => Answer(report).into_response(),
        Some("markdown") => {
            ([(header::CONTENT_TYPE, "text/markdown; charset=utf-8")], to_markdown(&report)).into_response()
        }
        Some("html") => Html(to_html(&report)).into_response(),
        Some(_) => {
            let detail = "format is json, markdown or html.";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, "invalid_format", detail));
        }
    })
}

/// Empties the caches. What was asked before takes a little longer once.
#[utoipa::path(post, path = "/api/performance/cache/clear", tag = "performance", responses((status = 204)))]
pub(super) async fn clear_caches(State(app): State<Arc<App>>, _: Operator) -> StatusCode {
    app.memories.clear_caches();
    app.sessions.forget_contexts();
    StatusCode::NO_CONTENT
}
