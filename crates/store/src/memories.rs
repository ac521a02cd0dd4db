//! Memories, their vectors and their history. Everything here asks for a [`ProfileScope`].

use domain::analytics::Analysis;
use domain::job::ClaimedJob;
use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, MemoryState, MemoryType};
use domain::{HistoryId, MemoryId, MessageId, ProfileId, RunId, SessionId, Timestamp, UserId};
use sqlx::{FromRow, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::codec::{checked, from_json, from_name, json, micros, time, vector_from_bytes, vector_to_bytes};
use crate::pool::{Connection, Db};
use crate::{Caller, Page, ProfileScope, RecallableMessage, Store, StoreError, analytics, jobs, messages};

/// Rows that one statement inserts, at most: keeps the bound values below SQLite's 32,766.
pub(crate) const ROWS_PER_INSERT: usize = 500;

#[derive(FromRow)]
pub(crate) struct MemoryRow {
    id: Uuid,
    profile_id: Uuid,
    content: String,
    kind: String,
    importance: f32,
    tags: String,
    entities: String,
    attribute: Option<String>,
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

impl TryFrom<MemoryRow> for Memory {
    type Error = StoreError;

    fn try_from(row: MemoryRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: MemoryId(row.id),
            profile_id: ProfileId(row.profile_id),
            content: row.content,
            kind: checked("memory type", MemoryType::parse("type", &row.kind))?,
            importance: row.importance,
            tags: from_json("tags", &row.tags)?,
            entities: from_json("entities", &row.entities)?,
            attribute: row.attribute,
            state: from_name("memory state", &row.state)?,
            mention_count: row.mention_count as u32,
            said_at: time(row.said_at),
            valid_from: row.valid_from.map(time),
            valid_to: row.valid_to.map(time),
            closed_at: row.closed_at.map(time),
            superseded_by: row.superseded_by.map(MemoryId),
            last_used_at: row.last_used_at.map(time),
            source_message_id: row.source_message_id.map(MessageId),
            source_session_id: row.source_session_id.map(SessionId),
            created_at: time(row.created_at),
            updated_at: time(row.updated_at),
        })
    }
}

/// A vector and the model that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredVector {
    pub model: String,
    pub vector: Vec<f32>,
}

/// One change of a memory, with the row of history that it leaves.
#[derive(Clone, Debug)]
pub struct MemoryWrite {
    pub action: MemoryAction,
    pub actor: Actor,
    pub source_message_id: Option<MessageId>,
    pub run_id: Option<RunId>,
    /// The user's words that led to it.
    pub evidence: Option<String>,
    /// The memory as it was; absent when it is new.
    pub before: Option<Memory>,
    pub after: Memory,
    /// Set when the text is new.
    pub vector: Option<StoredVector>,
}

/// Which memories to list.
#[derive(Clone, Copy, Debug, Default)]
pub struct MemoryPage {
    pub before: Option<Uuid>,
    pub limit: u32,
    pub kind: Option<MemoryType>,
    pub state: Option<MemoryState>,
}

