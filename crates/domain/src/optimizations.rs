//! The switches of what makes turns fast. All off is the old, sequential way: the baseline of every measurement.

use serde::{Deserialize, Serialize};

/// Each switch can be turned off by itself, so that its worth can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizations {
    /// The guardian looks while the memory is searched. Off: one after the other.
    pub parallel_agents: bool,
    /// The four searches run at once. Off: one after the other.
    pub parallel_searches: bool,
    /// Rules read what is asked. Off: a model call for each query.
    pub rule_intent: bool,
    /// Rules find what is sensitive. Off: a model call for each message.
    pub rule_privacy: bool,
    /// What was loaded, found or computed is kept for a while. Off: nothing is.
    pub caching: bool,
    /// A search whose first answers are decisive stops the rest. Off: all run to their end.
    pub early_termination: bool,
    /// Memories are made after the answer, by a job. Off: before the answer leaves.
    pub deferred_memory: bool,
    /// Memories are written in one transaction, embedded in one batch. Off: one by one.
    pub batched_writes: bool,
    /// Extraction and analysis share a model call. Off: one each.
    pub combined_calls: bool,
    /// Texts are embedded in this process. Off: by the provider's endpoint.
    pub local_embeddings: bool,
    /// The answer is shown as it comes. Off: whole, at its end.
    pub streaming: bool,
}

impl Default for Optimizations {
    fn default() -> Self {
        Self {
            parallel_agents: true,
            parallel_searches: true,
            rule_intent: true,
            rule_privacy: true,
            caching: true,
            early_termination: true,
            deferred_memory: true,
            batched_writes: true,
            combined_calls: true,
            local_embeddings: true,
            streaming: true,
        }
    }
}
