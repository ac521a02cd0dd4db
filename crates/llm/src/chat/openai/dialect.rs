//! What an endpoint does not take, as it turns out: "OpenAI-compatible" has dialects.
//!
//! A refusal that may be about the form of a request makes it go out again in a plainer form. What worked is
//! remembered for as long as the process runs.

use std::sync::atomic::{AtomicU8, Ordering};

use super::wire::WireRequest;
use crate::http::Failure;

/// The form that this endpoint and model take.
#[derive(Debug, Default)]
pub(super) struct Dialect(AtomicU8);

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Quirks(u8);

/// Refusals that are about what was said, not about how.
const ABOUT_CONTENT: [&str; 4] =
    ["context_length_exceeded", "content_filter", "content_policy_violation", "model_not_found"];

impl Dialect {
    pub(super) fn quirks(&self) -> Quirks {
        Quirks(self.0.load(Ordering::Relaxed))
    }

    pub(super) fn learn(&self, quirks: Quirks) {
        if quirks != self.quirks() {
            self.0.fetch_or(quirks.0, Ordering::Relaxed);
        }
    }
}

impl Quirks {
    /// `max_completion_tokens` instead of `max_tokens`.
    pub(super) const MAX_COMPLETION_TOKENS: Self = Self(1);
    pub(super) const NO_TEMPERATURE: Self = Self(1 << 1);
    pub(super) const NO_STREAM_OPTIONS: Self = Self(1 << 2);
    pub(super) const NO_CACHE_KEY: Self = Self(1 << 3);
    /// `json_object` instead of `json_schema`.
    pub(super) const NO_JSON_SCHEMA: Self = Self(1 << 4);
    pub(super) const NO_RESPONSE_FORMAT: Self = Self(1 << 5);

    pub(super) fn has(self, quirk: Self) -> bool {
        self.0 & quirk.0 != 0
    }

    fn with(self, quirk: Self) -> Self {
        Self(self.0 | quirk.0)
    }

    /// The form to try after `sent` was refused, or `None` when the form was not the matter.
    pub(super) fn adapted_to(self, failure: &Failure, sent: &WireRequest<'_>) -> Option<Self> {
        if !matches!(failure.status(), 400 | 422)
            || failure.code().is_some_and(|code| ABOUT_CONTENT.contains(&code))
        {
            return None;
        }
        let parameters = [
            (sent.max_tokens.is_some(), "max_tokens", Self::MAX_COMPLETION_TOKENS),
            (sent.temperature.is_some(), "temperature", Self::NO_TEMPERATURE),
            (sent.stream_options.is_some(), "stream_options", Self::NO_STREAM_OPTIONS),
            (sent.prompt_cache_key.is_some(), "prompt_cache_key", Self::NO_CACHE_KEY),
        ];
        let named = parameters.into_iter().find(|(used, name, _)| *used && failure.mentions(name));
        if let Some((_, _, quirk)) = named {
            return Some(self.with(quirk));
        }
        // Endpoints word this in many ways, so any other refusal of a request with a format counts.
        sent.response_format.as_ref()?;
        Some(self.with(if self.has(Self::NO_JSON_SCHEMA) {
            Self::NO_RESPONSE_FORMAT
        } else {
            Self::NO_JSON_SCHEMA
        }))
    }
}
