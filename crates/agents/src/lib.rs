//! The six agents and the turn that they make together.
//!
//! The coordinator runs the others; they do not call each other. Each agent has one `execute`, and every `execute`
//! goes through the [`runner`].

mod background_model; // a model that is asked in the background
pub mod context_coordinator; // runs a turn, from the message to the final answer
pub mod conversation; // streams the answer of the model
pub mod conversation_analyst; // what a session is about, by rules
mod event; // what a turn tells while it runs
mod feed; // what happens in a session after its turns
mod live_session; // what is held of a session in RAM only
mod live_turn; // a running turn that clients follow
pub mod memory_manager; // from a turn to memories, in the background
pub mod memory_retrieval; // which memories help to answer
mod message_reader; // what a model reads in a message, where the rules are turned off
mod model_metrics; // what is measured of a model call
pub mod privacy_guardian; // what is sensitive, and what may happen to it
mod prompt; // what the model is told
mod runner; // timeout, span, histogram and log of every agent

pub use context_coordinator::{
    ContextCoordinator, CoordinatorOptions, HISTORY_MESSAGES, StartError, StartedTurn, TurnRequest,
};
pub use event::{FoundMemory, Problem, TurnCompleted, TurnEvent, TurnFailed};
pub use feed::{SessionEvent, SessionFeeds};
pub use live_session::{IncognitoSession, LiveSessions};
pub use live_turn::{Ending, LiveTurn, TurnEvents};
pub use memory_manager::{MemoryManager, MemoryManagerOptions};
pub use prompt::{Done, PromptInput, PromptLimits, build_prompt};
pub use runner::Agent;
