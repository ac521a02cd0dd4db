//! What happens in a session after its turns: memories that were made, an analysis that is ready.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use domain::SessionId;
use domain::analytics::Analysis;
use domain::memory::{Memory, MemoryAction};
use serde::Serialize;
use tokio::sync::broadcast;
use utoipa::ToSchema;

/// Events that a slow follower may be behind before it misses some.
const BUFFER: usize = 64;

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[serde(untagged)]
pub enum SessionEvent {
    Memory {
        #[serde(skip)]
        action: MemoryAction,
        memory: Box<Memory>,
    },
    Analysis {
        analysis: Box<Analysis>,
    },
}

impl SessionEvent {
    /// The `event:` name in a stream.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Memory { action: MemoryAction::Add, .. } => "memory.created",
            Self::Memory { action: MemoryAction::Supersede, .. } => "memory.superseded",
            Self::Memory { .. } => "memory.updated",
            Self::Analysis { .. } => "analysis.updated",
        }
    }
}

/// The feeds that somebody follows.
#[derive(Debug, Default)]
pub struct SessionFeeds(Mutex<HashMap<SessionId, broadcast::Sender<SessionEvent>>>);

impl SessionFeeds {
    pub fn follow(&self, session_id: SessionId) -> broadcast::Receiver<SessionEvent> {
        let mut feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        feeds.retain(|_, feed| feed.receiver_count() > 0);
        feeds.entry(session_id).or_insert_with(|| broadcast::Sender::new(BUFFER)).subscribe()
    }

    pub fn publish(&self, session_id: SessionId, events: impl IntoIterator<Item = SessionEvent>) {
        let feeds = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = feeds.get(&session_id) {
            for event in events {
                // Nobody listens any more: the feed is dropped when the next one follows.
                let _ = feed.send(event);
            }
        }
    }
}
