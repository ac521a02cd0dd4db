//! A server for a test: its own folder and port, models that say what the test wants.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use confidant::config::Config;
use confidant::http::hash_key;
use confidant::{Models, RunningServer, start};
use domain::{ApiKeyId, Clock, UserId};
use llm::chat::simulated::{ModelClass, ScriptedReply, SimulatedChat, SimulatedOptions};
use llm::chat::{CallTimeouts, ChatModel, ChatModels, RetryPolicy, RoleModel};
use llm::embedding::EmbeddingModel;
use llm::embedding::simulated::SimulatedEmbedding;
use llm::names::NamesModel;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use store::{ApiKey, KeyScope, Store, StoreOptions};

use crate::logs::Watched;

/// How long a test waits for background work. Only a defect makes it wait so long.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct TestApp {
    pub(crate) server: Option<RunningServer>,
    pub(crate) folder: tempfile::TempDir,
    pub(crate) http: reqwest::Client,
    pub(crate) url: String,
    pub(crate) chat: Arc<ChatModel>,
    logs: Watched,
    /// Sent with every request, if the server asks for one.
    key: Option<String>,
    /// Of the background work.
    background: Arc<ChatModel>,
    pub(crate) user: String,
    pub(crate) profile: String,
}

/// What the model says: by itself, echoing memories, or as scripted.
pub(crate) fn echoing() -> ChatModel {
    let options = SimulatedOptions { class: ModelClass::Instant, ..SimulatedOptions::default() };
    ChatModel::Simulated(SimulatedChat::new(options))
}

pub(crate) fn remote() -> ChatModel {
    let options =
        SimulatedOptions { class: ModelClass::Instant, remote: true, ..SimulatedOptions::default() };
    ChatModel::Simulated(SimulatedChat::new(options))
}

