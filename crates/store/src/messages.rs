//! Utterances.

use domain::message::Message;
use domain::{MessageId, ProfileId, SessionId, TurnId};
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use crate::codec::{from_name, micros, time};
use crate::pool::{Connection, Db};
use crate::{Page, ProfileScope, Store, StoreError};

#[derive(FromRow)]
pub(crate) struct MessageRow {
    id: Uuid,
    session_id: Uuid,
    turn_id: Uuid,
    role: String,
    content: String,
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
            content: row.try_get("m_content")?,
            status: row.try_get("m_status")?,
            created_at: row.try_get("m_created_at")?,
        })
    }
}

impl TryFrom<MessageRow> for Message {
    type Error = StoreError;

    fn try_from(row: MessageRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: MessageId(row.id),
            session_id: SessionId(row.session_id),
            turn_id: TurnId(row.turn_id),
            role: from_name("role", &row.role)?,
            content: row.content,
            status: from_name("message status", &row.status)?,
            created_at: time(row.created_at),
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
            "SELECT id, session_id, turn_id, role, content, status, created_at FROM messages
             WHERE session_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(session_id.0)
        .bind(before.unwrap_or(Uuid::max()))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        let messages = rows.into_iter().map(Message::try_from).collect::<Result<Vec<_>, _>>()?;
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
            "SELECT id, session_id, turn_id, role, content, status, created_at FROM messages
             WHERE session_id = $1 AND id >= $2 ORDER BY id LIMIT 2",
        )
        .bind(session_id.0)
        .bind(first.0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(Message::try_from).collect()
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
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.content, m.status, m.created_at
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
        let mut messages = rows.into_iter().map(Message::try_from).collect::<Result<Vec<_>, _>>()?;
        messages.reverse();
        Ok(messages)
    }

    /// The newest `count` messages of a session of the profile, oldest first.
    pub async fn list_recent_messages(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
        count: u32,
    ) -> Result<Vec<Message>, StoreError> {
        let rows: Vec<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.content, m.status, m.created_at
             FROM sessions s JOIN messages m ON m.session_id = s.id
             WHERE s.id = $1 AND s.profile_id = $2 ORDER BY m.id DESC LIMIT $3",
        )
        .bind(session_id.0)
        .bind(scope.profile_id().0)
        .bind(i64::from(count))
        .fetch_all(&self.readers)
        .await?;
        let mut messages = rows.into_iter().map(Message::try_from).collect::<Result<Vec<_>, _>>()?;
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

pub(crate) async fn insert(connection: &mut Connection, message: &Message) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO messages (id, session_id, turn_id, role, content, status, created_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(message.id.0)
    .bind(message.session_id.0)
    .bind(message.turn_id.0)
    .bind(message.role.as_str())
    .bind(&message.content)
    .bind(message.status.as_str())
    .bind(micros(message.created_at))
    .execute(connection)
    .await
    .map_err(|error| {
        if error.as_database_error().is_some_and(sqlx::error::DatabaseError::is_foreign_key_violation) {
            StoreError::NotFound("session")
        } else {
            error.into()
        }
    })?;
    Ok(())
}
