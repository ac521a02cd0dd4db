//! A turn's record: what was used, what it cost and how long each stage took.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::usage::Usage;
use crate::{JobId, MemoryId, MessageId, PrivacyMode, SessionId, Timestamp, TurnId};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Turn {
    pub id: TurnId,
    pub session_id: SessionId,
    pub status: TurnStatus,
    pub privacy_mode: PrivacyMode,
    pub user_message_id: MessageId,
    pub assistant_message_id: Option<MessageId>,
    pub record: TurnRecord,
    pub started_at: Timestamp,
    pub finished_at: Option<Timestamp>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TurnStatus {
    Running,
    Completed,
    /// Stopped by the user; what was streamed is kept.
    Stopped,
    /// The model failed; what was streamed is kept.
    Failed,
    /// The process ended before the answer was final.
    Interrupted,
}

impl TurnStatus {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Completed => "completed",
            Self::Stopped => "stopped",
            Self::Failed => "failed",
            Self::Interrupted => "interrupted",
        }
    }
}

/// What a turn tells about itself once it is over. No text of messages or memories.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TurnRecord {
    pub memories_used: Vec<MemoryUse>,
    /// Memories that were deleted because the message asked for it.
    pub memories_forgotten: Vec<MemoryId>,
    pub warnings: Vec<String>,
    /// Of all model calls on the way to the answer.
    pub usage: Usage,
    /// How many there were.
    pub model_calls: u32,
    pub calls: Vec<ModelCall>,
    /// What was sensitive in the message: how often each kind was found.
    pub found: Counts,
    /// What became of it, in the whole prompt, on the way to a remote model.
    pub disclosed: Disclosed,
    /// Calls of remote models that the background work made for this turn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub background: Vec<BackgroundCall>,
    /// Milliseconds from the start of the turn's work, by stage.
    pub timings_ms: BTreeMap<String, f64>,
    /// The job that remembers this turn, if there is one.
    pub job_id: Option<JobId>,
    /// Why the turn failed, as a problem code.
    pub failure: Option<String>,
}

/// How often each kind of sensitive text was found.
pub type Counts = BTreeMap<String, u32>;

/// What was sensitive in a text that left the machine: counts, no values. Empty if nothing left it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Disclosed {
    /// A placeholder left in its place.
    pub replaced: Counts,
    pub as_it_is: Counts,
}

/// A call of a remote model that made memories of a turn, or an analysis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct BackgroundCall {
    /// `memory` or `analysis`.
    pub role: String,
    pub model: String,
    pub host: String,
    pub disclosed: Disclosed,
}

/// A memory or a past message that was in the prompt, and why it was chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemoryUse {
    pub id: Uuid,
    #[serde(default)]
    pub kind: RecalledKind,
    pub score: f32,
    /// The strategies that found it.
    pub strategies: Vec<String>,
}

/// What can be recalled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RecalledKind {
    #[default]
    Memory,
    /// A message of an earlier conversation, as it was said.
    Message,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ModelCall {
    /// What the model was called for, such as `conversation`.
    pub role: String,
    pub model: String,
    /// Where the model runs.
    #[serde(default)]
    pub host: String,
    /// Whether what it was told left this machine.
    #[serde(default)]
    pub remote: bool,
    pub usage: Usage,
    pub first_token_ms: Option<f64>,
    pub total_ms: f64,
    /// What the model itself took of that, and to its first token, where it says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_ms: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub computed_first_token_ms: Option<f64>,
    pub attempts: u32,
    pub succeeded: bool,
}
