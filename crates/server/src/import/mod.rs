//! Archives of other systems, and exports of our own, read into one form. One file per source.

mod chatgpt; // the export of ChatGPT
mod claude; // the export of Claude
mod mem0; // a dump of mem0's memories
mod messages; // dated messages, one JSON object a line
mod open_webui; // Open WebUI's memories
mod own; // our own export
mod session; // a conversation as it is stored, with what it tells

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use agents::memory_manager::has_secret;
use anyhow::{Context as _, bail};
use domain::Timestamp;
use domain::clock::moment_of_saying;
use domain::memory::{CONTENT_CHARS_MAX, MemoryType, NewMemory};
use domain::message::Role;
use memory::ImportedMemory;
use privacy::Policy;
use serde_json::Value;

pub(crate) use own::OwnProfile;
pub(crate) use session::to_session;

/// Where an archive came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    Confidant,
    Chatgpt,
    Claude,
    Mem0,
    OpenWebui,
    Messages,
}

impl Format {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Confidant => "an export of Confidant",
            Self::Chatgpt => "an export of ChatGPT",
            Self::Claude => "an export of Claude",
            Self::Mem0 => "memories of mem0",
            Self::OpenWebui => "memories of Open WebUI",
            Self::Messages => "dated messages",
        }
    }
}

/// What an archive holds.
#[derive(Debug, Default)]
pub(crate) struct Archive {
    pub(crate) conversations: Vec<Conversation>,
    pub(crate) memories: Vec<ImportedMemory>,
    /// Of an export of our own.
    pub(crate) profiles: Vec<OwnProfile>,
    /// Entries that could not be used, and why.
    pub(crate) skipped: Vec<String>,
}

#[derive(Debug)]
pub(crate) struct Conversation {
    pub(crate) key: String,
    pub(crate) title: String,
    /// Oldest first.
    pub(crate) messages: Vec<Said>,
}

#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) key: String,
    pub(crate) role: Role,
    pub(crate) speaker: Option<String>,
    pub(crate) text: String,
    pub(crate) at: Timestamp,
}

impl Archive {
    /// Takes out what was said at moments at which nobody can have said it.
    pub(crate) fn leave_out_impossible_moments(&mut self, now: Timestamp) {
        let skipped = &mut self.skipped;
        let mut possible = |what: String, at: Timestamp| {
            let checked = moment_of_saying("its moment", at, now);
            skipped.extend(checked.as_ref().err().map(|invalid| format!("{what}: {invalid}")));
            checked.is_ok()
        };
        for (number, one) in self.conversations.iter_mut().enumerate() {
            let mut at = 0;
            one.messages.retain(|said| {
                at += 1;
                possible(format!("conversation {}, message {at}", number + 1), said.at)
            });
        }
        self.conversations.retain(|one| !one.messages.is_empty());
        let mut at = 0;
        self.memories.retain(|one| {
            at += 1;
            possible(format!("memory {at}"), one.memory.said_at)
        });
    }
}

/// Takes memories out that hold what none may hold, and tells how many.
pub(crate) fn leave_out_secrets(memories: &mut Vec<ImportedMemory>, policy: &Policy) -> usize {
    let given = memories.len();
    memories.retain(|one| !has_secret(&one.memory.content, policy));
    given - memories.len()
}

/// Reads an archive: a `.zip` as it was downloaded, or the JSON in it.
pub(crate) fn read(path: &Path, format: Option<Format>) -> anyhow::Result<(Format, Archive)> {
    let text = text_of(path)?;
    if format == Some(Format::Messages) || format.is_none() && is_lines(&text) {
        return Ok((Format::Messages, messages::read(&text)?));
    }
    let value: Value = serde_json::from_str(&text).map_err(|error| {
        // Line and column only: the text is private.
        anyhow::anyhow!("it is not valid JSON at line {}, column {}", error.line(), error.column())
    })?;
    let Some(format) = format.or_else(|| detect(&value)) else {
        bail!("it is none of the archives that are known; name its --format if it is one of them");
    };
    let archive = match format {
        Format::Confidant => own::read(value)?,
        Format::Chatgpt => chatgpt::read(&value),
        Format::Claude => claude::read(&value),
        Format::Mem0 => mem0::read(&value),
        Format::OpenWebui => open_webui::read(&value),
        Format::Messages => messages::read(&text)?,
    };
    if archive.conversations.is_empty() && archive.memories.is_empty() && archive.profiles.is_empty() {
        let why = archive.skipped.first().map_or(String::new(), |problem| format!(" ({problem})"));
        bail!("it holds nothing that {} has{why}; is --format right?", format.name());
    }
    Ok((format, archive))
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let cannot = || "it cannot be read".to_owned();
    if path.extension().is_none_or(|extension| !extension.eq_ignore_ascii_case("zip")) {
        return std::fs::read_to_string(path).with_context(cannot);
    }
    let mut archive = zip::ZipArchive::new(File::open(path).with_context(cannot)?).with_context(cannot)?;
    let names: Vec<String> = archive.file_names().map(str::to_owned).collect();
    let name = names.iter().find(|name| name.ends_with("conversations.json"));
    let name = name.context("it holds no conversations.json")?;
    let mut text = String::new();
    archive.by_name(name)?.read_to_string(&mut text).with_context(cannot)?;
    Ok(text)
}

/// Whether the lines are messages, each a JSON object of its own.
fn is_lines(text: &str) -> bool {
    let first = text.lines().find(|line| !line.trim().is_empty());
    let first = first.and_then(|line| serde_json::from_str::<Value>(line).ok());
    first.is_some_and(|value| ["role", "speaker"].iter().any(|key| value.get(key).is_some()))
}

fn detect(value: &Value) -> Option<Format> {
    if value.get("profiles").is_some() && value.get("memories").is_some() {
        return Some(Format::Confidant);
    }
    let list = value.get("results").unwrap_or(value).as_array()?;
    let has = |key: &str| list.iter().any(|one| one.get(key).is_some());
    if has("mapping") {
        Some(Format::Chatgpt)
    } else if has("chat_messages") {
        Some(Format::Claude)
    } else if has("memory") {
        Some(Format::Mem0)
    } else if has("content") && !has("role") {
        Some(Format::OpenWebui)
    } else {
        None
    }
}

/// A moment as archives write it: seconds since 1970, or RFC 3339, with or without a zone.
fn moment(value: Option<&Value>) -> Option<Timestamp> {
    match value? {
        Value::Number(seconds) => Timestamp::from_microsecond((seconds.as_f64()? * 1e6) as i64).ok(),
        Value::String(text) => text.parse().ok().or_else(|| {
            let local: jiff::civil::DateTime = text.parse().ok()?;
            Some(local.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
        }),
        _ => None,
    }
}

fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// A memory of another system, which knows little more of it than its words.
fn memory(key: &str, content: &str, said_at: Timestamp, tags: Vec<String>) -> Result<ImportedMemory, String> {
    let content: String = content.trim().chars().take(CONTENT_CHARS_MAX).collect();
    let memory = NewMemory {
        content,
        kind: MemoryType::Other,
        importance: 0.5,
        tags,
        entities: Vec::new(),
        attribute: None,
        said_at,
        valid_from: None,
        valid_to: None,
    };
    let key = key.to_owned();
    let memory = memory.validated().map_err(|invalid| format!("memory {key}: {}", invalid.reason))?;
    Ok(ImportedMemory { key, memory })
}

#[cfg(test)]
mod tests;
