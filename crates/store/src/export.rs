//! Everything held about a user.

use std::collections::HashMap;

use domain::analytics::Analysis;
use domain::memory::{Memory, MemoryChange};
use domain::message::Message;
use domain::profile::Profile;
use domain::session::Session;
use domain::user::User;
use domain::{MemoryId, SessionId, UserId};
use serde::Serialize;
use sqlx::{FromRow as _, Row as _};
use uuid::Uuid;

use crate::memory_rows::{ChangeRow, MemoryRow};
use crate::messages::MessageRow;
use crate::profiles::ProfileRow;
use crate::sealing::{Seals, Stored};
use crate::sessions::SessionRow;
use crate::{Caller, Store, StoreError, analytics};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct UserExport {
    pub user: User,
    pub profiles: Vec<Profile>,
    pub sessions: Vec<SessionExport>,
    pub memories: Vec<MemoryExport>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SessionExport {
    #[serde(flatten)]
    pub session: Session,
    pub analysis: Option<Analysis>,
    pub messages: Vec<Message>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MemoryExport {
    #[serde(flatten)]
    pub memory: Memory,
    pub history: Vec<MemoryChange>,
}

impl Store {
    /// One consistent picture: all queries see the same instant.
    pub async fn export_user(&self, caller: Caller, user_id: UserId) -> Result<UserExport, StoreError> {
        let user = self.get_user(caller, user_id).await?;
        let mut reading = self.readers.begin().await?;
        let profiles: Vec<ProfileRow> = sqlx::query_as(
            "SELECT id, user_id, name, description, system_prompt, personality, is_default, created_at, updated_at
             FROM profiles WHERE user_id = $1 ORDER BY id",
        )
        .bind(user_id.0)
        .fetch_all(&mut *reading)
        .await?;
        let sessions = sqlx::query(
            "SELECT s.id, s.user_id, s.profile_id, s.privacy_mode, s.title, s.turn_count, s.created_at,
                    s.updated_at, a.analysis
             FROM sessions s LEFT JOIN session_analytics a ON a.session_id = s.id
             WHERE s.user_id = $1 ORDER BY s.id",
        )
        .bind(user_id.0)
        .fetch_all(&mut *reading)
        .await?;
        let messages: Vec<MessageRow> = sqlx::query_as(
            "SELECT m.id, m.session_id, m.turn_id, m.role, m.speaker, m.content, m.status, m.created_at
             FROM sessions s JOIN messages m ON m.session_id = s.id WHERE s.user_id = $1 ORDER BY m.id",
        )
        .bind(user_id.0)
        .fetch_all(&mut *reading)
        .await?;
        let memories: Vec<MemoryRow> = sqlx::query_as(
            "SELECT m.id, m.profile_id, m.content, m.kind, m.importance, m.tags, m.entities, m.attribute, m.state,
                    m.mention_count, m.said_at, m.valid_from, m.valid_to, m.closed_at, m.superseded_by, m.last_used_at,
                    m.source_message_id, m.source_session_id, m.created_at, m.updated_at
             FROM profiles p JOIN memories m ON m.profile_id = p.id WHERE p.user_id = $1 ORDER BY m.id",
        )
        .bind(user_id.0)
        .fetch_all(&mut *reading)
        .await?;
        let history: Vec<ChangeRow> = sqlx::query_as(
            "SELECT h.id, h.memory_id, h.action, h.actor, h.source_message_id, h.run_id, h.evidence, h.before_state,
                    h.after_state, h.at
             FROM profiles p JOIN memories m ON m.profile_id = p.id JOIN memory_history h ON h.memory_id = m.id
             WHERE p.user_id = $1 ORDER BY h.id",
        )
        .bind(user_id.0)
        .fetch_all(&mut *reading)
        .await?;

        Ok(UserExport {
            user,
            profiles: profiles.into_iter().map(|row| row.open(&self.seals)).collect::<Result<_, _>>()?,
            sessions: with_messages(&self.seals, &sessions, messages)?,
            memories: with_history(&self.seals, memories, history)?,
        })
    }
}

fn with_messages(
    seals: &Seals,
    sessions: &[<crate::pool::Db as sqlx::Database>::Row],
    messages: Vec<MessageRow>,
) -> Result<Vec<SessionExport>, StoreError> {
    let mut by_session: HashMap<SessionId, Vec<Message>> = HashMap::new();
    for row in messages {
        let message = row.open(seals)?;
        by_session.entry(message.session_id).or_default().push(message);
    }
    sessions
        .iter()
        .map(|row| {
            let session = SessionRow::from_row(row)?.open(seals)?;
            let analysis: Option<Stored> = row.try_get("analysis")?;
            Ok(SessionExport {
                analysis: analysis.map(|stored| analytics::open(seals, session.id, stored)).transpose()?,
                messages: by_session.remove(&session.id).unwrap_or_default(),
                session,
            })
        })
        .collect()
}

fn with_history(
    seals: &Seals,
    memories: Vec<MemoryRow>,
    history: Vec<ChangeRow>,
) -> Result<Vec<MemoryExport>, StoreError> {
    let mut by_memory: HashMap<Uuid, Vec<MemoryChange>> = HashMap::new();
    for row in history {
        let change = row.open(seals)?;
        by_memory.entry(change.memory_id.0).or_default().push(change);
    }
    memories
        .into_iter()
        .map(|row| {
            let memory = row.open(seals)?;
            let MemoryId(id) = memory.id;
            Ok(MemoryExport { history: by_memory.remove(&id).unwrap_or_default(), memory })
        })
        .collect()
}
