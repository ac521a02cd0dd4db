//! A turn's receipt: what was stored, read, replaced and sent, and how long each thing is kept. Ids, counts and hosts; no
//! text.

use std::sync::Arc;

use axum::Json as Answer;
use axum::extract::State;
use domain::memory::MemoryAction;
use domain::turn::{Counts, Disclosed, RecalledKind, Turn, TurnStatus};
use domain::{JobId, MemoryId, MessageId, PrivacyMode, SessionId, TurnId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::auth::Caller;
use super::error::{ApiResult, ProblemDetails};
use super::extract::Id;
use crate::App;

#[derive(Debug, Serialize, ToSchema)]
pub(super) struct Receipt {
    turn_id: TurnId,
    session_id: SessionId,
    privacy_mode: PrivacyMode,
    status: TurnStatus,
    /// How often each kind of sensitive text was found in the message.
    found: Counts,
    stored: Stored,
    read: ReadBack,
    /// Every model that was told something. `remote`: it left this machine.
    sent: Vec<Sent>,
    kept: Vec<Kept>,
}

/// Rows on disk. Empty for incognito.
#[derive(Debug, Default, Serialize, ToSchema)]
struct Stored {
    messages: Vec<MessageId>,
    memories: Vec<ChangedMemory>,
    /// The job that makes memories of the turn; it is deleted when it is done.
    job_id: Option<JobId>,
}

#[derive(Debug, Serialize, ToSchema)]
struct ChangedMemory {
    id: MemoryId,
    action: MemoryAction,
}

/// What was recalled for the answer.
#[derive(Debug, Default, Serialize, ToSchema)]
struct ReadBack {
    memories: Vec<Uuid>,
    messages: Vec<Uuid>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Sent {
    /// `conversation`, `memory`, `analysis` or `embedding`.
    role: String,
    model: String,
    host: String,
    remote: bool,
    /// What was sensitive in it. Absent where it is not counted: for embeddings, in which it never leaves the machine
    /// unless the policy lets it.
    #[serde(skip_serializing_if = "Option::is_none")]
    disclosed: Option<Disclosed>,
}

#[derive(Debug, Serialize, ToSchema)]
struct Kept {
    what: &'static str,
    until: &'static str,
}

/// What became of a turn: what was stored of it, what was read for it, what was sent where.
#[utoipa::path(get, path = "/api/turns/{id}/receipt", tag = "chat", params(("id" = TurnId, Path)),
    responses((status = 200, body = Receipt), (status = 404, body = ProblemDetails)))]
pub(super) async fn get_receipt(
    State(app): State<Arc<App>>,
    Caller(caller): Caller,
    Id(id): Id<TurnId>,
) -> ApiResult<Answer<Receipt>> {
    let (turn, _) = app.get_turn(caller, id).await?;
    let stored = if turn.privacy_mode.stores_messages() {
        stored(&app, caller, &turn).await?
    } else {
        Stored::default()
    };
    Ok(Answer(Receipt {
        turn_id: turn.id,
        session_id: turn.session_id,
        privacy_mode: turn.privacy_mode,
        status: turn.status,
        found: turn.record.found.clone(),
        read: read_back(&turn),
        sent: sent(&app, &turn),
        kept: kept(&turn),
        stored,
    }))
}

async fn stored(app: &App, caller: store::Caller, turn: &Turn) -> ApiResult<Stored> {
    let session = app.get_session(caller, turn.session_id).await?;
    let scope = app.store.open_profile(caller, session.profile_id).await?;
    let changes = app.store.list_changes_of_message(scope, turn.user_message_id).await?;
    Ok(Stored {
        messages: std::iter::once(turn.user_message_id).chain(turn.assistant_message_id).collect(),
        memories: changes.into_iter().map(|(id, action)| ChangedMemory { id, action }).collect(),
        job_id: turn.record.job_id,
    })
}

fn read_back(turn: &Turn) -> ReadBack {
    let of = |kind: RecalledKind| {
        turn.record.memories_used.iter().filter(move |used| used.kind == kind).map(|used| used.id).collect()
    };
    ReadBack { memories: of(RecalledKind::Memory), messages: of(RecalledKind::Message) }
}

fn sent(app: &App, turn: &Turn) -> Vec<Sent> {
    let record = &turn.record;
    let answering = record.calls.iter().map(|call| Sent {
        role: call.role.clone(),
        model: call.model.clone(),
        host: call.host.clone(),
        remote: call.remote,
        disclosed: call.remote.then(|| record.disclosed.clone()),
    });
    let background = record.background.iter().map(|call| Sent {
        role: call.role.clone(),
        model: call.model.clone(),
        host: call.host.clone(),
        remote: true,
        disclosed: Some(call.disclosed.clone()),
    });
    let embeddings = app.memories.embedding_model();
    // The question was embedded if it was searched for.
    let embedding = record.timings_ms.contains_key("embed").then(|| Sent {
        role: "embedding".to_owned(),
        model: embeddings.id().to_owned(),
        host: embeddings.host(),
        remote: embeddings.is_remote(),
        disclosed: None,
    });
    embedding.into_iter().chain(answering).chain(background).collect()
}

fn kept(turn: &Turn) -> Vec<Kept> {
    if !turn.privacy_mode.stores_messages() {
        return vec![Kept {
            what: "both messages and this receipt, in working memory only",
            until: "the session is deleted or left, nobody uses it for 30 minutes, or the server stops",
        }];
    }
    let memories =
        Kept { what: "memories made of the message", until: "they, the profile or the user are deleted" };
    let mut kept =
        vec![Kept { what: "both messages", until: "the session, the profile or the user is deleted" }];
    kept.extend(turn.privacy_mode.writes_memories().then_some(memories));
    kept.push(Kept { what: "this receipt", until: "the session or its messages are deleted" });
    kept
}