pub(crate) fn scripted(replies: Vec<ScriptedReply>) -> ChatModel {
    ChatModel::Simulated(SimulatedChat::scripted(replies))
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with(echoing(), |_| {}).await
    }

    pub(crate) async fn with(conversation: ChatModel, configure: impl FnOnce(&mut Config)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        configure(&mut config);
        Self::in_folder(folder, conversation, config).await
    }

    /// A server on a folder that may hold what an earlier one left.
    pub(crate) async fn in_folder(
        folder: tempfile::TempDir,
        conversation: ChatModel,
        config: Config,
    ) -> Self {
        Self::assemble(folder, conversation, echoing(), config, None).await
    }

    /// A server whose background work is done by a model of the test's own.
    pub(crate) async fn with_memory_model(model: ChatModel, configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        config.jobs.backoff_ms = 1;
        configure(&mut config);
        Self::assemble(tempfile::tempdir().unwrap(), echoing(), model, config, None).await
    }

    /// A server that asks for keys; this one's is an admin's.
    pub(crate) async fn with_keys() -> Self {
        Self::with_keys_and(|_| {}).await
    }

    pub(crate) async fn with_keys_and(configure: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::default();
        configure(&mut config);
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().join("data");
        std::fs::create_dir_all(&data_dir).unwrap();
        let path = data_dir.join("confidant.db");
        let store = Store::open(StoreOptions::new(path, Clock::system())).await.unwrap();
        let key = insert_key(&store, None, KeyScope::Admin).await;
        Self::assemble(folder, echoing(), echoing(), config, Some(key)).await
    }

    /// A key of a user, or of everybody.
    pub(crate) async fn make_key(&self, user: Option<&str>, scope: KeyScope) -> String {
        let user = user.map(|id| id.parse().unwrap());
        insert_key(&self.server.as_ref().unwrap().app.store, user, scope).await
    }

    /// The same server for whoever has another key.
    pub(crate) fn request_as(&self, key: &str, method: Method, path: &str) -> reqwest::RequestBuilder {
        self.http.request(method, format!("{}{path}", self.url)).bearer_auth(key)
    }

    async fn assemble(
        folder: tempfile::TempDir,
        conversation: ChatModel,
        background: ChatModel,
        mut config: Config,
        key: Option<String>,
    ) -> Self {
        config.server.addr = ([127, 0, 0, 1], 0).into();
        config.server.data_dir = folder.path().join("data");
        config.server.time_zone.get_or_insert(jiff::tz::TimeZone::UTC);
        config.server.shutdown_grace_ms = 300;
        let chat = Arc::new(conversation);
        let background = Arc::new(background);
        let models = Models {
            chat: roles(&chat, &background),
            embeddings: Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default())),
            names: names_model(&config),
            described: Vec::new(),
        };
        let server = Box::pin(start(config, Clock::system(), models, None)).await.unwrap();
        let url = format!("http://{}", server.addr);
        let mut app = Self {
            server: Some(server),
            folder,
            http: client(),
            url,
            chat,
            logs: Watched::start(),
            key,
            background,
            user: String::new(),
            profile: String::new(),
        };
        app.user = app.get("/api/users").await["items"][0]["id"].as_str().unwrap().to_owned();
        let profiles = app.get(&format!("/api/users/{}/profiles", app.user)).await;
        app.profile = profiles["items"][0]["id"].as_str().unwrap().to_owned();
        app
    }

    pub(crate) async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.shut_down().await;
        }
    }

    pub(crate) fn data_dir(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    pub(crate) async fn session(&self, mode: &str) -> String {
        let body = json!({"profile_id": self.profile, "privacy_mode": mode});
        let session = self.post(&format!("/api/users/{}/sessions", self.user), &body).await;
        session["id"].as_str().unwrap().to_owned()
    }

    /// Sends a message and gets the body of `turn.completed`.
    pub(crate) async fn say(&self, session: &str, message: &str) -> Value {
        self.logs.note(message);
        self.post("/api/chat/message", &json!({"session_id": session, "message": message})).await
    }

    /// Sends a message and gets the events of its turn.
    pub(crate) async fn stream(&self, session: &str, message: &str) -> Vec<(String, Value)> {
        self.logs.note(message);
        let body = json!({"session_id": session, "message": message, "stream": true});
        let answer = self.request(Method::POST, "/api/chat/message").json(&body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        events(&answer.text().await.unwrap())
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let answer = self.request(Method::GET, path).send().await.unwrap();
        let (status, body) = (answer.status(), answer.text().await.unwrap());
        assert!(status.is_success(), "GET {path}: {status} {body}");
        serde_json::from_str(&body).unwrap()
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Value {
        let (status, answer) = self.send(Method::POST, path, body).await;
        assert!(status.is_success(), "POST {path}: {status} {answer}");
        answer
    }

    /// Whatever the answer is.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> (StatusCode, Value) {
        let answer = self.request(method, path).json(body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url));
        match &self.key {
            Some(key) => request.bearer_auth(key),
            None => request,
        }
    }

    pub(crate) async fn memories(&self) -> Vec<String> {
        let list = self.get(&format!("/api/profiles/{}/memories", self.profile)).await;
        list["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|memory| memory["content"].as_str().unwrap().to_owned())
            .collect()
    }

    /// Waits until no background job is left to do.
    pub(crate) async fn jobs_done(&self) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            let jobs = self.get("/api/performance/metrics").await["jobs"].clone();
            if jobs["pending"] == 0 && jobs["running"] == 0 {
                return;
            }
            assert!(tokio::time::Instant::now() < deadline, "jobs are not done: {jobs}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// The prompts that a scripted model has got.
    pub(crate) fn prompts(&self) -> Vec<String> {
        prompts(&self.chat)
    }

    /// The same of the model that does the background work.
    pub(crate) fn memory_prompts(&self) -> Vec<String> {
        prompts(&self.background)
    }
}

/// Where a test has named the folder of its weights.
fn names_model(config: &Config) -> Option<Arc<NamesModel>> {
    let folder = config.server.weights_dir.as_ref()?.join("rampart");
    Some(Arc::new(NamesModel::load(&folder).unwrap()))
}

async fn insert_key(store: &Store, user_id: Option<UserId>, scope: KeyScope) -> String {
    let now = Clock::system().now();
    let key = format!("ck_{}", ApiKeyId::new(now));
    let stored = ApiKey { id: ApiKeyId::new(now), name: "test".to_owned(), scope, user_id, created_at: now };
    store.insert_api_key(stored, hash_key(&key)).await.unwrap();
    key
}

fn prompts(model: &ChatModel) -> Vec<String> {
    let ChatModel::Simulated(model) = model else { return Vec::new() };
    let text = |request: &llm::chat::CompletionRequest| {
        request.messages.iter().map(|message| message.content.clone()).collect::<Vec<_>>().join("\n")
    };
    model.requests().iter().map(text).collect()
}

pub(crate) fn client() -> reqwest::Client {
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().tls_certs_only([]).no_proxy().build().unwrap()
}

fn roles(conversation: &Arc<ChatModel>, background: &Arc<ChatModel>) -> ChatModels {
    let role = |model: &Arc<ChatModel>| RoleModel {
        model: model.clone(),
        temperature: 0.0,
        max_tokens: 200,
        timeouts: CallTimeouts {
            first_token: Duration::from_millis(400),
            next_token: Duration::from_millis(400),
            total: Duration::from_secs(5),
        },
        retry: RetryPolicy {
            attempts_max: 2,
            base_delay: Duration::from_millis(1),
            ..RetryPolicy::default()
        },
        hedge_after: None,
    };
    // The conversation is scripted; what is extracted in the background comes from a model of its own.
    ChatModels {
        conversation: role(conversation),
        fallback: None,
        memory: role(background),
        intent: role(background),
        privacy: role(background),
        analysis: role(background),
    }
}

/// The events of a stream: name and data, without heart-beats.
pub(crate) fn events(text: &str) -> Vec<(String, Value)> {
    let field = |block: &str, name: &str| {
        block.lines().find_map(|line| line.strip_prefix(name)).map(|value| value.trim().to_owned())
    };
    text.split("\n\n")
        .filter_map(|block| {
            Some((field(block, "event:")?, serde_json::from_str(&field(block, "data:")?).unwrap()))
        })
        .collect()
}

/// Every file under `folder` that holds `needle`.
pub(crate) fn files_with(folder: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, needle));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
        {
            found.push(path.display().to_string());
        }
    }
    found
}
