use domain::memory::{MemoryState, MemoryType, NewMemory};
use domain::{Clock, RunId};
use jiff::SignedDuration;
use memory::{ConsolidationRules, SearchOptions};
use store::MemoryPage;

use crate::{Fixture, fixture};

const RULES: ConsolidationRules =
    ConsolidationRules { fade_after: Some(SignedDuration::from_hours(24 * 180)), fade_importance_max: 0.4 };

fn said(content: &str, importance: f32, clock: &Clock) -> NewMemory {
    NewMemory {
        content: content.to_owned(),
        kind: MemoryType::Other,
        importance,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at: clock.now(),
        valid_from: None,
        valid_to: None,
    }
}

#[tokio::test]
async fn what_is_old_and_of_little_importance_fades_and_can_be_had_back() {
    let Fixture { store, memories, scope, clock, .. } = &fixture(None).await;
    let scope = *scope;
    let old = vec![
        said("The user saw a heron.", 0.2, clock),
        said("The user is allergic to nuts.", 0.9, clock),
        said("The user hums a tune.", 0.2, clock),
    ];
    memories.add(scope, old).await.unwrap();
    // Said again: it matters more than it seemed.
    memories.add(scope, vec![said("The user hums a tune.", 0.2, clock)]).await.unwrap();
    clock.advance(SignedDuration::from_hours(24 * 200));
    memories.add(scope, vec![said("The user saw a kite.", 0.2, clock)]).await.unwrap();

    let preview = memories.plan_consolidation(scope, RULES, None).await.unwrap().plan;
    let fading: Vec<&str> = preview.fades.iter().map(|memory| memory.content.as_str()).collect();
    assert_eq!(fading, ["The user saw a heron."]);
    let run = RunId::new(clock.now());
    memories.consolidate(scope, RULES, run, None, None).await.unwrap();
    let found = async |word: &str| {
        let options = SearchOptions { silence: false, ..SearchOptions::default() };
        let hits = memories.search(scope, word, &options).await.unwrap().hits;
        hits.iter().any(|hit| hit.recalled.content().contains(word))
    };
    assert!(!found("heron").await && found("kite").await && found("nuts").await && found("tune").await);
    let page = MemoryPage { limit: 10, state: Some(MemoryState::Faded), ..MemoryPage::default() };
    assert_eq!(store.list_memories(scope, page).await.unwrap().items.len(), 1, "it is shown as faded");
    assert_eq!(memories.undo_run(scope, run).await.unwrap(), 1);
    assert!(found("heron").await);
}
