//! Crashes, shutdown, what an earlier process left.

use confidant::config::Config;
use domain::Clock;
use domain::job::JobPayload;
use domain::message::{Message, MessageStatus, Role};
use domain::{MessageId, PrivacyMode, TurnId};
use llm::chat::simulated::ScriptedReply;
use serde_json::json;
use store::{Caller, Store, StoreOptions, TurnStart};

use crate::test_app::{TestApp, echoing, scripted};

#[tokio::test]
async fn a_crash_in_the_middle_of_an_answer_loses_no_message_and_no_memory() {
    let mut app = TestApp::start().await;
    let session = app.session("normal").await;
    app.stop().await;
    // What a process leaves that is killed after the message was committed and before the answer was.
    let store = open(&app).await;
    let turn = start_turn(&store, &session, "My dog is called Bella.").await;
    store.claim_jobs(1, 1_000_000).await.unwrap();
    drop(store);

    let app = TestApp::in_folder(app.folder, echoing(), Config::default()).await;
    let found = app.get(&format!("/api/turns/{turn}")).await;
    assert_eq!(found["status"], "interrupted");
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"][0]["content"], "My dog is called Bella.");
    app.jobs_done().await;
    assert_eq!(app.memories().await.len(), 1, "the message is remembered all the same");
}

#[tokio::test]
async fn a_job_that_a_dead_process_held_is_done_once() {
    let mut app = TestApp::start().await;
    let session = app.session("normal").await;
    app.stop().await;
    let store = open(&app).await;
    let caller = Caller::Operator;
    let found = store.find_session(caller, session.parse().unwrap()).await.unwrap().unwrap();
    let turn_id = start_turn(&store, &session, "My dog is called Bella.").await;
    let turn = store.find_turn(caller, turn_id).await.unwrap().unwrap();
    let payload = JobPayload::ExtractMemories {
        user_id: found.user_id,
        profile_id: found.profile_id,
        session_id: found.id,
        turn_id,
        user_message_id: turn.user_message_id,
        analyse: false,
    };
    store.enqueue(payload).await.unwrap();
    // Two claims of one job: the second worker takes over a lease that ran out.
    let first = store.claim_jobs(10, -1).await.unwrap();
    let second = store.claim_jobs(10, 1_000_000).await.unwrap();
    let held = |jobs: &[domain::job::ClaimedJob]| {
        jobs.iter().filter(|job| job.payload.kind() == "extract_memories").count()
    };
    assert_eq!((held(&first), held(&second)), (1, 1));
    let stale = first.into_iter().find(|job| job.payload.kind() == "extract_memories").unwrap();
    assert!(store.complete_job(stale).await.is_err(), "a lease that was lost ends nothing");
    drop(store);

    let app = TestApp::in_folder(app.folder, echoing(), Config::default()).await;
    app.jobs_done().await;
    let list = app.get(&format!("/api/profiles/{}/memories", app.profile)).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
}

#[tokio::test]
async fn shutdown_keeps_what_was_streamed() {
    let mut app =
        TestApp::with(scripted(vec![ScriptedReply::HangAfter(vec!["So far".into()])]), |_| {}).await;
    let session = app.session("normal").await;
    let body = json!({"session_id": session, "message": "Talk", "stream": true});
    let mut answer =
        app.request(reqwest::Method::POST, "/api/chat/message").json(&body).send().await.unwrap();
    let mut seen = String::new();
    while !seen.contains("answer.delta") {
        seen.push_str(std::str::from_utf8(&answer.chunk().await.unwrap().unwrap()).unwrap());
    }
    app.stop().await;
    let app = TestApp::in_folder(app.folder, echoing(), Config::default()).await;
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"][1]["content"], "So far");
    assert_eq!(messages["items"][1]["status"], "incomplete");
}

#[tokio::test]
async fn a_second_process_is_kept_out_of_the_data_folder() {
    let app = TestApp::start().await;
    let mut config = Config::default();
    config.server.addr = ([127, 0, 0, 1], 0).into();
    config.server.data_dir = app.data_dir();
    let chat = app.server.as_ref().unwrap().app.models.clone();
    let embeddings = std::sync::Arc::new(llm::embedding::EmbeddingModel::Simulated(
        llm::embedding::simulated::SimulatedEmbedding::default(),
    ));
    let models = confidant::Models { chat, embeddings, names: None, described: Vec::new() };
    let refused = confidant::start(config, Clock::system(), models, None).await.err().unwrap();
    assert!(refused.to_string().contains("another Confidant works on"), "{refused}");
}

async fn open(app: &TestApp) -> Store {
    let options = StoreOptions::new(app.data_dir().join("confidant.db"), Clock::system());
    Store::open(options).await.unwrap()
}

async fn start_turn(store: &Store, session: &str, content: &str) -> TurnId {
    let now = Clock::system().now();
    let turn_id = TurnId::new(now);
    let user_message = Message {
        id: MessageId::new(now),
        session_id: session.parse().unwrap(),
        turn_id,
        role: Role::User,
        speaker: None,
        content: content.to_owned(),
        status: MessageStatus::Complete,
        created_at: now,
    };
    let session =
        store.find_session(store::Caller::Operator, session.parse().unwrap()).await.unwrap().unwrap();
    let scope = store.open_profile(store::Caller::Operator, session.profile_id).await.unwrap();
    let start = TurnStart { scope, privacy_mode: PrivacyMode::Normal, user_message, idempotency_key: None };
    store.start_turn(start).await.unwrap();
    turn_id
}
