//! How long the first search of a profile waits, and how long until all of it is loaded: rows of the database to index.
//!
//!     cargo bench -p memory --bench loading

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::memory::{Actor, Memory, MemoryAction, MemoryState, MemoryType};
use domain::profile::ProfileFields;
use domain::{Clock, MemoryId};
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use memory::{Memories, MemoryOptions, SearchOptions};
use mimalloc::MiMalloc;
use store::{Caller, MemoryWrite, ProfileScope, Store, StoreOptions, StoredVector};

/// As in the server.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

const ROUNDS: usize = 5;
const QUESTION: &str = "Where did we go on holiday?";
/// How exact the figures are.
const ASKED_EVERY: Duration = Duration::from_millis(10);
/// Memories that one transaction stores.
const TOGETHER: usize = 1_000;
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
        let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
        fill(&store, scope, count, &clock, &embeddings).await?;
        for _ in 0..ROUNDS {
            let memories =
                Memories::new(store.clone(), embeddings.clone(), MemoryOptions::default(), clock.clone());
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

async fn fill(
    store: &Store,
    scope: ProfileScope,
    count: usize,
    clock: &Clock,
    embeddings: &EmbeddingModel,
) -> Result<()> {
    let said = said()?;
    let texts: Vec<&str> = said.iter().map(String::as_str).cycle().take(count).collect();
    for texts in texts.chunks(TOGETHER) {
        let vectors = embeddings.embed(texts.iter().map(|text| (*text).to_owned()).collect()).await?;
        let write = |(text, vector): (&&str, Vec<f32>)| {
            let now = clock.now();
            let after = Memory {
                id: MemoryId::new(now),
                profile_id: scope.profile_id(),
                content: (*text).to_owned(),
                kind: MemoryType::Other,
                importance: 0.5,
                tags: Vec::new(),
                entities: Vec::new(),
                attribute: None,
                state: MemoryState::Active,
                mention_count: 1,
                said_at: now,
                valid_from: None,
                valid_to: None,
                closed_at: None,
                superseded_by: None,
                last_used_at: None,
                source_message_id: None,
                source_session_id: None,
                created_at: now,
                updated_at: now,
            };
            MemoryWrite {
                action: MemoryAction::Add,
                actor: Actor::User,
                source_message_id: None,
                run_id: None,
                evidence: None,
                before: None,
                after,
                vector: Some(StoredVector { model: embeddings.id().to_owned(), vector }),
            }
        };
        store.write_memories(scope, texts.iter().zip(vectors).map(write).collect()).await?;
    }
    Ok(())
}
