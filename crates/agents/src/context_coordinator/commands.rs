//! What a message asks of the memory, done at once: "forget my address".

use domain::MemoryId;
use memory::lifecycle::rules::{self, Command};

use super::{ContextCoordinator, RunningTurn};
use crate::TurnEvent;
use crate::event::ForgottenMemory;

/// For the prompt, where it is not clear what to forget: deleting is for good, so nothing is guessed.
const UNNAMED: &str = "Nothing was deleted: what should be forgotten has to be named, as in \"forget where I work\". \
                       Everything goes with the profile.";

/// What was done at the user's word.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// For the prompt: how many and about what, not what they said.
    pub(super) told: String,
    pub(super) forgotten: Vec<MemoryId>,
}

impl ContextCoordinator {
    /// Deletes what the message asks to forget, and tells those who follow the turn what that was. A wish to remember is
    /// met after the answer, like everything that is learned.
    pub(super) async fn obey(&self, turn: &RunningTurn) -> Option<Done> {
        let wish = rules::command(&turn.message.content)?;
        if wish == Command::ForgetUnnamed {
            return Some(Done { told: UNNAMED.to_owned(), forgotten: Vec::new() });
        }
        let Command::Forget(range) = wish else { return None };
        let about = turn.message.content.get(range)?.to_owned();
        if !turn.context.mode.reads_memories() {
            let told = "Nothing was deleted: an incognito conversation cannot change the memory.".to_owned();
            return Some(Done { told, forgotten: Vec::new() });
        }
        let forgotten = match self.memories.forget(turn.context.scope, &about, &turn.context.history).await {
            Ok(forgotten) => forgotten,
            Err(error) => {
                tracing::error!(turn.id = %turn.live.id, %error, "what was to be forgotten could not be deleted");
                let told = "Nothing was deleted: the memory could not be reached. The user may try again.";
                return Some(Done { told: told.to_owned(), forgotten: Vec::new() });
            }
        };
        let told = match forgotten.memories.len() {
            0 => format!("Nothing was deleted: no memory is about {about}."),
            1 => format!("1 memory about {about} was deleted for good."),
            count => format!("{count} memories about {about} were deleted for good."),
        };
        let ids = forgotten.memories.iter().map(|memory| memory.id).collect();
        let memories = forgotten
            .memories
            .into_iter()
            .map(|memory| ForgottenMemory { id: memory.id, content: memory.content })
            .collect();
        turn.live.publish(TurnEvent::MemoriesForgotten { about, memories, messages: forgotten.messages });
        Some(Done { told, forgotten: ids })
    }
}
