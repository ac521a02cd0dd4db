//! Messages, answers, and what was remembered.

use std::io::Write as _;
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::memory::Memory;
use domain::profile::Profile;
use domain::session::Session;
use domain::user::User;
use domain::{PrivacyMode, TurnId};
use futures_util::StreamExt as _;
use reqwest::{Method, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use sse_stream::SseStream;
use tokio::sync::mpsc;

use super::super::say;
use crate::command::client::Client;

/// How long the prompt waits for what a turn left in memory, so that it is said where it belongs.
const REMEMBERED_WITHIN: Duration = Duration::from_millis(400);

pub(super) struct Conversation {
    pub(super) client: Client,
    pub(super) user: User,
    pub(super) profile: Profile,
    pub(super) session: Session,
    pub(super) last_turn: Option<TurnId>,
    /// What the last turn used.
    pub(super) last_used: Vec<UsedMemory>,
    /// The memories that were listed last, for commands that name one by its number.
    pub(super) listed: Vec<Memory>,
    remembered: mpsc::Receiver<String>,
}

/// A memory that was in the prompt of the last turn.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct UsedMemory {
    pub(super) content: String,
    pub(super) score: f32,
    pub(super) strategies: Vec<String>,
}

impl Conversation {
    pub(super) async fn begin(
        client: Client,
        user_name: &str,
        profile_name: Option<&str>,
        mode: PrivacyMode,
    ) -> anyhow::Result<Self> {
        let user = client.find_user(user_name).await?;
        let profile = find_profile(&client, &user, profile_name).await?;
        let session = new_session(&client, &user, &profile, mode).await?;
        let remembered = follow(&client, &session).await?;
        Ok(Self {
            client,
            user,
            profile,
            session,
            last_turn: None,
            last_used: Vec::new(),
            listed: Vec::new(),
            remembered,
        })
    }

    pub(super) fn greet(&self, terminal: bool) {
        say(&format!("Profile “{}”, {}.", self.profile.name, describe(self.session.privacy_mode)));
        if terminal {
            say("Say something, or /help. Ctrl-C stops an answer, /quit ends.");
        }
    }

    pub(super) fn prompt(&self) -> String {
        match self.session.privacy_mode {
            PrivacyMode::Normal => "you".to_owned(),
            mode => format!("you ({})", mode.as_str()),
        }
    }

    /// Another conversation: in another profile, or from the start.
    pub(super) async fn restart(&mut self, profile: Profile) -> anyhow::Result<()> {
        let session = new_session(&self.client, &self.user, &profile, self.session.privacy_mode).await?;
        self.end().await;
        self.remembered = follow(&self.client, &session).await?;
        self.profile = profile;
        self.session = session;
        self.last_used.clear();
        Ok(())
    }

    pub(super) async fn find_profile(&self, name: &str) -> anyhow::Result<Profile> {
        find_profile(&self.client, &self.user, Some(name)).await
    }

    /// An incognito conversation is gone with its end; one without a message is not worth keeping.
    pub(super) async fn end(&mut self) {
        let path = format!("/api/sessions/{}", self.session.id);
        if self.session.privacy_mode == PrivacyMode::Incognito || self.session.turn_count == 0 {
            // Should it fail, the server forgets an incognito conversation by itself.
            let _ = self.client.delete(&path).await;
        }
    }

    pub(super) async fn say(&mut self, message: &str) -> anyhow::Result<()> {
        let body = json!({"session_id": self.session.id, "message": message, "stream": true});
        let answer = self.client.stream(Method::POST, "/api/chat/message", Some(&body)).await?;
        self.session.turn_count += 1;
        let job = self.show(answer).await?;
        if job {
            self.show_remembered().await;
        }
        Ok(())
    }

