use std::time::Duration;

use domain::PrivacyMode;
use domain::clock::from_micros;
use domain::message::Role;
use futures_util::TryStreamExt as _;
use memory::lifecycle::rules::Reading;
use memory::{ImportedMessage, ImportedSession, SearchOptions};

use crate::{Fixture, fixture};

const ANSWER: &str = "Try Da Enzo in Trastevere, and book early.";
/// Only a defect makes the test wait so long.
const PATIENCE: Duration = Duration::from_secs(60);

fn said(role: Role, content: &str, minute: i64) -> ImportedMessage {
    ImportedMessage {
        key: None,
        role,
        speaker: None,
        content: content.to_owned(),
        said_at: from_micros(minute * 60_000_000),
        recallable: true,
        told: Reading::default(),
    }
}

#[tokio::test]
async fn an_answer_has_no_vector_and_is_found_by_its_words_and_by_its_question() {
    let Fixture { store, memories, scope, .. } = &fixture(None).await;
    let scope = *scope;
    let session = ImportedSession {
        key: None,
        title: String::new(),
        mode: PrivacyMode::Normal,
        times: None,
        messages: vec![
            said(Role::User, "Where should we have dinner in Rome?", 0),
            said(Role::Assistant, ANSWER, 1),
            said(Role::User, "And how do I prune a fig tree?", 2),
            said(Role::Assistant, "Cut it back in late winter.", 3),
        ],
    };
    memories.import_session(scope, session).await.unwrap();
    // There is nothing to make up for, now or ever.
    tokio::time::timeout(PATIENCE, memories.embed_missing(scope)).await.unwrap().unwrap();

    let stored: Vec<_> = store.recallable_messages(scope, "simulated").try_collect().await.unwrap();
    for (message, vector) in &stored {
        let is_empty = vector.as_ref().is_some_and(|made| made.vector.is_empty());
        assert_eq!(is_empty, message.role == Role::Assistant, "{}", message.content);
    }
    for question in ["What was that about Da Enzo?", "Where should we have had dinner in Rome?"] {
        let options = SearchOptions { silence: false, count: 2, ..SearchOptions::default() };
        let found = memories.search(scope, question, &options).await.unwrap();
        assert!(found.hits.iter().any(|hit| hit.recalled.content() == ANSWER), "{question}: {found:?}");
    }
}
