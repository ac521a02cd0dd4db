//! Utterances.

use domain::message::Message;
use domain::session::Session;
use domain::{MessageId, ProfileId, SessionId, TurnId};
use futures_util::{Stream, StreamExt as _};
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use crate::codec::{from_name, micros, time};
use crate::memories::ROWS_PER_INSERT;
use crate::pool::{Connection, Db};
use crate::script::Script;
use crate::sealing::{Seals, Stored, place};
use crate::{
    Embedding, MemoryWrite, Page, ProfileScope, Store, StoreError, StoredEmbedding, memories, sessions,
};

const CONTENT: &str = "messages.content";
const SPEAKER: &str = "messages.speaker";
const VECTOR: &str = "message_embeddings.vector";

/// Messages of a conversation of another time.
#[derive(Clone, Debug, Default)]
pub struct ImportedRows {
    pub messages: Vec<Message>,
    /// Those of them that may be recalled.
    pub recallable: Vec<RecallableMessage>,
    /// What was learned from them.
    pub writes: Vec<MemoryWrite>,
}

#[derive(FromRow)]
pub(crate) struct MessageRow {
    id: Uuid,
    session_id: Uuid,
    turn_id: Uuid,
    role: String,
    speaker: Option<Stored>,
    content: Stored,
    status: String,
    created_at: i64,
}

impl MessageRow {
    /// From a row of a session joined with its messages, whose columns are called `m_…`.
    pub(crate) fn from_joined(row: &<Db as sqlx::Database>::Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.try_get("m_id")?,
            session_id: row.try_get("id")?,
            turn_id: row.try_get("m_turn_id")?,
            role: row.try_get("m_role")?,
            speaker: row.try_get("m_speaker")?,
            content: row.try_get("m_content")?,
            status: row.try_get("m_status")?,
            created_at: row.try_get("m_created_at")?,
        })
    }

    pub(crate) fn open(self, seals: &Seals) -> Result<Message, StoreError> {
        Ok(Message {
            id: MessageId(self.id),
            session_id: SessionId(self.session_id),
            turn_id: TurnId(self.turn_id),
            role: from_name("role", &self.role)?,
            speaker: seals.open_optional(place(SPEAKER, self.id), self.speaker)?,
            content: seals.open(place(CONTENT, self.id), self.content)?,
            status: from_name("message status", &self.status)?,
            created_at: time(self.created_at),
        })
    }
}

impl Store {
    /// The newest `limit` messages before the cursor, oldest of them first, so that the first page is the end of
    /// the conversation as it is read; `next` leads further back.
    pub async fn list_messages(
        &self,
        session_id: SessionId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Page<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT id, session_id, turn_id, role, speaker, content, status, created_at FROM messages
             WHERE session_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(session_id.0)
        .bind(before.unwrap_or(Uuid::max()))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        let messages = rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
        let mut page = Page::from_rows(messages, limit, |message: &Message| message.id.0);
        page.items.reverse();
        Ok(page)
    }

    /// The stored messages of one turn: the user's, then the answer if there is one.
    pub async fn list_messages_of_turn(
        &self,
        session_id: SessionId,
        first: MessageId,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT id, session_id, turn_id, role, speaker, content, status, created_at FROM messages
             WHERE session_id = $1 AND id >= $2 ORDER BY id LIMIT 2",
        )
        .bind(session_id.0)
        .bind(first.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }

