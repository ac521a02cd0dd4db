//! Statements a request: for every operation of the API, as many for a user with much as for one with little.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicUsize, Ordering};

use reqwest::Method;
use serde_json::{Value, json};

use crate::logs::statements_of;
use crate::test_app::TestApp;

/// More than any request needs.
const STATEMENTS_MAX: usize = 10;

/// A user with `count` sessions, turns and memories, and the names of what requests are about.
struct World {
    app: TestApp,
    names: BTreeMap<&'static str, String>,
}

impl World {
    async fn with(count: usize) -> Self {
        let app = TestApp::start().await;
        let session = app.session("normal").await;
        let mut turn = Value::Null;
        for number in 0..count {
            app.say(&app.session("normal").await, &format!("Tell me about the number {number}.")).await;
            turn = app.say(&session, &format!("What comes after {number}?")).await;
        }
        let memories = format!("/api/profiles/{}/memories", app.profile);
        let visits = (0..count).map(|n| format!("The user has visited city {n}."));
        let twins = ["The user has a dog.", "The user owns a dog."].map(str::to_owned);
        let many: Vec<Value> = visits.chain(twins).map(|content| json!({"content": content})).collect();
        app.post(&memories, &json!(many)).await;
        app.jobs_done().await;
        let list = app.get(&memories).await;
        let id = |value: &Value| value.as_str().unwrap().to_owned();
        let spare = app.post(&format!("/api/users/{}/profiles", app.user), &json!({"name": "Spare"})).await;
        let user = app.post("/api/users", &json!({"name": "spare"})).await;
        let runs = format!("/api/profiles/{}/consolidations", app.profile);
        let run = app.post(&runs, &json!({})).await;
        let names = BTreeMap::from([
            ("user", app.user.clone()),
            ("profile", app.profile.clone()),
            ("session", session),
            ("turn", id(&turn["turn_id"])),
            ("memory", id(&list["items"][0]["id"])),
            ("run", id(&run["id"])),
            ("spare_user", id(&user["id"])),
            ("spare_profile", id(&spare["id"])),
            ("spare_session", app.session("normal").await),
        ]);
        Self { app, names }
    }

    /// Sends a request, and returns how many statements it made.
    async fn count(&self, method: &str, path: &str, body: &Value) -> usize {
        let mut path = path.to_owned();
        let mut body = body.to_string();
        for (name, id) in &self.names {
            path = path.replace(&format!("<{name}>"), id);
            body = body.replace(&format!("<{name}>"), id);
        }
        static REQUESTS: AtomicUsize = AtomicUsize::new(0);
        let request_id = format!("counted-{}", REQUESTS.fetch_add(1, Ordering::Relaxed));
        let method: Method = method.parse().unwrap();
        let request = self.app.request(method.clone(), &path).header("x-request-id", &request_id);
        let request = request.header("content-type", "application/json").body(body);
        let answer = request.send().await.unwrap();
        let status = answer.status();
        // Events are followed until the client goes away.
        if answer.headers().get("content-type").is_none_or(|kind| kind != "text/event-stream") {
            let told = answer.text().await.unwrap();
            assert!(status.is_success(), "{method} {path}: {status} {told}");
        }
        statements_of(&request_id)
    }
}

