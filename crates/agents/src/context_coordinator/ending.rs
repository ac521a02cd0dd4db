//! How a turn ends: what is stored of it, and what its followers are told.

use std::time::{Duration, Instant};

use domain::job::JobPayload;
use domain::message::{Message, MessageStatus, Role};
use domain::turn::{Disclosed, MemoryUse, Turn, TurnRecord, TurnStatus};
use domain::{JobId, MessageId, Timestamp};
use llm::ModelError;
use privacy::Verdict;
use store::{FinishedTurn, StoreError};

use super::{ANALYSE_EVERY, ContextCoordinator, HISTORY_MESSAGES, HISTORY_SPARE, RunningTurn, ms_since};
use crate::conversation::Exchange;
use crate::privacy_guardian::counts;
use crate::{Problem, TurnCompleted, TurnEvent, TurnFailed};

/// For how long a turn that is remembered at once keeps its job from the worker.
const LEASE_MS: i64 = 180_000;

/// How a turn's conversation with the model ended.
pub(super) enum Outcome {
    Completed,
    Stopped,
    Interrupted,
    Failed(ModelError),
    /// A defect of ours.
    Broken,
    /// The message may not leave the machine.
    Refused {
        holds: String,
    },
}

/// What a turn's conversation with the model came to.
pub(super) struct Said {
    pub(super) outcome: Outcome,
    pub(super) memories_used: Vec<MemoryUse>,
    pub(super) disclosed: Disclosed,
    pub(super) exchange: Exchange,
    /// The answer as the user saw it.
    pub(super) shown: String,
}

impl Outcome {
    fn status(&self) -> TurnStatus {
        match self {
            Self::Completed => TurnStatus::Completed,
            Self::Stopped => TurnStatus::Stopped,
            Self::Interrupted => TurnStatus::Interrupted,
            Self::Failed(_) | Self::Broken | Self::Refused { .. } => TurnStatus::Failed,
        }
    }

    fn problem(&self) -> Option<Problem> {
        match self {
            Self::Completed | Self::Stopped => None,
            Self::Interrupted => Some(Problem::interrupted()),
            Self::Failed(error) => Some(Problem::model(error)),
            Self::Broken => Some(Problem::broken()),
            Self::Refused { holds } => Some(Problem::outbound_blocked(holds)),
        }
    }
}

impl ContextCoordinator {
    /// Stores how the turn ended, then tells those who follow it.
    pub(super) async fn finish(&self, mut turn: RunningTurn, turn_count: u32, verdict: Verdict, said: Said) {
        let Said { outcome, memories_used, disclosed, exchange, shown } = said;
        let finish_started = Instant::now();
        let now = self.clock.now();
        let answer = answer_message(&turn, &outcome, shown, now);
        let job = self.job(&turn, turn_count, &verdict);
        let mut calls = std::mem::take(&mut turn.calls);
        calls.extend(exchange.calls);
        let forgotten = turn.done.take().map(|done| done.forgotten).unwrap_or_default();
        let mut record = TurnRecord {
            memories_used,
            memories_forgotten: forgotten,
            warnings: verdict.warnings,
            usage: exchange.usage,
            model_calls: calls.iter().map(|call| call.attempts).sum(),
            calls,
            found: counts(&verdict.findings),
            disclosed,
            background: Vec::new(),
            timings_ms: std::mem::take(&mut turn.timings_ms),
            job_id: job.as_ref().map(|_| JobId::new(now)),
            failure: outcome.problem().map(|problem| problem.code),
        };
        record.timings_ms.insert("total".to_owned(), ms_since(turn.started));
        if let Err(error) = self.store_ending(&turn, &outcome, answer.clone(), record.clone(), job, now).await
        {
            return self.fail_unstored(&turn, &error);
        }
        self.remember_now(record.job_id).await;
        record.timings_ms.insert("finish".to_owned(), ms_since(finish_started));
        record.timings_ms.insert("total".to_owned(), ms_since(turn.started));
        let total_ms = record.timings_ms["total"];
        let own_ms = total_ms - record.timings_ms.get("model").copied().unwrap_or(0.0);
        metrics::histogram!("confidant_turn_seconds", "status" => outcome.status().as_str())
            .record(total_ms / 1e3);
        metrics::histogram!("confidant_turn_own_seconds").record(own_ms / 1e3);
        if own_ms >= self.options.slow_turn.as_secs_f64() * 1e3 {
            metrics::counter!("confidant_slow_total", "what" => "turn").increment(1);
            tracing::warn!(own_ms, stages_ms = ?record.timings_ms, "a turn was slow");
        }
        for used in record.memories_used.iter().flat_map(|used| &used.strategies) {
            metrics::counter!("confidant_recalled_total", "strategy" => used.clone()).increment(1);
        }
        if turn.context.mode.stores_messages() {
            tracing::info!(
                turn.id = %turn.live.id, status = outcome.status().as_str(), total_ms, own_ms, "turn finished"
            );
        }
        let last = match (outcome.problem(), answer) {
            (None, Some(message)) => TurnEvent::Completed(Box::new(TurnCompleted::new(
                turn.live.id,
                outcome.status(),
                message,
                record,
            ))),
            (problem, partial) => {
                let problem = problem.unwrap_or_else(Problem::broken);
                TurnEvent::Failed(Box::new(TurnFailed { turn_id: turn.live.id, problem, partial }))
            }
        };
        turn.live.publish(last);
        self.jobs_waiting.notify_one();
    }

