//! Tries a call again after a while, when that may help. Honours Retry-After.

use std::time::Duration;

use crate::ModelError;

/// How often a call is tried, and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Tries, the first included.
    pub attempts_max: u32,
    /// Before the second try; it doubles with each further one.
    pub base_delay: Duration,
    /// The longest wait. An endpoint that asks for more is not asked again.
    pub delay_max: Duration,
    /// The share of a delay, from 0 to 1, that is left to chance, so that callers that failed together do not come
    /// back together.
    pub jitter: f64,
}

impl RetryPolicy {
    /// One try and no more.
    pub const NONE: Self =
        Self { attempts_max: 1, base_delay: Duration::ZERO, delay_max: Duration::ZERO, jitter: 0.0 };

    /// How long to wait after the failure of try number `attempt`, or `None` when another try is no use. `chance` is
    /// from 0 to 1.
    fn delay(&self, error: &ModelError, attempt: u32, chance: f64) -> Option<Duration> {
        if attempt >= self.attempts_max || !error.is_retryable() {
            return None;
        }
        if let ModelError::RateLimited { retry_after: Some(wait) } = error {
            return (*wait <= self.delay_max).then_some(*wait);
        }
        let doubled = self.base_delay.saturating_mul(2_u32.saturating_pow(attempt.saturating_sub(1)));
        let shortened = 1.0 - self.jitter.clamp(0.0, 1.0) * chance;
        Some(doubled.min(self.delay_max).mul_f64(shortened))
    }
}

impl Default for RetryPolicy {
    fn default() -> Self {
        Self {
            attempts_max: 3,
            base_delay: Duration::from_millis(250),
            delay_max: Duration::from_secs(8),
            jitter: 0.5,
        }
    }
}

/// What came of a call, and how many tries it took.
#[derive(Debug)]
pub struct Attempted<T> {
    pub result: Result<T, ModelError>,
    pub attempts: u32,
}

pub(crate) async fn retry<T, F>(policy: &RetryPolicy, mut call: impl FnMut() -> F) -> Attempted<T>
where
    F: Future<Output = Result<T, ModelError>>,
{
    let mut attempts = 0;
    let mut failure = None;
    loop {
        let error = match (call().await, failure) {
            (Ok(value), _) => return Attempted { result: Ok(value), attempts: attempts + 1 },
            // Our own breaker opened in between. That was no try, and the failure before it says more.
            (Err(ModelError::BreakerOpen { .. }), Some(before)) => {
                return Attempted { result: Err(before), attempts };
            }
            (Err(error), _) => error,
        };
        attempts += 1;
        let Some(delay) = policy.delay(&error, attempts, rand::random()) else {
            return Attempted { result: Err(error), attempts };
        };
        failure = Some(error);
        // A timer of no length still waits for the timer's next tick.
        if !delay.is_zero() {
            tokio::time::sleep(delay).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use tokio::time::Instant;

    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        attempts_max: 4,
        base_delay: Duration::from_millis(100),
        delay_max: Duration::from_secs(1),
        jitter: 0.0,
    };

    fn down() -> ModelError {
        ModelError::Unavailable { reason: "status 503".to_owned() }
    }

    fn limited(seconds: u64) -> ModelError {
        ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) }
    }

    /// The outcome of `results` in turn, and how long it took.
    async fn run(policy: RetryPolicy, results: &[Result<u8, ModelError>]) -> (Attempted<u8>, Duration) {
        let mut left: VecDeque<_> = results.iter().cloned().collect();
        let started = Instant::now();
        let attempted = retry(&policy, || std::future::ready(left.pop_front().unwrap())).await;
        (attempted, started.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn waits_twice_as_long_each_time_and_gives_up_at_the_last_try() {
        let (attempted, took) = run(POLICY, &[Err(down()), Err(ModelError::CutOff), Ok(7)]).await;
        assert_eq!((attempted.result, attempted.attempts), (Ok(7), 3));
        assert_eq!(took, Duration::from_millis(100 + 200));

        let all: Vec<_> = std::iter::repeat_n(Err(down()), 4).collect();
        let (attempted, took) = run(POLICY, &all).await;
        assert_eq!((attempted.result, attempted.attempts), (Err(down()), 4));
        assert_eq!(took, Duration::from_millis(100 + 200 + 400));
    }

    #[tokio::test(start_paused = true)]
    async fn waits_as_long_as_it_is_told_but_not_for_ever() {
        let (attempted, took) = run(POLICY, &[Err(limited(1)), Ok(7)]).await;
        assert_eq!((attempted.result, took), (Ok(7), Duration::from_secs(1)));
        let (attempted, took) = run(POLICY, &[Err(limited(2))]).await;
        assert_eq!((attempted.result, attempted.attempts), (Err(limited(2)), 1));
        assert_eq!(took, Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn what_would_fail_again_is_not_tried_again() {
        let refused = ModelError::Refused { status: 400, code: "unspecified".to_owned() };
        let (attempted, _) = run(POLICY, &[Err(refused.clone())]).await;
        assert_eq!((attempted.result, attempted.attempts), (Err(refused), 1));
        let (attempted, _) = run(RetryPolicy::NONE, &[Err(down())]).await;
        assert_eq!((attempted.result, attempted.attempts), (Err(down()), 1));
    }

    #[tokio::test(start_paused = true)]
    async fn an_opened_breaker_does_not_hide_the_failure() {
        let open = || Err(ModelError::BreakerOpen { retry_after: Duration::from_secs(30) });
        let (attempted, _) = run(POLICY, &[Err(down()), open()]).await;
        assert_eq!((attempted.result, attempted.attempts), (Err(down()), 1));
        let (attempted, _) = run(POLICY, &[open()]).await;
        assert_eq!((attempted.result, attempted.attempts), (open(), 1));
    }

    #[test]
    fn jitter_only_shortens_and_nothing_overflows() {
        let policy = RetryPolicy { attempts_max: u32::MAX, jitter: 0.5, ..POLICY };
        assert_eq!(policy.delay(&down(), 1, 1.0), Some(Duration::from_millis(50)));
        assert_eq!(policy.delay(&down(), 1, 0.0), Some(Duration::from_millis(100)));
        assert_eq!(policy.delay(&down(), 4_000_000_000, 0.0), Some(policy.delay_max));
    }
}
