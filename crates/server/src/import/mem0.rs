//! A dump of mem0's memories: what `get_all` returns.

use serde_json::Value;

use super::{Archive, memory, moment, text};

pub(super) fn read(value: &Value) -> Archive {
    let mut archive = Archive::default();
    for (at, one) in value.get("results").unwrap_or(value).as_array().into_iter().flatten().enumerate() {
        let Some(said_at) = moment(one.get("created_at")).or_else(|| moment(one.get("updated_at"))) else {
            archive.skipped.push(format!("memory {}: it has no created_at", at + 1));
            continue;
        };
        let tags = one.get("categories").and_then(Value::as_array).into_iter().flatten();
        let tags = tags.filter_map(Value::as_str).map(str::to_owned).collect();
        match memory(text(one, "id"), text(one, "memory"), said_at, tags) {
            Ok(memory) => archive.memories.push(memory),
            Err(problem) => archive.skipped.push(problem),
        }
    }
    archive
}
