//! From a message to a memory and back.

use std::collections::BTreeSet;

use llm::chat::simulated::ScriptedReply;
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::test_app::{TestApp, scripted};

#[tokio::test]
async fn what_is_said_in_one_session_is_known_in_the_next() {
    let app = TestApp::start().await;
    let first = app.session("normal").await;
    app.say(&first, "My dog is called Bella.").await;
    app.jobs_done().await;
    let second = app.session("normal").await;
    let events = app.stream(&second, "What is my dog called?").await;
    let retrieved = &events.iter().find(|(name, _)| name == "memories.retrieved").unwrap().1;
    let found = retrieved["memories"][0]["content"].as_str().unwrap();
    assert!(found.contains("Bella"), "{retrieved}");
    let completed = &events.last().unwrap().1;
    assert_eq!(completed["memories_used"][0]["id"], retrieved["memories"][0]["id"]);
    assert!(completed["message"]["content"].as_str().unwrap().contains("Bella"), "{completed}");
}

#[tokio::test]
async fn the_same_told_four_times_is_one_memory() {
    let app = TestApp::start().await;
    for _ in 0..4 {
        let session = app.session("normal").await;
        app.say(&session, "My dog is called Bella.").await;
        app.jobs_done().await;
    }
    let list = app.get(&format!("/api/profiles/{}/memories", app.profile)).await;
    assert_eq!(list["items"].as_array().unwrap().len(), 1, "{list}");
    assert_eq!(list["items"][0]["mention_count"], 4);
}

#[tokio::test]
async fn secrets_are_never_remembered() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, "My card is 4111 1111 1111 1111 and my dog is called Bella.").await;
    app.say(&session, "My SSN is 536-22-8726.").await;
    app.jobs_done().await;
    let all = app.memories().await.join("\n");
    assert!(!all.contains("4111") && !all.contains("536-22"), "{all}");
}

