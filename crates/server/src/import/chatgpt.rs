//! The export of ChatGPT: conversations as trees of messages, of which the branch that is shown is taken.

use std::collections::HashSet;

use domain::Timestamp;
use domain::message::Role;
use serde_json::Value;

use super::{Archive, Conversation, Said, moment, text};

pub(super) fn read(value: &Value) -> Archive {
    let mut archive = Archive::default();
    for (at, one) in value.as_array().into_iter().flatten().enumerate() {
        let key = [text(one, "conversation_id"), text(one, "id")].into_iter().find(|key| !key.is_empty());
        let Some(started_at) = moment(one.get("create_time")) else {
            archive.skipped.push(format!("conversation {}: it has no create_time", at + 1));
            continue;
        };
        let messages = branch(one, started_at);
        if messages.is_empty() {
            archive.skipped.push(format!("conversation {}: no messages of text", at + 1));
            continue;
        }
        let key = key.map_or_else(|| format!("{started_at}"), str::to_owned);
        archive.conversations.push(Conversation { key, title: text(one, "title").to_owned(), messages });
    }
    archive
}

/// From the newest message back to the first.
fn branch(conversation: &Value, started_at: Timestamp) -> Vec<Said> {
    let Some(nodes) = conversation.get("mapping").and_then(Value::as_object) else { return Vec::new() };
    let is_leaf = |node: &&Value| node.get("children").and_then(Value::as_array).is_none_or(Vec::is_empty);
    let newest = conversation.get("current_node").and_then(Value::as_str);
    let newest = newest.or_else(|| Some(text(nodes.values().find(is_leaf)?, "id")));
    let mut messages = Vec::new();
    let mut seen = HashSet::new();
    let mut next = newest;
    while let Some(id) = next.filter(|id| seen.insert(*id)) {
        let Some(node) = nodes.get(id) else { break };
        messages.extend(said(id, node, started_at));
        next = node.get("parent").and_then(Value::as_str);
    }
    messages.reverse();
    // Messages without a time of their own come right after the one before.
    let mut latest = started_at;
    for message in &mut messages {
        latest = latest.max(message.at);
        message.at = latest;
    }
    messages
}

fn said(id: &str, node: &Value, started_at: Timestamp) -> Option<Said> {
    let message = node.get("message")?;
    let role = match text(message.get("author")?, "role") {
        "user" => Role::User,
        "assistant" => Role::Assistant,
        _ => return None,
    };
    let content = message.get("content")?;
    if !matches!(text(content, "content_type"), "text" | "multimodal_text") {
        return None;
    }
    let parts = content.get("parts")?.as_array()?.iter().filter_map(Value::as_str);
    let words = parts.collect::<Vec<_>>().join("\n").trim().to_owned();
    let at = moment(message.get("create_time")).unwrap_or(started_at);
    (!words.is_empty()).then(|| Said { key: id.to_owned(), role, speaker: None, text: words, at })
}
