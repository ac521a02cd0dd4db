//! Conversations and memories of another time, into a profile. `confidant import` sends them here while a server runs.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use domain::clock::moment_of_saying;
use domain::message::Role;
use domain::{Invalid, ProfileId, SessionId, Timestamp};
use memory::ImportedMemory;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::Caller;
use super::error::{ApiError, ApiResult, ProblemDetails};
use super::extract::{Id, Json};
use super::memories::GivenMemory;
use crate::App;
use crate::import::{Conversation, Said, leave_out_secrets, to_session};

/// Of one request; more are sent in several.
const MESSAGES_MAX: usize = 5_000;
const MEMORIES_MAX: usize = 1_000;

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ImportRequest {
    #[serde(default)]
    conversations: Vec<GivenConversation>,
    #[serde(default)]
    memories: Vec<GivenOldMemory>,
    /// Whether what the rules find in the user's messages is remembered. The messages can be found again in either case.
    #[serde(default = "yes")]
    extract: bool,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenConversation {
    /// Its name where it comes from. What is there already under this key stays, and new messages are added to it.
    key: String,
    #[serde(default)]
    title: String,
    messages: Vec<GivenMessage>,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenMessage {
    /// Its name where it comes from, another for every message; its place in the conversation if absent.
    #[serde(default)]
    key: Option<String>,
    role: Role,
    /// Who said it, if that was not the user: other people's words are not learned from.
    #[serde(default)]
    speaker: Option<String>,
    content: String,
    said_at: Timestamp,
}

#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct GivenOldMemory {
    /// Its name where it comes from. What is there already under this key stays.
    key: String,
    memory: GivenMemory,
}

/// What was imported, in numbers.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
pub(crate) struct ImportDone {
    /// The conversations in the order of the request.
    pub(crate) session_ids: Vec<SessionId>,
    /// Messages that were not there before.
    pub(crate) new_messages: usize,
    /// Memories that were added or changed.
    pub(crate) memories: u64,
    /// Memories that hold secrets, such as keys and card numbers, which are never remembered.
    pub(crate) left_out: usize,
}

/// Conversations and memories of another time, at their own times: up to 5,000 messages and 1,000 memories a request. The
/// same request again changes nothing.
#[utoipa::path(post, path = "/api/profiles/{id}/import", tag = "memories", params(("id" = ProfileId, Path)),
    request_body = ImportRequest,
    responses((status = 200, body = ImportDone), (status = 404, body = ProblemDetails), (status = 422, body = ProblemDetails)))]
pub(super) async fn import(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(profile_id): Id<ProfileId>,
    Json(request): Json<ImportRequest>,
) -> ApiResult<Answer<ImportDone>> {
    let extract = request.extract;
    let (conversations, mut memories) =
        request.validated(app.clock.now()).map_err(|invalid| ApiError::invalid(&invalid))?;
    let scope = app.store.open_profile(caller, profile_id).await?;
    let mut done = ImportDone::default();
    let time_zone = app.memories.time_zone(scope).await?;
    let policy = app.config.privacy.policy();
    for conversation in conversations {
        let (time_zone, policy) = (time_zone.clone(), policy.clone());
        let read = move || to_session(conversation, extract, &time_zone, &policy);
        let session = tokio::task::spawn_blocking(read).await.map_err(|_| store::StoreError::Closed)?;
        let imported = app.memories.import_session(scope, session).await?;
        done.session_ids.extend(imported.session_id);
        done.new_messages += imported.new_messages;
        done.memories += imported.memory_changes as u64;
    }
    done.left_out = leave_out_secrets(&mut memories, &policy);
    if !memories.is_empty() {
        done.memories += app.memories.import_memories(scope, memories).await?;
    }
    Ok(Answer(done))
}

impl ImportRequest {
    fn validated(self, now: Timestamp) -> Result<(Vec<Conversation>, Vec<ImportedMemory>), Invalid> {
        if self.conversations.is_empty() && self.memories.is_empty() {
            return Err(Invalid::new("conversations", "must not be empty, unless there are memories"));
        }
        let messages: usize = self.conversations.iter().map(|one| one.messages.len()).sum();
        for (field, what, count, max) in [
            ("conversations", "messages", messages, MESSAGES_MAX),
            ("memories", "memories", self.memories.len(), MEMORIES_MAX),
        ] {
            if count > max {
                let rule =
                    format!("may have {max} {what} in all, not {count}: send them in several requests");
                return Err(Invalid::new(field, rule));
            }
        }
        let conversations = self.conversations.into_iter().enumerate().map(|(at, one)| {
            one.validated(now).map_err(|invalid| within(&format!("conversations[{at}]"), invalid))
        });
        let memories = self.memories.into_iter().enumerate().map(|(at, GivenOldMemory { key, memory })| {
            let place = format!("memories[{at}]");
            let key = valid_key(key).map_err(|invalid| within(&place, invalid))?;
            let memory = memory.validated(now);
            let memory = memory.map_err(|invalid| within(&format!("{place}.memory"), invalid))?;
            Ok(ImportedMemory { key, memory })
        });
        Ok((conversations.collect::<Result<_, Invalid>>()?, memories.collect::<Result<_, Invalid>>()?))
    }
}

impl GivenConversation {
    fn validated(self, now: Timestamp) -> Result<Conversation, Invalid> {
        let key = valid_key(self.key)?;
        let mut messages = Vec::with_capacity(self.messages.len());
        for (at, message) in self.messages.into_iter().enumerate() {
            let place = format!("messages[{at}]");
            if message.content.trim().is_empty() {
                return Err(Invalid::new(format!("{place}.content"), "must not be empty"));
            }
            let message_key = match message.key {
                Some(own) => valid_key(own).map_err(|invalid| within(&place, invalid))?,
                None => format!("{key}/{at}"),
            };
            messages.push(Said {
                key: message_key,
                role: message.role,
                speaker: message.speaker,
                text: message.content,
                at: moment_of_saying(&format!("{place}.said_at"), message.said_at, now)?,
            });
        }
        if messages.is_empty() {
            return Err(Invalid::new("messages", "must not be empty"));
        }
        messages.sort_by_key(|message| message.at);
        Ok(Conversation { key, title: self.title, messages })
    }
}

/// Any text that is one: only its hash is kept.
fn valid_key(key: String) -> Result<String, Invalid> {
    if key.trim().is_empty() { Err(Invalid::new("key", "must not be empty")) } else { Ok(key) }
}

fn within(place: &str, invalid: Invalid) -> Invalid {
    Invalid::new(format!("{place}.{}", invalid.field), invalid.reason)
}

fn yes() -> bool {
    true
}