#[tokio::test]
async fn memories_can_be_added_changed_undone_and_deleted() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/memories", app.profile);
    let added =
        app.post(&path, &json!({"content": "Likes tea", "type": "preference", "tags": ["drink"]})).await;
    let memory = format!("/api/memories/{}", added["id"].as_str().unwrap());
    let (status, changed) = app.send(Method::PUT, &memory, &json!({"content": "Likes coffee"})).await;
    assert_eq!((status, changed["content"].as_str()), (StatusCode::OK, Some("Likes coffee")));
    let search = async |words: &str| {
        let body = json!({"profile_id": app.profile, "query": words});
        app.post("/api/memories/search", &body).await["items"].as_array().unwrap().len()
    };
    assert_eq!((search("coffee").await, search("tea").await), (1, 0));
    let undone = app.post(&format!("{memory}/undo"), &json!({})).await;
    assert_eq!(undone["content"], "Likes tea");
    let history = app.get(&format!("{memory}/history")).await;
    let actions: Vec<&str> =
        history["items"].as_array().unwrap().iter().map(|h| h["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["add", "update", "undo"]);
    let (status, _) = app.send(Method::DELETE, &memory, &json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = app.send(Method::GET, &memory, &json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(search("tea").await, 0);
}

#[tokio::test]
async fn a_list_is_added_in_order_and_found_by_its_words() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/memories", app.profile);
    let list = json!([{"content": "The user likes cold lakes."}, {"content": "The user drinks green tea."}]);
    let added = app.post(&path, &list).await;
    assert_eq!(added["items"][1]["content"], "The user drinks green tea.");
    let found = app
        .post(
            "/api/memories/search",
            &json!({"profile_id": app.profile, "query": "green tea", "explain": true}),
        )
        .await;
    assert_eq!(found["items"][0]["memory"]["content"], "The user drinks green tea.", "{found}");
    assert!(found["items"][0]["explanation"]["summary"].as_str().unwrap().contains("words"));
    let nothing =
        app.post("/api/memories/search", &json!({"profile_id": app.profile, "query": "rockets"})).await;
    assert!(nothing["items"].as_array().unwrap().is_empty(), "what matches nothing is not found: {nothing}");
}

#[tokio::test]
async fn an_unknown_type_is_refused_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/memories", app.profile);
    let (status, problem) = app.send(Method::POST, &path, &json!({"content": "x", "type": "hobby"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(problem["field"], "type");
    let list = json!([{"content": "fine"}, {"content": "too important", "importance": 2}]);
    let (status, problem) = app.send(Method::POST, &path, &list).await;
    assert_eq!(
        (status, problem["field"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("[1].importance"))
    );
    assert!(app.memories().await.is_empty());
}

#[tokio::test]
async fn profiles_do_not_see_each_other() {
    let app = TestApp::start().await;
    let other = app.post(&format!("/api/users/{}/profiles", app.user), &json!({"name": "Work"})).await;
    let work = other["id"].as_str().unwrap();
    app.post(
        &format!("/api/profiles/{work}/memories"),
        &json!({"content": "The launch code name is Aurora."}),
    )
    .await;
    let search = json!({"profile_id": app.profile, "query": "launch code name Aurora"});
    assert!(app.post("/api/memories/search", &search).await["items"].as_array().unwrap().is_empty());
    let session = app.session("normal").await;
    let events = app.stream(&session, "What is the launch code name?").await;
    assert!(!events.iter().any(|(_, data)| data.to_string().contains("Aurora")));
}

#[tokio::test]
async fn the_session_feed_tells_what_was_remembered() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    let mut feed = app.request(Method::GET, &format!("/api/sessions/{session}/events")).send().await.unwrap();
    app.say(&session, "My dog is called Bella.").await;
    let mut seen = String::new();
    while !seen.contains("memory.created") {
        seen.push_str(std::str::from_utf8(&feed.chunk().await.unwrap().unwrap()).unwrap());
    }
    assert!(seen.contains("Bella"));
}

#[tokio::test]
async fn turns_that_wait_are_learned_from_in_one_call() {
    let statement = |content: &str, evidence: &str| json!({"content": content, "type": "fact", "importance": 0.8, "evidence": evidence});
    let answer = json!({"memories": [
        statement("The user lives in Rome.", "I live in Rome"),
        statement("The user plays the cello.", "I play the cello"),
        statement("The user has a cat.", "I have a cat"),
    ]});
    // The first job holds the only worker until it times out.
    let replies = vec![ScriptedReply::Hang, ScriptedReply::RawJson(answer.to_string())];
    let app = TestApp::with_memory_model(scripted(replies), |config| {
        config.jobs.concurrency = 1;
        config.jobs.timeout_ms = 1_500;
    })
    .await;
    app.say(&app.session("normal").await, "Something else altogether.").await;
    let session = app.session("normal").await;
    for message in ["I live in Rome.", "I play the cello.", "I have a cat."] {
        app.say(&session, message).await;
    }
    app.jobs_done().await;
    let prompts = app.memory_prompts();
    let together =
        prompts.iter().filter(|one| one.contains("Rome") && one.contains("cello") && one.contains("cat."));
    assert_eq!((together.count(), prompts.len()), (1, 3), "hung, tried again, and the three at once");
    let list = app.get(&format!("/api/profiles/{}/memories", app.profile)).await;
    let sources: BTreeSet<String> =
        list["items"].as_array().unwrap().iter().map(|one| one["source_message_id"].to_string()).collect();
    assert_eq!(sources.len(), 3, "each is traced to its own message: {list}");
}

#[tokio::test]
async fn secrets_are_refused_whoever_states_them() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/memories", app.profile);
    let card = "The user's card is 4111 1111 1111 1111.";
    let (status, problem) =
        app.send(Method::POST, &path, &json!([{"content": "The user has a cat."}, {"content": card}])).await;
    assert_eq!((status.as_u16(), problem["field"].as_str()), (422, Some("[1].content")), "{problem}");
    assert!(!problem.to_string().contains("4111"));
    let kept = app.post(&path, &json!({"content": "The user has a cat."})).await;
    let one = format!("/api/memories/{}", kept["id"].as_str().unwrap());
    assert_eq!(app.send(Method::PUT, &one, &json!({"content": card})).await.0.as_u16(), 422);
    let import = json!({"memories": [{"key": "a", "memory": {"content": card}}, {"key": "b", "memory": {"content": "The user sails."}}]});
    let done = app.post(&format!("/api/profiles/{}/import", app.profile), &import).await;
    assert_eq!((&done["memories"], &done["left_out"]), (&json!(1), &json!(1)));
    assert!(!app.memories().await.concat().contains("4111"));
}
