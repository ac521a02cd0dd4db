//! Memories for tests.

use domain::memory::{Memory, MemoryType, NewMemory};
use domain::{MemoryId, ProfileId};
use jiff::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) fn memory(content: &str) -> Memory {
    NewMemory {
        content: content.to_owned(),
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at: NOW,
        valid_from: None,
        valid_to: None,
    }
    .into_memory(MemoryId::new(NOW), ProfileId::new(NOW), NOW)
}
