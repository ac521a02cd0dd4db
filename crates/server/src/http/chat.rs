//! Messages and turns.

use std::fmt::Write as _;
use std::sync::Arc;

use agents::{Ending, StartedTurn, TurnCompleted, TurnEvent, TurnFailed, TurnRequest};
use axum::Json as Answer;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use domain::message::{Message, Role};
use domain::turn::{Turn, TurnStatus};
use domain::{SessionId, TurnId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json, Query};
use super::idempotency::{IDEMPOTENCY_KEY, KEY_LENGTH_MAX};
use super::page::{List, PageQuery};
use super::sse;
use crate::App;

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewMessage {
    session_id: SessionId,
    message: String,
    /// Send the answer as server-sent events while it is made.
    #[serde(default)]
    stream: bool,
}

/// Sends a message and gets the answer: whole, or as server-sent events with `stream: true`. The turn goes on when the
/// client goes away.
#[utoipa::path(post, path = "/api/chat/message", tag = "chat", request_body = NewMessage,
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key in the same session means the same turn.")),
    responses(
        (status = 200, body = TurnCompleted, description = "The answer; with `stream: true` the events turn.started, \
            privacy.checked, memories.retrieved, answer.delta …, and turn.completed or turn.failed"),
        (status = 404, body = ProblemDetails), (status = 413, body = ProblemDetails),
        (status = 422, body = ProblemDetails), (status = 429, body = ProblemDetails),
        (status = 502, body = ProblemDetails, description = "The model failed; the message is kept")))]
pub(super) async fn send_message(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    headers: HeaderMap,
    Json(new): Json<NewMessage>,
) -> ApiResult<Response> {
    let idempotency_key = idempotency_key(&headers)?;
    let request = TurnRequest { session_id: new.session_id, message: new.message, idempotency_key };
    let live = match app.coordinator.start_turn(caller, request).await? {
        StartedTurn::New(live) => live,
        StartedTurn::Repeated(id) => match app.coordinator.find_live_turn(caller, id) {
            Some(live) => live,
            None => return repeat_stored(&app, caller, id, new.stream).await,
        },
    };
    if new.stream {
        return Ok(sse::turn_events(live.follow(0)));
    }
    whole(&*live.finished().await)
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Draft {
    /// What the user has typed so far.
    draft: String,
}

/// Prepares the answer to a message that is being typed: if it is sent as it is, its memories are found already. The
/// draft is not stored; in an incognito conversation nothing is done.
#[utoipa::path(post, path = "/api/sessions/{id}/prefetch", tag = "chat", params(("id" = SessionId, Path)),
    request_body = Draft, responses((status = 204), (status = 404, body = ProblemDetails), (status = 413, body = ProblemDetails),
        (status = 422, body = ProblemDetails)))]
pub(super) async fn prefetch(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
    Json(new): Json<Draft>,
) -> ApiResult<StatusCode> {
    app.coordinator.prefetch(caller, id, new.draft).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The newest messages of a conversation in the order they were said; `next` leads further back.
#[utoipa::path(get, path = "/api/sessions/{id}/messages", tag = "chat", params(("id" = SessionId, Path), PageQuery),
    responses((status = 200, body = List<Message>), (status = 404, body = ProblemDetails)))]
pub(super) async fn list_messages(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
    Query(page): Query<PageQuery>,
) -> ApiResult<Answer<List<Message>>> {
    Ok(Answer(app.list_messages(caller, id, page.after()?, page.limit()?).await?.into()))
}

/// Deletes a conversation's messages; the conversation and the memories made from it stay.
#[utoipa::path(delete, path = "/api/sessions/{id}/messages", tag = "chat", params(("id" = SessionId, Path)),
    responses((status = 204), (status = 404, body = ProblemDetails)))]
pub(super) async fn delete_messages(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<SessionId>,
) -> ApiResult<StatusCode> {
    app.delete_messages(caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// A turn with everything it tells about itself.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TurnDetails {
    #[serde(flatten)]
    turn: Turn,
    /// The answer, as far as there is one.
    message: Option<Message>,
}

#[utoipa::path(get, path = "/api/turns/{id}", tag = "chat", params(("id" = TurnId, Path)),
    responses((status = 200, body = TurnDetails), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_turn(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TurnId>,
) -> ApiResult<Answer<TurnDetails>> {
    let (turn, messages) = app.get_turn(caller, id).await?;
    Ok(Answer(TurnDetails { message: answer(messages), turn }))
}

/// The events of a turn, from the one after `Last-Event-ID`. Of a turn that ended minutes ago only the last is left.
#[utoipa::path(get, path = "/api/turns/{id}/events", tag = "chat",
    params(("id" = TurnId, Path), ("Last-Event-ID" = Option<u64>, Header)),
    responses((status = 200, content_type = "text/event-stream"), (status = 404, body = ProblemDetails)))]