    /// Shows the events of a turn as they come. Returns whether something may be remembered of it.
    async fn show(&mut self, answer: Response) -> anyhow::Result<bool> {
        let mut events = Box::pin(SseStream::from_bytes_stream(answer.bytes_stream()));
        let mut turn_id: Option<TurnId> = None;
        loop {
            let event = tokio::select! {
                event = events.next() => event,
                _ = tokio::signal::ctrl_c() => {
                    self.stop(turn_id).await;
                    continue;
                }
            };
            let Some(event) = event else { bail!("the server went away in the middle of the answer") };
            let event = event.context("the stream could not be read")?;
            let data: Value = serde_json::from_str(event.data.as_deref().unwrap_or("{}")).unwrap_or_default();
            match event.event.as_deref().unwrap_or_default() {
                "turn.started" => {
                    turn_id = serde_json::from_value(data["turn_id"].clone()).ok();
                    self.last_turn = turn_id;
                }
                "privacy.checked" => show_warnings(&data["warnings"]),
                "memories.retrieved" => {
                    self.last_used = serde_json::from_value(data["memories"].clone()).unwrap_or_default();
                }
                "memories.forgotten" => show_forgotten(&data),
                "answer.delta" => print_now(data["text"].as_str().unwrap_or_default()),
                "turn.completed" => {
                    print_now(if data["status"] == "stopped" { " [stopped]\n" } else { "\n" });
                    return Ok(!data["job_id"].is_null());
                }
                "turn.failed" => {
                    print_now("\n");
                    bail!("{}", data["problem"]["detail"].as_str().unwrap_or("the turn failed"));
                }
                _ => {}
            }
        }
    }

    async fn stop(&self, turn_id: Option<TurnId>) {
        if let Some(id) = turn_id {
            // The stream tells how the turn ended, also when it could not be stopped.
            let _: anyhow::Result<Value> =
                self.client.send(Method::POST, &format!("/api/turns/{id}/stop"), &json!({})).await;
        }
    }

    async fn show_remembered(&mut self) {
        let mut wait = REMEMBERED_WITHIN;
        while let Ok(Some(line)) = tokio::time::timeout(wait, self.remembered.recv()).await {
            say(&format!("  ({line})"));
            // What was learned from one message arrives together.
            wait = Duration::from_millis(20);
        }
    }
}

pub(super) fn describe(mode: PrivacyMode) -> &'static str {
    match mode {
        PrivacyMode::Normal => "normal: I remember",
        PrivacyMode::PauseMemory => "memory paused: I use what I know and remember nothing new",
        PrivacyMode::Incognito => "incognito: I use no memories, and nothing of this is stored",
    }
}

async fn find_profile(client: &Client, user: &User, name: Option<&str>) -> anyhow::Result<Profile> {
    let profiles: Vec<Profile> = client.list(&format!("/api/users/{}/profiles", user.id)).await?;
    let names: Vec<String> = profiles.iter().map(|profile| profile.name.clone()).collect();
    let found = profiles.into_iter().find(|profile| match name {
        Some(name) => profile.name.eq_ignore_ascii_case(name),
        None => profile.is_default,
    });
    found.with_context(|| {
        format!("there is no profile `{}`; there are: {}", name.unwrap_or("default"), names.join(", "))
    })
}

async fn new_session(
    client: &Client,
    user: &User,
    profile: &Profile,
    mode: PrivacyMode,
) -> anyhow::Result<Session> {
    let body = json!({"profile_id": profile.id, "privacy_mode": mode});
    client.send(Method::POST, &format!("/api/users/{}/sessions", user.id), &body).await
}

/// What is remembered from the session's turns, as sentences.
async fn follow(client: &Client, session: &Session) -> anyhow::Result<mpsc::Receiver<String>> {
    let (sender, receiver) = mpsc::channel(64);
    let answer = client.stream(Method::GET, &format!("/api/sessions/{}/events", session.id), None).await?;
    tokio::spawn(async move {
        let mut events = Box::pin(SseStream::from_bytes_stream(answer.bytes_stream()));
        while let Some(Ok(event)) = events.next().await {
            let data: Value = serde_json::from_str(event.data.as_deref().unwrap_or("{}")).unwrap_or_default();
            let content = data["memory"]["content"].as_str().unwrap_or_default();
            let line = match event.event.as_deref().unwrap_or_default() {
                "memory.created" => format!("remembered: {content}"),
                "memory.superseded" => format!("no longer true: {content}"),
                _ => continue,
            };
            if sender.send(line).await.is_err() {
                return;
            }
        }
    });
    Ok(receiver)
}

fn show_forgotten(data: &Value) {
    for memory in data["memories"].as_array().into_iter().flatten() {
        say(&format!("  (forgotten: {})", memory["content"].as_str().unwrap_or_default()));
    }
}

fn show_warnings(warnings: &Value) {
    for warning in warnings.as_array().into_iter().flatten().filter_map(Value::as_str) {
        say(&format!("  ! {warning}"));
    }
}

#[expect(clippy::print_stdout, reason = "the answer, as it comes")]
fn print_now(text: &str) {
    print!("{text}");
    // A terminal that is gone shows nothing, and that is all.
    let _ = std::io::stdout().flush();
}
