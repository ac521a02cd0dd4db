//! What a key may do, and for how long.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::KeyScope;

use crate::test_app::TestApp;

async fn status(app: &TestApp, key: &str, method: Method, path: &str, body: &Value) -> StatusCode {
    app.request_as(key, method, path).json(body).send().await.unwrap().status()
}

#[tokio::test]
async fn a_read_only_key_reads_and_changes_nothing() {
    let app = TestApp::with_keys().await;
    let key = app.make_key(Some(&app.user), KeyScope::ReadOnly).await;
    let memories = format!("/api/profiles/{}/memories", app.profile);
    app.post(&memories, &json!({"content": "The user likes tea."})).await;
    let search = json!({"profile_id": app.profile, "query": "tea"});
    assert_eq!(status(&app, &key, Method::GET, &memories, &json!({})).await, StatusCode::OK);
    assert_eq!(status(&app, &key, Method::POST, "/api/memories/search", &search).await, StatusCode::OK);
    for (method, path) in [
        (Method::POST, memories.clone()),
        (Method::DELETE, format!("/api/users/{}", app.user)),
        (Method::POST, "/api/chat/message".to_owned()),
        (Method::PUT, format!("/api/profiles/{}", app.profile)),
    ] {
        let refused = status(&app, &key, method.clone(), &path, &json!({"content": "x"})).await;
        assert_eq!(refused, StatusCode::FORBIDDEN, "{method} {path}");
    }
    assert_eq!(app.memories().await, ["The user likes tea."]);
}

#[tokio::test]
async fn what_is_about_the_whole_server_is_for_keys_without_a_user() {
    let app = TestApp::with_keys().await;
    let user = app.make_key(Some(&app.user), KeyScope::User).await;
    let monitoring = app.make_key(None, KeyScope::ReadOnly).await;
    for path in ["/metrics", "/api/performance/metrics"] {
        assert_eq!(status(&app, &user, Method::GET, path, &json!({})).await, StatusCode::FORBIDDEN, "{path}");
        assert_eq!(status(&app, &monitoring, Method::GET, path, &json!({})).await, StatusCode::OK, "{path}");
    }
    let new = json!({"name": "somebody"});
    assert_eq!(status(&app, &user, Method::POST, "/api/users", &new).await, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once() {
    let app = TestApp::with_keys().await;
    let key = app.make_key(None, KeyScope::ReadOnly).await;
    assert_eq!(status(&app, &key, Method::GET, "/api/users", &json!({})).await, StatusCode::OK);
    let store = &app.server.as_ref().unwrap().app.store;
    let keys = store.list_api_keys().await.unwrap();
    store.delete_api_key(keys.iter().find(|key| key.scope == KeyScope::ReadOnly).unwrap().id).await.unwrap();
    assert_eq!(status(&app, &key, Method::GET, "/api/users", &json!({})).await, StatusCode::UNAUTHORIZED);
    assert_eq!(
        status(&app, "ck_made_up", Method::GET, "/api/users", &json!({})).await,
        StatusCode::UNAUTHORIZED
    );
}

#[tokio::test]
async fn events_end_when_the_key_is_revoked() {
    let app = TestApp::with_keys().await;
    let key = app.make_key(None, KeyScope::User).await;
    let session = app.session("normal").await;
    let path = format!("/api/sessions/{session}/events");
    let mut events = app.request_as(&key, Method::GET, &path).send().await.unwrap();
    assert_eq!(events.status(), StatusCode::OK);
    let store = &app.server.as_ref().unwrap().app.store;
    let keys = store.list_api_keys().await.unwrap();
    store.delete_api_key(keys.iter().find(|key| key.scope == KeyScope::User).unwrap().id).await.unwrap();
    let end = async { while events.chunk().await.unwrap().is_some() {} };
    tokio::time::timeout(Duration::from_secs(10), end).await.unwrap();
}

#[tokio::test]
async fn the_first_key_closes_a_server_that_began_without_one() {
    let app = TestApp::start().await;
    let key = app.make_key(None, KeyScope::Admin).await;
    let asked = || async { app.request(Method::GET, "/api/users").send().await.unwrap().status() };
    let closed = async {
        while asked().await != StatusCode::UNAUTHORIZED {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), closed).await.unwrap();
    assert_eq!(status(&app, &key, Method::GET, "/api/users", &json!({})).await, StatusCode::OK);
}
