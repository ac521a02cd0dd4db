//! Memories, their vectors and their history. Everything here asks for a [`ProfileScope`].

use std::collections::BTreeSet;

use domain::analytics::Analysis;
use domain::job::ClaimedJob;
use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, MemoryState, MemoryType};
use domain::{HistoryId, MemoryId, MessageId, ProfileId, RunId, SessionId, Timestamp, UserId};
use futures_util::{Stream, StreamExt as _};
use sqlx::{FromRow, QueryBuilder, Row as _};
use uuid::Uuid;

use crate::codec::micros;
use crate::memory_rows::{AFTER, ATTRIBUTE, CONTENT, ChangeRow, ChangeTexts, MemoryRow, MemoryTexts, VECTOR};
use crate::pool::{Connection, Db, Reach};
use crate::script::Script;
use crate::sealing::{Seals, Stored, place};
use crate::{Caller, Page, ProfileScope, RecallableMessage, Store, StoreError, analytics, jobs, messages};

/// Rows that one statement inserts, at most: keeps the bound values below SQLite's 32,766.
pub(crate) const ROWS_PER_INSERT: usize = 500;

/// What an embedding model made of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedding {
    /// Without numbers where the text is found by its words alone.
    pub vector: Vec<f32>,
    /// Vectors of its words, of [`WORD_BYTES`] each and at most [`WORDS_MAX`].
    pub words: Vec<u8>,
}

impl From<Vec<f32>> for Embedding {
    fn from(vector: Vec<f32>) -> Self {
        Self { vector, words: Vec::new() }
    }
}

/// Bytes of a word's vector.
pub const WORD_BYTES: usize = 24;
/// Vectors of words that are kept of one text.
pub const WORDS_MAX: usize = 24;

/// An embedding and the model that made it.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEmbedding {
    pub model: String,
    pub embedding: Embedding,
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
    pub embedding: Option<StoredEmbedding>,
}

