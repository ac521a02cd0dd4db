//! Past messages are found again, word for word, and only where they may be.

use reqwest::Method;
use serde_json::{Value, json};

use crate::test_app::TestApp;

async fn search(app: &TestApp, query: &str, kinds: Value) -> Value {
    let body = json!({"profile_id": app.profile, "query": query, "kinds": kinds, "explain": true});
    app.post("/api/memories/search", &body).await
}

fn contents(found: &Value) -> Vec<&str> {
    let item = |item: &'_ Value| if item["kind"] == "message" { "message" } else { "memory" };
    let items = found["items"].as_array().unwrap();
    items.iter().map(|one| one[item(one)]["content"].as_str().unwrap()).collect()
}

const PLUMBER: &str = "The plumber charged 340 euros for the kitchen sink.";

#[tokio::test]
async fn a_detail_that_nobody_extracted_is_found_in_a_later_session() {
    let app = TestApp::start().await;
    let first = app.session("normal").await;
    app.say(&first, PLUMBER).await;
    app.jobs_done().await;
    let found = search(&app, "What did the plumber charge for the sink?", json!(["message"])).await;
    assert_eq!(contents(&found)[0], PLUMBER, "{found}");
    let hit = &found["items"][0];
    assert_eq!((&hit["kind"], &hit["message"]["role"]), (&json!("message"), &json!("user")));
    assert_eq!(hit["message"]["session_id"], json!(first));
    assert!(hit["strategies"].as_array().unwrap().contains(&json!("keyword")), "{hit}");
    let parts = hit["explanation"]["score_parts"].as_array().unwrap();
    let sum: f64 = parts.iter().map(|part| part["added"].as_f64().unwrap()).sum();
    assert!((sum - hit["score"].as_f64().unwrap()).abs() < 1e-3, "the parts are the score: {hit}");

    let second = app.session("normal").await;
    let events = app.stream(&second, "What did the plumber charge for the sink?").await;
    let retrieved = &events.iter().find(|(name, _)| name == "memories.retrieved").unwrap().1;
    let recalled = retrieved["memories"].as_array().unwrap();
    assert!(recalled.iter().any(|one| one["content"] == PLUMBER && one["kind"] == "message"), "{retrieved}");
    let used = events.last().unwrap().1["memories_used"].as_array().unwrap();
    assert!(used.iter().any(|one| one["kind"] == "message"), "it was in the prompt: {used:?}");
}

#[tokio::test]
async fn what_was_said_in_this_conversation_is_not_recalled_beside_itself() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, PLUMBER).await;
    app.jobs_done().await;
    let events = app.stream(&session, "What did the plumber charge for the sink?").await;
    let retrieved = &events.iter().find(|(name, _)| name == "memories.retrieved").unwrap().1;
    assert!(!retrieved.to_string().contains("\"message\""), "{retrieved}");
}

#[tokio::test]
async fn only_normal_messages_without_secrets_can_be_recalled() {
    let app = TestApp::start().await;
    for mode in ["pause_memory", "incognito"] {
        let session = app.session(mode).await;
        app.say(&session, PLUMBER).await;
    }
    let session = app.session("normal").await;
    app.say(&session, "The plumber's key for the sink is sk-proj-Ab3dEf6hIj9kLm2nOp5qRs8tUv1wXy4z.").await;
    app.jobs_done().await;
    let found = search(&app, "What did the plumber charge for the sink?", json!(["message"])).await;
    let told = contents(&found);
    assert!(!told.iter().any(|text| text.contains("340") || text.contains("sk-proj")), "{told:?}");
}

#[tokio::test]
async fn a_deleted_conversation_is_not_recalled() {
    let mut app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, PLUMBER).await;
    app.jobs_done().await;
    assert!(
        !contents(&search(&app, "What did the plumber charge for the sink?", json!(["message"])).await)
            .is_empty()
    );
    app.send(Method::DELETE, &format!("/api/sessions/{session}"), &json!({})).await;
    assert!(
        contents(&search(&app, "What did the plumber charge for the sink?", json!(["message"])).await)
            .is_empty()
    );
    app.stop().await;
}

#[tokio::test]
async fn what_is_forgotten_is_not_recalled_from_the_conversations_either() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, "My dog is called Bella.").await;
    app.jobs_done().await;
    let second = app.session("normal").await;
    app.say(&second, "What is my dog called?").await;
    app.jobs_done().await;
    let question = "What is the name of my dog?";
    let both = json!(["memory", "message"]);
    assert!(contents(&search(&app, question, both.clone()).await).iter().any(|text| text.contains("Bella")));
    let memories = app.get(&format!("/api/profiles/{}/memories", app.profile)).await;
    for memory in memories["items"].as_array().unwrap() {
        let path = format!("/api/memories/{}", memory["id"].as_str().unwrap());
        app.send(Method::DELETE, &path, &json!({})).await;
    }
    let told = search(&app, question, both).await;
    assert!(!contents(&told).iter().any(|text| text.contains("Bella")), "{told}");
}

#[tokio::test]
async fn small_talk_searches_nothing_and_wrong_kinds_are_named() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/memories", app.profile);
    app.post(&path, &json!({"content": "The user says thanks a lot."})).await;
    assert!(contents(&search(&app, "Thanks!", json!(["memory", "message"])).await).is_empty());
    let body = json!({"profile_id": app.profile, "query": "tea", "kinds": ["letter"]});
    let (status, problem) = app.send(Method::POST, "/api/memories/search", &body).await;
    assert_eq!(status, 422, "{problem}");
    assert!(problem["detail"].as_str().unwrap().contains("letter"), "{problem}");
}

#[tokio::test]
async fn a_search_never_finds_another_profile_while_both_are_written() {
    let app = TestApp::start().await;
    let profiles = format!("/api/users/{}/profiles", app.user);
    let other = app.post(&profiles, &json!({"name": "Other"})).await["id"].as_str().unwrap().to_owned();
    let both = [(app.profile.clone(), "alpha"), (other, "omega")];
    let write = async |(profile, word): &(String, &str)| {
        for number in 0..40 {
            let content = format!("The {word} lamp {number} is green.");
            app.post(&format!("/api/profiles/{profile}/memories"), &json!({"content": content})).await;
        }
    };
    let read = async |(profile, word): &(String, &str)| {
        for number in 0..40 {
            let query = format!("Which lamp {number} is green?");
            let body = json!({"profile_id": profile, "query": query, "limit": 100});
            let found = app.post("/api/memories/search", &body).await;
            for content in contents(&found) {
                assert!(content.contains(word), "{content:?} in the profile of {word}");
            }
        }
    };
    tokio::join!(write(&both[0]), write(&both[1]), read(&both[0]), read(&both[1]));
}
