//! Import and export from the command line: what goes out comes back the same.

use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::test_app::TestApp;

fn confidant(data_dir: &Path, args: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_confidant"))
        .args(args)
        .env("CONFIDANT_DATA_DIR", data_dir)
        .env("CONFIDANT_EMBEDDINGS__PROVIDER", "simulated")
        .output()
        .unwrap();
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output
}

fn printed(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// An export without what an import cannot keep: ids, and when rows were made.
fn essence(export: &Value) -> Value {
    fn without_ids(value: &Value) -> Value {
        match value {
            Value::Object(fields) => {
                let kept = fields.iter().filter(|(key, _)| {
                    !(key.ends_with("id") || key.as_str() == "superseded_by" || key.as_str() == "turn_count")
                });
                Value::Object(kept.map(|(key, value)| (key.clone(), without_ids(value))).collect())
            }
            Value::Array(values) => Value::Array(values.iter().map(without_ids).collect()),
            value => value.clone(),
        }
    }
    let part = |key: &str| {
        let mut items: Vec<Value> = export[key].as_array().unwrap().iter().map(without_ids).collect();
        items.sort_by_key(Value::to_string);
        Value::Array(items)
    };
    json!({"sessions": part("sessions"), "memories": part("memories")})
}

#[tokio::test]
async fn an_export_that_is_imported_elsewhere_gives_the_same_state() {
    let mut app = TestApp::start().await;
    let session = app.session("normal").await;
    app.say(&session, "My name is Anna and I live in Lyon.").await;
    app.jobs_done().await;
    app.say(&session, "I moved to Oslo.").await;
    app.jobs_done().await;
    app.stop().await;

    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("export.json");
    let path = file.to_str().unwrap();
    confidant(&app.data_dir(), &["export", "--out", path]);
    let exported: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    assert!(exported["memories"].as_array().unwrap().len() >= 3);

    let other = tempfile::tempdir().unwrap();
    let preview = printed(&confidant(other.path(), &["import", path, "--dry-run"]));
    assert!(
        preview.contains("an export of Confidant") && preview.contains("Nothing was imported"),
        "{preview}"
    );
    confidant(other.path(), &["import", path]);
    let again = printed(&confidant(other.path(), &["import", path]));
    assert!(again.contains("0 are new, 0 memories"), "a second import changes nothing: {again}");
    let restored: Value = serde_json::from_str(&printed(&confidant(other.path(), &["export"]))).unwrap();
    assert_eq!(essence(&restored), essence(&exported));

    // Into where it came from: everything is there already.
    let same = printed(&confidant(&app.data_dir(), &["import", path]));
    assert!(same.contains("0 memories added or changed"), "{same}");
}

#[tokio::test]
async fn conversations_from_elsewhere_keep_their_times_and_are_remembered_once() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("messages.jsonl");
    let line = |role: &str, text: &str, at: &str| {
        json!({"conversation_id": "c", "role": role, "text": text, "at": at}).to_string()
    };
    let lines = [
        line("user", "I live in Lyon.", "2023-03-01T10:00:00Z"),
        line("assistant", "You live in Rome.", "2023-03-01T10:00:05Z"),
        line("user", "I have an exam tomorrow.", "2023-03-02T10:00:00Z"),
        line("user", "I moved to Oslo.", "2023-05-01T10:00:00Z"),
    ];
    std::fs::write(&file, lines.join("\n")).unwrap();
    let path = file.to_str().unwrap();
    let data = folder.path().join("data");
    let first = printed(&confidant(&data, &["import", path]));
    assert!(first.contains("4 messages of which 4 are new"), "{first}");
    let second = printed(&confidant(&data, &["import", path]));
    assert!(second.contains("0 are new, 0 memories"), "{second}");

    let held: Value = serde_json::from_str(&printed(&confidant(&data, &["export"]))).unwrap();
    let memories: Vec<(&str, &str)> = held["memories"]
        .as_array()
        .unwrap()
        .iter()
        .map(|memory| (memory["content"].as_str().unwrap(), memory["state"].as_str().unwrap()))
        .collect();
    assert_eq!(
        memories,
        [
            ("The user lives in Lyon.", "superseded"),
            ("The user has an exam on 2023-03-03.", "active"),
            ("The user lives in Oslo.", "active"),
        ]
    );
    let lyon = &held["memories"][0];
    assert_eq!(lyon["said_at"], "2023-03-01T10:00:00Z");
    assert_eq!(lyon["valid_to"], "2023-05-01T10:00:00Z");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_running_server_imports_what_the_command_line_sends_it_once() {
    let app = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let messages = folder.path().join("messages.jsonl");
    let lines = [
        json!({"role": "user", "text": "I have a parrot called Kiki.", "at": "2025-01-01T10:00:00Z"}),
        json!({"role": "assistant", "text": "How old is Kiki?", "at": "2025-01-01T10:00:05Z"}),
        json!({"role": "user", "text": "I live in Porto.", "at": "2025-01-01T10:01:00Z"}),
    ];
    std::fs::write(&messages, lines.map(|line| line.to_string()).join("\n")).unwrap();
    let memories = folder.path().join("memories.json");
    let dump = json!({"results": [
        {"id": "m1", "memory": "User plays the cello", "created_at": "2024-05-01T10:00:00Z"},
    ]});
    std::fs::write(&memories, dump.to_string()).unwrap();
    let import = |file: &Path| {
        printed(&confidant(&app.data_dir(), &["import", file.to_str().unwrap(), "--server", &app.url]))
    };
    let first = import(&messages);
    assert!(first.contains("3 messages of which 3 are new, 2 memories"), "{first}");
    let again = import(&messages);
    assert!(again.contains("3 messages of which 0 are new, 0 memories"), "{again}");
    assert!(import(&memories).contains("1 memories added"));
    assert!(import(&memories).contains("0 memories added"));

    let mut known = app.memories().await;
    known.sort();
    assert_eq!(known.len(), 3, "{known:?}");
    let asked = json!({"profile_id": app.profile, "query": "What is my parrot called?"});
    let found = app.post("/api/memories/search", &asked).await;
    assert!(found["items"][0].to_string().contains("Kiki"), "it is found at once: {found}");
    let sessions = app.get(&format!("/api/users/{}/sessions", app.user)).await;
    assert!(sessions.to_string().contains("2025-01-01T10:00:00Z"), "at its own time: {sessions}");
}

#[tokio::test]
async fn a_wrong_import_is_told_where_it_is_wrong_and_nothing_is_stored() {
    let app = TestApp::start().await;
    let path = format!("/api/profiles/{}/import", app.profile);
    let message =
        |content: &str| json!({"role": "user", "content": content, "said_at": "2025-01-01T10:00:00Z"});
    let conversation =
        |key: &str, messages: Vec<Value>| json!({"conversations": [{"key": key, "messages": messages}]});
    for (body, field) in [
        (json!({}), "conversations"),
        (conversation("a", vec![]), "conversations[0].messages"),
        (conversation(" ", vec![message("I have a cat.")]), "conversations[0].key"),
        (
            conversation("a", vec![message("I have a cat."), message(" ")]),
            "conversations[0].messages[1].content",
        ),
        (
            json!({"conversations": [{"key": "a", "messages": [{"role": "user", "content": "x", "said_at": "May"}]}]}),
            "conversations[0].messages[0].said_at",
        ),
        (
            json!({"memories": [{"key": "m", "memory": {"content": "x", "importance": 7}}]}),
            "memories[0].memory.importance",
        ),
    ] {
        let (status, problem) = app.send(reqwest::Method::POST, &path, &body).await;
        assert_eq!((status.as_u16(), problem["field"].as_str()), (422, Some(field)), "{problem}");
    }
    assert!(app.memories().await.is_empty());
    assert_eq!(app.get(&format!("/api/users/{}/sessions", app.user)).await["items"], json!([]));
}
