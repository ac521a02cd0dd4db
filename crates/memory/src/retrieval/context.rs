//! The few best memories as text for the prompt, inside a token limit.

use domain::memory::Memory;

use super::Hit;

/// One memory a line, oldest first, so that what is newer is read last. Takes the best hits that fit into
/// `tokens_max`; returns the text and the hits that are in it, in their order of rank.
pub fn format_context(hits: &[Hit], tokens_max: u32) -> (String, Vec<&Hit>) {
    let mut used = Vec::new();
    let mut tokens = 0;
    for hit in hits {
        let cost = llm::tokens::estimate(&format_memory(&hit.memory)) + 1;
        if tokens + cost > tokens_max {
            break;
        }
        tokens += cost;
        used.push(hit);
    }
    let mut by_time: Vec<&Memory> = used.iter().map(|hit| &hit.memory).collect();
    by_time.sort_by_key(|memory| (memory.said_at, memory.id));
    let lines: Vec<String> = by_time.into_iter().map(format_memory).collect();
    (lines.join("\n"), used)
}

/// A memory as one line with the day it was said.
pub fn format_memory(memory: &Memory) -> String {
    // Line breaks inside a memory would look like further memories, or like the end of the list.
    let content = memory.content.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("- {content} (said {})", memory.said_at.strftime("%Y-%m-%d"))
}
