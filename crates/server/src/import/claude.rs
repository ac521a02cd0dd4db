//! The export of Claude: conversations as lists of messages.

use domain::message::Role;
use serde_json::Value;

use super::{Archive, Conversation, Said, moment, text};

pub(super) fn read(value: &Value) -> Archive {
    let mut archive = Archive::default();
    for (at, one) in value.as_array().into_iter().flatten().enumerate() {
        let listed = one.get("chat_messages").and_then(Value::as_array).into_iter().flatten();
        let mut messages: Vec<Said> = listed.filter_map(said).collect();
        messages.sort_by_key(|message| message.at);
        if messages.is_empty() {
            archive.skipped.push(format!("conversation {}: no dated messages of text", at + 1));
            continue;
        }
        let (key, title) = (text(one, "uuid").to_owned(), text(one, "name").to_owned());
        archive.conversations.push(Conversation { key, title, messages });
    }
    archive
}

fn said(message: &Value) -> Option<Said> {
    let role = match text(message, "sender") {
        "human" => Role::User,
        "assistant" => Role::Assistant,
        _ => return None,
    };
    // Newer exports have the parts, of which some are no text; older ones the text alone.
    let parts = message.get("content").and_then(Value::as_array).into_iter().flatten();
    let parts = parts.filter(|part| text(part, "type") == "text").map(|part| text(part, "text"));
    let mut words = parts.collect::<Vec<_>>().join("\n").trim().to_owned();
    if words.is_empty() {
        words = text(message, "text").trim().to_owned();
    }
    let at = moment(message.get("created_at"))?;
    let key = text(message, "uuid").to_owned();
    (!words.is_empty()).then_some(Said { key, role, speaker: None, text: words, at })
}
