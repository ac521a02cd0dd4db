//! The few best as text for the prompt, inside a token limit.

use domain::message::Role;
use jiff::tz::TimeZone;

use super::{Hit, Recalled};

/// Characters of a past message that go into a prompt, at most.
const MESSAGE_CHARS_MAX: usize = 600;

/// One memory a line, oldest first, so that what is newer is read last; then what was said word for word. Takes the
/// best hits that fit into `tokens_max`; returns the text and the hits that are in it, in their order of rank.
pub fn format_context<'h>(hits: &'h [Hit], tokens_max: u32, zone: &TimeZone) -> (String, Vec<&'h Hit>) {
    let mut used = Vec::new();
    let mut tokens = 0;
    for hit in hits {
        let cost = llm::tokens::estimate(&format_recalled(&hit.recalled, zone)) + 1;
        if tokens + cost > tokens_max {
            break;
        }
        tokens += cost;
        used.push(hit);
    }
    let mut in_order: Vec<&Recalled> = used.iter().map(|hit| &*hit.recalled).collect();
    in_order.sort_by_key(|recalled| (recalled.as_memory().is_none(), recalled.said_at()));
    let lines: Vec<String> = in_order.into_iter().map(|recalled| format_recalled(recalled, zone)).collect();
    (lines.join("\n"), used)
}

/// A memory or a message as one line, with the day it was said and, for a message, by whom.
pub fn format_recalled(recalled: &Recalled, zone: &TimeZone) -> String {
    // Line breaks inside would look like further memories, or like the end of the list.
    let content = recalled.content().split_whitespace().collect::<Vec<_>>().join(" ");
    let day = recalled.said_at().to_zoned(zone.clone()).strftime("%Y-%m-%d");
    match recalled {
        Recalled::Memory(_) => format!("- {content} (said {day})"),
        Recalled::Message(message) => {
            let who = match (message.speaker.as_deref(), message.role) {
                (Some(name), _) => name,
                (None, Role::Assistant) => "you",
                (None, _) => "the user",
            };
            let cut: String = content.chars().take(MESSAGE_CHARS_MAX).collect();
            let more = if cut.len() < content.len() { "…" } else { "" };
            format!("- {day}, {who} said: “{cut}{more}”")
        }
    }
}
