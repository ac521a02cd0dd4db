//! What went wrong with a model call, by what the caller can do about it.
//!
//! No variant carries text from a response body: providers echo prompts in their errors.

use std::time::Duration;

#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not reached, or answered with a server error. Worth another try.
    #[error("the model is unavailable: {reason}")]
    Unavailable { reason: String },
    #[error("the model's rate limit is reached")]
    RateLimited { retry_after: Option<Duration> },
    #[error("the model did not {stage} in {} ms", limit.as_millis())]
    TimedOut { stage: TimeoutStage, limit: Duration },
    /// The endpoint keeps failing and is left alone for a while.
    #[error("the model failed repeatedly and is not called for another {} s", retry_after.as_secs())]
    BreakerOpen { retry_after: Duration },
    #[error("the model's endpoint refused the credentials (status {status})")]
    Unauthorized { status: u16 },
    /// The request itself is wrong; another try would fail too. `code` is the provider's own.
    #[error("the model's endpoint refused the request (status {status}, code {code})")]
    Refused { status: u16, code: String },
    /// The answer was not what the protocol promises.
    #[error("the model's answer could not be read: {reason}")]
    Malformed { reason: String },
    /// The stream ended before the answer did.
    #[error("the model's answer was cut off")]
    CutOff,
    /// Weights or settings are missing or damaged.
    #[error("{reason}")]
    Unusable { reason: String },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeoutStage {
    Connect,
    FirstToken,
    NextToken,
    Finish,
}

impl std::fmt::Display for TimeoutStage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Connect => "accept a connection",
            Self::FirstToken => "send a first token",
            Self::NextToken => "send another token",
            Self::Finish => "finish its answer",
        })
    }
}

impl ModelError {
    /// Whether the same call may succeed a little later.
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Unavailable { .. } | Self::RateLimited { .. } | Self::TimedOut { .. } | Self::CutOff => {
                true
            }
            Self::BreakerOpen { .. }
            | Self::Unauthorized { .. }
            | Self::Refused { .. }
            | Self::Malformed { .. }
            | Self::Unusable { .. } => false,
        }
    }

    /// A stable name for problems, logs and metrics.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unavailable { .. } => "model_unavailable",
            Self::RateLimited { .. } => "model_rate_limited",
            Self::TimedOut { .. } => "model_timed_out",
            Self::BreakerOpen { .. } => "model_breaker_open",
            Self::Unauthorized { .. } => "model_unauthorized",
            Self::Refused { .. } => "model_refused",
            Self::Malformed { .. } => "model_malformed_answer",
            Self::CutOff => "model_cut_off",
            Self::Unusable { .. } => "model_unusable",
        }
    }
}
