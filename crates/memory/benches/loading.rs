//! How long the first search of a profile waits, and how long until all of it is loaded: rows of the database to index.
//!
//!     cargo bench -p memory --bench loading

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Clock;
use domain::clock::from_micros;
use domain::memory::{MemoryType, NewMemory};
use domain::profile::ProfileFields;
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use memory::{ImportedMemory, Memories, MemoryOptions, SearchOptions};
use mimalloc::MiMalloc;
use store::{Caller, ProfileScope, Store, StoreOptions};

/// As in the server.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const ROUNDS: usize = 5;
const QUESTION: &str = "Where did we go on holiday?";
/// How exact the figures are.
const ASKED_EVERY: Duration = Duration::from_millis(10);
/// Conversations in everyday language, for words as frequent as they are.
const CONVERSATIONS: &str = include_str!("../../lab/data/natural.jsonl");

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

#[expect(clippy::print_stdout, reason = "the figures are what it is for")]
#[tokio::main]
async fn main() -> Result<()> {
    for count in [10_000, 100_000] {
        let folder = tempfile::tempdir()?;
        let clock = Clock::system();
        let store = Store::open(StoreOptions::new(folder.path().join("loading.db"), clock.clone())).await?;
        let user = store.create_user("loading".to_owned(), None).await?;
        let made =
            store.create_profile(Caller::Operator, user.id, "loading".to_owned(), ProfileFields::default());
        let scope = store.open_profile(Caller::Operator, made.await?.id).await?;
        let fresh = || {
            let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
            Memories::new(store.clone(), embeddings, MemoryOptions::default(), clock.clone())
        };
        fill(&fresh(), scope, count).await?;
        for _ in 0..ROUNDS {
            let memories = fresh();
            let started = Instant::now();
            let search = async || memories.search(scope, QUESTION, &SearchOptions::default()).await;
            search().await?;
            let first = started.elapsed();
            while search().await?.partial {
                tokio::time::sleep(ASKED_EVERY).await;
            }
            let whole = started.elapsed();
            println!(
                "{count} memories: first answer after {:.0} ms, all after {:.2} s",
                first.as_secs_f64() * 1e3,
                whole.as_secs_f64()
            );
        }
    }
    Ok(())
}

/// What people say, over and over.
fn said() -> Result<Vec<String>> {
    let mut said = Vec::new();
    for line in CONVERSATIONS.lines() {
        let conversation: serde_json::Value = serde_json::from_str(line)?;
        let sessions = conversation["sessions"].as_array().into_iter().flatten();
        let messages = sessions.filter_map(|session| session["messages"].as_array()).flatten();
        said.extend(messages.filter_map(|message| Some(message["text"].as_str()?.to_owned())));
    }
    Ok(said)
}

async fn fill(memories: &Memories, scope: ProfileScope, count: usize) -> Result<()> {
    let said = said()?;
    let imported = |(number, content): (usize, &String)| ImportedMemory {
        key: number.to_string(),
        memory: NewMemory {
            content: content.clone(),
            kind: MemoryType::Other,
            importance: 0.5,
            tags: Vec::new(),
            entities: Vec::new(),
            attribute: None,
            said_at: from_micros(number as i64 * 60_000_000),
            valid_from: None,
            valid_to: None,
        },
    };
    memories
        .import_memories(scope, said.iter().cycle().take(count).enumerate().map(imported).collect())
        .await?;
    Ok(())
}
