//! The switches of what makes turns fast, so that the worth of each can be measured. All off is the baseline: one thing
//! after the other, and a model asked at every step.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizations {
    /// The guardian looks while the memory is searched and the message stored. Off: one after the other.
    pub parallel_agents: bool,
    /// Large profiles are searched for meaning and for words at once. Off: one after the other.
    pub parallel_searches: bool,
    /// What a message asks for is read by rules. Off: the `intent` model is asked about every message.
    pub rule_intent: bool,
    /// What is sensitive in a message is found by rules. Off: the `privacy` model is asked about every message too,
    /// where the policy lets it see it.
    pub rule_privacy: bool,
    /// Sessions, searches and vectors of questions are kept for a while. Off: each is made anew.
    pub caching: bool,
    /// Nothing is searched for messages that no memory can help with. Off: every message is searched for.
    pub early_termination: bool,
    /// A turn is remembered after its answer. Off: before the answer is final.
    pub deferred_memory: bool,
    /// Writes that wait share a transaction, and texts an embedding batch. Off: one by one.
    pub batched_writes: bool,
    /// Memories and analysis come from one model call where both are due. Off: from one each.
    pub combined_calls: bool,
    /// Embeddings are made in this process. Off: by the embedding endpoint.
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
