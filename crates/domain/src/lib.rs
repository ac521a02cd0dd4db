//! The words of Confidant as types: no IO, no async, no knowledge of SQL, HTTP or models.

pub mod analytics; // what the analyst found in a session
pub mod clock; // where time comes from
pub mod ids; // UUIDv7 newtypes
pub mod invalid; // the one error of this crate: a value that breaks a rule
pub mod job; // durable background work: kinds and payloads
pub mod memory; // one remembered statement
pub mod message; // one stored utterance
pub mod mode; // the three privacy modes
pub mod optimizations; // the switches of what makes turns fast
pub mod profile; // an isolated space of memories with its own personality
pub mod session; // one conversation
pub mod turn; // a user's message and everything until its answer is final
pub mod usage; // tokens and model calls
pub mod user; // the person who owns profiles

pub use clock::{Clock, Timestamp};
pub use ids::{
    AgentLogId, ApiKeyId, HistoryId, JobId, MemoryId, MessageId, ProfileId, RunId, SessionId, TurnId, UserId,
};
pub use invalid::Invalid;
pub use mode::PrivacyMode;
pub use optimizations::Optimizations;
