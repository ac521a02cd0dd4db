//! A conversation of an archive in the form in which it is stored, with what it tells.

use std::collections::VecDeque;

use agents::memory_manager::{is_recallable, read_by_rules};
use domain::PrivacyMode;
use domain::message::Role;
use jiff::tz::TimeZone;
use memory::lifecycle::rules::{Reading, RuleContext};
use memory::{ImportedMessage, ImportedSession};
use privacy::Policy;

use super::Conversation;

/// Messages of the user that a correction may be about.
const CORRECTABLE: usize = 2;

/// `extract`: what the rules find in the user's messages is remembered.
pub(crate) fn to_session(
    conversation: Conversation,
    extract: bool,
    time_zone: &TimeZone,
    policy: &Policy,
) -> ImportedSession {
    let mut before: VecDeque<String> = VecDeque::new();
    let messages = conversation
        .messages
        .into_iter()
        .map(|said| {
            // Other people's words are not the user's.
            let is_user = said.role == Role::User && said.speaker.is_none();
            let told = if is_user && extract {
                let context = RuleContext {
                    time_zone: time_zone.clone(),
                    before: before.iter().cloned().collect(),
                    people: Vec::new(),
                };
                read_by_rules(&said.text, said.at, &context, policy)
            } else {
                Reading::default()
            };
            if is_user {
                before.push_front(said.text.clone());
                before.truncate(CORRECTABLE);
            }
            ImportedMessage {
                key: Some(said.key),
                role: said.role,
                speaker: said.speaker,
                recallable: is_recallable(&said.text, policy),
                content: said.text,
                said_at: said.at,
                told,
            }
        })
        .collect();
    let (key, title) = (Some(conversation.key), conversation.title);
    ImportedSession { key, title, mode: PrivacyMode::Normal, times: None, messages }
}
