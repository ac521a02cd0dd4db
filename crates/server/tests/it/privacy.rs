//! The three modes, and what is left on disk.

use privacy::{Kind, KindPolicy, Outbound};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::test_app::{TestApp, echoing, files_with, remote, scripted};
use llm::chat::ChatModel;
use llm::chat::simulated::{ModelClass, ScriptedReply, SimulatedChat, SimulatedOptions};

/// A word that is nowhere else.
const CANARY: &str = "xylocanaryphone";

#[tokio::test]
async fn incognito_leaves_no_byte_on_disk() {
    let mut app = TestApp::start().await;
    let session = app.session("incognito").await;
    let completed = app.say(&session, &format!("My dog is called {CANARY}.")).await;
    assert!(completed["job_id"].is_null());
    // It is remembered within the conversation, and listed by it.
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"].as_array().unwrap().len(), 2);
    let turn = app.get(&format!("/api/turns/{}", completed["turn_id"].as_str().unwrap())).await;
    assert_eq!(turn["status"], "completed");
    app.jobs_done().await;
    assert!(app.memories().await.is_empty());
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new());
    app.stop().await;
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new());
}

#[tokio::test]
async fn incognito_reads_no_memories() {
    let app = TestApp::with(scripted(Vec::new()), |_| {}).await;
    app.post(
        &format!("/api/profiles/{}/memories", app.profile),
        &json!({"content": "The user's dog is called Bella."}),
    )
    .await;
    let session = app.session("incognito").await;
    let completed = app.say(&session, "What is my dog called?").await;
    assert!(completed["memories_used"].as_array().unwrap().is_empty());
    assert!(!app.prompts().pop().unwrap().contains("Bella"));
}

