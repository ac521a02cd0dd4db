//! Clauses that no pattern foresees, judged by their meaning.

use std::path::PathBuf;
use std::sync::Arc;

use domain::Timestamp;
use llm::embedding::EmbeddingModel;
use llm::embedding::minilm::{MiniLm, MiniLmOptions};
use memory::lifecycle::rules::{self, Reading, RuleContext};
use memory::{Memories, MemoryOptions};

use crate::fixture;

/// By its words alone neither is worth remembering, by its meaning the second is.
const NOT_TELLING: &str = "we eat late because of my shifts";
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
    let messages = || vec![(read(NOT_TELLING), NOT_TELLING), (read(TELLING), TELLING)];
    assert_eq!(read(NOT_TELLING).clauses().count(), 1, "it is judged");
    let by_words = told(fixture.memories.judge(messages()).await);
    let by_meaning = told(memories.judge(messages()).await);
    assert_eq!(by_words, [Vec::<String>::new(), Vec::new()]);
    assert_eq!(by_meaning, [vec![], vec!["The user cooks congee their mother's style.".to_owned()]]);
}

#[test]
fn what_is_secret_is_left_out_before_anything_is_judged() {
    let message = "I hide the key under the mat. I cook congee my mother's style.";
    let mut reading = read(message);
    let before = reading.clauses().count();
    reading.retain(message, |text| !text.contains("mat"));
    assert!(
        reading.clauses().count() < before && reading.clauses().all(|clause| !clause.content.contains("mat"))
    );
    assert!(!format!("{reading:?}").contains("congee"), "what was said is not for the log");
}
