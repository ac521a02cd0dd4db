//! Every agent's work goes through here: it gets a timeout, a span, a histogram and a line in the turn's log, and a
//! panic in it is contained.

use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use domain::{AgentLogId, Clock, SessionId, TurnId};
use futures_util::FutureExt as _;
use store::AgentLog;
use tracing::Instrument as _;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Agent {
    ContextCoordinator,
    PrivacyGuardian,
    MemoryRetrieval,
    Conversation,
    MemoryManager,
    ConversationAnalyst,
}

impl Agent {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::ContextCoordinator => "context_coordinator",
            Self::PrivacyGuardian => "privacy_guardian",
            Self::MemoryRetrieval => "memory_retrieval",
            Self::Conversation => "conversation",
            Self::MemoryManager => "memory_manager",
            Self::ConversationAnalyst => "conversation_analyst",
        }
    }
}

/// Why an agent has no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Failed<E> {
    TimedOut,
    Panicked,
    With(E),
}

/// The agents of one turn: what they did, for the log.
#[derive(Debug)]
pub(crate) struct Runner {
    turn_id: TurnId,
    session_id: SessionId,
    clock: Clock,
    logs: Mutex<Vec<AgentLog>>,
}

impl Runner {
    pub(crate) fn new(turn_id: TurnId, session_id: SessionId, clock: Clock) -> Self {
        Self { turn_id, session_id, clock, logs: Mutex::default() }
    }

    /// Runs one agent's work. `code` names an error for the log.
    pub(crate) async fn run<T, E>(
        &self,
        agent: Agent,
        timeout: Duration,
        work: impl Future<Output = Result<T, E>>,
        code: impl Fn(&E) -> &'static str,
    ) -> Result<T, Failed<E>> {
        let started = Instant::now();
        let name = agent.as_str();
        let span = tracing::info_span!(
            "agent",
            agent = name,
            turn.id = %self.turn_id,
            otel.name = format!("invoke_agent {name}"),
            gen_ai.operation.name = "invoke_agent",
            gen_ai.agent.name = name,
        );
        let contained = AssertUnwindSafe(tokio::time::timeout(timeout, work)).catch_unwind().instrument(span);
        let result = match contained.await {
            Ok(Ok(Ok(value))) => Ok(value),
            Ok(Ok(Err(error))) => Err(Failed::With(error)),
            Ok(Err(_elapsed)) => Err(Failed::TimedOut),
            Err(_panic) => Err(Failed::Panicked),
        };
        let outcome = match &result {
            Ok(_) => "ok",
            Err(Failed::With(error)) => code(error),
            Err(Failed::TimedOut) => "timed_out",
            Err(Failed::Panicked) => "panicked",
        };
        let took = started.elapsed();
        metrics::histogram!("confidant_agent_seconds", "agent" => agent.as_str()).record(took.as_secs_f64());
        if outcome != "ok" {
            tracing::warn!(agent = agent.as_str(), turn.id = %self.turn_id, outcome, "an agent failed");
        }
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).push(AgentLog {
            id: AgentLogId::new(self.clock.now()),
            session_id: self.session_id,
            turn_id: self.turn_id,
            agent: agent.as_str(),
            outcome,
            duration_us: took.as_micros() as u64,
            tokens: 0,
        });
        result
    }

    /// Notes what an agent's model calls cost.
    pub(crate) fn add_tokens(&self, agent: Agent, tokens: u32) {
        let mut logs = self.logs.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(log) = logs.iter_mut().rev().find(|log| log.agent == agent.as_str()) {
            log.tokens += tokens;
        }
    }

    /// What the agents did, in the order they ended.
    pub(crate) fn logs(&self) -> Vec<AgentLog> {
        self.logs.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::from_micros;

    fn runner() -> Runner {
        let now = from_micros(0);
        Runner::new(TurnId::new(now), SessionId::new(now), Clock::manual(now))
    }

    #[tokio::test]
    async fn failures_of_every_kind_are_contained_and_logged() {
        let runner = runner();
        let hour = Duration::from_secs(3_600);
        let code = |error: &&'static str| *error;
        let fine = runner.run(Agent::PrivacyGuardian, hour, async { Ok::<_, &str>(1) }, code).await;
        assert_eq!(fine, Ok(1));
        let failed =
            runner.run(Agent::MemoryRetrieval, hour, async { Err::<(), _>("model_down") }, code).await;
        assert_eq!(failed, Err(Failed::With("model_down")));
        let never = std::future::pending::<Result<(), &'static str>>();
        assert_eq!(runner.run(Agent::Conversation, Duration::ZERO, never, code).await, Err(Failed::TimedOut));
        let panics = async { if hour.is_zero() { Ok::<(), &str>(()) } else { panic!("on purpose") } };
        assert_eq!(runner.run(Agent::MemoryManager, hour, panics, code).await, Err(Failed::Panicked));
        let outcomes: Vec<_> = runner.logs().iter().map(|log| log.outcome).collect();
        assert_eq!(outcomes, ["ok", "model_down", "timed_out", "panicked"]);
    }
}