impl Store {
    /// Applies changes to one profile in one transaction.
    pub async fn write_memories(
        &self,
        scope: ProfileScope,
        writes: Vec<MemoryWrite>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| Box::pin(async move { apply(connection, scope, &writes, now).await }))
            .await
    }

    /// Applies what a job found and ends the job, in one transaction: done once, or not at all.
    pub async fn complete_extraction(
        &self,
        scope: ProfileScope,
        job: ClaimedJob,
        writes: Vec<MemoryWrite>,
        messages: Vec<RecallableMessage>,
        analysis: Option<(SessionId, Analysis)>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| {
            Box::pin(async move {
                jobs::complete(connection, &job).await?;
                apply(connection, scope, &writes, now).await?;
                messages::insert_vectors(connection, &messages).await?;
                if let Some((session_id, analysis)) = &analysis {
                    analytics::upsert(connection, *session_id, analysis, now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Finds a memory for `caller` and opens its profile, in one query.
    pub async fn get_memory(
        &self,
        caller: Caller,
        id: MemoryId,
    ) -> Result<(ProfileScope, Memory), StoreError> {
        let row = sqlx::query(
            "SELECT p.user_id, m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute,
                    m.state, m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by,
                    m.last_used_at, m.source_message_id, m.source_session_id, m.created_at, m.updated_at
             FROM memories m JOIN profiles p ON p.id = m.profile_id
             WHERE m.id = $1 AND ($2 IS NULL OR p.user_id = $2)",
        )
        .bind(id.0)
        .bind(caller.owner().map(|owner| owner.0))
        .fetch_optional(&self.readers)
        .await?
        .ok_or(StoreError::NotFound("memory"))?;
        let memory: Memory = MemoryRow::from_row(&row)?.try_into()?;
        Ok((ProfileScope::verified(UserId(row.try_get("user_id")?), memory.profile_id), memory))
    }

    /// Newest first.
    pub async fn list_memories(
        &self,
        scope: ProfileScope,
        page: MemoryPage,
    ) -> Result<Page<Memory>, StoreError> {
        let rows: Vec<MemoryRow> = sqlx::query_as(
            "SELECT id, profile_id, content, kind, importance, tags, entities, attribute, state, mention_count,
                    said_at, valid_from, valid_to, closed_at, superseded_by, last_used_at, source_message_id,
                    source_session_id, created_at, updated_at
             FROM memories WHERE profile_id = $1 AND id < $2 AND ($3 IS NULL OR kind = $3)
               AND ($4 IS NULL OR state = $4)
             ORDER BY id DESC LIMIT $5",
        )
        .bind(scope.profile_id().0)
        .bind(page.before.unwrap_or(Uuid::max()))
        .bind(page.kind.map(MemoryType::as_str))
        .bind(page.state.map(MemoryState::as_str))
        .bind(i64::from(page.limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        let memories = rows.into_iter().map(Memory::try_from).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(memories, page.limit, |memory: &Memory| memory.id.0))
    }

    /// The attributes that active memories have a value of.
    pub async fn list_attributes(&self, scope: ProfileScope) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(String,)> = sqlx::query_as(
            "SELECT DISTINCT attribute FROM memories
             WHERE profile_id = $1 AND state = 'active' AND attribute LIKE 'user.%'",
        )
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(attribute,)| attribute).collect())
    }

    /// Every active memory of a profile with its vector of `model`, if it has one.
    pub async fn load_active_memories(
        &self,
        scope: ProfileScope,
        model: &str,
    ) -> Result<Vec<(Memory, Option<Vec<f32>>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at, e.vector
             FROM memories m LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND m.state = 'active' ORDER BY m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(with_vector).collect()
    }

    /// The newest active memories of a profile, oldest first, as [`Self::load_active_memories`] gives all of them.
    pub async fn load_newest_memories(
        &self,
        scope: ProfileScope,
        model: &str,
        count: u32,
    ) -> Result<Vec<(Memory, Option<Vec<f32>>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at, e.vector
             FROM memories m LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND m.state = 'active' ORDER BY m.id DESC LIMIT $3",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(i64::from(count))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().rev().map(with_vector).collect()
    }

    /// How many memories and recallable messages a profile has, up to `enough`.
    pub async fn count_recallable(&self, scope: ProfileScope, enough: u32) -> Result<u32, StoreError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM (
                SELECT 1 FROM memories WHERE profile_id = $1
                UNION ALL
                SELECT 1 FROM sessions s JOIN messages m ON m.session_id = s.id WHERE s.profile_id = $1
                LIMIT $2)",
        )
        .bind(scope.profile_id().0)
        .bind(i64::from(enough))
        .fetch_one(&self.readers)
        .await?;
        Ok(count as u32)
    }

    /// What was believed at a moment, as far as it was not deleted since: said by then, and not closed by then, in the
    /// words of then. As active memories, with their vectors of `model`, which are those of today's words.
    pub async fn load_memories_as_of(
        &self,
        scope: ProfileScope,
        model: &str,
        at: Timestamp,
    ) -> Result<Vec<(Memory, Option<Vec<f32>>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at, e.vector,
                    COALESCE((SELECT h.after_state FROM memory_history h LEFT JOIN messages s ON s.id = h.source_message_id
                              WHERE h.memory_id = m.id AND COALESCE(s.created_at, h.at) <= $3
                              ORDER BY COALESCE(s.created_at, h.at) DESC, h.id DESC LIMIT 1),
                             (SELECT h.after_state FROM memory_history h WHERE h.memory_id = m.id
                              ORDER BY h.id LIMIT 1)) AS state_then
             FROM memories m LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND m.said_at <= $3 AND (m.closed_at IS NULL OR m.closed_at > $3)
               AND m.state <> 'retracted' ORDER BY m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(micros(at))
        .fetch_all(&self.readers)
        .await?;
        let believed = |row| {
            let (memory, vector) = with_vector(row)?;
            let then: Option<&str> = row.try_get("state_then")?;
            let then = then.map(|text| from_json("memory", text)).transpose()?;
            Ok((believed(memory, then), vector))
        };
        rows.iter().map(believed).collect()
    }

    /// Memories of a profile that have no vector of `model` yet: their ids and texts.
    pub async fn list_unembedded(
        &self,
        scope: ProfileScope,
        model: &str,
        limit: u32,
    ) -> Result<Vec<(MemoryId, String)>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT m.id, m.content FROM memories m
             LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND e.memory_id IS NULL ORDER BY m.id LIMIT $3",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(id, content)| (MemoryId(id), content)).collect())
    }

    /// The profiles that have a memory, or a message that may be recalled, without a vector of `model`.
    pub async fn list_profiles_to_embed(&self, model: &str) -> Result<Vec<ProfileScope>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "SELECT DISTINCT p.user_id, p.id FROM profiles p JOIN memories m ON m.profile_id = p.id
             LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $1
             WHERE e.memory_id IS NULL
             UNION
             SELECT p.user_id, p.id FROM profiles p JOIN sessions s ON s.profile_id = p.id
             JOIN messages m ON m.session_id = s.id JOIN message_embeddings e ON e.message_id = m.id
             WHERE e.model <> $1",
        )
        .bind(model)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(user, profile)| ProfileScope::verified(UserId(user), ProfileId(profile)))
            .collect())
    }

    /// Stores vectors for memories, replacing those of other models. A memory deleted meanwhile, or whose text is
    /// not the one that was embedded any more, is passed over.
    pub async fn store_vectors(
        &self,
        scope: ProfileScope,
        model: String,
        vectors: Vec<(MemoryId, String, Vec<f32>)>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                for (id, content, vector) in &vectors {
                    let done = sqlx::query(
                        "INSERT INTO memory_embeddings (memory_id, model, vector)
                         SELECT id, $3, $4 FROM memories WHERE id = $1 AND profile_id = $2 AND content = $5
                         ON CONFLICT (memory_id, model) DO UPDATE SET vector = excluded.vector",
                    )
                    .bind(id.0)
                    .bind(scope.profile_id().0)
                    .bind(&model)
                    .bind(vector_to_bytes(vector))
                    .bind(content)
                    .execute(&mut *connection)
                    .await?;
                    if done.rows_affected() > 0 {
                        sqlx::query("DELETE FROM memory_embeddings WHERE memory_id = $1 AND model <> $2")
                            .bind(id.0)
                            .bind(&model)
                            .execute(&mut *connection)
                            .await?;
                    }
                }
                Ok(())
            })
        })
        .await
    }

    /// Deletes memories with their vectors and history. The messages that they came from, and those of turns that used
    /// them, stay in their conversations and are not recalled any more: their ids are returned, with how many memories
    /// there were. The same happens to `messages`.
    pub async fn delete_memories(
        &self,
        scope: ProfileScope,
        ids: Vec<MemoryId>,
        messages: Vec<MessageId>,
    ) -> Result<(u64, Vec<MessageId>), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let mut deleted = 0;
                for id in &messages {
                    sqlx::query(
                        "DELETE FROM message_embeddings WHERE message_id IN
                         (SELECT m.id FROM messages m JOIN sessions s ON s.id = m.session_id
                          WHERE m.id = $1 AND s.profile_id = $2)",
                    )
                    .bind(id.0)
                    .bind(scope.profile_id().0)
                    .execute(&mut *connection)
                    .await?;
                }
                let mut messages = messages;
                for id in &ids {
                    messages.extend(forget_messages(connection, scope, *id).await?);
                }
                for chunk in ids.chunks(ROWS_PER_INSERT) {
                    let mut query = QueryBuilder::<Db>::new("DELETE FROM memories WHERE profile_id = ");
                    query.push_bind(scope.profile_id().0).push(" AND id IN (");
                    let mut list = query.separated(", ");
                    for id in chunk {
                        list.push_bind(id.0);
                    }
                    query.push(")");
                    deleted += query.build().execute(&mut *connection).await?.rows_affected();
                }
                forget_analyses(connection, &messages).await?;
                Ok((deleted, messages))
            })
        })
        .await
    }

    /// Stores memories with their histories as they were elsewhere. Those whose ids are there already are passed over;
    /// returns how many were not.
    pub async fn restore_memories(
        &self,
        scope: ProfileScope,
        memories: Vec<(Memory, Vec<MemoryChange>)>,
    ) -> Result<u64, StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let mut restored = 0;
                for (memory, history) in &memories {
                    let known = sqlx::query("SELECT 1 FROM memories WHERE id = $1")
                        .bind(memory.id.0)
                        .fetch_optional(&mut *connection)
                        .await?;
                    if known.is_some() || memory.profile_id != scope.profile_id() {
                        continue;
                    }
                    insert_memories(connection, &[memory]).await?;
                    for change in history {
                        restore_change(connection, change).await?;
                    }
                    restored += 1;
                }
                Ok(restored)
            })
        })
        .await
    }

    /// Oldest first.
    pub async fn list_memory_history(
        &self,
        scope: ProfileScope,
        id: MemoryId,
    ) -> Result<Vec<MemoryChange>, StoreError> {
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT h.id, h.memory_id, h.action, h.actor, h.source_message_id, h.run_id, h.evidence, h.before_state,
                    h.after_state, h.at
             FROM memory_history h JOIN memories m ON m.id = h.memory_id
             WHERE h.memory_id = $1 AND m.profile_id = $2 ORDER BY h.id",
        )
        .bind(id.0)
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(MemoryChange::try_from).collect()
    }
}

