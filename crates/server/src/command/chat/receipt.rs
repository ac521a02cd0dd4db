//! A turn's receipt in words.

use serde_json::Value;

/// A line for each thing that became of the turn.
pub(super) fn in_words(receipt: &Value) -> Vec<String> {
    let mut lines = vec![format!("Mode {}, {}.", text(&receipt["privacy_mode"]), text(&receipt["status"]))];
    lines.push(stored(&receipt["stored"]));
    let read = (count(&receipt["read"]["memories"]), count(&receipt["read"]["messages"]));
    lines.push(format!("Read: {} memories and {} past messages.", read.0, read.1));
    lines.push(format!("Sensitive in the message: {}.", counts(&receipt["found"])));
    for sent in receipt["sent"].as_array().into_iter().flatten() {
        lines.push(sent_line(sent));
    }
    for kept in receipt["kept"].as_array().into_iter().flatten() {
        lines.push(format!("Kept: {} until {}.", text(&kept["what"]), text(&kept["until"])));
    }
    lines
}

fn stored(stored: &Value) -> String {
    let (messages, memories) = (count(&stored["messages"]), count(&stored["memories"]));
    if messages + memories == 0 && stored["job_id"].is_null() {
        return "Stored: nothing.".to_owned();
    }
    format!("Stored: {messages} messages; {memories} memories made or changed so far.")
}

fn sent_line(sent: &Value) -> String {
    let (role, model, host) = (text(&sent["role"]), text(&sent["model"]), text(&sent["host"]));
    if sent["remote"] != true {
        return format!("Asked: the {role} model {model}, on this machine.");
    }
    let disclosed = &sent["disclosed"];
    let what = if disclosed.is_null() {
        String::new()
    } else {
        let (replaced, as_it_is) = (counts(&disclosed["replaced"]), counts(&disclosed["as_it_is"]));
        format!("; replaced: {replaced}; as it is: {as_it_is}")
    };
    format!("Sent to {host}: the {role} model {model}{what}.")
}

fn counts(counts: &Value) -> String {
    let parts: Vec<String> =
        counts.as_object().into_iter().flatten().map(|(kind, count)| format!("{count} {kind}")).collect();
    if parts.is_empty() { "nothing".to_owned() } else { parts.join(", ") }
}

fn count(list: &Value) -> usize {
    list.as_array().map_or(0, Vec::len)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_receipt_reads_like_one() {
        let receipt = json!({
            "privacy_mode": "normal", "status": "completed", "found": {"email": 1},
            "stored": {"messages": ["a", "b"], "memories": [], "job_id": "j"},
            "read": {"memories": ["m"], "messages": []},
            "sent": [{"role": "conversation", "model": "large", "host": "models.example", "remote": true,
                      "disclosed": {"replaced": {"email": 2}, "as_it_is": {}}}],
            "kept": [],
        });
        let lines = in_words(&receipt).join("\n");
        assert!(lines.contains("Stored: 2 messages"), "{lines}");
        assert!(lines.contains(
            "Sent to models.example: the conversation model large; replaced: 2 email; as it is: nothing."
        ));
        assert!(in_words(&json!({"stored": {"messages": []}}))[1].contains("nothing"));
    }
}
