//! Runs of the consolidation: what may fade, what a run changed, and when a profile had its last one.

use domain::job::{ClaimedJob, JobPayload};
use domain::memory::{ConsolidationRun, Memory, MemoryChange};
use domain::{JobId, MemoryId, ProfileId, RunId, Timestamp, UserId};
use uuid::Uuid;

use crate::codec::{micros, time};
use crate::memories::apply;
use crate::memory_rows::{ChangeRow, MemoryRow};
use crate::{MemoryWrite, ProfileScope, Store, StoreError, jobs};

/// What fades: of at most this importance, said once, not used and not said since `before`.
#[derive(Clone, Copy, Debug)]
pub struct FadingRules {
    pub before: Timestamp,
    pub importance_max: f32,
}

impl Store {
    /// Memories that may fade, oldest first.
    pub async fn list_fading(
        &self,
        scope: ProfileScope,
        rules: FadingRules,
        limit: u32,
    ) -> Result<Vec<Memory>, StoreError> {
        let rows: Vec<MemoryRow> = sqlx::query_as(
            "SELECT id, profile_id, content, kind, importance, tags, entities, attribute, state, mention_count,
                    said_at, valid_from, valid_to, closed_at, superseded_by, last_used_at, source_message_id,
                    source_session_id, created_at, updated_at
             FROM memories
             WHERE profile_id = $1 AND state = 'active' AND importance <= $2 AND mention_count = 1 AND said_at < $3
               AND created_at < $3 AND COALESCE(last_used_at, 0) < $3 AND COALESCE(valid_from, 0) < $3
             ORDER BY id LIMIT $4",
        )
        .bind(scope.profile_id().0)
        .bind(rules.importance_max)
        .bind(micros(rules.before))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }

    /// Applies one step of a run, ends its job, and enqueues the next step or notes that the profile is done, in one
    /// transaction: a run goes on after a crash where it was.
    pub async fn complete_consolidation(
        &self,
        scope: ProfileScope,
        job: Option<ClaimedJob>,
        writes: Vec<MemoryWrite>,
        next: Option<JobPayload>,
    ) -> Result<(), StoreError> {
        let now = self.clock.now();
        let seals = self.seals.clone();
        self.write(move |connection| {
            Box::pin(async move {
                if let Some(job) = &job {
                    jobs::complete(connection, job).await?;
                }
                apply(connection, &seals, scope, &writes, now).await?;
                if let Some(next) = &next {
                    return jobs::insert(connection, JobId::new(now), next, now).await;
                }
                sqlx::query("UPDATE profiles SET consolidated_at = $2 WHERE id = $1")
                    .bind(scope.profile_id().0)
                    .bind(micros(now))
                    .execute(connection)
                    .await?;
                Ok(())
            })
        })
        .await
    }

    /// Enqueues a run, unless one of this profile waits or is under way.
    pub async fn enqueue_consolidation(&self, scope: ProfileScope) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| {
            Box::pin(async move {
                let profile_id = scope.profile_id();
                let waiting = sqlx::query(
                    "SELECT 1 FROM jobs WHERE profile_id = $1 AND kind = 'consolidate_profile' AND state <> 'dead' LIMIT 1",
                )
                .bind(profile_id.0)
                .fetch_optional(&mut *connection)
                .await?;
                if waiting.is_some() {
                    return Ok(());
                }
                let (user_id, run_id) = (scope.user_id(), RunId::new(now));
                let payload = JobPayload::ConsolidateProfile { user_id, profile_id, run_id, after: None };
                jobs::insert(connection, JobId::new(now), &payload, now).await
            })
        })
        .await
    }

    /// Profiles that had no consolidation since `before`.
    pub async fn list_profiles_to_consolidate(
        &self,
        before: Timestamp,
        limit: u32,
    ) -> Result<Vec<ProfileScope>, StoreError> {
        let rows: Vec<(Uuid, Uuid)> = sqlx::query_as(
            "SELECT user_id, id FROM profiles WHERE COALESCE(consolidated_at, created_at) < $1 ORDER BY id LIMIT $2",
        )
        .bind(micros(before))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(user, profile)| ProfileScope::verified(UserId(user), ProfileId(profile)))
            .collect())
    }

    /// Newest first.
    pub async fn list_consolidation_runs(
        &self,
        scope: ProfileScope,
        limit: u32,
    ) -> Result<Vec<ConsolidationRun>, StoreError> {
        let rows: Vec<(Uuid, i64, i64, i64)> = sqlx::query_as(
            "SELECT h.run_id, MIN(h.at), SUM(h.action = 'merge' AND m.state = 'merged'),
                    SUM(h.action = 'fade' AND m.state = 'faded')
             FROM memories m JOIN memory_history h ON h.memory_id = m.id
             WHERE m.profile_id = $1 AND h.run_id IS NOT NULL AND h.action <> 'undo'
             GROUP BY h.run_id ORDER BY h.run_id DESC LIMIT $2",
        )
        .bind(scope.profile_id().0)
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .into_iter()
            .map(|(id, at, merged, faded)| ConsolidationRun {
                id: RunId(id),
                at: time(at),
                merged: merged as u64,
                faded: faded as u64,
            })
            .collect())
    }

    /// Every change of each memory that a run changed, oldest first, memory by memory.
    pub async fn list_history_of_run(
        &self,
        scope: ProfileScope,
        run_id: RunId,
    ) -> Result<Vec<MemoryChange>, StoreError> {
        let rows: Vec<ChangeRow> = sqlx::query_as(
            "SELECT h.id, h.memory_id, h.action, h.actor, h.source_message_id, h.run_id, h.evidence, h.before_state,
                    h.after_state, h.at
             FROM memories m JOIN memory_history h ON h.memory_id = m.id
             WHERE m.profile_id = $2 AND h.memory_id IN
                (SELECT r.memory_id FROM memory_history r WHERE r.run_id = $1 AND r.action <> 'undo')
             ORDER BY h.memory_id, h.id",
        )
        .bind(run_id.0)
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }

    /// Active memories in the order of their ids, behind `after`.
    pub async fn list_active_memories_after(
        &self,
        scope: ProfileScope,
        after: Option<MemoryId>,
        limit: u32,
    ) -> Result<Vec<Memory>, StoreError> {
        let rows: Vec<MemoryRow> = sqlx::query_as(
            "SELECT id, profile_id, content, kind, importance, tags, entities, attribute, state, mention_count,
                    said_at, valid_from, valid_to, closed_at, superseded_by, last_used_at, source_message_id,
                    source_session_id, created_at, updated_at
             FROM memories WHERE profile_id = $1 AND id > $2 AND state = 'active' ORDER BY id LIMIT $3",
        )
        .bind(scope.profile_id().0)
        .bind(after.map_or(Uuid::nil(), |id| id.0))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter().map(|row| row.open(&self.seals)).collect()
    }
}
