//! Estimates of a text's tokens.

use crate::chat::ChatMessage;

/// About how many tokens `text` has.
pub fn estimate(text: &str) -> u32 {
    text.len().div_ceil(4) as u32
}

/// About how many tokens the messages have, with what the protocol adds to each.
pub fn estimate_messages(messages: &[ChatMessage]) -> u32 {
    messages.iter().map(|message| estimate(&message.content) + 4).sum::<u32>() + 3
}
