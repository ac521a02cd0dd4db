//! Conversations.

use domain::message::Message;
use domain::profile::Profile;
use domain::session::Session;
use domain::{PrivacyMode, ProfileId, SessionId, Timestamp, UserId};
use sqlx::{FromRow, Row as _};
use uuid::Uuid;

use crate::codec::{checked, micros, time};
use crate::messages::MessageRow;
use crate::pool::Connection;
use crate::profiles::ProfileRow;
use crate::sealing::{Seals, Stored, place};
use crate::{Caller, Page, ProfileScope, Store, StoreError, analytics};

#[derive(FromRow)]
pub(crate) struct SessionRow {
    id: Uuid,
    user_id: Uuid,
    profile_id: Uuid,
    privacy_mode: String,
    title: Stored,
    turn_count: i64,
    created_at: i64,
    updated_at: i64,
}

impl SessionRow {
    pub(crate) fn open(self, seals: &Seals) -> Result<Session, StoreError> {
        Ok(Session {
            id: SessionId(self.id),
            user_id: UserId(self.user_id),
            profile_id: ProfileId(self.profile_id),
            privacy_mode: checked("privacy mode", PrivacyMode::parse("privacy_mode", &self.privacy_mode))?,
            title: seals.open(place("sessions.title", self.id), self.title)?,
            turn_count: u32::try_from(self.turn_count).unwrap_or(u32::MAX),
            created_at: time(self.created_at),
            updated_at: time(self.updated_at),
        })
    }
}

/// What a turn needs to know before it starts.
#[derive(Clone, Debug)]
pub struct SessionContext {
    pub session: Session,
    pub profile: Profile,
    pub scope: ProfileScope,
    /// The user's, if they have set one.
    pub time_zone: Option<String>,
    /// Of what was said before the newest messages; empty if there is none.
    pub summary: String,
    /// The newest messages of the session, oldest first.
    pub recent_messages: Vec<Message>,
}

impl Store {
    /// Stores a session. The caller has opened its profile.
    pub async fn insert_session(&self, scope: ProfileScope, session: Session) -> Result<(), StoreError> {
        debug_assert_eq!((scope.user_id(), scope.profile_id()), (session.user_id, session.profile_id));
        let seals = self.seals.clone();
        self.write(move |connection| Box::pin(async move { insert(connection, &seals, &session).await }))
            .await
    }

    pub async fn find_session(&self, caller: Caller, id: SessionId) -> Result<Option<Session>, StoreError> {
        let row: Option<SessionRow> = sqlx::query_as(
            "SELECT id, user_id, profile_id, privacy_mode, title, turn_count, created_at, updated_at
             FROM sessions WHERE id = $1 AND ($2 IS NULL OR user_id = $2)",
        )
        .bind(id.0)
        .bind(caller.owner().map(|owner| owner.0))
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| row.open(&self.seals)).transpose()
    }

    /// Newest first.
    pub async fn list_sessions(
        &self,
        caller: Caller,
        user_id: UserId,
        before: Option<Uuid>,
        limit: u32,
    ) -> Result<Page<Session>, StoreError> {
        self.get_user(caller, user_id).await?;
        let rows: Vec<SessionRow> = sqlx::query_as(
            "SELECT id, user_id, profile_id, privacy_mode, title, turn_count, created_at, updated_at
             FROM sessions WHERE user_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3",
        )
        .bind(user_id.0)
        .bind(before.unwrap_or(Uuid::max()))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.readers)
        .await?;
        let sessions = rows.into_iter().map(|row| row.open(&self.seals)).collect::<Result<Vec<_>, _>>()?;
        Ok(Page::from_rows(sessions, limit, |session: &Session| session.id.0))
    }

    pub async fn update_session(
        &self,
        id: SessionId,
        title: Option<String>,
        mode: Option<PrivacyMode>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                let title = match &title {
                    Some(title) => {
                        let profile = profile_of(connection, &seals, id).await?;
                        Some(seals.text(profile, place("sessions.title", id.0), title)?)
                    }
                    None => None,
                };
                let done = sqlx::query(
                    "UPDATE sessions SET title = COALESCE($2, title), privacy_mode = COALESCE($3, privacy_mode),
                     updated_at = $4 WHERE id = $1",
                )
                .bind(id.0)
                .bind(title)
                .bind(mode.map(PrivacyMode::as_str))
                .bind(micros(now))
                .execute(connection)
                .await?;
                if done.rows_affected() == 0 { Err(StoreError::NotFound("session")) } else { Ok(()) }
            })
        })
        .await
    }

    /// Deletes a session with its messages, turns, logs, analysis and jobs. Its memories stay: they are the
    /// profile's.
    pub async fn delete_session(&self, id: SessionId) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let done =
                    sqlx::query("DELETE FROM sessions WHERE id = $1").bind(id.0).execute(connection).await?;
                if done.rows_affected() == 0 { Err(StoreError::NotFound("session")) } else { Ok(()) }
            })
        })
        .await
    }

    /// The session, its profile and its newest `messages_max` messages, in one query.
    pub async fn find_session_context(
        &self,
        caller: Caller,
        id: SessionId,
        messages_max: u32,
    ) -> Result<Option<SessionContext>, StoreError> {
        let rows = sqlx::query(
            "SELECT s.id, s.user_id, s.profile_id, s.privacy_mode, s.title, s.turn_count, s.created_at,
                s.updated_at,
                p.name AS p_name, p.description AS p_description, p.system_prompt AS p_system_prompt,
                p.personality AS p_personality, p.is_default AS p_is_default, p.created_at AS p_created_at,
                p.updated_at AS p_updated_at, u.time_zone AS u_time_zone, a.analysis AS a_analysis,
                m.id AS m_id, m.turn_id AS m_turn_id, m.role AS m_role, m.speaker AS m_speaker, m.content AS m_content,
                m.status AS m_status, m.created_at AS m_created_at
             FROM sessions s JOIN profiles p ON p.id = s.profile_id JOIN users u ON u.id = s.user_id
             LEFT JOIN session_analytics a ON a.session_id = s.id
             LEFT JOIN (SELECT id, session_id, turn_id, role, speaker, content, status, created_at FROM messages
                        WHERE session_id = $1 ORDER BY id DESC LIMIT $3) m ON m.session_id = s.id
             WHERE s.id = $1 AND ($2 IS NULL OR s.user_id = $2)
             ORDER BY m.id",
        )
        .bind(id.0)
        .bind(caller.owner().map(|owner| owner.0))
        .bind(i64::from(messages_max))
        .fetch_all(&self.readers)
        .await?;
        let Some(first) = rows.first() else { return Ok(None) };
        let session = SessionRow::from_row(first)?.open(&self.seals)?;
        let profile = ProfileRow::from_joined(first)?.open(&self.seals)?;
        let scope = ProfileScope::verified(session.user_id, session.profile_id);
        let time_zone = first.try_get("u_time_zone")?;
        // As long as everything is among the newest messages, a summary tells nothing.
        let analysis = if rows.len() < messages_max as usize { None } else { first.try_get("a_analysis")? };
        let analysis = analysis.map(|stored| analytics::open(&self.seals, id, stored)).transpose()?;
        let summary = analysis.map(|analysis| analysis.summary).unwrap_or_default();
        let mut recent_messages = Vec::with_capacity(rows.len());
        for row in &rows {
            if row.try_get::<Option<Uuid>, _>("m_id")?.is_some() {
                recent_messages.push(MessageRow::from_joined(row)?.open(&self.seals)?);
            }
        }
        Ok(Some(SessionContext { session, profile, scope, time_zone, summary, recent_messages }))
    }
}

