//! Non-interference: the same server, driven the same way twice, once with an incognito conversation in between and once
//! without. Whatever remains is compared: rows, files, logs at the most verbose level, metrics, exports, later answers.
//! Faults on the way: a provider that echoes the prompt in its errors, streams that break, malformed requests, `kill -9`
//! in the middle of a turn.
//!
//! `CONFIDANT_CANARIES` sets the number of incognito turns.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::StatusCode as HttpStatus;
use axum::response::Response as HttpResponse;
use reqwest::Method;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection as _, Row as _};

use crate::test_app::{client, files_with};

/// A word that is nowhere else; a number follows.
const CANARY: &str = "xylocanary";
const TURNS: usize = 12;
/// How long a test waits for a process. Only a defect makes it wait so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is outside the server: a chat endpoint that repeats what it is told, also in its errors, and a place for traces.
struct Outside {
    url: String,
    traces: Arc<Mutex<Vec<u8>>>,
}

impl Outside {
    async fn start() -> Self {
        let traces = Arc::new(Mutex::new(Vec::new()));
        let kept = traces.clone();
        let keep = move |body: Bytes| async move { kept.lock().unwrap().extend_from_slice(&body) };
        let router = axum::Router::new()
            .route("/v1/chat/completions", axum::routing::post(async |body: Bytes| complete(&body)))
            .route("/v1/traces", axum::routing::post(keep));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { url, traces }
    }

    /// How often a name stands in the traces.
    fn traced(&self, name: &str) -> usize {
        let traces = self.traces.lock().unwrap();
        traces.windows(name.len()).filter(|bytes| *bytes == name.as_bytes()).count()
    }
}

fn complete(body: &[u8]) -> HttpResponse {
    let request: Value = serde_json::from_slice(body).unwrap();
    let last = request["messages"].as_array().unwrap().last().unwrap()["content"].as_str().unwrap();
    let error = |status: HttpStatus| {
        let body = json!({"error": {"message": format!("cannot process: {request}")}}).to_string();
        HttpResponse::builder().status(status).body(Body::from(body)).unwrap()
    };
    if last.contains("(error)") {
        return error(HttpStatus::INTERNAL_SERVER_ERROR);
    }
    if last.contains("(refused)") {
        return error(HttpStatus::BAD_REQUEST);
    }
    if request["stream"] != true {
        let answer =
            json!({"choices": [{"message": {"content": "{\"memories\": []}"}, "finish_reason": "stop"}]});
        return HttpResponse::new(Body::from(answer.to_string()));
    }
    let delta = |text: &str| format!("data: {}\n\n", json!({"choices": [{"delta": {"content": text}}]}));
    let mut stream = delta("You said: ") + &delta(last);
    if !last.contains("(cut)") {
        stream += &format!(
            "data: {}\n\ndata: [DONE]\n\n",
            json!({"choices": [{"delta": {}, "finish_reason": "stop"}]})
        );
    }
    HttpResponse::builder().header("content-type", "text/event-stream").body(Body::from(stream)).unwrap()
}

/// A server in a process of its own.
struct Server<'a> {
    folder: &'a Path,
    outside: &'a Outside,
    process: Child,
    url: String,
    http: reqwest::Client,
}

