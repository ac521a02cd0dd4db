//! Conversations and memories from elsewhere, at their own times. Ids are derived from those of the source, so that what
//! is imported twice is there once, and an import that was broken off goes on where it was.

use std::collections::{HashMap, HashSet};

use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, NewMemory};
use domain::message::{Message, MessageStatus, Role};
use domain::session::Session;
use domain::{HistoryId, MemoryId, MessageId, PrivacyMode, ProfileId, SessionId, Timestamp, TurnId};
use jiff::SignedDuration;
use store::{ImportedRows, ProfileScope};
use uuid::Uuid;

use crate::lifecycle::rules::Reading;
use crate::lifecycle::{Candidate, Extracted, Source, correction, reconcile};
use crate::memories::put_messages;
use crate::{Memories, MemoryError};

/// Messages that are judged together, and stored together where they tell nothing, at most.
const CHUNK: usize = 200;
/// Memories that are stored together, at most.
const MEMORIES_CHUNK: usize = 500;

/// A conversation of another time, oldest message first.
#[derive(Clone, Debug)]
pub struct ImportedSession {
    /// Its name at the source, if it has one that stays.
    pub key: Option<String>,
    pub title: String,
    pub mode: PrivacyMode,
    /// When it was made and last changed; the times of its first and last message if absent.
    pub times: Option<(Timestamp, Timestamp)>,
    pub messages: Vec<ImportedMessage>,
}

#[derive(Clone, Debug)]
pub struct ImportedMessage {
    /// Its name at the source, if it has one that stays.
    pub key: Option<String>,
    pub role: Role,
    pub speaker: Option<String>,
    pub content: String,
    pub said_at: Timestamp,
    /// It may be found again as it was said.
    pub recallable: bool,
    /// What it says that may be remembered.
    pub told: Reading,
}

/// What an import of a conversation came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Imported {
    pub session_id: Option<SessionId>,
    /// Of all its messages, in order.
    pub ids: Vec<MessageId>,
    /// Messages that were not there before.
    pub new_messages: usize,
    /// Memories that were added or changed.
    pub memory_changes: usize,
}

/// A memory from elsewhere, and its name there.
#[derive(Clone, Debug)]
pub struct ImportedMemory {
    pub key: String,
    pub memory: NewMemory,
}

/// What messages and sessions of an export are called here.
#[derive(Clone, Debug, Default)]
pub struct NewNames {
    pub messages: HashMap<MessageId, MessageId>,
    pub sessions: HashMap<SessionId, SessionId>,
}

impl Memories {
    /// Stores a conversation of another time, and what was learned from it.
    pub async fn import_session(
        &self,
        scope: ProfileScope,
        imported: ImportedSession,
    ) -> Result<Imported, MemoryError> {
        let said = |message: Option<&ImportedMessage>| message.map(|message| message.said_at);
        let (created_at, updated_at) = imported.times.unwrap_or_else(|| {
            let first = said(imported.messages.first()).unwrap_or_else(|| self.clock.now());
            (first, said(imported.messages.last()).unwrap_or(first))
        });
        let mut session = store::new_session(scope, imported.mode, imported.title, created_at);
        if let Some(key) = &imported.key {
            session.id = SessionId::derived(created_at, seed(scope.profile_id(), "session", key));
        }
        let is_user = |message: &&ImportedMessage| message.role == Role::User;
        session.turn_count = imported.messages.iter().filter(is_user).count() as u32;
        session.updated_at = updated_at;
        let known: HashSet<MessageId> = match &imported.key {
            Some(_) => self.store.list_message_ids(scope, session.id).await?.into_iter().collect(),
            None => HashSet::new(),
        };
        let messages = with_ids(scope.profile_id(), session.id, imported.messages);
        let mut done = Imported {
            session_id: Some(session.id),
            ids: messages.iter().map(|one| one.0.id).collect(),
            ..Imported::default()
        };
        let mut new: Vec<_> = messages.into_iter().filter(|one| !known.contains(&one.0.id)).collect();
        done.new_messages = new.len();
        for chunk in new.chunks_mut(CHUNK) {
            let readings: Vec<Reading> =
                chunk.iter_mut().map(|(_, one)| std::mem::take(&mut one.told)).collect();
            let chunk = &*chunk;
            let contents = chunk.iter().map(|(_, one)| one.content.as_str());
            let read = readings.into_iter().zip(contents).collect();
            let mut statements = self.judge(read).await;
            let mut rest = chunk;
            while !rest.is_empty() {
                // Up to the next message that tells something: what it tells is compared with all that came before.
                let telling = statements.iter().position(|told| !told.is_empty());
                let (part, after) = rest.split_at(telling.map_or(rest.len(), |at| at + 1));
                let told = statements.drain(..part.len()).next_back().unwrap_or_default();
                done.memory_changes += self.import_part(scope, &session, part, told).await?;
                rest = after;
            }
        }
        Ok(done)
    }