#[tokio::test]
async fn an_incognito_session_is_gone_when_it_is_deleted() {
    let app = TestApp::start().await;
    let session = app.session("incognito").await;
    app.say(&session, "Between us").await;
    let path = format!("/api/sessions/{session}");
    assert_eq!(app.send(Method::DELETE, &path, &json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(app.send(Method::GET, &path, &json!({})).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn leaving_incognito_stores_nothing_of_it_and_shows_it_to_no_model() {
    let app = TestApp::with(scripted(Vec::new()), |_| {}).await;
    let session = app.session("normal").await;
    app.say(&session, "Good morning").await;
    let mode = format!("/api/sessions/{session}/privacy-mode");
    app.send(Method::PUT, &mode, &json!({"privacy_mode": "incognito"})).await;
    app.say(&session, &format!("The secret is {CANARY}")).await;
    app.say(&session, "What did I say?").await;
    assert!(app.prompts().pop().unwrap().contains(CANARY), "within incognito the conversation is known");
    app.send(Method::PUT, &mode, &json!({"privacy_mode": "normal"})).await;
    app.say(&session, "And now?").await;
    let last = app.prompts().pop().unwrap();
    assert!(!last.contains(CANARY) && last.contains("Good morning"));
    app.jobs_done().await;
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new());
}

#[tokio::test]
async fn pause_memory_reads_and_stores_but_remembers_nothing() {
    let app = TestApp::start().await;
    app.post(
        &format!("/api/profiles/{}/memories", app.profile),
        &json!({"content": "The user's dog is called Bella."}),
    )
    .await;
    let session = app.session("pause_memory").await;
    let completed = app.say(&session, "My cat is called Tom. What is my dog called?").await;
    assert_eq!(completed["memories_used"].as_array().unwrap().len(), 1);
    app.jobs_done().await;
    assert_eq!(app.memories().await, ["The user's dog is called Bella."]);
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn what_was_said_while_memory_was_paused_is_not_remembered_later() {
    let app = TestApp::start().await;
    let session = app.session("pause_memory").await;
    app.say(&session, &format!("My dog is called {CANARY}.")).await;
    app.send(Method::PATCH, &format!("/api/sessions/{session}"), &json!({"privacy_mode": "normal"})).await;
    app.say(&session, "My cat is called Tom.").await;
    app.jobs_done().await;
    let memories = app.memories().await.join("\n");
    assert!(memories.contains("Tom") && !memories.contains(CANARY), "{memories}");
}

#[tokio::test]
async fn incognito_sends_a_remote_model_placeholders_and_shows_the_user_the_values() {
    let reply = ScriptedReply::Deltas(vec!["I wrote to [EM".into(), "AIL_1] today.".into()]);
    let app = TestApp::with(remote_scripted(vec![reply]), |_| {}).await;
    let session = app.session("incognito").await;
    let completed = app.say(&session, "Write to jane@example.com please").await;
    assert_eq!(completed["message"]["content"], "I wrote to jane@example.com today.");
    let prompt = app.prompts().pop().unwrap();
    assert!(prompt.contains("[EMAIL_1]") && !prompt.contains("jane@example.com"), "{prompt}");
}

#[tokio::test]
async fn by_default_a_normal_message_is_sent_as_it_is_and_the_warning_says_so() {
    let app = TestApp::with(remote_scripted(Vec::new()), |_| {}).await;
    let session = app.session("normal").await;
    let completed = app.say(&session, "Write to jane@example.com please").await;
    assert!(app.prompts().pop().unwrap().contains("jane@example.com"));
    let warnings = completed["warnings"].to_string();
    assert!(warnings.contains("e-mail"), "{warnings}");
    assert!(!warnings.contains("jane@example.com"));
    assert!(!warnings.contains("redacted") && !warnings.contains("replaced"), "{warnings}");
}

#[tokio::test]
async fn block_keeps_a_sensitive_message_on_this_machine() {
    let app =
        TestApp::with(remote_scripted(Vec::new()), |config| config.privacy.outbound = Outbound::Block).await;
    let session = app.session("normal").await;
    let body = json!({"session_id": session, "message": "My card is 4111 1111 1111 1111"});
    let (status, problem) = app.send(Method::POST, "/api/chat/message", &body).await;
    assert_eq!(
        (status, problem["code"].as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, Some("outbound_blocked"))
    );
    assert!(app.prompts().is_empty());
}

#[tokio::test]
async fn harmless_words_warn_of_nothing() {
    let app = TestApp::with(remote(), |_| {}).await;
    let session = app.session("normal").await;
    let completed = app.say(&session, "In my opinion the doctor said protein helps.").await;
    assert!(completed["warnings"].as_array().unwrap().is_empty(), "{completed}");
}

#[tokio::test]
async fn deleted_text_is_not_left_in_the_database_files() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, &format!("My dog is called {CANARY}.")).await;
    app.jobs_done().await;
    assert!(!files_with(&app.data_dir(), CANARY).is_empty(), "it was stored");
    let memories = app.get(&format!("/api/profiles/{}/memories", app.profile)).await;
    for memory in memories["items"].as_array().unwrap() {
        let path = format!("/api/memories/{}", memory["id"].as_str().unwrap());
        assert_eq!(app.send(Method::DELETE, &path, &json!({})).await.0, StatusCode::NO_CONTENT);
    }
    let path = format!("/api/sessions/{session}");
    assert_eq!(app.send(Method::DELETE, &path, &json!({})).await.0, StatusCode::NO_CONTENT);
    assert_eq!(files_with(&app.data_dir(), CANARY), Vec::<String>::new());
}

fn remote_scripted(replies: Vec<ScriptedReply>) -> llm::chat::ChatModel {
    use llm::chat::simulated::{ModelClass, SimulatedChat, SimulatedOptions};
    let options =
        SimulatedOptions { remote: true, class: ModelClass::Instant, ..SimulatedOptions::default() };
    llm::chat::ChatModel::Simulated(SimulatedChat::new(options).with_script(replies))
}

#[tokio::test]
async fn a_remote_memory_model_sees_placeholders_and_the_memory_has_the_value() {
    let answer = json!({"memories": [{
        "content": "The user's sister writes from [EMAIL_1].",
        "evidence": "My sister writes from [EMAIL_1]",
    }]});
    let options =
        SimulatedOptions { class: ModelClass::Instant, remote: true, ..SimulatedOptions::default() };
    let model = SimulatedChat::new(options).with_script(vec![ScriptedReply::RawJson(answer.to_string())]);
    let app = TestApp::with_memory_model(ChatModel::Simulated(model), |config| {
        config.privacy.outbound = Outbound::Pseudonymise;
    })
    .await;
    let session = app.session("normal").await;
    app.say(&session, "My sister writes from ada.lovelace@example.org, and I love hiking.").await;
    app.jobs_done().await;
    let seen = app.memory_prompts().join("\n");
    assert!(!seen.contains("ada.lovelace") && seen.contains("[EMAIL_1]"), "{seen}");
    assert_eq!(app.memories().await, ["The user's sister writes from ada.lovelace@example.org."]);
}

#[tokio::test]
async fn a_kind_may_be_held_back_while_the_rest_is_sent_and_the_receipt_says_both() {
    let app = TestApp::with(remote_scripted(Vec::new()), |config| {
        let replaced = KindPolicy { normal: Some(Outbound::Pseudonymise), ..KindPolicy::default() };
        config.privacy.kinds.insert(Kind::Phone, replaced);
    })
    .await;
    let session = app.session("normal").await;
    let completed = app.say(&session, "Write to jane@example.com or call +44 20 7946 0958.").await;
    let prompt = app.prompts().pop().unwrap();
    assert!(prompt.contains("jane@example.com") && prompt.contains("[PHONE_1]"), "{prompt}");
    app.jobs_done().await;
    let receipt = app.get(&format!("/api/turns/{}/receipt", completed["turn_id"].as_str().unwrap())).await;
    assert_eq!(receipt["found"], json!({"email": 1, "phone": 1}));
    let sent = receipt["sent"].as_array().unwrap();
    let conversation = sent.iter().find(|sent| sent["role"] == "conversation").unwrap();
    assert_eq!((&conversation["remote"], &conversation["host"]), (&json!(true), &json!("simulated")));
    let disclosed = json!({"replaced": {"phone": 1}, "as_it_is": {"email": 1}});
    assert_eq!(conversation["disclosed"], disclosed);
    assert_eq!(receipt["stored"]["messages"].as_array().unwrap().len(), 2);
    assert!(!receipt.to_string().contains("jane@"), "{receipt}");
}

#[tokio::test]
async fn a_receipt_of_incognito_says_that_nothing_was_stored() {
    let app = TestApp::start().await;
    let session = app.session("incognito").await;
    let completed = app.say(&session, "My dog is called Bella.").await;
    let path = format!("/api/turns/{}/receipt", completed["turn_id"].as_str().unwrap());
    let receipt = app.get(&path).await;
    assert_eq!(receipt["stored"], json!({"messages": [], "memories": [], "job_id": null}));
    assert_eq!(receipt["read"], json!({"memories": [], "messages": []}));
}

#[tokio::test]
async fn a_receipt_names_the_memories_that_were_made_and_the_remote_model_that_made_them() {
    let answer = json!({"memories": [{"content": "The user's dog is called Bella.", "evidence": "My dog is called Bella"}]});
    let options =
        SimulatedOptions { class: ModelClass::Instant, remote: true, ..SimulatedOptions::default() };
    let model = SimulatedChat::new(options).with_script(vec![ScriptedReply::RawJson(answer.to_string())]);
    let app = TestApp::with_memory_model(ChatModel::Simulated(model), |_| {}).await;
    let session = app.session("normal").await;
    let completed = app.say(&session, "My dog is called Bella.").await;
    app.jobs_done().await;
    let receipt = app.get(&format!("/api/turns/{}/receipt", completed["turn_id"].as_str().unwrap())).await;
    assert_eq!(receipt["stored"]["memories"][0]["action"], "add", "{receipt}");
    let roles: Vec<&str> =
        receipt["sent"].as_array().unwrap().iter().map(|sent| sent["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["embedding", "conversation", "memory"], "{receipt}");
}

/// The files of the database hold a word, or they do not: rows, free pages, the write-ahead log.
fn is_on_disk(app: &TestApp, word: &str) -> bool {
    !files_with(&app.data_dir(), word).is_empty()
}

#[tokio::test]
async fn deleting_anything_leaves_nothing_of_it_in_the_database_files() {
    let app = TestApp::with(echoing(), |config| config.jobs.backoff_ms = 1).await;
    for (number, level) in ["memory", "session", "profile", "user"].into_iter().enumerate() {
        let word = format!("{CANARY}{number}x");
        let user = app.post("/api/users", &json!({"name": format!("user {level}")})).await;
        let user = user["id"].as_str().unwrap().to_owned();
        let profiles = format!("/api/users/{user}/profiles");
        let profile = app.post(&profiles, &json!({"name": format!("profile {level}")})).await;
        let profile = profile["id"].as_str().unwrap().to_owned();
        let session = json!({"profile_id": profile, "privacy_mode": "normal"});
        let session = app.post(&format!("/api/users/{user}/sessions"), &session).await;
        let session = session["id"].as_str().unwrap().to_owned();
        // Enough turns for an analysis with a summary; memories that are added, changed and superseded.
        for turn in 0..6 {
            app.say(&session, &format!("My dog {turn} is called {word}. I moved to {word} {turn}.")).await;
        }
        app.jobs_done().await;
        let memories = format!("/api/profiles/{profile}/memories");
        let added = app.post(&memories, &json!({"content": format!("The user dislikes {word}.")})).await;
        let added = format!("/api/memories/{}", added["id"].as_str().unwrap());
        app.send(Method::PUT, &added, &json!({"content": "The user dislikes peas."})).await;
        assert!(is_on_disk(&app, &word), "{level}: it was stored");
        let mut gone = Vec::new();
        if matches!(level, "memory" | "session") {
            let all = app.get(&format!("{memories}?state=all")).await;
            let ids =
                all["items"].as_array().unwrap().iter().map(|one| one["id"].as_str().unwrap().to_owned());
            gone.extend(ids.map(|id| format!("/api/memories/{id}")));
            // What is left after the memories are the messages themselves.
            gone.push(format!("/api/sessions/{session}"));
        } else if level == "profile" {
            gone.push(format!("/api/profiles/{profile}"));
        } else {
            gone.push(format!("/api/users/{user}"));
        }
        for path in gone {
            assert_eq!(app.send(Method::DELETE, &path, &json!({})).await.0, StatusCode::NO_CONTENT, "{path}");
        }
        assert!(!is_on_disk(&app, &word), "{level}: {:?}", files_with(&app.data_dir(), &word));
    }
}

#[tokio::test]
async fn incognito_sends_a_remote_model_no_names_and_shows_the_user_the_names() {
    let reply = ScriptedReply::Deltas(vec!["Greet [PERSON_1] in [PLA".into(), "CE_1] from me.".into()]);
    let app = TestApp::with(remote_scripted(vec![reply]), |config| {
        config.server.weights_dir = Some(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights").into());
    })
    .await;
    let session = app.session("incognito").await;
    // Neither name is on a list of the rules.
    let completed = app.say(&session, "My colleague Oluwaseun Adebayo moved to Gravesend last week.").await;
    let prompt = app.prompts().pop().unwrap();
    assert!(!prompt.contains("Oluwaseun") && !prompt.contains("Gravesend"), "{prompt}");
    assert_eq!(completed["message"]["content"], "Greet Oluwaseun Adebayo in Gravesend from me.");
    // The same names have the same placeholders later, also where they come from the history.
    app.say(&session, "What did I say of Oluwaseun Adebayo?").await;
    let prompt = app.prompts().pop().unwrap();
    assert!(prompt.matches("[PERSON_1]").count() >= 2 && !prompt.contains("Adebayo"), "{prompt}");
}

#[tokio::test]
async fn talking_of_people_raises_no_warning_where_names_are_sent() {
    let app = TestApp::with(remote(), |_| {}).await;
    let session = app.session("normal").await;
    let completed = app.say(&session, "My sister Anna lives in Berlin with Thomas.").await;
    assert_eq!(completed["warnings"], json!([]));
    app.jobs_done().await;
    assert!(app.memories().await.join(" ").contains("Anna"), "names are remembered");
}
