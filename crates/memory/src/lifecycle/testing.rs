//! Memories for tests.

use domain::clock::from_micros;
use domain::memory::{Memory, MemoryState, MemoryType};
use domain::{MemoryId, ProfileId};
use jiff::Timestamp;

pub(crate) const NOW: Timestamp = Timestamp::UNIX_EPOCH;

pub(crate) fn memory(content: &str) -> Memory {
    Memory {
        id: MemoryId::new(NOW),
        profile_id: ProfileId::new(NOW),
        content: content.to_owned(),
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        state: MemoryState::Active,
        mention_count: 1,
        said_at: from_micros(0),
        valid_from: None,
        valid_to: None,
        closed_at: None,
        superseded_by: None,
        last_used_at: None,
        source_message_id: None,
        source_session_id: None,
        created_at: from_micros(0),
        updated_at: from_micros(0),
    }
}
