//! A turn's start, end and recovery.

use domain::job::JobPayload;
use domain::memory::MemoryAction;
use domain::message::Message;
use domain::turn::{BackgroundCall, RecalledKind, Turn, TurnRecord, TurnStatus};
use domain::{MemoryId, MessageId, PrivacyMode, ProfileId, SessionId, Timestamp, TurnId, UserId};
use sqlx::FromRow;
use uuid::Uuid;

use crate::codec::{from_json, from_name, json, micros, time};
use crate::pool::{Connection, Reach};
use crate::script::Script;
use crate::{AgentLog, Caller, ProfileScope, Store, StoreError, agent_logs, jobs, memories, messages};

#[derive(FromRow)]
struct TurnRow {
    id: Uuid,
    session_id: Uuid,
    status: String,
    privacy_mode: String,
    user_message_id: Uuid,
    assistant_message_id: Option<Uuid>,
    record: String,
    started_at: i64,
    finished_at: Option<i64>,
}

impl TryFrom<TurnRow> for Turn {
    type Error = StoreError;

    fn try_from(row: TurnRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: TurnId(row.id),
            session_id: SessionId(row.session_id),
            status: from_name("turn status", &row.status)?,
            privacy_mode: from_name("privacy mode", &row.privacy_mode)?,
            user_message_id: MessageId(row.user_message_id),
            assistant_message_id: row.assistant_message_id.map(MessageId),
            record: from_json("turn record", &row.record)?,
            started_at: time(row.started_at),
            finished_at: row.finished_at.map(time),
        })
    }
}

/// What is stored before the model is called.
#[derive(Clone, Debug)]
pub struct TurnStart {
    pub scope: ProfileScope,
    pub privacy_mode: PrivacyMode,
    pub user_message: Message,
    pub idempotency_key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StartedTurn {
    /// Counting this one.
    pub turn_count: u32,
}

/// What is stored before the client is told that the turn is over.
#[derive(Clone, Debug)]
pub struct FinishedTurn {
    pub scope: ProfileScope,
    pub turn_id: TurnId,
    pub status: TurnStatus,
    pub answer: Option<Message>,
    pub record: TurnRecord,
    /// The work that this turn makes necessary; its id is the one in the record.
    pub job: Option<JobPayload>,
    /// When the worker may take it.
    pub job_run_at: Timestamp,
    pub agent_logs: Vec<AgentLog>,
}

impl Store {
    /// Stores the user's message and the running turn in one transaction. The disk gets it with the turn's end at the latest.
    pub async fn start_turn(&self, start: TurnStart) -> Result<StartedTurn, StoreError> {
        let message = &start.user_message;
        let mut script = Script::default();
        messages::insert(&mut script, &self.seals, start.scope.profile_id(), message)?;
        let record = json("turn record", &TurnRecord::default())?;
        script
            .then(
                "INSERT INTO turns (id, session_id, status, privacy_mode, user_message_id, record,
                 idempotency_key, started_at) ",
            )
            .push_values([record], |mut row, record| {
                row.push_bind(message.turn_id.0)
                    .push_bind(message.session_id.0)
                    .push_bind(TurnStatus::Running.as_str())
                    .push_bind(start.privacy_mode.as_str())
                    .push_bind(message.id.0)
                    .push_bind(record)
                    .push_bind(start.idempotency_key.clone())
                    .push_bind(micros(message.created_at));
            });
        script
            .then("UPDATE sessions SET turn_count = turn_count + 1, updated_at = ")
            .push_bind(micros(message.created_at))
            .push(" WHERE id = ")
            .push_bind(message.session_id.0)
            .push(" RETURNING turn_count");
        let turn_count =
            self.write_script(Reach::System, "session", script).await.map_err(|error| match error {
                StoreError::Conflict(_) => {
                    StoreError::Conflict("a turn with this Idempotency-Key exists already")
                }
                error => error,
            })?;
        Ok(StartedTurn { turn_count: turn_count as u32 })
    }

    /// Stores the answer, the record, the agents' logs and the job in one transaction. A turn whose session was
    /// deleted meanwhile is not found, and nothing of it is stored.
    pub async fn finish_turn(&self, finished: FinishedTurn) -> Result<(), StoreError> {
        let now = self.clock.now();
        let mut script = Script::default();
        if let Some(answer) = &finished.answer {
            messages::insert(&mut script, &self.seals, finished.scope.profile_id(), answer)?;
        }
        if let (Some(payload), Some(id)) = (&finished.job, finished.record.job_id) {
            jobs::push(&mut script, id, payload, now, finished.job_run_at)?;
        }
        let used = finished.record.memories_used.iter().filter(|used| used.kind == RecalledKind::Memory);
        let used: Vec<MemoryId> = used.map(|used| MemoryId(used.id)).collect();
        memories::mark_used(&mut script, &used, now);
        agent_logs::insert(&mut script, &finished.agent_logs);
        script
            .then("UPDATE turns SET status = ")
            .push_bind(finished.status.as_str())
            .push(", assistant_message_id = ")
            .push_bind(finished.answer.as_ref().map(|answer| answer.id.0))
            .push(", record = ")
            .push_bind(json("turn record", &finished.record)?)
            .push(", finished_at = ")
            .push_bind(micros(now))
            .push(" WHERE id = ")
            .push_bind(finished.turn_id.0)
            .push(" AND status = 'running' RETURNING 1");
        self.write_script(Reach::Disk, "turn", script).await.map(drop)
    }