    /// Messages, and what the last of them tells.
    async fn import_part(
        &self,
        scope: ProfileScope,
        session: &Session,
        part: &[(Message, ImportedMessage)],
        statements: Vec<Extracted>,
    ) -> Result<usize, MemoryError> {
        let messages: Vec<Message> = part.iter().map(|one| one.0.clone()).collect();
        let may_be_found = part.iter().filter(|one| one.1.recallable).map(|one| one.0.clone()).collect();
        let (recallable, vectors) =
            tokio::try_join!(self.recallable(may_be_found), self.embedded(&statements))?;
        let place = self.change(scope).await?;
        let writes = match messages.last() {
            Some(message) => {
                let index = place.read();
                let known = index.as_deref().ok_or(store::StoreError::Closed)?;
                let source = Source {
                    actor: Actor::MemoryManager,
                    message_id: Some(message.id),
                    session_id: Some(session.id),
                };
                let correction = correction(&message.content);
                let candidates = statements.into_iter().zip(vectors);
                let candidates =
                    candidates.map(|(extracted, embedding)| Candidate::of(extracted, embedding, correction));
                reconcile(candidates.collect(), known, scope, source, self.clock.now())
            }
            None => Vec::new(),
        };
        let rows = ImportedRows { messages, recallable: recallable.clone(), writes: writes.clone() };
        let storing = self.store.import_messages(scope, session.clone(), rows);
        self.commit(scope, &place, &writes, storing).await?;
        put_messages(&place, &recallable).await;
        Ok(writes.len())
    }

    /// Stores memories of another system. Those that are there from an earlier import are passed over; returns how
    /// many were not.
    pub async fn import_memories(
        &self,
        scope: ProfileScope,
        memories: Vec<ImportedMemory>,
    ) -> Result<u64, MemoryError> {
        let now = self.clock.now();
        let new = memories.into_iter().map(|ImportedMemory { key, memory }| {
            let id = MemoryId::derived(memory.said_at, seed(scope.profile_id(), "memory", &key));
            let memory = memory.into_memory(id, scope.profile_id(), now);
            let change = MemoryChange {
                id: HistoryId::new(now),
                memory_id: id,
                action: MemoryAction::Add,
                actor: Actor::User,
                source_message_id: None,
                run_id: None,
                evidence: None,
                before: None,
                after: Box::new(memory.clone()),
                at: now,
            };
            (memory, vec![change])
        });
        self.store_restored(scope, new.collect()).await
    }

    /// Brings back what an export of our own holds of a profile: memories in every state, with their histories.
    pub async fn restore(
        &self,
        scope: ProfileScope,
        memories: Vec<(Memory, Vec<MemoryChange>)>,
        names: &NewNames,
    ) -> Result<u64, MemoryError> {
        let profile_id = scope.profile_id();
        let renamed = memories
            .into_iter()
            .map(|(memory, history)| {
                let history = history.into_iter().map(|change| names.of_change(change, profile_id)).collect();
                (names.of_memory(memory, profile_id), history)
            })
            .collect();
        self.store_restored(scope, renamed).await
    }

