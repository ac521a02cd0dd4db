//! What a turn tells while it runs: the events of its stream, in their order.

use std::collections::BTreeMap;

use domain::message::Message;
use domain::turn::{MemoryUse, RecalledKind, TurnRecord, TurnStatus};
use domain::usage::Usage;
use domain::{JobId, MemoryId, MessageId, PrivacyMode, SessionId, TurnId};
use llm::ModelError;
use privacy::Finding;
use serde::Serialize;
use store::StoreError;
use utoipa::ToSchema;
use uuid::Uuid;
use zeroize::Zeroize as _;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum TurnEvent {
    Started {
        turn_id: TurnId,
        session_id: SessionId,
        message_id: MessageId,
    },
    PrivacyChecked {
        warnings: Vec<String>,
        findings: Vec<Finding>,
        mode: PrivacyMode,
        safe_mode: bool,
    },
    MemoriesRetrieved {
        memories: Vec<FoundMemory>,
        cached: bool,
        took_ms: f64,
        /// The search failed or was only partly possible.
        degraded: bool,
    },
    /// What the message asked to forget, and what was deleted for it.
    MemoriesForgotten {
        about: String,
        memories: Vec<ForgottenMemory>,
        /// Past messages that tell it: they stay in their conversations and are not recalled any more.
        messages: usize,
    },
    AnswerDelta {
        text: String,
    },
    Completed(Box<TurnCompleted>),
    Failed(Box<TurnFailed>),
}

impl TurnEvent {
    /// The `event:` name in a stream.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Started { .. } => "turn.started",
            Self::PrivacyChecked { .. } => "privacy.checked",
            Self::MemoriesRetrieved { .. } => "memories.retrieved",
            Self::MemoriesForgotten { .. } => "memories.forgotten",
            Self::AnswerDelta { .. } => "answer.delta",
            Self::Completed(_) => "turn.completed",
            Self::Failed(_) => "turn.failed",
        }
    }

    /// Overwrites the words of the conversation.
    pub(crate) fn wipe(&mut self) {
        match self {
            Self::AnswerDelta { text } => text.zeroize(),
            Self::Completed(completed) => completed.message.content.zeroize(),
            Self::Failed(failed) => {
                if let Some(partial) = &mut failed.partial {
                    partial.content.zeroize();
                }
            }
            _ => {}
        }
    }

    /// Whether nothing follows.
    pub fn is_last(&self) -> bool {
        matches!(self, Self::Completed(_) | Self::Failed(_))
    }
}

/// A memory that goes into the prompt.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct FoundMemory {
    pub id: Uuid,
    pub kind: RecalledKind,
    pub content: String,
    pub score: f32,
    pub strategies: Vec<String>,
}

/// A memory that is gone for good.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct ForgottenMemory {
    pub id: MemoryId,
    pub content: String,
}

/// The body of `turn.completed`, and of the answer to a request that does not stream.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TurnCompleted {
    pub turn_id: TurnId,
    pub session_id: SessionId,
    /// `completed`, or `stopped` when the user stopped it.
    pub status: TurnStatus,
    pub message: Message,
    pub memories_used: Vec<MemoryUse>,
    /// Memories that were deleted because the message asked for it.
    pub memories_forgotten: Vec<MemoryId>,
    pub warnings: Vec<String>,
    pub usage: Usage,
    /// Model calls on the way to the answer.
    pub model_calls: u32,
    pub timings_ms: BTreeMap<String, f64>,
    /// The background job that remembers this turn; absent where nothing is remembered.
    pub job_id: Option<JobId>,
}

impl TurnCompleted {
    pub fn new(turn_id: TurnId, status: TurnStatus, message: Message, record: TurnRecord) -> Self {
        Self {
            turn_id,
            session_id: message.session_id,
            status,
            message,
            memories_used: record.memories_used,
            memories_forgotten: record.memories_forgotten,
            warnings: record.warnings,
            usage: record.usage,
            model_calls: record.model_calls,
            timings_ms: record.timings_ms,
            job_id: record.job_id,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TurnFailed {
    pub turn_id: TurnId,
    pub problem: Problem,
    /// What was streamed before the failure; it is kept, marked incomplete.
    pub partial: Option<Message>,
}

/// What went wrong, in the words of RFC 9457. Never text of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Problem {
    /// The status that a request that does not stream is answered with.
    pub status: u16,
    pub code: String,
    pub title: String,
    pub detail: String,
}

impl Problem {
    fn new(status: u16, code: &str, title: &str, detail: impl Into<String>) -> Self {
        Self { status, code: code.to_owned(), title: title.to_owned(), detail: detail.into() }
    }

    pub(crate) fn model(error: &ModelError) -> Self {
        let status = match error {
            ModelError::TimedOut { .. } => 504,
            ModelError::RateLimited { .. } | ModelError::BreakerOpen { .. } => 503,
            _ => 502,
        };
        let detail = format!("{error}. Your message is kept; send it again or go on.");
        Self::new(status, error.code(), "The model did not answer", detail)
    }

    /// The problem of a turn that is over, from the code in its record.
    pub fn stored(code: String) -> Self {
        Self {
            status: 502,
            code,
            title: "The turn has no answer".to_owned(),
            detail: "The turn ended without an answer; its message is kept.".to_owned(),
        }
    }

    pub(crate) fn interrupted() -> Self {
        let detail = "The server stopped before the answer was final. Your message is kept.";
        Self::new(503, "turn_interrupted", "The turn was interrupted", detail)
    }

    /// `holds`: "a card number".
    pub(crate) fn outbound_blocked(holds: &str) -> Self {
        let detail = format!(
            "The message holds {holds}, and privacy.outbound or privacy.kinds blocks that on its way to a remote model. \
             Leave that out, or have it pseudonymised."
        );
        Self::new(422, "outbound_blocked", "The message was not sent to the model", detail)
    }

    pub(crate) fn broken() -> Self {
        Self::new(
            500,
            "internal_error",
            "Something is wrong in Confidant",
            "The turn failed by a defect of ours.",
        )
    }

    pub(crate) fn unstored(error: &StoreError) -> Self {
        match error {
            StoreError::NotFound(_) => {
                Self::new(404, "not_found", "Not found", "The session was deleted before the turn was over.")
            }
            StoreError::DiskFull => {
                Self::new(507, "disk_full", "The turn could not be stored", error.to_string())
            }
            _ => Self::new(
                500,
                "storage_failed",
                "The turn could not be stored",
                "The database failed; see the log.",
            ),
        }
    }
}
