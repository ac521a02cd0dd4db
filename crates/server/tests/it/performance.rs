//! Figures, samples, alerts and reports.

use domain::Clock;
use domain::job::JobPayload;
use jiff::SignedDuration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::test_app::TestApp;

fn named<'a>(list: &'a Value, name: &str) -> &'a Value {
    let found = list.as_array().unwrap().iter().find(|one| one["name"] == name);
    found.unwrap_or_else(|| panic!("{name} is not in {list}"))
}

#[tokio::test]
async fn what_a_turn_does_is_in_the_figures() {
    let app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, "I live in Porto.").await;
    app.jobs_done().await;
    app.say(&session, "Where do I live?").await;
    app.jobs_done().await;
    let figures = app.get("/api/performance/metrics").await;
    for window in ["1m", "5m", "1h", "24h"] {
        for (kind, name) in [
            ("turns", "completed"),
            ("turns", "own"),
            ("endpoints", "POST /api/chat/message"),
            ("agents", "privacy_guardian"),
            ("agents", "memory_retrieval"),
            ("agents", "conversation"),
            ("agents", "memory_manager"),
            ("strategies", "semantic"),
            ("query_kinds", "place"),
            ("job_kinds", "extract_memories"),
            ("database", "all"),
        ] {
            let found = &named(&figures[kind], name)["windows"][window];
            assert!(found["count"].as_u64().unwrap() > 0, "{kind} {name} {window}: {found}");
            let at = |percentile: &str| found[percentile].as_f64().unwrap();
            assert!(at("min") <= at("p50") && at("p50") <= at("p99") && at("p99") <= at("max"), "{found}");
        }
        let sessions = &named(&figures["caches"], "sessions")["windows"][window];
        assert!(sessions["hits"].as_f64().unwrap() > 0.0, "{sessions}");
        assert!(named(&figures["tokens"], "prompt simulated conversation").is_object());
    }
    assert_eq!(figures["jobs"]["dead"], 0);
}

#[tokio::test]
async fn samples_are_told_and_reported_by_day() {
    let app = TestApp::start().await;
    let store = &app.server.as_ref().unwrap().app.store;
    let now = Clock::system().now();
    let sample = |turns: u32| json!({"turns": turns, "own_p50": 2.5}).to_string();
    for (hours, turns) in [(0, 3), (24, 5), (24 * 40, 7)] {
        let at = now.checked_sub(SignedDuration::from_hours(hours)).unwrap();
        store.insert_metrics_sample(at, sample(turns)).await.unwrap();
    }
    let later = now.checked_add(SignedDuration::from_secs(60)).unwrap();
    let path = format!("/api/performance/timeseries?from=2000-01-01T00:00:00Z&until={later}");
    let items = app.get(&path).await["items"].clone();
    let turns: Vec<_> =
        items.as_array().unwrap().iter().map(|item| item["turns"].as_f64().unwrap()).collect();
    assert_eq!(turns, [7.0, 5.0, 3.0]);
    let report = app.get("/api/performance/report").await;
    assert_eq!((&report["day"]["turns"], &report["day_before"]["turns"]), (&json!(3.0), &json!(5.0)));
    for (format, beginning) in [("markdown", "# Confidant on"), ("html", "<!doctype html>")] {
        let path = format!("/api/performance/report?format={format}");
        let text = app.request(Method::GET, &path).send().await.unwrap().text().await.unwrap();
        assert!(text.starts_with(beginning), "{text}");
    }
    let (status, problem) = app.send(Method::GET, "/api/performance/report?format=pdf", &json!({})).await;
    assert_eq!((status, &problem["code"]), (StatusCode::BAD_REQUEST, &json!("invalid_format")));
}

#[tokio::test]
async fn what_is_watched_is_listed() {
    let app = TestApp::start().await;
    let alerts = app.get("/api/performance/alerts").await;
    let model_errors = named(&alerts["items"], "model_errors");
    assert_eq!((&model_errors["firing"], &model_errors["limit"]), (&json!(false), &json!(0.1)));
}

#[tokio::test]
async fn a_day_that_is_over_is_reported_once_and_measures_the_next() {
    let app = TestApp::start().await;
    let store = &app.server.as_ref().unwrap().app.store;
    let yesterday = Clock::system().now().checked_sub(SignedDuration::from_hours(24)).unwrap();
    let date = yesterday.to_zoned(jiff::tz::TimeZone::UTC).date();
    store.insert_metrics_sample(yesterday, json!({"turns": 41}).to_string()).await.unwrap();
    assert_eq!(app.get("/api/performance/report").await["baseline"], Value::Null);
    store.enqueue_once(JobPayload::DailyReport { date }).await.unwrap();
    app.jobs_done().await;
    let read =
        |form: &str| std::fs::read_to_string(app.data_dir().join(format!("reports/{date}.{form}"))).unwrap();
    assert!(read("md").contains("| turns | 41 | 0 |") && read("html").contains("<td>41</td>"));
    let written: Value = serde_json::from_str(&read("json")).unwrap();
    assert_eq!(written["day"]["turns"], 41.0);
    let today = app.get("/api/performance/report").await;
    assert_eq!(today["baseline"]["date"], date.to_string());
    assert_eq!(today["baseline"]["day"]["turns"], 41.0);
}