    /// A message and those before it that may be remembered from: up to `count`, oldest first. Messages of turns
    /// in other modes than `normal` are left out.
    pub async fn list_messages_for_extraction(
        &self,
        scope: ProfileScope,
        last: MessageId,
        count: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at
             FROM messages l
             JOIN sessions s ON s.id = l.session_id
             JOIN messages m ON m.session_id = l.session_id AND m.id <= l.id
             JOIN turns t ON t.id = m.turn_id AND t.privacy_mode = 'normal'
             WHERE l.id = $1 AND s.profile_id = $2
             ORDER BY m.id DESC LIMIT $3",
        )
        .bind(last.0)
        .bind(scope.profile_id().0)
        .bind(i64::from(count))
        .fetch_all(&self.readers)
        .await?;
        let mut messages =
            rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
        messages.reverse();
        Ok(messages)
    }

    /// The newest `count` messages of a session that an analysis may look at, oldest first: not those that were forgotten or
    /// hold secrets. Those of the turn `last` are taken as they are.
    pub async fn list_messages_for_analysis(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
        last: Option<TurnId>,
        count: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at
             FROM sessions s JOIN messages m ON m.session_id = s.id
             LEFT JOIN turns t ON t.id = m.turn_id
             LEFT JOIN message_embeddings e ON e.message_id = m.id
             WHERE s.id = $1 AND s.profile_id = $2
               AND (t.privacy_mode = 'pause_memory' OR e.message_id IS NOT NULL OR m.turn_id = $3)
             ORDER BY m.id DESC LIMIT $4",
        )
        .bind(session_id.0)
        .bind(scope.profile_id().0)
        .bind(last.map(|id| id.0))
        .bind(i64::from(count))
        .fetch_all(&self.readers)
        .await?;
        let mut messages =
            rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
        messages.reverse();
        Ok(messages)
    }

    /// Deletes a session's messages with their turns, logs, analysis and jobs; the session stays.
    pub async fn delete_messages(&self, session_id: SessionId) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                for statement in [
                    "DELETE FROM messages WHERE session_id = $1",
                    "DELETE FROM turns WHERE session_id = $1",
                    "DELETE FROM agent_logs WHERE session_id = $1",
                    "DELETE FROM session_analytics WHERE session_id = $1",
                    "DELETE FROM jobs WHERE session_id = $1",
                ] {
                    sqlx::query(statement).bind(session_id.0).execute(&mut *connection).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Messages of a profile, for its statistics.
    pub async fn count_messages(&self, profile_id: ProfileId) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as(
            "SELECT COUNT(*) FROM sessions s JOIN messages m ON m.session_id = s.id WHERE s.profile_id = $1",
        )
        .bind(profile_id.0)
        .fetch_one(&self.readers)
        .await?;
        Ok(count as u64)
    }
}

/// A message, and its vector where the model in force has made one.
fn with_vector(
    seals: &Seals,
    row: &<Db as sqlx::Database>::Row,
) -> Result<(Message, Option<Embedding>), StoreError> {
    let vector: Option<&[u8]> = row.try_get("vector")?;
    let message = MessageRow::from_row(row)?.open(seals)?;
    let embedding =
        vector.map(|stored| seals.open_embedding(place(VECTOR, message.id.0), stored)).transpose()?;
    Ok((message, embedding))
}

/// `profile` is the one of the message's session.
pub(crate) fn insert(
    script: &mut Script,
    seals: &Seals,
    profile: ProfileId,
    message: &Message,
) -> Result<(), StoreError> {
    let speaker = seals.optional_text(profile, place(SPEAKER, message.id.0), message.speaker.as_deref())?;
    let content = seals.text(profile, place(CONTENT, message.id.0), &message.content)?;
    script
        .then("INSERT INTO messages (id, session_id, turn_id, role, speaker, content, status, created_at) ")
        .push_values([(speaker, content)], |mut row, (speaker, content)| {
            row.push_bind(message.id.0)
                .push_bind(message.session_id.0)
                .push_bind(message.turn_id.0)
                .push_bind(message.role.as_str())
                .push_bind(speaker)
                .push_bind(content)
                .push_bind(message.status.as_str())
                .push_bind(micros(message.created_at));
        });
    Ok(())
}

/// A past message that may be recalled, with its vector.
#[derive(Clone, Debug)]
pub struct RecallableMessage {
    pub message: Message,
    pub embedding: Option<StoredEmbedding>,
}

