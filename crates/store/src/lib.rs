//! The truth, in SQL. This is the only crate that speaks it.
//!
//! Reads go to a pool of connections; writes go through one task that gathers those that wait into one
//! transaction ([`pool`]). Methods of [`Store`] stand in the file of their noun.

mod agent_logs; // what each agent did in a turn, without text
mod analytics; // the analyst's findings
mod api_keys; // who may call a server that is not on loopback
mod codec; // between column values and the types of the domain
mod consolidation; // runs that merge and fade memories
mod encrypting; // a database gets a key, or another one
mod encryption; // the key of an encrypted database
mod error; // what can go wrong, by what the caller can do
mod export; // everything held about a user
mod jobs; // the durable queue
mod memories; // memories, their vectors and their history
mod memory_rows; // their rows, opened and sealed
mod messages; // utterances
mod metrics_samples; // how the server did, minute by minute
mod pool; // connections, the writer, migrations
#[cfg_attr(not(feature = "encryption"), path = "no_profile_keys.rs")]
mod profile_keys; // the keys of profiles, outside of the database
mod profiles; // memory profiles
mod scope; // the keys that open rows: caller and profile scope
mod script; // statements that are sent together
mod sealed_rows; // what is sealed when a database gets its first key
mod sealing; // texts sealed with the key of their profile
mod sessions; // conversations
mod turns; // a turn's start, end and recovery
mod users; // the people

pub use agent_logs::AgentLog;
pub use api_keys::{ApiKey, KeyScope};
pub use consolidation::FadingRules;
pub use encrypting::{EncryptionPlan, encrypt_database, forget_old_key, plan_encryption};
pub use encryption::{DatabaseForm, EncryptionKey};
pub use error::StoreError;
pub use export::{MemoryExport, SessionExport, UserExport};
pub use jobs::{JobCounts, ListedJob};
pub use memories::{Embedding, MemoryPage, MemoryWrite, StoredEmbedding, WORD_BYTES, WORDS_MAX};
pub use messages::{ImportedRows, RecallableMessage};
pub use pool::{PoolUse, Store, StoreOptions};
pub use scope::{Caller, ProfileScope};
pub use sessions::{SessionContext, new_session};
pub use turns::{FinishedTurn, StartedTurn, TurnStart};

/// Rows after a cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// Pass it as `after` to get what follows; absent at the end.
    pub next: Option<uuid::Uuid>,
}

impl<T> Page<T> {
    /// From up to `limit + 1` rows: the one too many tells that there is more.
    fn from_rows(mut items: Vec<T>, limit: u32, id: impl Fn(&T) -> uuid::Uuid) -> Self {
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = if more { items.last().map(id) } else { None };
        Self { items, next }
    }
}