    async fn store_restored(
        &self,
        scope: ProfileScope,
        memories: Vec<(Memory, Vec<MemoryChange>)>,
    ) -> Result<u64, MemoryError> {
        let mut restored = 0;
        for chunk in memories.chunks(MEMORIES_CHUNK) {
            restored += self.store.restore_memories(scope, chunk.to_vec()).await?;
        }
        self.embed_missing(scope).await?;
        self.forget_profile(scope.profile_id()).await;
        Ok(restored)
    }
}

/// Ids follow the order of the conversation, also where several messages have one time.
fn with_ids(
    profile_id: ProfileId,
    session_id: SessionId,
    messages: Vec<ImportedMessage>,
) -> Vec<(Message, ImportedMessage)> {
    let mut id_time = Timestamp::MIN;
    let mut turn_id = TurnId::new(messages.first().map_or(Timestamp::UNIX_EPOCH, |first| first.said_at));
    messages
        .into_iter()
        .map(|imported| {
            id_time = imported.said_at.max(id_time + SignedDuration::from_millis(1));
            if imported.role == Role::User {
                turn_id = TurnId::new(imported.said_at);
            }
            let id = match &imported.key {
                Some(key) => MessageId::derived(id_time, seed(profile_id, "message", key)),
                None => MessageId::new(id_time),
            };
            let message = Message {
                id,
                session_id,
                turn_id,
                role: imported.role,
                speaker: imported.speaker.clone(),
                content: imported.content.clone(),
                status: MessageStatus::Complete,
                created_at: imported.said_at,
            };
            (message, imported)
        })
        .collect()
}

/// What makes an id of the source one of this profile.
fn seed(profile_id: ProfileId, kind: &str, key: &str) -> [u8; 10] {
    let mut hash = blake3::Hasher::new();
    hash.update(profile_id.0.as_bytes()).update(kind.as_bytes()).update(&[0]).update(key.as_bytes());
    let mut seed = [0; 10];
    hash.finalize_xof().fill(&mut seed);
    seed
}

impl NewNames {
    /// A memory of another profile as one of this. In the profile that it came from it keeps its id.
    fn of_memory(&self, memory: Memory, profile_id: ProfileId) -> Memory {
        if memory.profile_id == profile_id {
            return memory;
        }
        Memory {
            id: MemoryId(renamed(memory.id.0, profile_id)),
            superseded_by: memory.superseded_by.map(|id| MemoryId(renamed(id.0, profile_id))),
            source_message_id: self.of_message(memory.source_message_id),
            source_session_id: memory.source_session_id.and_then(|id| self.sessions.get(&id).copied()),
            profile_id,
            ..memory
        }
    }

    fn of_change(&self, change: MemoryChange, profile_id: ProfileId) -> MemoryChange {
        if change.after.profile_id == profile_id {
            return change;
        }
        MemoryChange {
            id: HistoryId(renamed(change.id.0, profile_id)),
            memory_id: MemoryId(renamed(change.memory_id.0, profile_id)),
            source_message_id: self.of_message(change.source_message_id),
            before: change.before.map(|before| Box::new(self.of_memory(*before, profile_id))),
            after: Box::new(self.of_memory(*change.after, profile_id)),
            ..change
        }
    }

    fn of_message(&self, id: Option<MessageId>) -> Option<MessageId> {
        self.messages.get(&id?).copied()
    }
}

/// The same moment, another id.
fn renamed(id: Uuid, profile_id: ProfileId) -> Uuid {
    let millis = (id.as_u128() >> 80) as i64;
    let at = Timestamp::from_millisecond(millis).unwrap_or(Timestamp::UNIX_EPOCH);
    MemoryId::derived(at, seed(profile_id, "id", &id.to_string())).0
}
