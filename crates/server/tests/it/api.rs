//! Shapes, errors, lists, documents.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_app::TestApp;

#[tokio::test]
async fn users_own_profiles_and_profiles_have_one_default() {
    let app = TestApp::start().await;
    let anna = app.post("/api/users", &json!({"name": "anna"})).await;
    let profiles = format!("/api/users/{}/profiles", anna["id"].as_str().unwrap());
    assert_eq!(app.get(&profiles).await["items"][0]["is_default"], true);
    let new = json!({"name": "Work", "system_prompt": "Be brief.", "personality": {"tone": "formal"}});
    let work = app.post(&profiles, &new).await;
    let path = format!("/api/profiles/{}", work["id"].as_str().unwrap());
    app.post(&format!("{path}/set-default"), &json!({})).await;
    let defaults: Vec<Value> = app.get(&profiles).await["items"].as_array().unwrap().clone();
    assert_eq!(defaults.iter().filter(|profile| profile["is_default"] == true).count(), 1);
    let (_, changed) = app.send(Method::PUT, &path, &json!({"description": "For work"})).await;
    assert_eq!(changed["system_prompt"], "Be brief.", "what is not given stays: {changed}");
    let (status, _) = app.send(Method::POST, &profiles, &json!({"name": "Work"})).await;
    assert_eq!(status, StatusCode::CONFLICT);
    assert_eq!(app.send(Method::DELETE, &path, &json!({})).await.0, StatusCode::NO_CONTENT);
    let rest = app.get(&profiles).await;
    assert_eq!(rest["items"][0]["is_default"], true, "another profile has become the default");
    let last = format!("/api/profiles/{}", rest["items"][0]["id"].as_str().unwrap());
    assert_eq!(app.send(Method::DELETE, &last, &json!({})).await.0, StatusCode::CONFLICT);
}

#[tokio::test]
async fn bad_input_is_refused_with_the_field_named() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    let sessions = format!("/api/users/{}/sessions", app.user);
    let chat = "/api/chat/message";
    let unknown = "01938f6e-7c1a-7b5e-9d6a-2f1c3b4a5d6e";
    let cases: Vec<(Method, String, Value, u16, Option<&str>)> = vec![
        (Method::POST, chat.into(), json!({"session_id": session, "message": "  "}), 422, Some("message")),
        (
            Method::POST,
            chat.into(),
            json!({"session_id": session, "message": "x".repeat(33_000)}),
            413,
            Some("message"),
        ),
        (Method::POST, chat.into(), json!({"session_id": session}), 422, None),
        (
            Method::POST,
            chat.into(),
            json!({"session_id": "nonsense", "message": "x"}),
            422,
            Some("session_id"),
        ),
        (Method::POST, chat.into(), json!({"session_id": unknown, "message": "x"}), 404, None),
        (Method::POST, sessions.clone(), json!({"privacy_mode": "stealth"}), 422, Some("privacy_mode")),
        (Method::POST, sessions.clone(), json!({"profile_id": unknown}), 404, None),
        (Method::GET, format!("{sessions}?after=nonsense"), json!({}), 400, Some("after")),
        (Method::GET, format!("{sessions}?limit=0"), json!({}), 400, Some("limit")),
        (Method::GET, format!("{sessions}?limt=5"), json!({}), 400, Some("limt")),
        (Method::GET, "/api/users/nonsense".into(), json!({}), 400, Some("id")),
        (
            Method::GET,
            format!("/api/sessions/{session}/context?query=x&as_of=yesterday"),
            json!({}),
            400,
            Some("as_of"),
        ),
        (Method::GET, format!("/api/users/{unknown}"), json!({}), 404, None),
        (Method::GET, "/api/nothing".into(), json!({}), 404, None),
        (Method::DELETE, "/healthz".into(), json!({}), 405, None),
        (Method::POST, "/api/users".into(), json!({"name": "x", "mail": "y"}), 422, None),
    ];
    for (method, path, body, expected, field) in cases {
        let answer = app.request(method.clone(), &path).json(&body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), expected, "{method} {path} {body}");
        assert_eq!(answer.headers()["content-type"], "application/problem+json", "{method} {path}");
        let id = answer.headers()["x-request-id"].to_str().unwrap().to_owned();
        let problem: Value = answer.json().await.unwrap();
        assert_eq!(problem["request_id"], id);
        assert_eq!(problem["status"], expected);
        assert!(problem["code"].is_string() && problem["detail"].is_string(), "{problem}");
        if let Some(field) = field {
            assert_eq!(problem["field"], field, "{method} {path}: {problem}");
        }
    }
}