/// A memory, and its vector where the model in force has made one.
fn with_vector(row: &<Db as sqlx::Database>::Row) -> Result<(Memory, Option<Vec<f32>>), StoreError> {
    let vector: Option<&[u8]> = row.try_get("vector")?;
    Ok((MemoryRow::from_row(row)?.try_into()?, vector.map(vector_from_bytes)))
}

/// A memory as it was then, without what was learned of it later.
fn believed(now: Memory, then: Option<Memory>) -> Memory {
    let valid_to = now.valid_to.filter(|_| now.state != MemoryState::Superseded);
    let Memory { content, kind, importance, tags, entities, attribute, valid_from, .. } =
        then.unwrap_or_else(|| now.clone());
    let open = Memory { state: MemoryState::Active, valid_to, closed_at: None, superseded_by: None, ..now };
    Memory { content, kind, importance, tags, entities, attribute, valid_from, ..open }
}

/// Notes which memories helped to answer.
pub(crate) async fn mark_used(
    connection: &mut Connection,
    ids: &[MemoryId],
    now: Timestamp,
) -> Result<(), StoreError> {
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let mut query = QueryBuilder::<Db>::new("UPDATE memories SET last_used_at = ");
        query.push_bind(micros(now)).push(" WHERE id IN (");
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(id.0);
        }
        query.push(")");
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

