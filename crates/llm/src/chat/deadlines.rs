//! When a call's next sign of life is due.

use tokio::time::Instant;

use super::CallTimeouts;
use crate::{ModelError, TimeoutStage};

#[derive(Clone, Copy, Debug)]
pub(super) struct Deadlines {
    timeouts: CallTimeouts,
    started: Instant,
    last_token: Option<Instant>,
}

#[derive(Clone, Debug)]
pub(super) struct Limit {
    pub(super) at: Instant,
    /// What it means to miss it.
    pub(super) error: ModelError,
}

impl Deadlines {
    pub(super) fn start(timeouts: CallTimeouts) -> Self {
        Self { timeouts, started: Instant::now(), last_token: None }
    }

    pub(super) fn next(&self) -> Limit {
        let (since, stage, limit) = match self.last_token {
            None => (self.started, TimeoutStage::FirstToken, self.timeouts.first_token),
            Some(last) => (last, TimeoutStage::NextToken, self.timeouts.next_token),
        };
        let (at, total) = (since + limit, self.total());
        if at < total.at { Limit { at, error: ModelError::TimedOut { stage, limit } } } else { total }
    }

    pub(super) fn total(&self) -> Limit {
        let limit = self.timeouts.total;
        Limit { at: self.started + limit, error: ModelError::TimedOut { stage: TimeoutStage::Finish, limit } }
    }

    pub(super) fn token_came(&mut self) {
        self.last_token = Some(Instant::now());
    }

    pub(super) fn has_begun(&self) -> bool {
        self.last_token.is_some()
    }
}