impl Store {
    /// Every message of a profile that may be recalled, with its vector of `model`, if it was made; each session in
    /// the order it was said.
    pub fn recallable_messages<'a>(
        &'a self,
        scope: ProfileScope,
        model: &'a str,
    ) -> impl Stream<Item = Result<(Message, Option<Embedding>), StoreError>> + 'a {
        let rows = sqlx::query(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at,
                    CASE WHEN e.model = $2 THEN e.vector END AS vector
             FROM sessions s JOIN messages m ON m.session_id = s.id
             JOIN message_embeddings e ON e.message_id = m.id
             WHERE s.profile_id = $1 ORDER BY s.id, m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .fetch(&self.readers);
        rows.map(|row| with_vector(&self.seals, &row?))
    }

    /// The newest of them, oldest first.
    pub async fn load_newest_messages(
        &self,
        scope: ProfileScope,
        model: &str,
        count: u32,
    ) -> Result<Vec<(Message, Option<Embedding>)>, StoreError> {
        let rows = sqlx::query(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at,
                    CASE WHEN e.model = $2 THEN e.vector END AS vector
             FROM messages m JOIN message_embeddings e ON e.message_id = m.id
             WHERE m.id IN (SELECT n.id FROM sessions s JOIN messages n ON n.session_id = s.id
                            WHERE s.profile_id = $1 ORDER BY n.id DESC LIMIT $3)
             ORDER BY m.id",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(i64::from(count))
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| with_vector(&self.seals, row)).collect()
    }

    /// Messages that may be recalled and have no vector of `model` yet.
    pub async fn list_unembedded_messages(
        &self,
        scope: ProfileScope,
        model: &str,
        limit: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at
             FROM sessions s JOIN messages m ON m.session_id = s.id
             JOIN message_embeddings e ON e.message_id = m.id
             WHERE s.profile_id = $1 AND e.model <> $2 ORDER BY m.id LIMIT $3",
        )
        .bind(scope.profile_id().0)
        .bind(model)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }

    /// Stores messages of a conversation of another time, with what was learned from them, in one transaction. The session
    /// is made if it is not there.
    pub async fn import_messages(
        &self,
        scope: ProfileScope,
        session: Session,
        imported: ImportedRows,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                sessions::insert_or_extend(connection, &seals, &session).await?;
                for message in &imported.messages {
                    let mut script = Script::default();
                    insert(&mut script, &seals, scope.profile_id(), message)?;
                    script.run(connection).await?;
                }
                insert_vectors(connection, &seals, scope, &imported.recallable).await?;
                memories::apply(connection, &seals, scope, &imported.writes, now).await
            })
        })
        .await
    }

    /// The ids of a session's messages. Empty where the profile has no such session.
    pub async fn list_message_ids(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
    ) -> Result<Vec<MessageId>, StoreError> {
        let rows: Vec<(Uuid,)> = sqlx::query_as(
            "SELECT m.id FROM messages m JOIN sessions s ON s.id = m.session_id
             WHERE m.session_id = $1 AND s.profile_id = $2",
        )
        .bind(session_id.0)
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(id,)| MessageId(id)).collect())
    }

    /// Stores vectors for recallable messages, replacing those of other models. A message deleted meanwhile is passed
    /// over.
    pub async fn store_message_vectors(
        &self,
        scope: ProfileScope,
        vectors: Vec<(MessageId, StoredEmbedding)>,
    ) -> Result<(), StoreError> {
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                for (id, stored) in &vectors {
                    let vector =
                        seals.embedding(scope.profile_id(), place(VECTOR, id.0), &stored.embedding)?;
                    sqlx::query(
                        "UPDATE message_embeddings SET model = $3, vector = $4
                         WHERE message_id = $1 AND message_id IN (
                            SELECT m.id FROM messages m JOIN sessions s ON s.id = m.session_id
                            WHERE m.id = $1 AND s.profile_id = $2)",
                    )
                    .bind(id.0)
                    .bind(scope.profile_id().0)
                    .bind(&stored.model)
                    .bind(vector)
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }
}

/// Makes messages recallable. One without a vector gets an empty one, which a job fills later.
pub(crate) async fn insert_vectors(
    connection: &mut Connection,
    seals: &Seals,
    scope: ProfileScope,
    messages: &[RecallableMessage],
) -> Result<(), StoreError> {
    let mut script = Script::default();
    push_vectors(&mut script, seals, scope, messages)?;
    script.run(connection).await.map(drop)
}

/// The same as statements.
pub(crate) fn push_vectors(
    script: &mut Script,
    seals: &Seals,
    scope: ProfileScope,
    messages: &[RecallableMessage],
) -> Result<(), StoreError> {
    for chunk in messages.chunks(ROWS_PER_INSERT) {
        let vectors = chunk
            .iter()
            .map(|one| match &one.embedding {
                Some(stored) => {
                    let place = place(VECTOR, one.message.id.0);
                    Ok((stored.model.clone(), seals.embedding(scope.profile_id(), place, &stored.embedding)?))
                }
                None => Ok((String::new(), Vec::new())),
            })
            .collect::<Result<Vec<_>, StoreError>>()?;
        script.then("INSERT OR REPLACE INTO message_embeddings (message_id, model, vector) ").push_values(
            chunk.iter().zip(vectors),
            |mut row, (one, (model, vector))| {
                row.push_bind(one.message.id.0).push_bind(model).push_bind(vector);
            },
        );
    }
    Ok(())
}
