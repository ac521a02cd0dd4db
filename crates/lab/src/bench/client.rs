//! The load: what a client does, and what it sees.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use futures_util::StreamExt as _;
use reqwest::Method;
use serde_json::{Value, json};
use sse_stream::SseStream;

const JOBS_TIMEOUT: Duration = Duration::from_secs(600);

#[derive(Clone)]
pub(super) struct Client {
    http: reqwest::Client,
    url: String,
}

/// One turn, as its client saw it.
#[derive(Clone, Debug, Default)]
pub(super) struct Turn {
    /// Milliseconds from sending the message.
    pub(super) first_words_ms: Option<f64>,
    pub(super) total_ms: f64,
    /// What the server says that its stages took.
    pub(super) stages_ms: BTreeMap<String, f64>,
    pub(super) model_calls: u64,
    pub(super) prompt_tokens: u64,
    /// The memories came from a cache.
    pub(super) cached: bool,
    /// Why there is no answer, as a problem code.
    pub(super) failure: Option<String>,
}

impl Turn {
    fn stage(&self, name: &str) -> f64 {
        self.stages_ms.get(name).copied().unwrap_or_default()
    }

    /// Until the first words, without what the model took for them.
    pub(super) fn own_first_words_ms(&self) -> Option<f64> {
        Some(self.first_words_ms? - self.stage("computed_first_token"))
    }

    /// The whole turn, without the model.
    pub(super) fn own_total_ms(&self) -> f64 {
        self.total_ms - self.stage("computed")
    }
}

impl Client {
    pub(super) fn new(url: String) -> anyhow::Result<Self> {
        let http = reqwest::Client::builder().no_proxy().tls_certs_only([]).tcp_nodelay(true).build()?;
        Ok(Self { http, url })
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> anyhow::Result<Value> {
        let request = self.http.request(method.clone(), format!("{}{path}", self.url));
        let answer = match body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = answer.send().await?;
        let status = answer.status();
        let body = answer.bytes().await?;
        if !status.is_success() {
            let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
            bail!("{method} {path}: {status}: {}", problem["detail"].as_str().unwrap_or_default());
        }
        Ok(serde_json::from_slice(&body).unwrap_or(Value::Null))
    }

    pub(super) async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.call(Method::GET, path, None).await
    }

    pub(super) async fn post(&self, path: &str, body: &Value) -> anyhow::Result<Value> {
        self.call(Method::POST, path, Some(body)).await
    }

    /// A user with an empty profile; returns both ids.
    pub(super) async fn create_user(&self, name: &str) -> anyhow::Result<(String, String)> {
        let user = id(&self.post("/api/users", &json!({ "name": name })).await?)?;
        let profile = self.create_profile(&user, "Benchmark").await?;
        Ok((user, profile))
    }

    pub(super) async fn create_profile(&self, user: &str, name: &str) -> anyhow::Result<String> {
        id(&self.post(&format!("/api/users/{user}/profiles"), &json!({ "name": name })).await?)
    }

    pub(super) async fn create_session(
        &self,
        user: &str,
        profile: &str,
        mode: &str,
    ) -> anyhow::Result<String> {
        let body = json!({ "profile_id": profile, "privacy_mode": mode });
        id(&self.post(&format!("/api/users/{user}/sessions"), &body).await?)
    }

    /// Sends a message and reads the answer as it comes.
    pub(super) async fn turn(&self, session: &str, message: &str) -> anyhow::Result<Turn> {
        let body = json!({ "session_id": session, "message": message, "stream": true });
        let started = Instant::now();
        let ms = || started.elapsed().as_secs_f64() * 1_000.0;
        let answer = self.http.post(format!("{}/api/chat/message", self.url)).json(&body).send().await?;
        let mut turn = Turn::default();
        if !answer.status().is_success() {
            let problem: Value = answer.json().await.unwrap_or_default();
            turn.failure = Some(problem["code"].as_str().unwrap_or("unknown").to_owned());
            turn.total_ms = ms();
            return Ok(turn);
        }
        let mut events = Box::pin(SseStream::from_bytes_stream(answer.bytes_stream()));
        while let Some(event) = events.next().await {
            let event = event.context("the answer's stream broke")?;
            let data = || serde_json::from_str::<Value>(event.data.as_deref().unwrap_or_default());
            match event.event.as_deref().unwrap_or_default() {
                "answer.delta" if turn.first_words_ms.is_none() => turn.first_words_ms = Some(ms()),
                "memories.retrieved" => turn.cached = data()?["cached"] == true,
                "turn.completed" => {
                    turn.total_ms = ms();
                    let data = data()?;
                    turn.model_calls = data["model_calls"].as_u64().unwrap_or_default();
                    turn.prompt_tokens = data["usage"]["prompt_tokens"].as_u64().unwrap_or_default();
                    turn.stages_ms = serde_json::from_value(data["timings_ms"].clone())?;
                    return Ok(turn);
                }
                "turn.failed" => {
                    turn.total_ms = ms();
                    let code = data()?["problem"]["code"].as_str().unwrap_or("unknown").to_owned();
                    turn.failure = Some(code);
                    return Ok(turn);
                }
                _ => {}
            }
        }
        bail!("the answer's stream ended before the turn")
    }

    /// How long jobs of a kind took, at p50, at p95 and all together; 0 where there were none.
    pub(super) async fn job_ms(&self, kind: &str) -> anyhow::Result<[f64; 3]> {
        let metrics = self.get("/api/performance/metrics").await?;
        let mut kinds = metrics["job_kinds"].as_array().into_iter().flatten();
        let figures = kinds.find(|one| one["name"] == kind).map(|one| &one["windows"]["24h"]);
        let at = |name: &str| figures.and_then(|figures| figures[name].as_f64()).unwrap_or_default();
        Ok([at("p50"), at("p95"), at("mean") * at("count")])
    }

    /// Waits until the background work is done; returns how long that was.
    pub(super) async fn wait_for_jobs(&self) -> anyhow::Result<Duration> {
        let started = Instant::now();
        loop {
            let metrics = self.get("/api/performance/metrics").await?;
            let jobs = &metrics["jobs"];
            if jobs["pending"] == 0 && jobs["running"] == 0 {
                return Ok(started.elapsed());
            }
            if started.elapsed() > JOBS_TIMEOUT {
                bail!("background jobs do not end: {jobs}");
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn id(created: &Value) -> anyhow::Result<String> {
    Ok(created["id"].as_str().context("what was created has no id")?.to_owned())
}
