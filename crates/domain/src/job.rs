//! Durable background work. Payloads hold ids only, never text, so that deleting rows deletes what was said.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{JobId, MemoryId, MessageId, ProfileId, RunId, SessionId, TurnId, UserId};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum JobPayload {
    ExtractMemories {
        user_id: UserId,
        profile_id: ProfileId,
        session_id: SessionId,
        turn_id: TurnId,
        user_message_id: MessageId,
        /// The analysis of the session is due too, in the same model call.
        analyse: bool,
    },
    /// Gives every memory of a profile a vector of the embedding model in force.
    EmbedMemories { user_id: UserId, profile_id: ProfileId },
    /// The analysis alone, where nothing may be extracted (pause_memory).
    AnalyseSession { user_id: UserId, profile_id: ProfileId, session_id: SessionId },
    /// Merges near-duplicates of a profile and fades what nobody needs, a few hundred memories at a time: from behind
    /// `after` on.
    ConsolidateProfile { user_id: UserId, profile_id: ProfileId, run_id: RunId, after: Option<MemoryId> },
    /// Writes the report of a day.
    DailyReport { date: Date },
    /// Removes what is past its time: old agent logs.
    PruneSessions,
}

impl JobPayload {
    pub const KINDS: [&'static str; 6] = [
        "extract_memories",
        "embed_memories",
        "analyse_session",
        "consolidate_profile",
        "daily_report",
        "prune_sessions",
    ];

    pub fn kind(&self) -> &'static str {
        match self {
            Self::ExtractMemories { .. } => "extract_memories",
            Self::EmbedMemories { .. } => "embed_memories",
            Self::AnalyseSession { .. } => "analyse_session",
            Self::ConsolidateProfile { .. } => "consolidate_profile",
            Self::DailyReport { .. } => "daily_report",
            Self::PruneSessions => "prune_sessions",
        }
    }

    /// The profile whose deletion deletes the job.
    pub fn profile_id(&self) -> Option<ProfileId> {
        match self {
            Self::ExtractMemories { profile_id, .. }
            | Self::EmbedMemories { profile_id, .. }
            | Self::AnalyseSession { profile_id, .. }
            | Self::ConsolidateProfile { profile_id, .. } => Some(*profile_id),
            Self::DailyReport { .. } | Self::PruneSessions => None,
        }
    }

    /// The session whose deletion deletes the job.
    pub fn session_id(&self) -> Option<SessionId> {
        match self {
            Self::ExtractMemories { session_id, .. } | Self::AnalyseSession { session_id, .. } => {
                Some(*session_id)
            }
            Self::EmbedMemories { .. }
            | Self::ConsolidateProfile { .. }
            | Self::DailyReport { .. }
            | Self::PruneSessions => None,
        }
    }
}

/// A job that a worker holds by lease.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimedJob {
    pub id: JobId,
    pub payload: JobPayload,
    /// Counting this one.
    pub attempts: u32,
}
