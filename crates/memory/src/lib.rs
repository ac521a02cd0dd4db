//! What is remembered: finding it again ([`retrieval`]) and its life from a message to a memory ([`lifecycle`]).

mod cache; // what was made before: vectors of questions, and searches
mod consolidation; // near-duplicates merged, what nobody needs faded, runs undone
mod error; // what can go wrong
mod forgetting; // what the user asks to forget
mod import; // conversations and memories from elsewhere
pub mod lifecycle; // extract, compare with what is known, add or reinforce or supersede
mod memories; // the memories of all profiles: search and change, index and database in step
pub mod retrieval; // from a query to ranked memories
pub mod time_phrases; // "last Tuesday" as an interval
mod vectors; // the vectors of what is asked and of what is kept
mod words; // the words of a text, read once

pub use consolidation::{ConsolidationRules, ConsolidationStep};
pub use error::MemoryError;
pub use forgetting::Forgotten;
pub use import::{Imported, ImportedMemory, ImportedMessage, ImportedSession, NewNames};
pub use memories::{CONTEXT_MESSAGES, EditedMemory, Learned, Lesson, Memories, MemoryOptions, SearchOptions};
