//! Turns: streaming, failures, resuming, stopping.

use domain::Optimizations;
use llm::ModelError;
use llm::chat::simulated::ScriptedReply;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::KeyScope;

use crate::test_app::{TestApp, echoing, events, files_with, scripted};

fn names(events: &[(String, Value)]) -> Vec<&str> {
    let mut names: Vec<&str> = events.iter().map(|(name, _)| name.as_str()).collect();
    names.dedup();
    names
}

fn text(events: &[(String, Value)]) -> String {
    let deltas = events.iter().filter(|(name, _)| name == "answer.delta");
    deltas.map(|(_, data)| data["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_turn_streams_its_stages_in_order() {
    let app =
        TestApp::with(scripted(vec![ScriptedReply::Deltas(vec!["Hel".into(), "lo!".into()])]), |_| {}).await;
    let session = app.session("normal").await;
    let events = app.stream(&session, "Hi").await;
    let expected =
        ["turn.started", "privacy.checked", "memories.retrieved", "answer.delta", "turn.completed"];
    assert_eq!(names(&events), expected);
    assert_eq!(text(&events), "Hello!");
    let completed = &events.last().unwrap().1;
    assert_eq!(completed["message"]["content"], "Hello!");
    assert_eq!(completed["message"]["status"], "complete");
    assert_eq!(completed["model_calls"], 1);
    for stage in ["load", "guardian", "retrieval", "store_message", "model", "first_token", "total"] {
        assert!(completed["timings_ms"][stage].is_number(), "{stage} is missing: {completed}");
    }
    assert_eq!(events[0].1["session_id"], session);
}

#[tokio::test]
async fn without_stream_the_answer_is_the_completed_turn() {
    let app = TestApp::with(scripted(vec![ScriptedReply::Text("Hello!".into())]), |_| {}).await;
    let session = app.session("normal").await;
    let body = json!({"session_id": session, "message": "Hi"});
    let answer = app.request(Method::POST, "/api/chat/message").json(&body).send().await.unwrap();
    assert!(answer.headers()["server-timing"].to_str().unwrap().contains("total;dur="));
    let completed: Value = answer.json().await.unwrap();
    assert_eq!(completed["message"]["content"], "Hello!");
    let turn = app.get(&format!("/api/turns/{}", completed["turn_id"].as_str().unwrap())).await;
    assert_eq!(turn["status"], "completed");
    assert_eq!(turn["message"]["content"], "Hello!");
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    let said: Vec<&str> =
        messages["items"].as_array().unwrap().iter().map(|m| m["content"].as_str().unwrap()).collect();
    assert_eq!(said, ["Hi", "Hello!"]);
}

#[tokio::test]
async fn the_model_sees_the_conversation_so_far() {
    let app = TestApp::with(
        scripted(vec![ScriptedReply::Text("One.".into()), ScriptedReply::Text("Two.".into())]),
        |_| {},
    )
    .await;
    let session = app.session("normal").await;
    app.say(&session, "First message").await;
    app.say(&session, "Second message").await;
    let last = app.prompts().pop().unwrap();
    for part in ["First message", "One.", "Second message"] {
        assert!(last.contains(part), "{part} is missing in {last}");
    }
}

#[tokio::test]
async fn a_model_that_is_down_ends_the_turn_clearly_and_the_next_turn_works() {
    let down = ModelError::Unavailable { reason: "down".into() };
    let replies = vec![
        ScriptedReply::Error(down.clone()),
        ScriptedReply::Error(down),
        ScriptedReply::Text("Back.".into()),
    ];
    let app = TestApp::with(scripted(replies), |_| {}).await;
    let session = app.session("normal").await;
    let (status, problem) = app
        .send(Method::POST, "/api/chat/message", &json!({"session_id": session, "message": "Are you there?"}))
        .await;
    assert_eq!(status, StatusCode::BAD_GATEWAY);
    assert_eq!(problem["code"], "model_unavailable");
    assert_eq!(app.prompts().len(), 2, "two tries, no more");
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(
        messages["items"].as_array().unwrap().len(),
        1,
        "the user's message is kept, and no apology is stored"
    );
    assert_eq!(app.say(&session, "And now?").await["message"]["content"], "Back.");
}

#[tokio::test]
async fn an_answer_that_is_cut_off_is_kept_marked_incomplete() {
    let app = TestApp::with(scripted(vec![ScriptedReply::CutAfter(vec!["Half an".into()])]), |_| {}).await;
    let session = app.session("normal").await;
    let events = app.stream(&session, "Tell me").await;
    let (name, data) = events.last().unwrap();
    assert_eq!(name, "turn.failed");
    assert_eq!(data["problem"]["code"], "model_cut_off");
    assert_eq!(data["partial"]["content"], "Half an");
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"][1]["status"], "incomplete");
}

#[tokio::test]
async fn a_model_that_hangs_blocks_nobody_else() {
    let app = TestApp::with(scripted(vec![ScriptedReply::Hang]), |_| {}).await;
    let session = app.session("normal").await;
    let hanging = app.say_later(&session, "Hello?");
    assert_eq!(app.get("/healthz").await["status"], "ok");
    assert_eq!(app.get("/readyz").await["status"], "ready");
    let (status, problem) = hanging.await.unwrap();
    assert_eq!((status, problem["code"].as_str()), (StatusCode::GATEWAY_TIMEOUT, Some("model_timed_out")));
}

#[tokio::test]
async fn a_turn_goes_on_without_its_client_and_can_be_followed_again() {
    let app = TestApp::with(
        scripted(vec![ScriptedReply::Deltas(vec!["a".into(), "b".into(), "c".into()])]),
        |_| {},
    )
    .await;
    let session = app.session("normal").await;
    let events_before = app.stream(&session, "Go").await;
    let turn = events_before[0].1["turn_id"].as_str().unwrap();
    let resume = app.request(Method::GET, &format!("/api/turns/{turn}/events")).header("Last-Event-ID", "4");
    let rest = events(&resume.send().await.unwrap().text().await.unwrap());
    assert_eq!(rest, events_before[4..]);
}

#[tokio::test]
async fn a_stopped_turn_keeps_what_was_said() {
    let app = TestApp::with(scripted(vec![ScriptedReply::HangAfter(vec!["So far".into()])]), |_| {}).await;
    let session = app.session("normal").await;
    let body = json!({"session_id": session, "message": "Talk", "stream": true});
    let mut answer = app.request(Method::POST, "/api/chat/message").json(&body).send().await.unwrap();
    let mut seen = String::new();
    while !seen.contains("answer.delta") {
        seen.push_str(std::str::from_utf8(&answer.chunk().await.unwrap().unwrap()).unwrap());
    }
    let turn = events(&seen)[0].1["turn_id"].as_str().unwrap().to_owned();
    let stopped = app.post(&format!("/api/turns/{turn}/stop"), &json!({})).await;
    assert_eq!(stopped["status"], "stopped");
    assert_eq!(stopped["message"]["content"], "So far");
    assert_eq!(stopped["message"]["status"], "incomplete");
}

#[tokio::test]
async fn an_idempotency_key_of_another_message_is_refused() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    let send = async |message: &str| {
        let body = json!({"session_id": session, "message": message});
        let request =
            app.request(Method::POST, "/api/chat/message").header("Idempotency-Key", "k2").json(&body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    assert_eq!(send("I like figs.").await.0, 200);
    let (status, problem) = send("I like plums.").await;
    assert_eq!((status, problem["code"].as_str()), (422, Some("idempotency_key_reused")), "{problem}");
    assert_eq!(send("I like figs.").await.0, 200);
}

#[tokio::test]
async fn the_same_idempotency_key_is_the_same_turn() {
    let app = TestApp::with(scripted(vec![ScriptedReply::Text("Once.".into())]), |_| {}).await;
    let session = app.session("normal").await;
    let body = json!({"session_id": session, "message": "Only once"});
    let mut turns = Vec::new();
    for _ in 0..3 {
        let request =
            app.request(Method::POST, "/api/chat/message").header("Idempotency-Key", "k1").json(&body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        turns.push(answer["turn_id"].clone());
    }
    assert!(turns.iter().all(|turn| *turn == turns[0]));
    assert_eq!(app.prompts().len(), 1);
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    assert_eq!(messages["items"].as_array().unwrap().len(), 2);
}

#[tokio::test]
async fn turns_of_one_session_run_in_order() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    let all: Vec<_> = (0..8).map(|n| app.say_later(&session, &format!("Message {n}"))).collect();
    for one in all {
        assert_eq!(one.await.unwrap().0, StatusCode::OK);
    }
    let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
    let roles: Vec<&str> =
        messages["items"].as_array().unwrap().iter().map(|m| m["role"].as_str().unwrap()).collect();
    assert_eq!(roles, ["user", "assistant"].repeat(8), "a message is answered before the next begins");
}

#[tokio::test]
async fn the_newest_message_of_a_long_session_is_on_the_first_page() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    for n in 0..30 {
        app.say(&session, &format!("Message number {n}")).await;
    }
    let page = app.get(&format!("/api/sessions/{session}/messages?limit=10")).await;
    let items = page["items"].as_array().unwrap();
    assert_eq!(items.len(), 10);
    assert_eq!(items[8]["content"], "Message number 29");
    let next = page["next"].as_str().unwrap();
    let earlier = app.get(&format!("/api/sessions/{session}/messages?limit=10&after={next}")).await;
    assert_eq!(earlier["items"][8]["content"], "Message number 24");
    app.jobs_done().await;
    let analytics = app.get(&format!("/api/sessions/{session}/analytics")).await;
    assert_eq!(analytics["turn_count"], 30);
    assert!(analytics["analysis"].is_object(), "the analyst ran on a session longer than the model's window");
}

impl TestApp {
    /// Sends a message without waiting for the answer.
    fn say_later(&self, session: &str, message: &str) -> tokio::task::JoinHandle<(StatusCode, Value)> {
        let body = json!({"session_id": session, "message": message});
        let request = self.request(Method::POST, "/api/chat/message").json(&body);
        tokio::spawn(async move {
            let answer = request.send().await.unwrap();
            (answer.status(), answer.json().await.unwrap())
        })
    }
}

#[tokio::test]
async fn each_switch_off_and_all_off_give_the_same_answer() {
    let serde_json::Value::Object(switches) = serde_json::to_value(Optimizations::default()).unwrap() else {
        panic!("the switches are an object")
    };
    let mut rows: Vec<Vec<&String>> = switches.keys().map(|switch| vec![switch]).collect();
    rows.push(switches.keys().collect());
    for off in rows {
        let mut set = switches.clone();
        for switch in &off {
            set[*switch] = json!(false);
        }
        let reply = ScriptedReply::Deltas(vec!["Good ".into(), "morning".into()]);
        let app = TestApp::with(scripted(vec![reply]), |config| {
            config.optimizations = serde_json::from_value(set.into()).unwrap();
        })
        .await;
        let session = app.session("normal").await;
        for _ in 0..2 {
            let events = app.stream(&session, "Hello there, how is the day?").await;
            let deltas = events.iter().filter(|(name, _)| name == "answer.delta").count();
            let streams = !off.iter().any(|switch| *switch == "streaming");
            assert_eq!(deltas, if streams { 2 } else { 1 }, "{off:?}");
            let completed = &events.last().unwrap().1;
            assert_eq!(completed["message"]["content"], "Good morning", "{off:?}");
            let asked =
                off.iter().filter(|switch| ["rule_intent", "rule_privacy"].contains(&switch.as_str()));
            assert_eq!(completed["model_calls"], 1 + asked.count(), "{off:?}");
        }
        let messages = app.get(&format!("/api/sessions/{session}/messages")).await;
        assert_eq!(messages["items"].as_array().unwrap().len(), 4, "{off:?}");
    }
}

#[tokio::test]
async fn a_turn_is_remembered_before_it_ends_where_nothing_is_deferred() {
    let app = TestApp::with(echoing(), |config| config.optimizations.deferred_memory = false).await;
    let session = app.session("normal").await;
    app.say(&session, "I live in Porto.").await;
    assert_eq!(app.memories().await, ["The user lives in Porto."]);
}

#[tokio::test]
async fn what_is_asked_again_comes_from_a_cache_until_the_memory_changes() {
    let app = TestApp::start().await;
    let hits = async |cache: &str| {
        let metrics = app.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
        let name = format!("cache=\"{cache}\",outcome=\"hit\"");
        let line = metrics.lines().find(|line| line.contains(&name));
        line.and_then(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).unwrap_or(0)
    };
    let search = async |query: &str| {
        let body = json!({"profile_id": app.profile, "query": query});
        app.post("/api/memories/search", &body).await["items"].to_string()
    };
    app.post(
        &format!("/api/profiles/{}/memories", app.profile),
        &json!({"content": "The umbrella is blue."}),
    )
    .await;
    let found = search("What colour is the umbrella?").await;
    let before = hits("searches").await;
    assert_eq!(
        search("what colour  is the umbrella").await,
        found,
        "case, spaces and closing marks do not matter"
    );
    assert!(hits("searches").await > before);
    app.post(&format!("/api/profiles/{}/memories", app.profile), &json!({"content": "The umbrella is old."}))
        .await;
    let vectors = hits("embeddings").await;
    let changed = search("What colour is the umbrella?").await;
    assert!(changed.contains("old"), "a write is seen by the very next search: {changed}");
    assert!(hits("embeddings").await > vectors, "the question itself is the same");
    let (status, _) = app.send(Method::POST, "/api/performance/cache/clear", &json!({})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn what_is_kept_of_a_session_is_never_older_than_its_rows() {
    let app = TestApp::with(scripted(vec![ScriptedReply::Text("Yes.".into())]), |_| {}).await;
    let session = app.session("normal").await;
    app.say(&session, "The first message.").await;
    app.say(&session, "The second message.").await;
    let prompt = || app.prompts().pop().unwrap();
    assert!(prompt().contains("The first message."), "what was said before is in the prompt");
    let changed = json!({"system_prompt": "Be a pirate."});
    app.send(Method::PUT, &format!("/api/profiles/{}", app.profile), &changed).await;
    app.say(&session, "The third message.").await;
    assert!(prompt().contains("Be a pirate."), "a changed profile counts at once");
    app.send(Method::DELETE, &format!("/api/sessions/{session}/messages"), &json!({})).await;
    app.say(&session, "The fourth message.").await;
    let last = prompt();
    assert!(!last.contains("third"), "deleted messages are in no prompt: {last}");
}

#[tokio::test]
async fn what_is_kept_of_a_session_is_for_its_user_alone() {
    let app = TestApp::with_keys().await;
    let session = app.session("normal").await;
    app.say(&session, "I live in Porto.").await;
    let stranger = app.post("/api/users", &json!({"name": "Stranger"})).await;
    let key = app.make_key(stranger["id"].as_str(), KeyScope::User).await;
    let body = json!({"session_id": session, "message": "Where do I live?"});
    let answer = app.request_as(&key, Method::POST, "/api/chat/message").json(&body).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_draft_warms_the_search_of_its_message_and_leaves_nothing() {
    let app = TestApp::start().await;
    app.post(
        &format!("/api/profiles/{}/memories", app.profile),
        &json!({"content": "The umbrella is blue."}),
    )
    .await;
    let session = app.session("pause_memory").await;
    let draft = "What colour is the umbrella of mine";
    let path = format!("/api/sessions/{session}/prefetch");
    let (status, _) = app.send(Method::POST, &path, &json!({"draft": draft})).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let events = app.stream(&session, &format!("{draft}?")).await;
    let retrieved = &events.iter().find(|(name, _)| name == "memories.retrieved").unwrap().1;
    assert_eq!(retrieved["cached"], true, "{retrieved}");
    let incognito = app.session("incognito").await;
    let (status, _) = app
        .send(
            Method::POST,
            &format!("/api/sessions/{incognito}/prefetch"),
            &json!({"draft": "Quetzalcoatl?"}),
        )
        .await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (status, _) = app.send(Method::POST, &path, &json!({"draft": " "})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(files_with(&app.data_dir(), "Quetzalcoatl").is_empty());
}

#[tokio::test]
async fn prompts_of_a_conversation_share_their_beginnings() {
    let app = TestApp::with(
        scripted(vec![ScriptedReply::Text("That is good to hear, tell me more of it.".into())]),
        |_| {},
    )
    .await;
    let session = app.session("normal").await;
    for number in 0..20 {
        app.say(&session, &format!("What happened on day {number} of the long journey to the north?")).await;
        app.jobs_done().await;
    }
    let prompts = app.prompts();
    let shared = |pair: &[String]| {
        let same = pair[0].bytes().zip(pair[1].bytes()).take_while(|(before, after)| before == after).count();
        (same, pair[1].len())
    };
    let from_the_third = prompts.windows(2).skip(1).map(shared);
    let (same, all) = from_the_third.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let share = same as f64 / all as f64;
    assert!(share > 0.8, "{:.1} % of the prompts were there before", share * 100.0);
}
