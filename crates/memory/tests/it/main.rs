//! Memories over a real database, from outside the crate.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail like tests")]

use std::sync::Arc;

use domain::Clock;
use domain::clock::from_micros;
use domain::profile::ProfileFields;
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use memory::{Memories, MemoryOptions};
use store::{Caller, ProfileScope, Store, StoreOptions};
use tempfile::TempDir;

mod answers; // what the assistant said, found without a vector
mod fading; // what nobody needs, gone from the searches and back
mod isolation; // no profile ever sees another's memories, whatever happens at the same time
mod judged; // clauses that no pattern foresees
mod late_interaction; // what a text says word by word
mod loading; // a large profile, while it is being loaded
mod names_and_days; // other forms of a name, and where days begin

/// The memories of one profile in a database of their own.
struct Fixture {
    store: Store,
    memories: Memories,
    scope: ProfileScope,
    clock: Clock,
    _folder: TempDir,
}

/// Of a user who lives in that time zone.
async fn fixture(time_zone: Option<&str>) -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    // Noon of 14 November 2023 in UTC.
    let clock = Clock::manual(from_micros(1_699_963_200_000_000));
    let path = folder.path().join("test.db");
    let store = Store::open(StoreOptions::new(path, clock.clone())).await.unwrap();
    let user = store.create_user("test".to_owned(), time_zone.map(str::to_owned)).await.unwrap();
    let made = store.create_profile(Caller::Operator, user.id, "p".to_owned(), ProfileFields::default());
    let scope = store.open_profile(Caller::Operator, made.await.unwrap().id).await.unwrap();
    let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
    let memories = Memories::new(store.clone(), embeddings, MemoryOptions::default(), clock.clone());
    Fixture { store, memories, scope, clock, _folder: folder }
}
