//! What each agent did in a turn: how long, how it ended. Never text.

use domain::{AgentLogId, SessionId, TurnId};

use crate::codec::micros;
use crate::script::Script;
use crate::{Store, StoreError};
use domain::Timestamp;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentLog {
    pub id: AgentLogId,
    pub session_id: SessionId,
    pub turn_id: TurnId,
    pub agent: &'static str,
    /// `ok`, `timed_out` or an error code.
    pub outcome: &'static str,
    pub duration_us: u64,
    pub tokens: u32,
}

impl Store {
    /// Deletes the logs from before `before`; returns how many there were.
    pub async fn delete_agent_logs_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        // Ids sort by time, so the oldest id of that instant bounds the rows without an index on time.
        let bound = AgentLogId::derived(before, [0; 10]);
        debug_assert!(micros(before) >= 0);
        self.write(move |connection| {
            Box::pin(async move {
                let done = sqlx::query("DELETE FROM agent_logs WHERE id < $1")
                    .bind(bound.0)
                    .execute(connection)
                    .await?;
                Ok(done.rows_affected())
            })
        })
        .await
    }
}

pub(crate) fn insert(script: &mut Script, logs: &[AgentLog]) {
    if logs.is_empty() {
        return;
    }
    let rows =
        script.then("INSERT INTO agent_logs (id, session_id, turn_id, agent, outcome, duration_us, tokens) ");
    rows.push_values(logs, |mut row, log| {
        row.push_bind(log.id.0)
            .push_bind(log.session_id.0)
            .push_bind(log.turn_id.0)
            .push_bind(log.agent)
            .push_bind(log.outcome)
            .push_bind(log.duration_us as i64)
            .push_bind(i64::from(log.tokens));
    });
}