impl MemoryWrite {
    /// Whether the text is another than before.
    pub fn says_something_new(&self) -> bool {
        self.before.as_ref().is_none_or(|before| before.content != self.after.content)
    }
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
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move { apply(connection, &seals, scope, &writes, now).await })
        })
        .await
    }

    /// Applies what a job found and ends the job, in one transaction: done once, or not at all. A power cut that takes it back
    /// brings the job back, too.
    pub async fn complete_extraction(
        &self,
        scope: ProfileScope,
        job: ClaimedJob,
        writes: Vec<MemoryWrite>,
        messages: Vec<RecallableMessage>,
        analysis: Option<(SessionId, Analysis)>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
        // Most turns leave nothing but their words, to be found again.
        if writes.is_empty() && analysis.is_none() {
            let mut script = Script::default();
            messages::push_vectors(&mut script, &seals, scope, &messages)?;
            jobs::push_completion(&mut script, &job);
            let done = self.write_script(Reach::System, "job", script).await;
            return done.map(drop).map_err(|error| match error {
                StoreError::NotFound(_) => StoreError::LeaseLost,
                error => error,
            });
        }
        self.write_ahead(move |connection| {
            Box::pin(async move {
                jobs::complete(connection, &job).await?;
                apply(connection, &seals, scope, &writes, now).await?;
                messages::insert_vectors(connection, &seals, scope, &messages).await?;
                if let Some((session_id, analysis)) = &analysis {
                    analytics::upsert(connection, &seals, scope, *session_id, analysis, now).await?;
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
        let memory = MemoryRow::from_row(&row)?.open(&self.seals)?;
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
        let memories = rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(memories, page.limit, |memory: &Memory| memory.id.0))
    }

    /// The attributes that active memories have a value of.
    pub async fn list_attributes(&self, scope: ProfileScope) -> Result<Vec<String>, StoreError> {
        let rows: Vec<(Uuid, Stored)> = sqlx::query_as(
            "SELECT id, attribute FROM memories
             WHERE profile_id = $1 AND state = 'active' AND attribute IS NOT NULL",
        )
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        // Chosen here, not by the database, to which an attribute may be sealed.
        let mut attributes = BTreeSet::new();
        for (id, stored) in rows {
            let attribute = self.seals.open(place(ATTRIBUTE, id), stored)?;
            if attribute.starts_with("user.") {
                attributes.insert(attribute);
            }
        }
        Ok(attributes.into_iter().collect())
    }

    /// Every active memory of a profile with its vector of `model`, if it has one.
    pub fn active_memories<'a>(
        &'a self,
        scope: ProfileScope,
        model: &'a str,
    ) -> impl Stream<Item = Result<(Memory, Option<Embedding>), StoreError>> + 'a {
        let rows = sqlx::query(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at, e.vector
             FROM memories m LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND m.state = 'active' ORDER BY m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .fetch(&self.readers);
        rows.map(|row| with_vector(&self.seals, &row?))
    }

    /// The newest active memories of a profile, oldest first, as [`Self::active_memories`] gives all of them.
    pub async fn load_newest_memories(
        &self,
        scope: ProfileScope,
        model: &str,
        count: u32,
    ) -> Result<Vec<(Memory, Option<Embedding>)>, StoreError> {
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
        rows.iter().rev().map(|row| with_vector(&self.seals, row)).collect()
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
    ) -> Result<Vec<(Memory, Option<Embedding>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at, e.vector,
                    t.id AS then_id, t.after_state AS state_then
             FROM memories m LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             LEFT JOIN memory_history t ON t.id = COALESCE(
                (SELECT h.id FROM memory_history h LEFT JOIN messages s ON s.id = h.source_message_id
                 WHERE h.memory_id = m.id AND COALESCE(s.created_at, h.at) <= $3
                 ORDER BY COALESCE(s.created_at, h.at) DESC, h.id DESC LIMIT 1),
                (SELECT h.id FROM memory_history h WHERE h.memory_id = m.id ORDER BY h.id LIMIT 1))
             WHERE m.profile_id = $1 AND m.said_at <= $3 AND (m.closed_at IS NULL OR m.closed_at > $3)
               AND m.state <> 'retracted' ORDER BY m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(micros(at))
        .fetch_all(&self.readers)
        .await?;
        let believed = |row| {
            let (memory, vector) = with_vector(&self.seals, row)?;
            let then = match row.try_get::<Option<Uuid>, _>("then_id")? {
                Some(id) => Some(self.seals.open_json(place(AFTER, id), row.try_get("state_then")?)?),
                None => None,
            };
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
        let rows: Vec<(Uuid, Stored)> = sqlx::query_as(
            "SELECT m.id, m.content FROM memories m
             LEFT JOIN memory_embeddings e ON e.memory_id = m.id AND e.model = $2
             WHERE m.profile_id = $1 AND e.memory_id IS NULL ORDER BY m.id LIMIT $3",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let opened = |(id, stored)| Ok((MemoryId(id), self.seals.open(place(CONTENT, id), stored)?));
        rows.into_iter().map(opened).collect()
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
        embeddings: Vec<(MemoryId, String, Embedding)>,
    ) -> Result<(), StoreError> {
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                for (id, content, embedding) in &embeddings {
                    let known: Option<(Stored,)> =
                        sqlx::query_as("SELECT content FROM memories WHERE id = $1 AND profile_id = $2")
                            .bind(id.0)
                            .bind(scope.profile_id().0)
                            .fetch_optional(&mut *connection)
                            .await?;
                    // Compared here, not by the database, to which a text may be sealed.
                    let Some((known,)) = known else { continue };
                    if seals.open(place(CONTENT, id.0), known)? != *content {
                        continue;
                    }
                    sqlx::query(
                        "INSERT INTO memory_embeddings (memory_id, model, vector) VALUES ($1, $2, $3)
                         ON CONFLICT (memory_id, model) DO UPDATE SET vector = excluded.vector",
                    )
                    .bind(id.0)
                    .bind(&model)
                    .bind(seals.embedding(scope.profile_id(), place(VECTOR, id.0), embedding)?)
                    .execute(&mut *connection)
                    .await?;
                    sqlx::query("DELETE FROM memory_embeddings WHERE memory_id = $1 AND model <> $2")
                        .bind(id.0)
                        .bind(&model)
                        .execute(&mut *connection)
                        .await?;
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

    /// What these took the place of, directly or not, or were merged with.
    pub async fn list_superseded(
        &self,
        scope: ProfileScope,
        ids: Vec<MemoryId>,
    ) -> Result<Vec<MemoryId>, StoreError> {
        let mut found = Vec::new();
        for chunk in ids.chunks(ROWS_PER_INSERT) {
            let mut query = QueryBuilder::<Db>::new(
                "WITH RECURSIVE older (id) AS (SELECT id FROM memories WHERE profile_id = ",
            );
            query.push_bind(scope.profile_id().0).push(" AND superseded_by IN (");
            let mut list = query.separated(", ");
            for id in chunk {
                list.push_bind(id.0);
            }
            query.push(
                ") UNION SELECT m.id FROM memories m JOIN older ON m.superseded_by = older.id
                 WHERE m.profile_id = ",
            );
            query.push_bind(scope.profile_id().0).push(") SELECT id FROM older");
            let rows: Vec<(Uuid,)> = query.build_query_as().fetch_all(&self.readers).await?;
            found.extend(rows.into_iter().map(|(id,)| MemoryId(id)));
        }
        Ok(found)
    }

    /// Stores memories with their histories as they were elsewhere. Those whose ids are there already are passed over;
    /// returns how many were not.
    pub async fn restore_memories(
        &self,
        scope: ProfileScope,
        memories: Vec<(Memory, Vec<MemoryChange>)>,
    ) -> Result<u64, StoreError> {
        let seals = self.seals.clone();
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
                    insert_memories(connection, &seals, &[memory]).await?;
                    for change in history {
                        restore_change(connection, &seals, scope, change).await?;
                    }
                    restored += 1;
                }
                Ok(restored)
            })
        })
        .await
    }

    /// The histories of the memories that this one took the place of, each oldest first.
    pub async fn list_superseded_history(
        &self,
        scope: ProfileScope,
        id: MemoryId,
    ) -> Result<Vec<MemoryChange>, StoreError> {
        self.list_changes(
            scope,
            id,
            "SELECT h.id, h.memory_id, h.action, h.actor, h.source_message_id, h.run_id, h.evidence, h.before_state,
                    h.after_state, h.at
             FROM memories m JOIN memory_history h ON h.memory_id = m.id
             WHERE m.superseded_by = $1 AND m.profile_id = $2 ORDER BY h.memory_id, h.id",
        )
        .await
    }

    /// Oldest first.
    pub async fn list_memory_history(
        &self,
        scope: ProfileScope,
        id: MemoryId,
    ) -> Result<Vec<MemoryChange>, StoreError> {
        self.list_changes(
            scope,
            id,
            "SELECT h.id, h.memory_id, h.action, h.actor, h.source_message_id, h.run_id, h.evidence, h.before_state,
                    h.after_state, h.at
             FROM memory_history h JOIN memories m ON m.id = h.memory_id
             WHERE h.memory_id = $1 AND m.profile_id = $2 ORDER BY h.id",
        )
        .await
    }

    /// What `select` finds of a memory ($1) in a profile ($2).
    async fn list_changes(
        &self,
        scope: ProfileScope,
        id: MemoryId,
        select: &'static str,
    ) -> Result<Vec<MemoryChange>, StoreError> {
        let rows: Vec<ChangeRow> =
            sqlx::query_as(select).bind(id.0).bind(scope.profile_id().0).fetch_all(&self.readers).await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }
}

/// A memory, and its vector where the model in force has made one.
fn with_vector(
    seals: &Seals,
    row: &<Db as sqlx::Database>::Row,
) -> Result<(Memory, Option<Embedding>), StoreError> {
    let vector: Option<&[u8]> = row.try_get("vector")?;
    let memory = MemoryRow::from_row(row)?.open(seals)?;
    let embedding =
        vector.map(|stored| seals.open_embedding(place(VECTOR, memory.id.0), stored)).transpose()?;
    Ok((memory, embedding))
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
pub(crate) fn mark_used(script: &mut Script, ids: &[MemoryId], now: Timestamp) {
    for chunk in ids.chunks(ROWS_PER_INSERT) {
        let update = script.then("UPDATE memories SET last_used_at = ");
        update.push_bind(micros(now)).push(" WHERE id IN (");
        let mut list = update.separated(", ");
        for id in chunk {
            list.push_bind(id.0);
        }
        update.push(")");
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
    seals: &Seals,
    scope: ProfileScope,
    writes: &[MemoryWrite],
    now: Timestamp,
) -> Result<(), StoreError> {
    for write in writes {
        debug_assert_eq!(write.after.profile_id, scope.profile_id());
        if write.before.is_some() {
            update(connection, seals, scope, &write.after).await?;
            if write.says_something_new() && write.embedding.is_none() {
                // That of the earlier text. A job makes another.
                sqlx::query("DELETE FROM memory_embeddings WHERE memory_id = $1")
                    .bind(write.after.id.0)
                    .execute(&mut *connection)
                    .await?;
            }
        }
    }
    let new: Vec<&Memory> =
        writes.iter().filter(|write| write.before.is_none()).map(|write| &write.after).collect();
    for chunk in new.chunks(ROWS_PER_INSERT) {
        insert_memories(connection, seals, chunk).await?;
    }
    let vectors: Vec<(MemoryId, &StoredEmbedding)> =
        writes.iter().filter_map(|write| Some((write.after.id, write.embedding.as_ref()?))).collect();
    for chunk in vectors.chunks(ROWS_PER_INSERT) {
        insert_vectors(connection, seals, scope, chunk).await?;
    }
    for chunk in writes.chunks(ROWS_PER_INSERT) {
        insert_history(connection, seals, scope, chunk, now).await?;
    }
    Ok(())
}

async fn update(
    connection: &mut Connection,
    seals: &Seals,
    scope: ProfileScope,
    memory: &Memory,
) -> Result<(), StoreError> {
    let texts = MemoryTexts::of(seals, memory)?;
    let done = sqlx::query(
        "UPDATE memories SET content = $3, kind = $4, importance = $5, tags = $6, entities = $7, attribute = $8,
         state = $9, mention_count = $10, said_at = $11, valid_from = $12, valid_to = $13, closed_at = $14,
         superseded_by = $15, updated_at = $16
         WHERE id = $1 AND profile_id = $2",
    )
    .bind(memory.id.0)
    .bind(scope.profile_id().0)
    .bind(texts.content)
    .bind(memory.kind.as_str())
    .bind(memory.importance)
    .bind(texts.tags)
    .bind(texts.entities)
    .bind(texts.attribute)
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

async fn insert_memories(
    connection: &mut Connection,
    seals: &Seals,
    memories: &[&Memory],
) -> Result<(), StoreError> {
    let texts =
        memories.iter().map(|memory| MemoryTexts::of(seals, memory)).collect::<Result<Vec<_>, _>>()?;
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO memories (id, profile_id, content, kind, importance, tags, entities, attribute, state,
         mention_count, said_at, valid_from, valid_to, closed_at, superseded_by, last_used_at, source_message_id,
         source_session_id, created_at, updated_at) ",
    );
    query.push_values(memories.iter().zip(texts), |mut row, (memory, texts)| {
        row.push_bind(memory.id.0)
            .push_bind(memory.profile_id.0)
            .push_bind(texts.content)
            .push_bind(memory.kind.as_str())
            .push_bind(memory.importance)
            .push_bind(texts.tags)
            .push_bind(texts.entities)
            .push_bind(texts.attribute)
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
    seals: &Seals,
    scope: ProfileScope,
    vectors: &[(MemoryId, &StoredEmbedding)],
) -> Result<(), StoreError> {
    let mut delete = QueryBuilder::<Db>::new("DELETE FROM memory_embeddings WHERE memory_id IN (");
    let mut list = delete.separated(", ");
    for (id, _) in vectors {
        list.push_bind(id.0);
    }
    delete.push(")");
    delete.build().execute(&mut *connection).await?;
    let stored = vectors
        .iter()
        .map(|(id, stored)| seals.embedding(scope.profile_id(), place(VECTOR, id.0), &stored.embedding))
        .collect::<Result<Vec<_>, _>>()?;
    let mut insert = QueryBuilder::<Db>::new("INSERT INTO memory_embeddings (memory_id, model, vector) ");
    insert.push_values(vectors.iter().zip(stored), |mut row, ((id, one), vector)| {
        row.push_bind(id.0).push_bind(one.model.as_str()).push_bind(vector);
    });
    insert.build().execute(connection).await?;
    Ok(())
}

async fn restore_change(
    connection: &mut Connection,
    seals: &Seals,
    scope: ProfileScope,
    change: &MemoryChange,
) -> Result<(), StoreError> {
    let texts = ChangeTexts::of(
        seals,
        scope,
        change.id,
        change.evidence.as_deref(),
        change.before.as_deref(),
        &change.after,
    )?;
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
    .bind(texts.evidence)
    .bind(texts.before)
    .bind(texts.after)
    .bind(micros(change.at))
    .execute(connection)
    .await?;
    Ok(())
}

async fn insert_history(
    connection: &mut Connection,
    seals: &Seals,
    scope: ProfileScope,
    writes: &[MemoryWrite],
    now: Timestamp,
) -> Result<(), StoreError> {
    if writes.is_empty() {
        return Ok(());
    }
    let rows = writes
        .iter()
        .map(|write| {
            let (id, evidence) = (HistoryId::new(now), write.evidence.as_deref());
            let texts = ChangeTexts::of(seals, scope, id, evidence, write.before.as_ref(), &write.after)?;
            Ok((write, id, texts))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    let mut query = QueryBuilder::<Db>::new(
        "INSERT INTO memory_history (id, memory_id, action, actor, source_message_id, run_id, evidence, before_state,
         after_state, at) ",
    );
    query.push_values(rows, |mut row, (write, id, texts)| {
        row.push_bind(id.0)
            .push_bind(write.after.id.0)
            .push_bind(write.action.as_str())
            .push_bind(write.actor.as_str())
            .push_bind(write.source_message_id.map(|id| id.0))
            .push_bind(write.run_id.map(|id| id.0))
            .push_bind(texts.evidence)
            .push_bind(texts.before)
            .push_bind(texts.after)
            .push_bind(micros(now));
    });
    query.build().execute(connection).await?;
    Ok(())
}
