//! Which memories help to answer.

use std::sync::Arc;

use memory::retrieval::Found;
use memory::{Memories, MemoryError};
use store::ProfileScope;

/// Memories that a turn looks at, at most; the prompt takes those that fit.
const HITS_MAX: usize = 12;

#[derive(Clone, Debug)]
pub struct MemoryRetrieval {
    memories: Arc<Memories>,
}

impl MemoryRetrieval {
    pub fn new(memories: Arc<Memories>) -> Self {
        Self { memories }
    }

    pub async fn execute(&self, scope: ProfileScope, message: &str) -> Result<Found, MemoryError> {
        self.memories.search(scope, message, HITS_MAX).await
    }
}
