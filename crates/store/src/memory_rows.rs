//! Rows of memories and of their history, opened and sealed.

use domain::memory::{Memory, MemoryChange, MemoryType};
use domain::{HistoryId, MemoryId, MessageId, ProfileId, RunId, SessionId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::codec::{checked, from_name, time};
use crate::sealing::{Cell, Seals, Stored, place};
use crate::{ProfileScope, StoreError};

pub(crate) const CONTENT: &str = "memories.content";
pub(crate) const TAGS: &str = "memories.tags";
pub(crate) const ENTITIES: &str = "memories.entities";
pub(crate) const ATTRIBUTE: &str = "memories.attribute";
pub(crate) const VECTOR: &str = "memory_embeddings.vector";
pub(crate) const EVIDENCE: &str = "memory_history.evidence";
pub(crate) const BEFORE: &str = "memory_history.before_state";
pub(crate) const AFTER: &str = "memory_history.after_state";

#[derive(FromRow)]
pub(crate) struct MemoryRow {
    id: Uuid,
    profile_id: Uuid,
    content: Stored,
    kind: String,
    importance: f32,
    tags: Stored,
    entities: Stored,
    attribute: Option<Stored>,
    state: String,
    mention_count: i64,
    said_at: i64,
    valid_from: Option<i64>,
    valid_to: Option<i64>,
    closed_at: Option<i64>,
    superseded_by: Option<Uuid>,
    last_used_at: Option<i64>,
    source_message_id: Option<Uuid>,
    source_session_id: Option<Uuid>,
    created_at: i64,
    updated_at: i64,
}

impl MemoryRow {
    pub(crate) fn open(self, seals: &Seals) -> Result<Memory, StoreError> {
        Ok(Memory {
            id: MemoryId(self.id),
            profile_id: ProfileId(self.profile_id),
            content: seals.open(place(CONTENT, self.id), self.content)?,
            kind: checked("memory type", MemoryType::parse("type", &self.kind))?,
            importance: self.importance,
            tags: seals.open_json(place(TAGS, self.id), self.tags)?,
            entities: seals.open_json(place(ENTITIES, self.id), self.entities)?,
            attribute: seals.open_optional(place(ATTRIBUTE, self.id), self.attribute)?,
            state: from_name("memory state", &self.state)?,
            mention_count: self.mention_count as u32,
            said_at: time(self.said_at),
            valid_from: self.valid_from.map(time),
            valid_to: self.valid_to.map(time),
            closed_at: self.closed_at.map(time),
            superseded_by: self.superseded_by.map(MemoryId),
            last_used_at: self.last_used_at.map(time),
            source_message_id: self.source_message_id.map(MessageId),
            source_session_id: self.source_session_id.map(SessionId),
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
        })
    }
}

/// The columns of a memory that are sealed.
pub(crate) struct MemoryTexts<'a> {
    pub(crate) content: Cell<'a>,
    pub(crate) tags: Cell<'a>,
    pub(crate) entities: Cell<'a>,
    pub(crate) attribute: Option<Cell<'a>>,
}

impl<'a> MemoryTexts<'a> {
    pub(crate) fn of(seals: &Seals, memory: &'a Memory) -> Result<Self, StoreError> {
        let (profile, id) = (memory.profile_id, memory.id.0);
        Ok(Self {
            content: seals.text(profile, place(CONTENT, id), &memory.content)?,
            tags: seals.json(profile, place(TAGS, id), &memory.tags)?,
            entities: seals.json(profile, place(ENTITIES, id), &memory.entities)?,
            attribute: seals.optional_text(profile, place(ATTRIBUTE, id), memory.attribute.as_deref())?,
        })
    }
}

#[derive(FromRow)]
pub(crate) struct ChangeRow {
    id: Uuid,
    memory_id: Uuid,
    action: String,
    actor: String,
    source_message_id: Option<Uuid>,
    run_id: Option<Uuid>,
    evidence: Option<Stored>,
    before_state: Option<Stored>,
    after_state: Stored,
    at: i64,
}

impl ChangeRow {
    pub(crate) fn open(self, seals: &Seals) -> Result<MemoryChange, StoreError> {
        let before = self.before_state.map(|stored| seals.open_json(place(BEFORE, self.id), stored));
        Ok(MemoryChange {
            id: HistoryId(self.id),
            memory_id: MemoryId(self.memory_id),
            action: from_name("memory action", &self.action)?,
            actor: from_name("actor", &self.actor)?,
            source_message_id: self.source_message_id.map(MessageId),
            run_id: self.run_id.map(RunId),
            evidence: seals.open_optional(place(EVIDENCE, self.id), self.evidence)?,
            before: before.transpose()?,
            after: seals.open_json(place(AFTER, self.id), self.after_state)?,
            at: time(self.at),
        })
    }
}

/// The columns of a change that are sealed.
pub(crate) struct ChangeTexts<'a> {
    pub(crate) evidence: Option<Cell<'a>>,
    pub(crate) before: Option<Cell<'a>>,
    pub(crate) after: Cell<'a>,
}

impl<'a> ChangeTexts<'a> {
    pub(crate) fn of(
        seals: &Seals,
        scope: ProfileScope,
        id: HistoryId,
        evidence: Option<&'a str>,
        before: Option<&Memory>,
        after: &Memory,
    ) -> Result<Self, StoreError> {
        let profile = scope.profile_id();
        let before = before.map(|memory| seals.json(profile, place(BEFORE, id.0), memory));
        Ok(Self {
            evidence: seals.optional_text(profile, place(EVIDENCE, id.0), evidence)?,
            before: before.transpose()?,
            after: seals.json(profile, place(AFTER, id.0), after)?,
        })
    }
}
