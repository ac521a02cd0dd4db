//! Clauses that no pattern foresees, judged by their meaning.

use std::path::PathBuf;
use std::sync::Arc;

use domain::Timestamp;
use llm::embedding::EmbeddingModel;
use llm::embedding::minilm::{MiniLm, MiniLmOptions};
use memory::lifecycle::rules::{self, Reading, RuleContext};
use memory::{Memories, MemoryOptions};

use crate::fixture;

/// By its words alone it is not worth remembering, by its meaning it is.
const TELLING: &str = "I cook congee my mother's style";

fn read(message: &str) -> Reading {
    rules::read(message, Timestamp::UNIX_EPOCH, &RuleContext::default())
}

fn weights() -> PathBuf {
    let given = std::env::var_os("CONFIDANT_WEIGHTS_DIR").map(PathBuf::from);
    let root = given.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights")));
    let folder = root.join("all-MiniLM-L6-v2");
    assert!(folder.is_dir(), "{} is missing: run `make weights`", folder.display());
    folder
}

#[tokio::test]
async fn the_model_that_the_judgement_was_fitted_with_is_the_one_that_is_built_in() {
    let model = EmbeddingModel::MiniLm(MiniLm::load(&weights(), MiniLmOptions::default()).unwrap());
    assert_eq!(model.id(), rules::meaning_model(), "fit the judgement anew: `confidant eval fit-rules`");
    let fixture = fixture(None).await;
    let options = MemoryOptions::default();
    let memories = Memories::new(fixture.store.clone(), Arc::new(model), options, fixture.clock.clone());
    let told = |read: Vec<Vec<memory::lifecycle::Extracted>>| -> Vec<Vec<String>> {
        read.into_iter().map(|one| one.into_iter().map(|one| one.memory.content).collect()).collect()
    };
    let messages = || vec![(read("thanks!"), "thanks!"), (read(TELLING), TELLING)];
    let by_words = told(fixture.memories.judge(messages()).await);
    let by_meaning = told(memories.judge(messages()).await);
    assert_eq!(by_words, [Vec::<String>::new(), Vec::new()]);
    assert_eq!(by_meaning, [vec![], vec!["The user cooks congee their mother's style.".to_owned()]]);
}
