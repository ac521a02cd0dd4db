//! The durable queue. A job is claimed by lease; one that is done is deleted in the transaction of its effects,
//! so that its effects happen once however often it is tried.

use std::time::Duration;

use domain::job::{ClaimedJob, JobPayload};
use domain::{JobId, MessageId, SessionId, Timestamp};
use serde::Serialize;
use uuid::Uuid;

use crate::codec::{from_json, json, micros, time};
use crate::pool::Connection;
use crate::script::Script;
use crate::{ProfileScope, Store, StoreError};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct JobCounts {
    pub pending: u64,
    pub running: u64,
    pub dead: u64,
}

/// A job as its operator sees it: no text, not even ids of what it is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedJob {
    pub id: JobId,
    pub kind: String,
    pub state: String,
    pub attempts: u32,
    pub run_at: Timestamp,
    pub error_code: Option<String>,
}

impl Store {
    pub async fn enqueue(&self, payload: JobPayload) -> Result<JobId, StoreError> {
        let now = self.clock.now();
        let id = JobId::new(now);
        self.write(move |connection| {
            Box::pin(async move {
                insert(connection, id, &payload, now).await?;
                Ok(id)
            })
        })
        .await
    }

    /// Enqueues the job unless one just like it waits already.
    pub async fn enqueue_once(&self, payload: JobPayload) -> Result<(), StoreError> {
        let now = self.clock.now();
        self.write(move |connection| {
            Box::pin(async move {
                let twin = sqlx::query("SELECT 1 FROM jobs WHERE state = 'pending' AND payload = $1 LIMIT 1")
                    .bind(json("job payload", &payload)?)
                    .fetch_optional(&mut *connection)
                    .await?;
                if twin.is_none() {
                    insert(connection, JobId::new(now), &payload, now).await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Takes up to `count` jobs that are due, for `lease_ms` milliseconds. Jobs whose lease has run out are due
    /// again.
    // Lease, not lock: a worker that dies holds nothing for longer than its lease.
    pub async fn claim_jobs(&self, count: u32, lease_ms: i64) -> Result<Vec<ClaimedJob>, StoreError> {
        let now = micros(self.clock.now());
        self.write_ahead(move |connection| {
            Box::pin(async move {
                let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
                    "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $2
                     WHERE id IN (SELECT id FROM jobs
                                  WHERE (state = 'pending' AND run_at <= $1)
                                     OR (state = 'running' AND lease_until <= $1)
                                  ORDER BY run_at LIMIT $3)
                     RETURNING id, payload, attempts",
                )
                .bind(now)
                .bind(now + lease_ms * 1_000)
                .bind(i64::from(count))
                .fetch_all(connection)
                .await?;
                rows.into_iter().map(claimed).collect()
            })
        })
        .await
    }

    /// Claims one job that waits, if nobody has it yet.
    pub async fn claim_job(&self, id: JobId, lease_ms: i64) -> Result<Option<ClaimedJob>, StoreError> {
        let now = micros(self.clock.now());
        self.write_ahead(move |connection| {
            Box::pin(async move {
                let row: Option<(Uuid, String, i64)> = sqlx::query_as(
                    "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $2
                     WHERE id = $1 AND state = 'pending' RETURNING id, payload, attempts",
                )
                .bind(id.0)
                .bind(now + lease_ms * 1_000)
                .fetch_optional(connection)
                .await?;
                row.map(claimed).transpose()
            })
        })
        .await
    }

    /// Claims up to `count` extractions of a session that are due and have not been tried yet, oldest first.
    pub async fn claim_extractions(
        &self,
        scope: ProfileScope,
        session_id: SessionId,
        count: u32,
        lease_ms: i64,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let now = micros(self.clock.now());
        // Mostly there are none: asked without a place in the queue of writes.
        let waits = sqlx::query(
            "SELECT 1 FROM jobs WHERE session_id = $1 AND kind = 'extract_memories' AND state = 'pending' LIMIT 1",
        )
        .bind(session_id.0)
        .fetch_optional(&self.readers)
        .await?;
        if waits.is_none() {
            return Ok(Vec::new());
        }
        self.write_ahead(move |connection| {
            Box::pin(async move {
                let rows: Vec<(Uuid, String, i64)> = sqlx::query_as(
                    "UPDATE jobs SET state = 'running', attempts = attempts + 1, lease_until = $5
                     WHERE id IN (SELECT id FROM jobs
                                  WHERE session_id = $1 AND profile_id = $2 AND kind = 'extract_memories'
                                    AND state = 'pending' AND attempts = 0 AND run_at <= $3
                                  ORDER BY id LIMIT $4)
                     RETURNING id, payload, attempts",
                )
                .bind(session_id.0)
                .bind(scope.profile_id().0)
                .bind(now)
                .bind(i64::from(count))
                .bind(now + lease_ms * 1_000)
                .fetch_all(connection)
                .await?;
                let mut claimed = rows.into_iter().map(claimed).collect::<Result<Vec<_>, _>>()?;
                claimed.sort_by_key(|job| job.id);
                Ok(claimed)
            })
        })
        .await
    }

    /// Drops the extraction of messages that nobody has learned from yet. One that is under way finds its job gone, and
    /// leaves nothing.
    pub async fn cancel_extractions(
        &self,
        scope: ProfileScope,
        messages: Vec<MessageId>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                for id in &messages {
                    sqlx::query(
                        "DELETE FROM jobs
                         WHERE profile_id = $1 AND kind = 'extract_memories' AND instr(payload, $2) > 0",
                    )
                    .bind(scope.profile_id().0)
                    .bind(id.to_string())
                    .execute(&mut *connection)
                    .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// Ends a job that has no effects in the database, or whose effects are already there.
    pub async fn complete_job(&self, job: ClaimedJob) -> Result<(), StoreError> {
        self.write(move |connection| Box::pin(async move { complete(connection, &job).await })).await
    }

    /// Puts a failed job back until `run_at`, or among the dead when it has no try left (`None`).
    pub async fn fail_job(
        &self,
        job: ClaimedJob,
        error_code: String,
        run_at: Option<Timestamp>,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE jobs SET state = $3, run_at = COALESCE($4, run_at), error_code = $5, lease_until = NULL
                     WHERE id = $1 AND state = 'running' AND attempts = $2",
                )
                .bind(job.id.0)
                .bind(i64::from(job.attempts))
                .bind(if run_at.is_some() { "pending" } else { "dead" })
                .bind(run_at.map(micros))
                .bind(error_code)
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Puts a claimed job back as if it had not been claimed.
    pub async fn release_job(&self, job: ClaimedJob) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                sqlx::query(
                    "UPDATE jobs SET state = 'pending', attempts = attempts - 1, lease_until = NULL
                     WHERE id = $1 AND state = 'running' AND attempts = $2",
                )
                .bind(job.id.0)
                .bind(i64::from(job.attempts))
                .execute(connection)
                .await?;
                Ok(())
            })
        })
        .await
    }

    /// Frees every lease. Right only at the start of the one process that works on this database.
    pub async fn release_all_jobs(&self) -> Result<u64, StoreError> {
        self.write(|connection| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE jobs SET state = 'pending', lease_until = NULL WHERE state = 'running'",
                )
                .execute(connection)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Jobs in a state, or all, the next to run first.
    pub async fn list_jobs(
        &self,
        state: Option<&'static str>,
        limit: u32,
    ) -> Result<Vec<ListedJob>, StoreError> {
        let rows: Vec<(Uuid, String, String, i64, i64, Option<String>)> = sqlx::query_as(
            "SELECT id, kind, state, attempts, run_at, error_code FROM jobs WHERE state IN ($1, $2, $3)
             ORDER BY state, run_at LIMIT $4",
        )
        .bind(state.unwrap_or("pending"))
        .bind(state.unwrap_or("running"))
        .bind(state.unwrap_or("dead"))
        .bind(i64::from(limit))
        .fetch_all(&self.readers)
        .await?;
        let job = |(id, kind, state, attempts, run_at, error_code)| ListedJob {
            id: JobId(id),
            kind,
            state,
            attempts: attempts as u32,
            run_at: time(run_at),
            error_code,
        };
        Ok(rows.into_iter().map(job).collect())
    }

    /// Gives a job that was given up, or all of them, another round of tries; returns how many there were.
    pub async fn retry_dead_jobs(&self, id: Option<JobId>) -> Result<u64, StoreError> {
        let now = micros(self.clock.now());
        self.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query(
                    "UPDATE jobs SET state = 'pending', attempts = 0, run_at = $2
                     WHERE state = 'dead' AND ($1 IS NULL OR id = $1)",
                )
                .bind(id.map(|id| id.0))
                .bind(now)
                .execute(connection)
                .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// Deletes a job that was given up, or all of them; returns how many there were.
    pub async fn purge_dead_jobs(&self, id: Option<JobId>) -> Result<u64, StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM jobs WHERE state = 'dead' AND ($1 IS NULL OR id = $1)")
                    .bind(id.map(|id| id.0))
                    .execute(connection)
                    .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }

    /// How long the oldest job that is due has waited.
    pub async fn oldest_job_wait(&self) -> Result<Duration, StoreError> {
        let now = micros(self.clock.now());
        let (due,): (Option<i64>,) =
            sqlx::query_as("SELECT MIN(run_at) FROM jobs WHERE state = 'pending' AND run_at <= $1")
                .bind(now)
                .fetch_one(&self.readers)
                .await?;
        Ok(Duration::from_micros(due.map_or(0, |due| now - due).max(0) as u64))
    }

    pub async fn count_jobs(&self) -> Result<JobCounts, StoreError> {
        let rows: Vec<(String, i64)> = sqlx::query_as("SELECT state, COUNT(*) FROM jobs GROUP BY state")
            .fetch_all(&self.readers)
            .await?;
        let mut counts = JobCounts::default();
        for (state, count) in rows {
            match state.as_str() {
                "pending" => counts.pending = count as u64,
                "running" => counts.running = count as u64,
                _ => counts.dead = count as u64,
            }
        }
        Ok(counts)
    }
}

pub(crate) async fn insert(
    connection: &mut Connection,
    id: JobId,
    payload: &JobPayload,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut script = Script::default();
    push(&mut script, id, payload, now, now)?;
    script.run(connection).await.map(drop)
}

/// A job that is due at `run_at`.
pub(crate) fn push(
    script: &mut Script,
    id: JobId,
    payload: &JobPayload,
    now: Timestamp,
    run_at: Timestamp,
) -> Result<(), StoreError> {
    let text = json("job payload", payload)?;
    script
        .then(
            "INSERT INTO jobs (id, kind, payload, state, attempts, run_at, profile_id, session_id, created_at) ",
        )
        .push_values([text], |mut row, text| {
            row.push_bind(id.0)
                .push_bind(payload.kind())
                .push_bind(text)
                .push("'pending', 0")
                .push_bind(micros(run_at))
                .push_bind(payload.profile_id().map(|profile| profile.0))
                .push_bind(payload.session_id().map(|session| session.0))
                .push_bind(micros(now));
        });
    Ok(())
}

fn claimed((id, payload, attempts): (Uuid, String, i64)) -> Result<ClaimedJob, StoreError> {
    let payload = from_json("job payload", &payload)?;
    Ok(ClaimedJob { id: JobId(id), payload, attempts: attempts as u32 })
}

/// Deletes a job that this worker still holds; returns nothing if it does not.
pub(crate) fn push_completion(script: &mut Script, job: &ClaimedJob) {
    script
        .then("DELETE FROM jobs WHERE id = ")
        .push_bind(job.id.0)
        .push(" AND state = 'running' AND attempts = ")
        .push_bind(i64::from(job.attempts))
        .push(" RETURNING 1");
}

/// Deletes a job that this worker still holds. Otherwise fails, so that the transaction around it is undone.
pub(crate) async fn complete(connection: &mut Connection, job: &ClaimedJob) -> Result<(), StoreError> {
    let mut script = Script::default();
    push_completion(&mut script, job);
    if script.run(connection).await? == 0 { Err(StoreError::LeaseLost) } else { Ok(()) }
}