/// Operation, request, body. What deletes comes last.
#[rustfmt::skip]
fn requests() -> Vec<(&'static str, &'static str, &'static str, Value)> {
    let none = || json!({});
    vec![
        ("GET", "/healthz", "/healthz", none()),
        ("GET", "/readyz", "/readyz", none()),
        ("GET", "/metrics", "/metrics", none()),
        ("GET", "/api/performance/metrics", "/api/performance/metrics", none()),
        ("GET", "/api/performance/timeseries", "/api/performance/timeseries", none()),
        ("GET", "/api/performance/alerts", "/api/performance/alerts", none()),
        ("GET", "/api/performance/report", "/api/performance/report", none()),
        ("POST", "/api/performance/cache/clear", "/api/performance/cache/clear", none()),
        ("GET", "/api/users", "/api/users", none()),
        ("POST", "/api/users", "/api/users", json!({"name": "new"})),
        ("GET", "/api/users/{id}", "/api/users/<user>", none()),
        ("PATCH", "/api/users/{id}", "/api/users/<user>", json!({"time_zone": "Europe/Oslo"})),
        ("GET", "/api/users/{id}/export", "/api/users/<user>/export", none()),
        ("GET", "/api/users/{id}/profiles", "/api/users/<user>/profiles", none()),
        ("POST", "/api/users/{id}/profiles", "/api/users/<user>/profiles", json!({"name": "New"})),
        ("GET", "/api/profiles/{id}", "/api/profiles/<profile>", none()),
        ("PUT", "/api/profiles/{id}", "/api/profiles/<profile>", json!({"description": "mine"})),
        ("POST", "/api/profiles/{id}/set-default", "/api/profiles/<profile>/set-default", none()),
        ("GET", "/api/users/{id}/sessions", "/api/users/<user>/sessions", none()),
        ("POST", "/api/users/{id}/sessions", "/api/users/<user>/sessions", none()),
        ("GET", "/api/sessions/{id}", "/api/sessions/<session>", none()),
        ("PATCH", "/api/sessions/{id}", "/api/sessions/<session>", json!({"title": "new"})),
        ("PUT", "/api/sessions/{id}/privacy-mode", "/api/sessions/<session>/privacy-mode", json!({"mode": "normal"})),
        ("GET", "/api/sessions/{id}/context", "/api/sessions/<session>/context?query=city", none()),
        ("GET", "/api/sessions/{id}/events", "/api/sessions/<session>/events", none()),
        ("GET", "/api/sessions/{id}/messages", "/api/sessions/<session>/messages", none()),
        ("POST", "/api/sessions/{id}/prefetch", "/api/sessions/<session>/prefetch", json!({"draft": "which city"})),
        ("POST", "/api/chat/message", "/api/chat/message", json!({"session_id": "<session>", "message": "Which city?"})),
        ("GET", "/api/turns/{id}", "/api/turns/<turn>", none()),
        ("GET", "/api/turns/{id}/events", "/api/turns/<turn>/events", none()),
        ("POST", "/api/turns/{id}/stop", "/api/turns/<turn>/stop", none()),
        ("GET", "/api/turns/{id}/receipt", "/api/turns/<turn>/receipt", none()),
        ("GET", "/api/profiles/{id}/memories", "/api/profiles/<profile>/memories", none()),
        ("POST", "/api/profiles/{id}/memories", "/api/profiles/<profile>/memories", json!({"content": "The user likes tea."})),
        ("POST", "/api/profiles/{id}/import", "/api/profiles/<profile>/import", json!({
            "conversations": [{"key": "one", "messages": [
                {"role": "user", "content": "I have a parrot called Kiki.", "said_at": "2025-01-01T10:00:00Z"},
            ]}],
        })),
        ("POST", "/api/memories/search", "/api/memories/search", json!({"profile_id": "<profile>", "query": "city"})),
        ("GET", "/api/memories/{id}", "/api/memories/<memory>", none()),
        ("PUT", "/api/memories/{id}", "/api/memories/<memory>", json!({"content": "The user has seen city 1."})),
        ("GET", "/api/memories/{id}/history", "/api/memories/<memory>/history", none()),
        ("POST", "/api/memories/{id}/undo", "/api/memories/<memory>/undo", none()),
        ("GET", "/api/profiles/{id}/consolidations", "/api/profiles/<profile>/consolidations", none()),
        ("POST", "/api/profiles/{id}/consolidations", "/api/profiles/<profile>/consolidations", json!({"dry_run": true})),
        ("POST", "/api/profiles/{id}/consolidations/{run_id}/undo", "/api/profiles/<profile>/consolidations/<run>/undo", none()),
        ("GET", "/api/sessions/{id}/analytics", "/api/sessions/<session>/analytics", none()),
        ("GET", "/api/profiles/{id}/analytics", "/api/profiles/<profile>/analytics", none()),
        ("DELETE", "/api/memories/{id}", "/api/memories/<memory>", none()),
        ("DELETE", "/api/sessions/{id}/messages", "/api/sessions/<session>/messages", none()),
        ("DELETE", "/api/sessions/{id}", "/api/sessions/<spare_session>", none()),
        ("DELETE", "/api/profiles/{id}", "/api/profiles/<spare_profile>", none()),
        ("DELETE", "/api/users/{id}", "/api/users/<spare_user>", none()),
    ]
}

#[tokio::test]
async fn a_request_makes_no_more_statements_when_there_is_more_to_tell() {
    let (small, large) = (World::with(3).await, World::with(30).await);
    let document = small.app.get("/openapi.json").await;
    let mut untested: BTreeSet<String> = BTreeSet::new();
    for (path, operations) in document["paths"].as_object().unwrap() {
        let methods = operations.as_object().unwrap().keys();
        untested.extend(methods.map(|method| format!("{} {path}", method.to_uppercase())));
    }
    let mut wrong = Vec::new();
    for (method, operation, path, body) in requests() {
        assert!(
            untested.remove(&format!("{method} {operation}")),
            "{method} {operation} is not in the document"
        );
        let counts = (small.count(method, path, &body).await, large.count(method, path, &body).await);
        if counts.0 != counts.1 || counts.0 > STATEMENTS_MAX {
            wrong.push(format!("{method} {operation}: {} and {} statements", counts.0, counts.1));
        }
    }
    assert_eq!(untested, BTreeSet::new(), "these are not tested");
    assert_eq!(wrong, Vec::<String>::new());
    let turn = json!({"session_id": "<session>", "message": "Which city?"});
    assert!(small.count("POST", "/api/chat/message?again", &turn).await > 2, "statements are counted");
}