#[derive(FromRow)]
pub(crate) struct ChangeRow {
    id: Uuid,
    memory_id: Uuid,
    action: String,
    actor: String,
    source_message_id: Option<Uuid>,
    run_id: Option<Uuid>,
    evidence: Option<String>,
    before_state: Option<String>,
    after_state: String,
    at: i64,
}

impl TryFrom<ChangeRow> for MemoryChange {
    type Error = StoreError;

    fn try_from(row: ChangeRow) -> Result<Self, StoreError> {
        let before = row.before_state.as_deref().map(|text| from_json("memory", text)).transpose()?;
        Ok(Self {
            id: HistoryId(row.id),
            memory_id: MemoryId(row.memory_id),
            action: from_name("memory action", &row.action)?,
            actor: from_name("actor", &row.actor)?,
            source_message_id: row.source_message_id.map(MessageId),
            run_id: row.run_id.map(RunId),
            evidence: row.evidence,
            before,
            after: from_json("memory", &row.after_state)?,
            at: time(row.at),
        })
    }
}

/// Makes the messages that tell a memory unrecallable: those of the turns that it came from or that used it.
async fn forget_messages(
    connection: &mut Connection,
    scope: ProfileScope,
    id: MemoryId,
) -> Result<Vec<MessageId>, StoreError> {
    let rows: Vec<(Uuid,)> = sqlx::query_as(
        "DELETE FROM message_embeddings WHERE message_id IN (
            SELECT m.id FROM sessions s JOIN messages m ON m.session_id = s.id
            WHERE s.profile_id = $1 AND m.turn_id IN (
                SELECT o.turn_id FROM memory_history h JOIN messages o ON o.id = h.source_message_id
                WHERE h.memory_id = $2
                UNION
                SELECT t.id FROM sessions u JOIN turns t ON t.session_id = u.id
                WHERE u.profile_id = $1 AND instr(t.record, $3) > 0))
         RETURNING message_id",
    )
    .bind(scope.profile_id().0)
    .bind(id.0)
    .bind(id.to_string())
    .fetch_all(connection)
    .await?;
    Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
}