pub(super) async fn follow_turn(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TurnId>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok());
    let last: usize = match last.map(str::parse) {
        None => 0,
        Some(Ok(number)) => number,
        Some(Err(_)) => {
            let invalid =
                domain::Invalid::new("Last-Event-ID", "must be the number of an event of this turn");
            return Err(ApiError::bad_parameter(&invalid));
        }
    };
    match app.coordinator.find_live_turn(caller, id) {
        Some(live) => Ok(sse::turn_events(live.follow(last))),
        None => repeat_stored(&app, caller, id, true).await,
    }
}

/// Stops a running turn. What was streamed is kept, marked incomplete. A turn that is over stays as it is.
#[utoipa::path(post, path = "/api/turns/{id}/stop", tag = "chat", params(("id" = TurnId, Path)),
    responses((status = 200, body = TurnCompleted), (status = 404, body = ProblemDetails)))]
pub(super) async fn stop_turn(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TurnId>,
) -> ApiResult<Response> {
    match app.coordinator.find_live_turn(caller, id) {
        Some(live) => {
            live.end(Ending::Stopped);
            whole(&*live.finished().await)
        }
        None => repeat_stored(&app, caller, id, false).await,
    }
}

fn idempotency_key(headers: &HeaderMap) -> ApiResult<Option<String>> {
    let Some(value) = headers.get(&IDEMPOTENCY_KEY) else { return Ok(None) };
    match value.to_str() {
        Ok(key) if (1..=KEY_LENGTH_MAX).contains(&key.len()) => Ok(Some(key.to_owned())),
        _ => Err(ApiError::new(
            StatusCode::BAD_REQUEST,
            "invalid_idempotency_key",
            "The key must have 1 to 255 characters.",
        )),
    }
}

/// The final event as the answer to a request that does not stream.
fn whole(last: &TurnEvent) -> ApiResult<Response> {
    match last {
        TurnEvent::Completed(completed) => {
            let mut response = Answer(completed).into_response();
            if let Ok(value) = HeaderValue::from_str(&server_timing(completed)) {
                response.headers_mut().insert("server-timing", value);
            }
            Ok(response)
        }
        TurnEvent::Failed(failed) => Err(ApiError::turn(failed)),
        _ => {
            Err(ApiError::new(StatusCode::INTERNAL_SERVER_ERROR, "internal_error", "The turn has no ending."))
        }
    }
}

fn server_timing(completed: &TurnCompleted) -> String {
    let mut header = String::new();
    for (stage, ms) in &completed.timings_ms {
        let separator = if header.is_empty() { "" } else { ", " };
        // Writing to a string does not fail.
        let _ = write!(header, "{separator}{stage};dur={ms:.2}");
    }
    header
}

/// The ending of a turn that is not in RAM any more.
async fn repeat_stored(app: &App, caller: store::Caller, id: TurnId, stream: bool) -> ApiResult<Response> {
    let (turn, messages) = app.get_turn(caller, id).await?;
    let last = ending(turn, answer(messages));
    if stream { Ok(sse::last_event(&last)) } else { whole(&last) }
}

fn ending(turn: Turn, answer: Option<Message>) -> TurnEvent {
    match (turn.status, answer) {
        (TurnStatus::Completed | TurnStatus::Stopped, Some(message)) => {
            TurnEvent::Completed(Box::new(TurnCompleted::new(turn.id, turn.status, message, turn.record)))
        }
        (_, partial) => {
            let code = turn.record.failure.unwrap_or_else(|| "turn_failed".to_owned());
            TurnEvent::Failed(Box::new(TurnFailed {
                turn_id: turn.id,
                problem: agents::Problem::stored(code),
                partial,
            }))
        }
    }
}

fn answer(messages: Vec<Message>) -> Option<Message> {
    messages.into_iter().find(|message| message.role == Role::Assistant)
}

impl App {
    /// The turn and its messages, from the database or, for an incognito one, from RAM.
    pub(super) async fn get_turn(
        &self,
        caller: store::Caller,
        id: TurnId,
    ) -> ApiResult<(Turn, Vec<Message>)> {
        if let Some(found) = self.sessions.find_incognito_turn(caller, id) {
            return Ok(found);
        }
        let turn = self.store.find_turn(caller, id).await?.ok_or_else(|| ApiError::not_found("turn"))?;
        let mut messages = self.store.list_messages_of_turn(turn.session_id, turn.user_message_id).await?;
        messages.retain(|message| message.turn_id == id);
        Ok((turn, messages))
    }
}
