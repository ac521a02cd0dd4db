//! Dated messages, one JSON object a line: `role` (or `speaker`), `text` (or `content`), `at` (or `timestamp`), and
//! optionally `conversation_id` and `id`.

use anyhow::bail;
use domain::message::Role;
use serde_json::Value;

use super::{Archive, Conversation, Said, moment, text};

/// The conversation of lines that name none.
const UNNAMED: &str = "messages";

pub(super) fn read(lines: &str) -> anyhow::Result<Archive> {
    let mut archive = Archive::default();
    for (at, line) in lines.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = at + 1;
        let Ok(one) = serde_json::from_str::<Value>(line) else {
            bail!("line {number} is no JSON object");
        };
        let either = |a: &str, b: &str| match text(&one, a) {
            "" => text(&one, b).to_owned(),
            words => words.to_owned(),
        };
        let words = either("text", "content");
        let Some(at) = moment(one.get("at").or_else(|| one.get("timestamp"))) else {
            bail!("line {number}: `at` must be a moment such as 2026-05-07T10:00:00Z");
        };
        if words.trim().is_empty() {
            archive.skipped.push(format!("line {number}: no text"));
            continue;
        }
        let named = text(&one, "speaker");
        let role = match either("role", "speaker").to_lowercase().as_str() {
            "assistant" | "ai" | "bot" | "model" => Role::Assistant,
            "user" | "human" => Role::User,
            role @ ("system" | "tool") => {
                archive.skipped.push(format!("line {number}: what the {role} said"));
                continue;
            }
            // Somebody's name, as in a conversation of people.
            _ if text(&one, "role").is_empty() && !named.is_empty() => Role::User,
            _ => bail!(
                "line {number}: `role` must be user, assistant, system or tool, or there must be a `speaker`"
            ),
        };
        let speaker = (!named.is_empty() && !matches!(named, "user" | "assistant")).then(|| named.to_owned());
        let key = match text(&one, "id") {
            // The same line again is the same message.
            "" => format!("{at} {words}"),
            id => id.to_owned(),
        };
        let conversation = match text(&one, "conversation_id") {
            "" => UNNAMED,
            id => id,
        };
        let said = Said { key, role, speaker, text: words, at };
        match archive.conversations.iter_mut().find(|known| known.key == conversation) {
            Some(known) => known.messages.push(said),
            None => archive.conversations.push(Conversation {
                key: conversation.to_owned(),
                title: String::new(),
                messages: vec![said],
            }),
        }
    }
    for conversation in &mut archive.conversations {
        conversation.messages.sort_by_key(|message| message.at);
    }
    Ok(archive)
}