    async fn store_ending(
        &self,
        turn: &RunningTurn,
        outcome: &Outcome,
        answer: Option<Message>,
        record: TurnRecord,
        job: Option<JobPayload>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if turn.context.mode.stores_messages() {
            let agent_logs = turn.runner.logs();
            // What the turn does itself is not the worker's, unless it is left undone.
            let deferred = self.options.optimizations.deferred_memory;
            let job_run_at = if deferred { now } else { now + Duration::from_millis(LEASE_MS as u64) };
            let finished = FinishedTurn {
                scope: turn.context.scope,
                turn_id: turn.live.id,
                status: outcome.status(),
                answer,
                record,
                job,
                job_run_at,
                agent_logs,
            };
            let said = [Some(turn.message.clone()), finished.answer.clone()];
            self.store.finish_turn(finished).await?;
            let said: Vec<Message> = said.into_iter().flatten().collect();
            let messages_max = HISTORY_MESSAGES as usize + HISTORY_SPARE;
            self.sessions.extend_context(turn.live.session_id, &said, messages_max);
            return Ok(());
        }
        // The conversation may have left incognito, and be gone, while the model answered. Then so is the answer.
        if let Some(held) = turn.session.incognito().as_mut() {
            held.turns.push(Turn {
                id: turn.live.id,
                session_id: turn.live.session_id,
                status: outcome.status(),
                privacy_mode: turn.context.mode,
                user_message_id: turn.message.id,
                assistant_message_id: answer.as_ref().map(|answer| answer.id),
                record,
                started_at: turn.message.created_at,
                finished_at: Some(now),
            });
            if let Some(answer) = answer {
                held.push_message(answer);
            }
        }
        Ok(())
    }

    /// Remembers the turn before its answer is final: what a server without background work would do.
    async fn remember_now(&self, job_id: Option<JobId>) {
        if self.options.optimizations.deferred_memory {
            return;
        }
        let Some(job_id) = job_id else { return };
        let claimed = self.store.claim_job(job_id, LEASE_MS).await;
        // What fails is done in the background after all.
        let Ok(Some(job)) = claimed else { return };
        if let Err(error) = self.memory_manager.execute(job.clone()).await {
            let again_at = Some(self.clock.now());
            if let Err(error) = self.store.fail_job(job, error.code().to_owned(), again_at).await {
                tracing::error!(%error, "a failed job could not be put back");
            }
        }
    }

    /// The background work that the turn makes necessary.
    fn job(&self, turn: &RunningTurn, turn_count: u32, verdict: &Verdict) -> Option<JobPayload> {
        let (user_id, profile_id) = (turn.context.scope.user_id(), turn.context.scope.profile_id());
        let session_id = turn.live.session_id;
        let analyse = turn_count > 0 && turn_count.is_multiple_of(ANALYSE_EVERY);
        // What was just forgotten is not learned from the words that asked for it.
        let remember = verdict.decision.remember && turn.done.is_none();
        if turn.context.mode.writes_memories() && remember {
            return Some(JobPayload::ExtractMemories {
                user_id,
                profile_id,
                session_id,
                turn_id: turn.live.id,
                user_message_id: turn.message.id,
                analyse,
            });
        }
        (turn.context.mode.stores_messages() && analyse).then_some(JobPayload::AnalyseSession {
            user_id,
            profile_id,
            session_id,
        })
    }

    /// Ends a turn whose message or ending could not be stored.
    pub(super) fn fail_unstored(&self, turn: &RunningTurn, error: &StoreError) {
        tracing::error!(turn.id = %turn.live.id, error = %error, "a turn could not be stored");
        self.sessions.forget_context(turn.live.session_id);
        let problem = Problem::unstored(error);
        turn.live.publish(TurnEvent::Failed(Box::new(TurnFailed {
            turn_id: turn.live.id,
            problem,
            partial: None,
        })));
    }
}

fn answer_message(turn: &RunningTurn, outcome: &Outcome, shown: String, now: Timestamp) -> Option<Message> {
    let complete = matches!(outcome, Outcome::Completed);
    // A stopped turn has an answer even if nothing was said yet; a failed one only if something was.
    let is_answer = complete || matches!(outcome, Outcome::Stopped) || !shown.is_empty();
    is_answer.then(|| Message {
        id: MessageId::new(now),
        session_id: turn.live.session_id,
        turn_id: turn.live.id,
        role: Role::Assistant,
        speaker: None,
        content: shown,
        status: if complete { MessageStatus::Complete } else { MessageStatus::Incomplete },
        created_at: now,
    })
}
