//! The analyst's findings, and counts.

use domain::analytics::Analysis;
use domain::{SessionId, Timestamp};
use uuid::Uuid;

use crate::codec::{micros, time};
use crate::pool::Connection;
use crate::sealing::{Seals, Stored, place};
use crate::{ProfileScope, Store, StoreError};

const ANALYSIS: &str = "session_analytics.analysis";

impl Store {
    pub async fn find_analysis(
        &self,
        session_id: SessionId,
    ) -> Result<Option<(Analysis, Timestamp)>, StoreError> {
        let row: Option<(Stored, i64)> =
            sqlx::query_as("SELECT analysis, updated_at FROM session_analytics WHERE session_id = $1")
                .bind(session_id.0)
                .fetch_optional(&self.readers)
                .await?;
        row.map(|(stored, at)| Ok((open(&self.seals, session_id, stored)?, time(at)))).transpose()
    }

    /// Stores the analysis of a session that was imported.
    pub async fn store_analysis(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
        analysis: Analysis,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                let known = sqlx::query("SELECT 1 FROM sessions WHERE id = $1 AND profile_id = $2")
                    .bind(session_id.0)
                    .bind(scope.profile_id().0)
                    .fetch_optional(&mut *connection)
                    .await?;
                known.ok_or(StoreError::NotFound("session"))?;
                upsert(connection, &seals, scope, session_id, &analysis, now).await
            })
        })
        .await
    }

    /// The newest analyses of a profile's sessions, newest first.
    pub async fn list_analyses(
        &self,
        scope: ProfileScope,
        limit: u32,
    ) -> Result<Vec<(SessionId, Analysis)>, StoreError> {
        let rows: Vec<(Uuid, Stored)> = sqlx::query_as(
            "SELECT a.session_id, a.analysis FROM sessions s JOIN session_analytics a ON a.session_id = s.id
             WHERE s.profile_id = $1 ORDER BY a.updated_at DESC LIMIT $2",
        )
        .bind(scope.profile_id().0)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let opened = |(id, stored)| Ok((SessionId(id), open(&self.seals, SessionId(id), stored)?));
        rows.into_iter().map(opened).collect()
    }

    /// Sessions of a profile.
    pub async fn count_sessions(&self, scope: ProfileScope) -> Result<u64, StoreError> {
        let (count,): (i64,) = sqlx::query_as("SELECT COUNT(*) FROM sessions WHERE profile_id = $1")
            .bind(scope.profile_id().0)
            .fetch_one(&self.readers)
            .await?;
        Ok(count as u64)
    }

    /// Memories of a profile by type and state.
    pub async fn count_memories(
        &self,
        scope: ProfileScope,
    ) -> Result<Vec<(String, String, u64)>, StoreError> {
        let rows: Vec<(String, String, i64)> = sqlx::query_as(
            "SELECT kind, state, COUNT(*) FROM memories WHERE profile_id = $1 GROUP BY kind, state ORDER BY kind, state",
        )
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.into_iter().map(|(kind, state, count)| (kind, state, count as u64)).collect())
    }
}

pub(crate) fn open(seals: &Seals, session_id: SessionId, stored: Stored) -> Result<Analysis, StoreError> {
    seals.open_json(place(ANALYSIS, session_id.0), stored)
}

pub(crate) async fn upsert(
    connection: &mut Connection,
    seals: &Seals,
    scope: ProfileScope,
    session_id: SessionId,
    analysis: &Analysis,
    now: Timestamp,
) -> Result<(), StoreError> {
    sqlx::query(
        "INSERT INTO session_analytics (session_id, analysis, updated_at) VALUES ($1, $2, $3)
         ON CONFLICT (session_id) DO UPDATE SET analysis = excluded.analysis, updated_at = excluded.updated_at",
    )
    .bind(session_id.0)
    .bind(seals.json(scope.profile_id(), place(ANALYSIS, session_id.0), analysis)?)
    .bind(micros(now))
    .execute(connection)
    .await?;
    Ok(())
}
