//! Conversations and what is expected of them, read from JSONL.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};
use domain::Timestamp;
use domain::message::Role;
use jiff::civil::Date;
use serde::Deserialize;

/// One user's life in one profile.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Conversation {
    pub id: String,
    #[serde(default)]
    pub hard: bool,
    #[serde(default)]
    pub about: String,
    /// Oldest first.
    pub sessions: Vec<Session>,
    /// What should be active in the end.
    #[serde(default)]
    pub expected: Vec<Expected>,
    /// What must not be.
    #[serde(default)]
    pub gone: Vec<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Session {
    pub messages: Vec<Said>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    pub role: Role,
    pub text: String,
    pub at: Timestamp,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    pub text: String,
    /// Beginnings of words that tell this statement from others.
    pub must: Vec<String>,
    /// May be remembered or not.
    #[serde(default)]
    pub optional: bool,
    /// The first and the last day that it is about.
    #[serde(default)]
    pub when: Option<(Date, Date)>,
    /// What it made untrue.
    #[serde(default)]
    pub replaces: Vec<Statement>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    pub text: String,
    pub must: Vec<String>,
    /// Where only its days tell it from another one: an appointment that was moved.
    #[serde(default)]
    pub when: Option<(Date, Date)>,
}

impl Expected {
    pub(super) fn statement(&self) -> Statement {
        Statement { text: self.text.clone(), must: self.must.clone(), when: None }
    }
}

pub fn read_conversations(path: &Path) -> anyhow::Result<Vec<Conversation>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let read = |(at, line): (usize, &str)| {
        let conversation: Conversation = serde_json::from_str(line)
            .with_context(|| format!("line {} of {} is no conversation", at + 1, path.display()))?;
        let times: Vec<Timestamp> =
            conversation.sessions.iter().flat_map(|session| &session.messages).map(|said| said.at).collect();
        if times.is_empty() || !times.is_sorted() {
            bail!("line {} of {}: the messages must be in the order of their times", at + 1, path.display());
        }
        Ok(conversation)
    };
    lines.map(read).collect()
}

/// A message a line; lines that begin with "# " are for readers.
pub fn read_traps(path: &Path) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with("# "));
    Ok(lines.map(str::to_owned).collect())
}
