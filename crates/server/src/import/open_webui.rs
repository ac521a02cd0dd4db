//! Open WebUI's memories: what `/api/v1/memories/` returns.

use serde_json::Value;

use super::{Archive, memory, moment, text};

pub(super) fn read(value: &Value) -> Archive {
    let mut archive = Archive::default();
    for (at, one) in value.as_array().into_iter().flatten().enumerate() {
        let Some(said_at) = moment(one.get("created_at")).or_else(|| moment(one.get("updated_at"))) else {
            archive.skipped.push(format!("memory {}: it has no created_at", at + 1));
            continue;
        };
        match memory(text(one, "id"), text(one, "content"), said_at, Vec::new()) {
            Ok(memory) => archive.memories.push(memory),
            Err(problem) => archive.skipped.push(problem),
        }
    }
    archive
}
