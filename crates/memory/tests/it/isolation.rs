use std::sync::Arc;

use domain::memory::{MemoryType, NewMemory};
use domain::message::Role;
use domain::profile::ProfileFields;
use domain::{Clock, MemoryId, PrivacyMode};
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use memory::lifecycle::rules::Reading;
use memory::{EditedMemory, ImportedMessage, ImportedSession, Memories, MemoryOptions, SearchOptions};
use proptest::prelude::*;
use store::{Caller, ProfileScope, Store, StoreOptions};

const PROFILES: usize = 3;
/// Words that all profiles use.
const SHARED: [&str; 6] = ["garden", "Anna", "Lyon", "tea", "yesterday", "appointment"];

#[derive(Clone, Debug)]
enum Step {
    Add(usize),
    Say(usize),
    Edit(usize, usize),
    Delete(usize),
    Undo(usize),
    Forget(usize),
    /// Drops the index, so that the next search loads it.
    Reload,
    Search(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let word = 0..SHARED.len();
    prop_oneof![
        3 => word.clone().prop_map(Step::Add),
        2 => word.clone().prop_map(Step::Say),
        1 => (any::<usize>(), word.clone()).prop_map(|(which, word)| Step::Edit(which, word)),
        1 => any::<usize>().prop_map(Step::Delete),
        1 => any::<usize>().prop_map(Step::Undo),
        1 => word.clone().prop_map(Step::Forget),
        1 => Just(Step::Reload),
        5 => word.prop_map(Step::Search),
    ]
}

/// Every text of a profile has its own word in it.
fn text(profile: usize, word: usize, number: usize) -> String {
    format!("The user of marker{profile} told of {} number {number}.", SHARED[word])
}

fn new(content: String) -> NewMemory {
    NewMemory {
        content,
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at: Clock::system().now(),
        valid_from: None,
        valid_to: None,
    }
}

async fn take(memories: &Memories, scope: ProfileScope, profile: usize, steps: Vec<Step>) {
    let mut known: Vec<MemoryId> = Vec::new();
    for (number, step) in steps.into_iter().enumerate() {
        let pick = |which: usize, known: &Vec<MemoryId>| known.get(which % known.len().max(1)).copied();
        match step {
            Step::Add(word) => {
                let added = memories.add(scope, vec![new(text(profile, word, number))]).await.unwrap();
                known.extend(added.iter().map(|memory| memory.id));
            }
            Step::Say(word) => {
                let said = ImportedMessage {
                    key: None,
                    role: Role::User,
                    speaker: None,
                    content: text(profile, word, number),
                    said_at: Clock::system().now(),
                    recallable: true,
                    told: Reading::default(),
                };
                let session = ImportedSession {
                    key: None,
                    title: String::new(),
                    mode: PrivacyMode::Normal,
                    times: None,
                    messages: vec![said],
                };
                memories.import_session(scope, session).await.unwrap();
            }
            Step::Edit(which, word) => {
                if let Some(id) = pick(which, &known) {
                    let content = Some(text(profile, word, number));
                    let edited = EditedMemory { content, ..EditedMemory::default() };
                    memories.edit(Caller::User(scope.user_id()), id, edited).await.unwrap();
                }
            }
            Step::Delete(which) => {
                if let Some(id) = pick(which, &known) {
                    memories.delete(scope, vec![id]).await.unwrap();
                    known.retain(|one| *one != id);
                }
            }
            Step::Undo(which) => {
                if let Some(id) = pick(which, &known) {
                    let _ = memories.undo(Caller::User(scope.user_id()), id).await;
                }
            }
            Step::Forget(word) => {
                let forgotten = memories.forget(scope, SHARED[word], &[]).await.unwrap();
                let gone: Vec<MemoryId> = forgotten.memories.iter().map(|memory| memory.id).collect();
                known.retain(|id| !gone.contains(id));
            }
            Step::Reload => memories.forget_profile(scope.profile_id()).await,
            Step::Search(word) => {
                let options = SearchOptions { count: 50, silence: false, ..SearchOptions::default() };
                let found = memories.search(scope, SHARED[word], &options).await.unwrap();
                for hit in found.hits {
                    let content = hit.recalled.content();
                    assert!(
                        content.contains(&format!("marker{profile} ")),
                        "profile {profile} saw: {content}"
                    );
                }
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn no_profile_sees_anothers_memories(
        lives in prop::collection::vec(prop::collection::vec(step(), 1..40), PROFILES..=PROFILES)
    ) {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(async move {
            let folder = tempfile::tempdir().unwrap();
            let clock = Clock::system();
            let path = folder.path().join("test.db");
            let store = Store::open(StoreOptions::new(path, clock.clone())).await.unwrap();
            let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
            // So little RAM that indexes are dropped all the time.
            let memories = Arc::new(Memories::new(store.clone(), embeddings, MemoryOptions { index_bytes_max: 20_000, ..MemoryOptions::default() }, clock));
            let user = store.create_user("test".to_owned(), None).await.unwrap();
            let mut tasks = Vec::new();
            for (profile, steps) in lives.into_iter().enumerate() {
                let fields = ProfileFields::default();
                let made = store.create_profile(Caller::Operator, user.id, format!("p{profile}"), fields).await.unwrap();
                let scope = store.open_profile(Caller::Operator, made.id).await.unwrap();
                let memories = memories.clone();
                tasks.push(tokio::spawn(async move { take(&memories, scope, profile, steps).await }));
            }
            for task in tasks {
                task.await.unwrap();
            }
        });
    }
}
