//! Stops calling an endpoint that keeps failing: a call that is going to time out helps nobody.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::ModelError;

/// Failures in a row that open the breaker: more than the tries of one call, so one bad call does not.
const FAILURES_MAX: u32 = 5;
/// How long an endpoint is left alone before one call may probe it.
const PAUSE: Duration = Duration::from_secs(30);

/// Cloning shares it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Breaker(Arc<Mutex<State>>);

#[derive(Debug)]
enum State {
    Closed {
        failures: u32,
    },
    Open {
        until: Instant,
    },
    /// One call is under way to see whether the endpoint is back.
    Probing,
}

impl Default for State {
    fn default() -> Self {
        Self::Closed { failures: 0 }
    }
}

/// The leave to make one call. Dropped without a report, as when the caller gives up, it decides nothing.
#[derive(Debug)]
pub(crate) struct Permit {
    breaker: Breaker,
    probes: bool,
}

impl Breaker {
    pub(crate) fn enter(&self) -> Result<Permit, ModelError> {
        let mut state = self.state();
        let now = Instant::now();
        let probes = match *state {
            State::Closed { .. } => false,
            State::Open { until } if until <= now => {
                *state = State::Probing;
                true
            }
            State::Open { until } => return Err(ModelError::BreakerOpen { retry_after: until - now }),
            State::Probing => return Err(ModelError::BreakerOpen { retry_after: PAUSE }),
        };
        Ok(Permit { breaker: self.clone(), probes })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Permit {
    /// Tells how the call went. An endpoint that refuses a request, or limits the rate, is alive.
    pub(crate) fn report<T>(self, result: &Result<T, ModelError>) {
        let failed = matches!(
            result,
            Err(ModelError::Unavailable { .. } | ModelError::TimedOut { .. } | ModelError::CutOff)
        );
        let mut state = self.breaker.state();
        *state = match *state {
            _ if !failed => State::Closed { failures: 0 },
            State::Closed { failures } if failures + 1 < FAILURES_MAX => {
                State::Closed { failures: failures + 1 }
            }
            State::Closed { .. } => State::Open { until: Instant::now() + PAUSE },
            State::Probing if self.probes => State::Open { until: Instant::now() + PAUSE },
            // A call from before the breaker opened. It says nothing new.
            State::Probing | State::Open { .. } => return,
        };
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.breaker.state();
        if self.probes && matches!(*state, State::Probing) {
            *state = State::Open { until: Instant::now() };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Result<(), ModelError> = Err(ModelError::CutOff);

    fn fail(breaker: &Breaker, times: u32) {
        for _ in 0..times {
            breaker.enter().unwrap().report(&FAILED);
        }
    }

    fn is_open(breaker: &Breaker) -> bool {
        matches!(breaker.enter(), Err(ModelError::BreakerOpen { .. }))
    }

    #[tokio::test(start_paused = true)]
    async fn opens_after_failures_in_a_row_and_closes_after_a_good_probe() {
        let breaker = Breaker::default();
        fail(&breaker, FAILURES_MAX - 1);
        breaker.enter().unwrap().report(&Ok(()));
        fail(&breaker, FAILURES_MAX - 1);
        assert!(!is_open(&breaker), "a success in between starts the count again");
        fail(&breaker, 1);
        assert_eq!(breaker.enter().unwrap_err(), ModelError::BreakerOpen { retry_after: PAUSE });

        tokio::time::advance(PAUSE).await;
        let probe = breaker.enter().unwrap();
        assert!(is_open(&breaker), "one probe at a time");
        probe.report(&Ok(()));
        assert!(!is_open(&breaker));
    }

    #[tokio::test(start_paused = true)]
    async fn a_bad_probe_opens_it_again_and_a_dropped_one_frees_the_place() {
        let breaker = Breaker::default();
        let early = breaker.enter().unwrap();
        fail(&breaker, FAILURES_MAX);
        tokio::time::advance(PAUSE).await;
        drop(breaker.enter().unwrap());
        let probe = breaker.enter().unwrap();
        early.report(&FAILED);
        assert!(matches!(*breaker.state(), State::Probing), "an older call does not decide for the probe");
        probe.report(&FAILED);
        assert!(is_open(&breaker));
        tokio::time::advance(PAUSE / 2).await;
        assert!(is_open(&breaker));
    }

    #[test]
    fn an_endpoint_that_refuses_is_alive() {
        let breaker = Breaker::default();
        let refusals: [ModelError; 3] = [
            ModelError::Refused { status: 400, code: "unspecified".to_owned() },
            ModelError::Unauthorized { status: 401 },
            ModelError::RateLimited { retry_after: None },
        ];
        for refusal in refusals.iter().cycle().take(20) {
            breaker.enter().unwrap().report::<()>(&Err(refusal.clone()));
        }
        assert!(!is_open(&breaker));
    }
}