impl<'a> Server<'a> {
    fn start(folder: &'a Path, outside: &'a Outside) -> Self {
        let log =
            |name: &str| std::fs::File::options().create(true).append(true).open(folder.join(name)).unwrap();
        let temporary = folder.join("tmp");
        std::fs::create_dir_all(&temporary).unwrap();
        let mut process = Command::new(env!("CARGO_BIN_EXE_confidant"))
            .args(["serve", "--addr", "127.0.0.1:0", "--provider", "openai", "--base-url"])
            .arg(format!("{}/v1", outside.url))
            .args(["--model", "echo", "--log", "trace", "--data-dir"])
            .arg(folder.join("data"))
            .current_dir(folder)
            .env("CONFIDANT_MONITORING__OTLP_ENDPOINT", &outside.url)
            .env("OTEL_BSP_SCHEDULE_DELAY", "20")
            .env("CONFIDANT_EMBEDDINGS__PROVIDER", "simulated")
            .env("CONFIDANT_MODELS__ATTEMPTS_MAX", "1")
            .env("CONFIDANT_MEMORY__EXTRACTOR", "rules")
            .env("TMPDIR", temporary)
            // The server takes it for a key of its configuration.
            .env_remove("CONFIDANT_CANARIES")
            .stdout(Stdio::piped())
            .stderr(log("stderr.log"))
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let first = lines.next().unwrap().unwrap();
        let url = first.strip_prefix("Confidant listens on ").expect(&first).to_owned();
        // What it says later must go somewhere.
        let mut stdout = log("stdout.log");
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                let _ = std::io::Write::write_all(&mut stdout, line.as_bytes());
            }
        });
        Self { folder, outside, process, url, http: client() }
    }

    /// `kill -9`, and another start on what is left.
    fn crash(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        *self = Self::start(self.folder, self.outside);
    }

    async fn send(&self, method: Method, path: &str, body: &Value) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.url)).json(body);
        let text = request.send().await.unwrap().text().await.unwrap();
        serde_json::from_str(&text).unwrap_or(Value::String(text))
    }

    async fn get(&self, path: &str) -> Value {
        self.send(Method::GET, path, &json!({})).await
    }

    async fn session(&self, user: &str, mode: &str, title: &str) -> String {
        let body = json!({"privacy_mode": mode, "title": title});
        let session = self.send(Method::POST, &format!("/api/users/{user}/sessions"), &body).await;
        session["id"].as_str().unwrap_or_else(|| panic!("{session}")).to_owned()
    }

    async fn say(&self, session: &str, message: &str) -> Value {
        let body = json!({"session_id": session, "message": message});
        self.send(Method::POST, "/api/chat/message", &body).await
    }

    async fn jobs_done(&self) {
        let waiting = async {
            loop {
                let jobs = &self.get("/api/performance/metrics").await["jobs"];
                if jobs["pending"] == 0 && jobs["running"] == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    }
}

impl Drop for Server<'_> {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// All that is left of a run.
#[derive(Debug, PartialEq)]
struct Remains {
    /// By table: what each row says, without ids, times and measurements.
    rows: BTreeMap<String, Vec<String>>,
    export: String,
    later_answers: Vec<String>,
}

async fn run(folder: &Path, outside: &Outside, incognito: bool, turns: usize) -> Remains {
    let mut server = Server::start(folder, outside);
    let user = server.get("/api/users").await["items"][0]["id"].as_str().unwrap().to_owned();
    let session = server.session(&user, "normal", "open").await;
    server.say(&session, "My dog is called Bella.").await;
    server.jobs_done().await;
    let mut private = String::new();
    for number in 0..turns {
        if incognito {
            if private.is_empty() {
                private = server.session(&user, "incognito", &format!("About {CANARY}{number}")).await;
            }
            whisper(&server, &private, number).await;
        }
        if number == turns / 2 {
            if incognito {
                leave_in_the_middle(&server, &private).await;
            }
            server.crash();
            private.clear();
        }
    }
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.process.id())).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap().to_owned();
    assert!(core.split_whitespace().filter(|word| *word == "0").count() == 2, "{core}");
    let mut later_answers = Vec::new();
    let other = server.session(&user, "normal", "later").await;
    for (session, question) in [(&session, "What is my dog called?"), (&other, "What is my sister called?")] {
        let answer = server.say(session, question).await;
        later_answers
            .push(answer["message"]["content"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned());
    }
    server.jobs_done().await;
    let metrics = server.get("/metrics").await.to_string();
    assert!(!metrics.contains(CANARY), "the metrics have it");
    let export = told(&server.get(&format!("/api/users/{user}/export")).await.to_string());
    if incognito && !private.is_empty() {
        server.send(Method::DELETE, &format!("/api/sessions/{private}"), &json!({})).await;
    }
    drop(server);
    Remains { rows: rows(&folder.join("data/confidant.db")).await, export, later_answers }
}

/// One incognito turn, each another way in which text could get out.
async fn whisper(server: &Server<'_>, session: &str, number: usize) {
    let word = format!("{CANARY}{number}");
    match number % 8 {
        0 => {
            let answer =
                server.say(session, &format!("My sister is called {word}. What is my dog called?")).await;
            assert!(answer["message"]["content"].as_str().unwrap().contains(&word), "{answer}");
        }
        1 => drop(server.say(session, &format!("Remember that I love {word} (error)")).await),
        2 => drop(server.say(session, &format!("Forget {word} (cut)")).await),
        3 => drop(
            server.say(session, &format!("{word}@example.com, card 4111 1111 1111 1111 (refused)")).await,
        ),
        4 => {
            let body = json!({"session_id": session, "message": word.repeat(4_000)});
            server.send(Method::POST, "/api/chat/message", &body).await;
        }
        5 => {
            let body = json!({"session_id": session, "message": [word], "stream": "maybe"});
            server.send(Method::POST, "/api/chat/message", &body).await;
        }
        6 => {
            let body =
                json!({"session_id": session, "message": format!("Tell me of {word}"), "stream": true});
            let request = server.http.post(format!("{}/api/chat/message", server.url));
            let request = request.header("idempotency-key", &word).json(&body);
            request.send().await.unwrap().text().await.unwrap();
        }
        _ => {
            server.send(Method::PATCH, &format!("/api/sessions/{session}"), &json!({"title": word})).await;
            server.get(&format!("/api/sessions/{session}/messages")).await;
            server.get(&format!("/api/sessions/{session}/context?query={word}")).await;
        }
    }
}