/// Deletes the analyses of the conversations that have these messages: a summary may tell what they told. The next one
/// is made without them.
async fn forget_analyses(connection: &mut Connection, messages: &[MessageId]) -> Result<(), StoreError> {
    for chunk in messages.chunks(ROWS_PER_INSERT) {
        let mut query = QueryBuilder::<Db>::new(
            "DELETE FROM session_analytics WHERE session_id IN (SELECT session_id FROM messages WHERE id IN (",
        );
        let mut list = query.separated(", ");
        for id in chunk {
            list.push_bind(id.0);
        }
        query.push("))");
        query.build().execute(&mut *connection).await?;
    }
    Ok(())
}

pub(crate) async fn apply(
    connection: &mut Connection,
    scope: ProfileScope,
    writes: &[MemoryWrite],
    now: Timestamp,
) -> Result<(), StoreError> {
    for write in writes {
        debug_assert_eq!(write.after.profile_id, scope.profile_id());
        if write.before.is_some() {
            update(connection, scope, &write.after).await?;
        }
    }
    let new: Vec<&Memory> =
        writes.iter().filter(|write| write.before.is_none()).map(|write| &write.after).collect();
    for chunk in new.chunks(ROWS_PER_INSERT) {
        insert_memories(connection, chunk).await?;
    }
    let vectors: Vec<(MemoryId, &StoredVector)> =
        writes.iter().filter_map(|write| Some((write.after.id, write.vector.as_ref()?))).collect();
    for chunk in vectors.chunks(ROWS_PER_INSERT) {
        insert_vectors(connection, chunk).await?;
    }
    for chunk in writes.chunks(ROWS_PER_INSERT) {
        insert_history(connection, chunk, now).await?;
    }
    Ok(())
}

async fn update(connection: &mut Connection, scope: ProfileScope, memory: &Memory) -> Result<(), StoreError> {
    let done = sqlx::query(
        "UPDATE memories SET content = $3, kind = $4, importance = $5, tags = $6, entities = $7, attribute = $8,
         state = $9, mention_count = $10, said_at = $11, valid_from = $12, valid_to = $13, closed_at = $14,
         superseded_by = $15, updated_at = $16
         WHERE id = $1 AND profile_id = $2",
    )
    .bind(memory.id.0)
    .bind(scope.profile_id().0)
    .bind(&memory.content)
    .bind(memory.kind.as_str())
    .bind(memory.importance)
    .bind(json("tags", &memory.tags)?)
    .bind(json("entities", &memory.entities)?)
    .bind(&memory.attribute)
    .bind(memory.state.as_str())
    .bind(i64::from(memory.mention_count))
    .bind(micros(memory.said_at))
    .bind(memory.valid_from.map(micros))
    .bind(memory.valid_to.map(micros))
    .bind(memory.closed_at.map(micros))
    .bind(memory.superseded_by.map(|id| id.0))
    .bind(micros(memory.updated_at))
    .execute(connection)
    .await?;
    if done.rows_affected() == 0 { Err(StoreError::NotFound("memory")) } else { Ok(()) }
}

