//! Which memories help to answer.

use std::sync::Arc;

use domain::message::Message;
use domain::turn::ModelCall;
use llm::chat::RoleModel;
use memory::retrieval::{Found, PastMessage};
use memory::{CONTEXT_MESSAGES, Memories, MemoryError, SearchOptions};
use store::ProfileScope;

use crate::message_reader::read_intent;

/// Memories that a turn looks at, at most; the prompt takes those that fit.
const HITS_MAX: usize = 12;

#[derive(Clone, Debug)]
pub struct MemoryRetrieval {
    memories: Arc<Memories>,
    /// Reads what a message asks for, where the rules are turned off.
    intent_model: Option<RoleModel>,
}

impl MemoryRetrieval {
    pub fn new(memories: Arc<Memories>, intent_model: Option<RoleModel>) -> Self {
        Self { memories, intent_model }
    }

    /// `history` is what was said before the message, oldest first. `may_ask`: a remote model may see the message as it
    /// is. Returns the model call that it took, if one.
    pub async fn execute(
        &self,
        scope: ProfileScope,
        message: &str,
        history: &[Message],
        may_ask: bool,
    ) -> Result<(Found, Option<ModelCall>), MemoryError> {
        let mut options =
            SearchOptions { context: context(history), count: HITS_MAX, ..SearchOptions::default() };
        let mut call = None;
        if let Some(model) = self.intent_model.as_ref().filter(|model| may_ask || !model.model.is_remote()) {
            let (intent, asked) = Box::pin(read_intent(model, message)).await;
            call = Some(asked);
            if intent.no_memory_needed {
                return Ok((Found::default(), call));
            }
            options.names = intent.entities;
        }
        Ok((self.memories.search(scope, message, &options).await?, call))
    }
}

fn context(history: &[Message]) -> Vec<PastMessage> {
    let skipped = history.len().saturating_sub(CONTEXT_MESSAGES);
    history.iter().skip(skipped).cloned().map(PastMessage::from).collect()
}
