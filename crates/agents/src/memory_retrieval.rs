//! Which memories help to answer.

use std::sync::Arc;

use domain::message::Message;
use memory::retrieval::Found;
use memory::{Memories, MemoryError, SearchOptions};
use store::ProfileScope;

/// Memories that a turn looks at, at most; the prompt takes those that fit.
const HITS_MAX: usize = 12;

/// Messages before this one that tell what it is about, and how much of each.
const CONTEXT_MESSAGES: usize = 2;
const CONTEXT_CHARS: usize = 120;

#[derive(Clone, Debug)]
pub struct MemoryRetrieval {
    memories: Arc<Memories>,
}

impl MemoryRetrieval {
    pub fn new(memories: Arc<Memories>) -> Self {
        Self { memories }
    }

    /// `history` is what was said before the message, oldest first.
    pub async fn execute(
        &self,
        scope: ProfileScope,
        message: &str,
        history: &[Message],
    ) -> Result<Found, MemoryError> {
        let options =
            SearchOptions { context: context(history), count: HITS_MAX, ..SearchOptions::default() };
        self.memories.search(scope, message, &options).await
    }
}

fn context(history: &[Message]) -> String {
    let skipped = history.len().saturating_sub(CONTEXT_MESSAGES);
    let parts = history.iter().skip(skipped).map(|message| message.content.chars().take(CONTEXT_CHARS));
    parts.map(String::from_iter).collect::<Vec<_>>().join("\n")
}