async fn insert_memories(connection: &mut Connection, memories: &[&Memory]) -> Result<(), StoreError> {
    let lists = memories
        .iter()
        .map(|memory| Ok((json("tags", &memory.tags)?, json("entities", &memory.entities)?)))
        .collect::<Result<Vec<_>, StoreError>>()?;
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO memories (id, profile_id, content, kind, importance, tags, entities, attribute, state,
         mention_count, said_at, valid_from, valid_to, closed_at, superseded_by, last_used_at, source_message_id,
         source_session_id, created_at, updated_at) ",
    );
    query.push_values(memories.iter().zip(lists), |mut row, (memory, (tags, entities))| {
        row.push_bind(memory.id.0)
            .push_bind(memory.profile_id.0)
            .push_bind(memory.content.as_str())
            .push_bind(memory.kind.as_str())
            .push_bind(memory.importance)
            .push_bind(tags)
            .push_bind(entities)
            .push_bind(memory.attribute.as_deref())
            .push_bind(memory.state.as_str())
            .push_bind(i64::from(memory.mention_count))
            .push_bind(micros(memory.said_at))
            .push_bind(memory.valid_from.map(micros))
            .push_bind(memory.valid_to.map(micros))
            .push_bind(memory.closed_at.map(micros))
            .push_bind(memory.superseded_by.map(|id| id.0))
            .push_bind(memory.last_used_at.map(micros))
            .push_bind(memory.source_message_id.map(|id| id.0))
            .push_bind(memory.source_session_id.map(|id| id.0))
            .push_bind(micros(memory.created_at))
            .push_bind(micros(memory.updated_at));
    });
    query.build().execute(connection).await?;
    Ok(())
}

/// The vector of a new text: whatever was there for the old one goes.
async fn insert_vectors(
    connection: &mut Connection,
    vectors: &[(MemoryId, &StoredVector)],
) -> Result<(), StoreError> {
    let mut delete = QueryBuilder::<Db>::new("DELETE FROM memory_embeddings WHERE memory_id IN (");
    let mut list = delete.separated(", ");
    for (id, _) in vectors {
        list.push_bind(id.0);
    }
    delete.push(")");
    delete.build().execute(&mut *connection).await?;
    let mut insert = QueryBuilder::<Db>::new("INSERT INTO memory_embeddings (memory_id, model, vector) ");
    insert.push_values(vectors, |mut row, (id, stored)| {
        row.push_bind(id.0).push_bind(stored.model.as_str()).push_bind(vector_to_bytes(&stored.vector));
    });
    insert.build().execute(connection).await?;
    Ok(())
}

async fn restore_change(connection: &mut Connection, change: &MemoryChange) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO memory_history (id, memory_id, action, actor, source_message_id, run_id, evidence, before_state,
                                     after_state, at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(change.id.0)
    .bind(change.memory_id.0)
    .bind(change.action.as_str())
    .bind(change.actor.as_str())
    .bind(change.source_message_id.map(|id| id.0))
    .bind(change.run_id.map(|id| id.0))
    .bind(&change.evidence)
    .bind(change.before.as_deref().map(|memory| json("memory", memory)).transpose()?)
    .bind(json("memory", &*change.after)?)
    .bind(micros(change.at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_history(
    connection: &mut Connection,
    writes: &[MemoryWrite],
    now: Timestamp,
) -> Result<(), StoreError> {
    if writes.is_empty() {
        return Ok(());
    }
    let states = writes
        .iter()
        .map(|write| {
            let before = write.before.as_ref().map(|memory| json("memory", memory)).transpose()?;
            Ok((before, json("memory", &write.after)?))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO memory_history (id, memory_id, action, actor, source_message_id, run_id, evidence, before_state,
         after_state, at) ",
    );
    query.push_values(writes.iter().zip(states), |mut row, (write, (before, after))| {
        row.push_bind(HistoryId::new(now).0)
            .push_bind(write.after.id.0)
            .push_bind(write.action.as_str())
            .push_bind(write.actor.as_str())
            .push_bind(write.source_message_id.map(|id| id.0))
            .push_bind(write.run_id.map(|id| id.0))
            .push_bind(write.evidence.as_deref())
            .push_bind(before)
            .push_bind(after)
            .push_bind(micros(now));
    });
    query.build().execute(connection).await?;
    Ok(())
}