/// Begins a turn and goes away before its end.
async fn leave_in_the_middle(server: &Server<'_>, session: &str) {
    let body = json!({"session_id": session, "message": format!("{CANARY} midway"), "stream": true});
    let request = server.http.post(format!("{}/api/chat/message", server.url)).json(&body);
    let mut answer = request.send().await.unwrap();
    answer.chunk().await.unwrap();
}

/// A text without what differs from run to run: ids, times, durations, sizes.
fn told(text: &str) -> String {
    let mut words: Vec<String> = Vec::new();
    for word in text.split(|c: char| !c.is_alphanumeric() && c != '-') {
        let is_id = word.len() >= 20 && word.contains('-');
        let is_number = word.starts_with(|c: char| c.is_ascii_digit()) || word.starts_with('-');
        if !word.is_empty() && !is_id && !is_number {
            words.push(word.to_owned());
        }
    }
    words.sort();
    words.join(" ")
}

async fn rows(database: &Path) -> BTreeMap<String, Vec<String>> {
    let mut connection =
        sqlx::SqliteConnection::connect(&format!("sqlite://{}", database.display())).await.unwrap();
    let tables =
        sqlx::query("SELECT name FROM sqlite_master WHERE type = 'table'").fetch_all(&mut connection).await;
    let mut all = BTreeMap::new();
    let tables = tables.unwrap().into_iter().map(|table| table.get::<String, _>("name"));
    // One row of figures a minute: how many there are tells how long the server ran.
    for table in tables.filter(|table| table != "metrics_samples") {
        let columns = sqlx::query(AssertSqlSafe(format!("SELECT name FROM pragma_table_info('{table}')")));
        let columns: Vec<String> =
            columns.fetch_all(&mut connection).await.unwrap().iter().map(|row| row.get("name")).collect();
        // Ids and vectors are blobs, times and measurements are numbers: the words are compared.
        let words = columns.iter().map(|name| format!("iif(typeof({name}) = 'text', {name}, '')"));
        let select = format!("SELECT concat_ws(' ', {}) FROM {table}", words.collect::<Vec<_>>().join(", "));
        let found =
            sqlx::query_scalar::<_, String>(AssertSqlSafe(select)).fetch_all(&mut connection).await.unwrap();
        let mut found: Vec<String> = found.iter().map(|row| told(row)).collect();
        found.sort();
        all.insert(table, found);
    }
    all
}

#[tokio::test]
async fn an_incognito_conversation_leaves_the_server_as_if_it_had_never_been() {
    let turns = std::env::var("CONFIDANT_CANARIES").ok().and_then(|text| text.parse().ok()).unwrap_or(TURNS);
    let outside = Outside::start().await;
    let (with, without) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let had_one = run(with.path(), &outside, true, turns).await;
    let had_none = run(without.path(), &outside, false, turns).await;
    // Rows, logs, write-ahead log, temporary files: all of it is below the folder.
    assert_eq!(files_with(with.path(), CANARY), Vec::<String>::new());
    assert_eq!(had_one, had_none);
    let log = std::fs::read_to_string(with.path().join("stderr.log")).unwrap();
    assert!(log.contains("TRACE"), "the log is verbose");
    assert!(had_one.later_answers[0].contains("Bella"), "{:?}", had_one.later_answers);
    assert!(outside.traced("/api/chat/message") > 0, "traces are sent");
    assert_eq!(outside.traced(CANARY), 0);
}

#[tokio::test]
async fn a_turn_is_traced_and_an_incognito_one_is_not() {
    let outside = Outside::start().await;
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &outside);
    let user = server.get("/api/users").await["items"][0]["id"].as_str().unwrap().to_owned();
    let private = server.session(&user, "incognito", "private").await;
    server.say(&private, "My sister is called Nora.").await;
    let open = server.session(&user, "normal", "open").await;
    server.say(&open, "My dog is called Bella.").await;
    server.jobs_done().await;
    // The last thing that a turn in the open leaves.
    let sent = async {
        while outside.traced("extract_memories") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, sent).await.unwrap();
    for once in ["invoke_agent privacy_guardian", "invoke_agent conversation", "chat echo", "privacy_mode"] {
        assert_eq!(outside.traced(once), 1, "{once}");
    }
    server.say(&open, "Bella is ill (error)").await;
    let failed = async {
        while outside.traced("error.type") == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, failed).await.unwrap();
    for said in ["Bella", "Nora"] {
        assert_eq!(outside.traced(said), 0, "{said}");
    }
}
