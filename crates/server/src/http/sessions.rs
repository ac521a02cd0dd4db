//! Conversations.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use domain::invalid::optional_text;
use domain::message::Message;
use domain::profile::Profile;
use domain::session::{Session, TITLE_CHARS_MAX};
use domain::{Invalid, PrivacyMode, ProfileId, SessionId, Timestamp, UserId};
use memory::SearchOptions;
use memory::retrieval::format_context;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::auth::Caller;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json, Query};
use super::page::{List, PageQuery};
use super::sse;
use crate::App;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewSession {
    /// Absent: the user's default profile.
    profile_id: Option<ProfileId>,
    /// `normal`, `pause_memory` or `incognito`; `normal` if absent.
    privacy_mode: Option<String>,
    title: Option<String>,
}

/// Starts a conversation. An incognito one is never written to disk.
#[utoipa::path(post, path = "/api/users/{id}/sessions", tag = "sessions", params(("id" = UserId, Path)),
    request_body = NewSession,
    responses((status = 201, body = Session), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn create_session(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(user_id): Id<UserId>,
    Json(new): Json<NewSession>,
) -> ApiResult<(StatusCode, Answer<Session>)> {
    let mode = mode(new.privacy_mode.as_deref())?.unwrap_or_default();
    let title = title(new.title.as_deref())?;
    let session = app.create_session(caller, user_id, new.profile_id, mode, title).await?;
    Ok((StatusCode::CREATED, Answer(session)))
}

/// Lists conversations, newest first. Those that are incognito come first, on the first page.
#[utoipa::path(get, path = "/api/users/{id}/sessions", tag = "sessions", params(("id" = UserId, Path), PageQuery),
    responses((status = 200, body = List<Session>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_sessions(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(user_id): Id<UserId>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Answer<List<Session>>> {
    let after = page.after()?;
    let mut list: List<Session> =
        app.store.list_sessions(caller, user_id, after, page.limit()?).await?.into();
    if after.is_none() {
        list.items.splice(0..0, app.sessions.list_incognito(caller, user_id));
    }
    Ok(Answer(list))
}

#[utoipa::path(get, path = "/api/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, body = Session), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_session(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
) -> ApiResult<Answer<Session>> {
    Ok(Answer(app.get_session(caller, id).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SessionChanges {
    title: Option<String>,
    privacy_mode: Option<String>,
}

/// Changes the title, the privacy mode, or both.
#[utoipa::path(patch, path = "/api/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = SessionChanges,
    responses((status = 200, body = Session), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn update_session(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
    Json(changes): Json<SessionChanges>,
) -> ApiResult<Answer<Session>> {
    let mode = mode(changes.privacy_mode.as_deref())?;
    let title = changes.title.as_deref().map(|text| title(Some(text))).transpose()?;
    Ok(Answer(app.update_session(caller, id, title, mode).await?))
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMode {
    /// `normal`, `pause_memory` or `incognito`.
    #[serde(alias = "mode")]
    privacy_mode: String,
}

/// Sets the privacy mode of the turns to come. What was said incognito is gone when incognito ends.
#[utoipa::path(put, path = "/api/sessions/{id}/privacy-mode", tag = "sessions", params(("id" = SessionId, Path)),
    request_body = NewMode,
    responses((status = 200, body = Session), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn set_privacy_mode(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
    Json(new): Json<NewMode>,
) -> ApiResult<Answer<Session>> {
    let mode = mode(Some(&new.privacy_mode))?;
    Ok(Answer(app.update_session(caller, id, None, mode).await?))
}

/// Deletes a conversation with its messages. The memories made from it stay in the profile.
#[utoipa::path(delete, path = "/api/sessions/{id}", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails)))]
pub(super) async fn delete_session(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
) -> ApiResult<StatusCode> {
    app.delete_session(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What the next turn of a conversation starts from.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct SessionContext {
    session: Session,
    profile: Profile,
    /// Of what was said before; empty until the fifth turn, and for incognito.
    summary: String,
    /// The newest messages, oldest first.
    recent_messages: Vec<Message>,
    /// What is remembered that answers `query`, as the model would get it. Absent without a query, and where memories
    /// are not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    memories: Option<String>,
    reads_memories: bool,
    writes_memories: bool,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(super) struct ContextQuery {
    /// What the user might say next.
    query: Option<String>,
    /// What was believed then, instead of now.
    as_of: Option<Timestamp>,
}

#[utoipa::path(get, path = "/api/sessions/{id}/context", tag = "sessions", params(("id" = SessionId, Path), ContextQuery),
    responses((status = 200, body = SessionContext), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_context(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
    Query(asked): Query<ContextQuery>,
) -> ApiResult<Answer<SessionContext>> {
    let session = app.get_session(caller, id).await?;
    let profile = app.store.get_profile(caller, session.profile_id).await?;
    let recent_messages = app.list_messages(caller, id, None, agents::HISTORY_MESSAGES).await?.items;
    let mode = session.privacy_mode;
    let analysis = if mode == PrivacyMode::Incognito { None } else { app.store.find_analysis(id).await? };
    let mut memories = None;
    if let Some(query) = asked.query.filter(|_| mode.reads_memories()) {
        let scope = app.store.open_profile(caller, session.profile_id).await?;
        let options = SearchOptions { as_of: asked.as_of, ..SearchOptions::default() };
        let found = app.memories.search(scope, &query, &options).await?;
        let time_zone = app.memories.time_zone(scope).await?;
        memories = Some(format_context(&found.hits, app.config.limits.memory_tokens_max, &time_zone).0);
    }
    Ok(Answer(SessionContext {
        session,
        profile,
        summary: analysis.map(|(analysis, _)| analysis.summary).unwrap_or_default(),
        recent_messages,
        memories,
        reads_memories: mode.reads_memories(),
        writes_memories: mode.writes_memories(),
    }))
}

/// What happens in a conversation after its turns: `memory.created`, `memory.updated`, `memory.superseded`,
/// `analysis.updated`.
#[utoipa::path(get, path = "/api/sessions/{id}/events", tag = "sessions", params(("id" = SessionId, Path)),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = ProblemDetails)))]
pub(super) async fn follow_session(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
) -> ApiResult<Response> {
    app.get_session(caller, id).await?;
    Ok(sse::session_events(app.feeds.follow(id), app.stopping.clone()))
}

fn mode(text: Option<&str>) -> ApiResult<Option<PrivacyMode>> {
    text.map(|text| PrivacyMode::parse("privacy_mode", text))
        .transpose()
        .map_err(|invalid: Invalid| ApiError::invalid(&invalid))
}

fn title(text: Option<&str>) -> ApiResult<String> {
    optional_text("title", text, TITLE_CHARS_MAX).map_err(|invalid| ApiError::invalid(&invalid))
}