    pub async fn find_turn(&self, caller: Caller, id: TurnId) -> Result<Option<Turn>, StoreError> {
        let row: Option<TurnRow> = sqlx::query_as(
            "SELECT t.id, t.session_id, t.status, t.privacy_mode, t.user_message_id, t.assistant_message_id,
                    t.record, t.started_at, t.finished_at
             FROM turns t JOIN sessions s ON s.id = t.session_id
             WHERE t.id = $1 AND ($2 IS NULL OR s.user_id = $2)",
        )
        .bind(id.0)
        .bind(caller.owner().map(|owner| owner.0))
        .fetch_optional(&self.readers)
        .await?;
        row.map(Turn::try_from).transpose()
    }

    pub async fn find_turn_by_key(
        &self,
        session_id: SessionId,
        idempotency_key: &str,
    ) -> Result<Option<TurnId>, StoreError> {
        let row: Option<(Uuid,)> =
            sqlx::query_as("SELECT id FROM turns WHERE session_id = $1 AND idempotency_key = $2")
                .bind(session_id.0)
                .bind(idempotency_key)
                .fetch_optional(&self.readers)
                .await?;
        Ok(row.map(|(id,)| TurnId(id)))
    }

    /// Notes that the background work is about to call a remote model for turns. One that is gone needs no note.
    pub async fn add_background_call(
        &self,
        ids: Vec<TurnId>,
        call: BackgroundCall,
    ) -> Result<(), StoreError> {
        self.write(move |connection| {
            Box::pin(async move {
                for id in ids {
                    let row: Option<(String,)> = sqlx::query_as("SELECT record FROM turns WHERE id = $1")
                        .bind(id.0)
                        .fetch_optional(&mut *connection)
                        .await?;
                    let Some((record,)) = row else { continue };
                    let mut record: TurnRecord = from_json("turn record", &record)?;
                    record.background.push(call.clone());
                    sqlx::query("UPDATE turns SET record = $2 WHERE id = $1")
                        .bind(id.0)
                        .bind(json("turn record", &record)?)
                        .execute(&mut *connection)
                        .await?;
                }
                Ok(())
            })
        })
        .await
    }

    /// What was remembered, changed or found again because of a message: the memories, and what became of each.
    pub async fn list_changes_of_message(
        &self,
        scope: ProfileScope,
        message_id: MessageId,
    ) -> Result<Vec<(MemoryId, MemoryAction)>, StoreError> {
        let rows: Vec<(Uuid, String)> = sqlx::query_as(
            "SELECT h.memory_id, h.action FROM memory_history h JOIN memories m ON m.id = h.memory_id
             WHERE h.source_message_id = $1 AND m.profile_id = $2 ORDER BY h.id",
        )
        .bind(message_id.0)
        .bind(scope.profile_id().0)
        .fetch_all(&self.readers)
        .await?;
        rows.into_iter()
            .map(|(id, action)| Ok((MemoryId(id), from_name("memory action", &action)?)))
            .collect()
    }

    /// Marks the turns that an earlier process left running, and enqueues the jobs that their users' messages are
    /// still owed. Returns how many there were.
    pub async fn interrupt_running_turns(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        self.write(move |connection| Box::pin(async move { interrupt(connection, now).await })).await
    }
}

async fn interrupt(connection: &mut Connection, now: Timestamp) -> Result<usize, StoreError> {
    let rows: Vec<(Uuid, Uuid, Uuid, Uuid, Uuid, String)> = sqlx::query_as(
        "SELECT t.id, t.session_id, t.user_message_id, s.user_id, s.profile_id, t.privacy_mode
         FROM turns t JOIN sessions s ON s.id = t.session_id WHERE t.status = 'running'",
    )
    .fetch_all(&mut *connection)
    .await?;
    for (turn_id, session_id, message_id, user_id, profile_id, mode) in &rows {
        let mode: PrivacyMode = from_name("privacy mode", mode)?;
        let mut record = TurnRecord { failure: Some("interrupted".to_owned()), ..TurnRecord::default() };
        if mode.writes_memories() {
            let id = domain::JobId::new(now);
            let payload = JobPayload::ExtractMemories {
                user_id: UserId(*user_id),
                profile_id: ProfileId(*profile_id),
                session_id: SessionId(*session_id),
                turn_id: TurnId(*turn_id),
                user_message_id: MessageId(*message_id),
                analyse: false,
            };
            jobs::insert(connection, id, &payload, now).await?;
            record.job_id = Some(id);
        }
        sqlx::query("UPDATE turns SET status = $2, record = $3, finished_at = $4 WHERE id = $1")
            .bind(turn_id)
            .bind(TurnStatus::Interrupted.as_str())
            .bind(json("turn record", &record)?)
            .bind(micros(now))
            .execute(&mut *connection)
            .await?;
    }
    Ok(rows.len())
}
