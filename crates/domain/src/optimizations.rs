//! The switches of what makes turns fast, so that the worth of each can be measured.

use serde::{Deserialize, Serialize};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Optimizations {
    /// The guardian looks while the memory is searched and the message stored. Off: one after the other.
    pub parallel_agents: bool,
    /// Vectors of questions are kept for a while. Off: each is made anew.
    pub caching: bool,
    /// The answer is shown as it comes. Off: whole, at its end.
    pub streaming: bool,
}

impl Default for Optimizations {
    fn default() -> Self {
        Self { parallel_agents: true, caching: true, streaming: true }
    }
}