/// A session that is not stored yet.
pub fn new_session(scope: ProfileScope, mode: PrivacyMode, title: String, now: Timestamp) -> Session {
    Session {
        id: SessionId::new(now),
        user_id: scope.user_id(),
        profile_id: scope.profile_id(),
        privacy_mode: mode,
        title,
        turn_count: 0,
        created_at: now,
        updated_at: now,
    }
}

/// Inserts an imported session, or notes how far it has come.
pub(crate) async fn insert_or_extend(
    connection: &mut Connection,
    seals: &Seals,
    session: &Session,
) -> Result<(), StoreError> {
    let statement =
        "INSERT INTO sessions (id, user_id, profile_id, privacy_mode, title, turn_count, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (id) DO UPDATE SET turn_count = excluded.turn_count, updated_at = excluded.updated_at";
    execute(connection, seals, statement, session).await
}

pub(crate) async fn insert(
    connection: &mut Connection,
    seals: &Seals,
    session: &Session,
) -> Result<(), StoreError> {
    let statement =
        "INSERT INTO sessions (id, user_id, profile_id, privacy_mode, title, turn_count, created_at, updated_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    execute(connection, seals, statement, session).await
}

/// The profile whose key seals what a session holds. Not asked for where nothing is sealed: nobody looks at it then.
async fn profile_of(
    connection: &mut Connection,
    seals: &Seals,
    id: SessionId,
) -> Result<ProfileId, StoreError> {
    if seals.keys().is_none() {
        return Ok(ProfileId(Uuid::nil()));
    }
    let row: Option<(Uuid,)> = sqlx::query_as("SELECT profile_id FROM sessions WHERE id = $1")
        .bind(id.0)
        .fetch_optional(connection)
        .await?;
    row.map(|(profile,)| ProfileId(profile)).ok_or(StoreError::NotFound("session"))
}

async fn execute(
    connection: &mut Connection,
    seals: &Seals,
    statement: &'static str,
    session: &Session,
) -> Result<(), StoreError> {
    sqlx::query(statement)
        .bind(session.id.0)
        .bind(session.user_id.0)
        .bind(session.profile_id.0)
        .bind(session.privacy_mode.as_str())
        .bind(seals.text(session.profile_id, place("sessions.title", session.id.0), &session.title)?)
        .bind(i64::from(session.turn_count))
        .bind(micros(session.created_at))
        .bind(micros(session.updated_at))
        .execute(connection)
        .await?;
    Ok(())
}
