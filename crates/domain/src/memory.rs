//! One remembered statement, and the history of its changes.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::invalid::required_text;
use crate::{HistoryId, Invalid, MemoryId, MessageId, ProfileId, RunId, SessionId, Timestamp};

pub const CONTENT_CHARS_MAX: usize = 2_000;
pub const TAGS_MAX: usize = 20;

#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Memory {
    pub id: MemoryId,
    pub profile_id: ProfileId,
    pub content: String,
    #[serde(rename = "type")]
    pub kind: MemoryType,
    /// From 0, hardly worth keeping, to 1, must not be forgotten.
    pub importance: f32,
    pub tags: Vec<String>,
    pub entities: Vec<String>,
    /// What the statement is about when it has one value at a time, such as `user.home`: a newer value
    /// supersedes the older one.
    pub attribute: Option<String>,
    pub state: MemoryState,
    /// How often it was said.
    pub mention_count: u32,
    /// When it was said.
    pub said_at: Timestamp,
    /// Since when, and until when, it is true, as far as that is known.
    pub valid_from: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
    /// When it was told that it is not so any more; `valid_to` says until when it was.
    #[serde(default)]
    pub closed_at: Option<Timestamp>,
    /// The newer value, or the memory that it was merged into.
    #[serde(default)]
    pub superseded_by: Option<MemoryId>,
    /// When it last helped to answer.
    #[serde(default)]
    pub last_used_at: Option<Timestamp>,
    pub source_message_id: Option<MessageId>,
    pub source_session_id: Option<SessionId>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Without the text.
impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Memory({}, {:?}, {} bytes)", self.id, self.state, self.content.len())
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemoryType {
    Fact,
    Preference,
    Event,
    Relationship,
    #[default]
    Other,
}

impl MemoryType {
    pub const NAMES: [&'static str; 5] = ["fact", "preference", "event", "relationship", "other"];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fact => "fact",
            Self::Preference => "preference",
            Self::Event => "event",
            Self::Relationship => "relationship",
            Self::Other => "other",
        }
    }

    pub fn parse(field: &str, text: &str) -> Result<Self, Invalid> {
        match text {
            "fact" => Ok(Self::Fact),
            "preference" => Ok(Self::Preference),
            "event" => Ok(Self::Event),
            "relationship" => Ok(Self::Relationship),
            "other" => Ok(Self::Other),
            _ => Err(Invalid::new(field, format!("must be one of {}", Self::NAMES.join(", ")))),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemoryState {
    #[default]
    Active,
    /// A newer statement took its place; `valid_to` says when.
    Superseded,
    /// Another memory says the same and counts for both.
    Merged,
    /// Never used, of little importance and old: out of the searches until it is wanted back.
    Faded,
    /// An undo took it back. It is kept for the history only.
    Retracted,
}

impl MemoryState {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Superseded => "superseded",
            Self::Merged => "merged",
            Self::Faded => "faded",
            Self::Retracted => "retracted",
        }
    }
}

/// A statement that is not stored yet: from an extractor, an import or a caller.
#[derive(Clone, PartialEq)]
pub struct NewMemory {
    pub content: String,
    pub kind: MemoryType,
    pub importance: f32,
    pub tags: Vec<String>,
    pub entities: Vec<String>,
    pub attribute: Option<String>,
    pub said_at: Timestamp,
    pub valid_from: Option<Timestamp>,
    pub valid_to: Option<Timestamp>,
}

/// Without the text.
impl fmt::Debug for NewMemory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewMemory({:?}, {} bytes)", self.kind, self.content.len())
    }
}

impl NewMemory {
    /// The memory as it is stored first: active, said once, from nowhere yet.
    pub fn into_memory(self, id: MemoryId, profile_id: ProfileId, now: Timestamp) -> Memory {
        Memory {
            id,
            profile_id,
            content: self.content,
            kind: self.kind,
            importance: self.importance,
            tags: self.tags,
            entities: self.entities,
            attribute: self.attribute,
            state: MemoryState::Active,
            mention_count: 1,
            said_at: self.said_at,
            valid_from: self.valid_from,
            valid_to: self.valid_to,
            closed_at: None,
            superseded_by: None,
            last_used_at: None,
            source_message_id: None,
            source_session_id: None,
            created_at: now,
            updated_at: now,
        }
    }

    /// The same with its texts trimmed, or the first rule that it breaks.
    pub fn validated(mut self) -> Result<Self, Invalid> {
        self.content = required_text("content", &self.content, CONTENT_CHARS_MAX)?;
        valid_importance(self.importance)?;
        self.tags = valid_tags(&self.tags)?;
        if self.valid_from.zip(self.valid_to).is_some_and(|(from, to)| from > to) {
            return Err(Invalid::new("valid_to", "must not be before valid_from"));
        }
        Ok(self)
    }
}

pub fn valid_importance(importance: f32) -> Result<f32, Invalid> {
    if (0.0..=1.0).contains(&importance) {
        Ok(importance)
    } else {
        Err(Invalid::new("importance", "must be a number from 0 to 1"))
    }
}

pub fn valid_tags(tags: &[String]) -> Result<Vec<String>, Invalid> {
    if tags.len() > TAGS_MAX {
        return Err(Invalid::new(
            "tags",
            format!("has {} entries; at most {TAGS_MAX} are allowed", tags.len()),
        ));
    }
    tags.iter().map(|tag| required_text("tags", tag, 50)).collect()
}

/// One change of a memory: who, why, from which message, before and after.
#[derive(Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MemoryChange {
    pub id: HistoryId,
    pub memory_id: MemoryId,
    pub action: MemoryAction,
    pub actor: Actor,
    pub source_message_id: Option<MessageId>,
    /// The run that made it together with others: a consolidation.
    #[serde(default)]
    pub run_id: Option<RunId>,
    /// The user's words that led to it.
    #[serde(default)]
    pub evidence: Option<String>,
    /// The memory as it was; absent for the first change.
    #[schema(value_type = Option<Memory>)]
    pub before: Option<Box<Memory>>,
    #[schema(value_type = Memory)]
    pub after: Box<Memory>,
    pub at: Timestamp,
}

/// Without the text.
impl fmt::Debug for MemoryChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "MemoryChange({:?} of {} by {:?})", self.action, self.memory_id, self.actor)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MemoryAction {
    Add,
    Reinforce,
    Update,
    Supersede,
    Merge,
    Fade,
    Undo,
}

impl MemoryAction {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Reinforce => "reinforce",
            Self::Update => "update",
            Self::Supersede => "supersede",
            Self::Merge => "merge",
            Self::Fade => "fade",
            Self::Undo => "undo",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// The user, through the API or a command.
    User,
    /// The memory manager, from a turn.
    MemoryManager,
    /// The memory manager, tidying up.
    Consolidation,
}

impl Actor {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::MemoryManager => "memory_manager",
            Self::Consolidation => "consolidation",
        }
    }
}

/// A consolidation that changed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ConsolidationRun {
    pub id: RunId,
    pub at: Timestamp,
    /// Memories that were merged into another one, as far as it was not undone.
    pub merged: u64,
    pub faded: u64,
}