#[tokio::test]
async fn malformed_json_and_other_content_types_are_told_apart() {
    let app = TestApp::start().await;
    let send = async |kind: &str, body: &str| {
        let request =
            app.request(Method::POST, "/api/users").header("content-type", kind).body(body.to_owned());
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap()["code"].clone())
    };
    assert_eq!(send("application/json", "{\"name\": ").await, (400, json!("malformed_json")));
    assert_eq!(send("text/plain", "{\"name\": \"x\"}").await, (415, json!("unsupported_media_type")));
    let (status, code) = send("application/json", &format!("\"{}\"", "x".repeat(5 * 1024 * 1024))).await;
    assert_eq!((status, code), (413, json!("body_too_large")));
}

#[tokio::test]
async fn lists_are_paged_to_their_end() {
    let app = TestApp::start().await;
    for n in 0..7 {
        app.post("/api/users", &json!({"name": format!("user {n}")})).await;
    }
    let (mut names, mut path) = (Vec::new(), "/api/users?limit=3".to_owned());
    loop {
        let page = app.get(&path).await;
        names.extend(page["items"].as_array().unwrap().iter().map(|user| user["name"].to_string()));
        match page["next"].as_str() {
            Some(next) => path = format!("/api/users?limit=3&after={next}"),
            None => break,
        }
    }
    assert_eq!(names.len(), 8);
    names.dedup();
    assert_eq!(names.len(), 8);
}

#[tokio::test]
async fn a_repeated_post_with_a_key_is_done_once() {
    let app = TestApp::start().await;
    let post = async |body: Value| {
        let request = app.request(Method::POST, "/api/users").header("Idempotency-Key", "k").json(&body);
        let answer = request.send().await.unwrap();
        (answer.status().as_u16(), answer.json::<Value>().await.unwrap())
    };
    let (first, second) = tokio::join!(post(json!({"name": "anna"})), post(json!({"name": "anna"})));
    assert_eq!(first, second);
    assert_eq!(first.0, 201);
    assert_eq!(post(json!({"name": "other"})).await.1["code"], "idempotency_key_reused");
}

#[tokio::test]
async fn an_export_holds_everything_and_a_deletion_leaves_nothing() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, "My dog is called Bella.").await;
    app.jobs_done().await;
    let export = app.get(&format!("/api/users/{}/export", app.user)).await;
    assert_eq!(export["sessions"][0]["messages"].as_array().unwrap().len(), 2);
    assert!(export["memories"][0]["content"].as_str().unwrap().contains("Bella"));
    assert_eq!(export["memories"][0]["history"][0]["action"], "add");
    let page = app
        .request(Method::GET, &format!("/api/users/{}/export?format=markdown", app.user))
        .send()
        .await
        .unwrap();
    assert!(page.text().await.unwrap().contains("Bella"));
    let user = format!("/api/users/{}", app.user);
    assert_eq!(app.send(Method::DELETE, &user, &json!({})).await.0, StatusCode::NO_CONTENT);
    for path in [user, format!("/api/sessions/{session}"), format!("/api/profiles/{}", app.profile)] {
        assert_eq!(app.send(Method::GET, &path, &json!({})).await.0, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_foreign_host_name_is_refused_on_loopback() {
    let app = TestApp::start().await;
    let answer = app.request(Method::GET, "/api/users").header("Host", "evil.example").send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn the_documents_are_there() {
    let app = TestApp::start().await;
    let api = app.get("/openapi.json").await;
    assert_eq!(api["openapi"], "3.1.0");
    let page = app.request(Method::GET, "/docs").send().await.unwrap().text().await.unwrap();
    assert!(page.contains("/docs/docs.js"));
    let metrics = app.request(Method::GET, "/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("confidant_jobs"), "{metrics}");
}

#[test]
fn the_api_is_what_the_snapshot_says() {
    let paths: Vec<String> = confidant::http::openapi()
        .paths
        .paths
        .iter()
        .flat_map(|(path, item)| {
            let methods = [
                ("GET", item.get.is_some()),
                ("POST", item.post.is_some()),
                ("PUT", item.put.is_some()),
                ("PATCH", item.patch.is_some()),
                ("DELETE", item.delete.is_some()),
            ];
            methods.into_iter().filter(|(_, there)| *there).map(move |(method, _)| format!("{method} {path}"))
        })
        .collect();
    insta::assert_snapshot!(paths.join("\n"));
}

#[tokio::test]
async fn a_user_has_a_time_zone_of_their_own() {
    let app = TestApp::start().await;
    let user = app.post("/api/users", &json!({"name": "Kiri", "time_zone": "Pacific/Auckland"})).await;
    assert_eq!(user["time_zone"], "Pacific/Auckland");
    let path = format!("/api/users/{}", user["id"].as_str().unwrap());
    let (status, problem) = app.send(Method::PATCH, &path, &json!({"time_zone": "Middle/Earth"})).await;
    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(problem["detail"].as_str().unwrap().contains("Europe/Lisbon"), "{problem}");
    let (_, changed) = app.send(Method::PATCH, &path, &json!({"time_zone": "Europe/Lisbon"})).await;
    assert_eq!(changed["time_zone"], "Europe/Lisbon");
    assert_eq!(app.get(&path).await["time_zone"], "Europe/Lisbon");
}
