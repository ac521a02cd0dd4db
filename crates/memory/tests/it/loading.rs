use std::sync::Arc;
use std::time::Duration;

use domain::clock::from_micros;
use domain::memory::{MemoryType, NewMemory};
use domain::profile::ProfileFields;
use domain::{Clock, UserId};
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use memory::{ImportedMemory, Memories, MemoryOptions, SearchOptions};
use store::{Caller, ProfileScope, Store, StoreOptions};

/// More than are loaded in one go.
const COUNT: usize = 4_100;
/// Only a defect makes the test wait so long.
const PATIENCE: Duration = Duration::from_secs(60);

fn memory(number: usize) -> ImportedMemory {
    let content = match number {
        0 => "The user keeps a zebra.".to_owned(),
        n if n == COUNT - 1 => "The user keeps an ocelot.".to_owned(),
        n => format!("The user wrote note number {n}."),
    };
    let memory = NewMemory {
        content,
        kind: MemoryType::Other,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at: from_micros(number as i64 * 60_000_000),
        valid_from: None,
        valid_to: None,
    };
    ImportedMemory { key: number.to_string(), memory }
}

async fn profile(store: &Store, user: UserId, name: &str) -> ProfileScope {
    let made = store.create_profile(Caller::Operator, user, name.to_owned(), ProfileFields::default());
    store.open_profile(Caller::Operator, made.await.unwrap().id).await.unwrap()
}

#[tokio::test]
async fn indexes_that_have_grown_make_room_for_others() {
    const BYTES_MAX: usize = 300_000;
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let store = Store::open(StoreOptions::new(folder.path().join("test.db"), clock.clone())).await.unwrap();
    let user = store.create_user("test".to_owned(), None).await.unwrap();
    let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
    let options = MemoryOptions { index_bytes_max: BYTES_MAX, ..MemoryOptions::default() };
    let memories = Memories::new(store.clone(), embeddings, options, clock);
    for number in 0..10 {
        // Loaded while it is empty, and filled one by one afterwards.
        let scope = profile(&store, user.id, &format!("p{number}")).await;
        for at in 1..=50 {
            memories.add(scope, vec![memory(at).memory]).await.unwrap();
        }
        let bytes = memories.index_bytes();
        assert!(bytes < 2 * BYTES_MAX && (number == 0 || bytes > BYTES_MAX / 10), "{bytes} after {number}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_profile_answers_from_its_newest_while_the_rest_is_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let clock = Clock::system();
    let path = folder.path().join("test.db");
    let store = Store::open(StoreOptions::new(path, clock.clone())).await.unwrap();
    let user = store.create_user("test".to_owned(), None).await.unwrap();
    let scope = profile(&store, user.id, "p").await;
    let memories = || {
        let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
        Memories::new(store.clone(), embeddings, MemoryOptions::default(), clock.clone())
    };
    memories().import_memories(scope, (0..COUNT).map(memory).collect()).await.unwrap();

    let fresh = memories();
    let search = async |word: &str| {
        let found = fresh.search(scope, word, &SearchOptions::default()).await.unwrap();
        (found.hits.iter().any(|hit| hit.recalled.content().contains(word)), found.partial)
    };
    assert_eq!(search("ocelot").await, (true, true), "the newest is there at once");
    let started = tokio::time::Instant::now();
    while search("zebra").await != (true, false) {
        assert!(started.elapsed() < PATIENCE, "the oldest is never found");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
