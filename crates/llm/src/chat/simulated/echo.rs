//! An answer that shows what reached the model: it repeats the memories of the prompt that share words with the user's
//! message.

use domain::message::Role;

use super::words::{keywords, stems};
use crate::chat::ChatMessage;

/// Memories that an answer repeats.
const REPEATED_MAX: usize = 3;

/// What matters of a prompt.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Prompt<'a> {
    pub(super) memories: Vec<&'a str>,
    /// The user's, without what was put around it.
    pub(super) message: &'a str,
}

impl<'a> Prompt<'a> {
    pub(super) fn read(messages: &'a [ChatMessage]) -> Self {
        let mut memories: Vec<&str> = messages.iter().flat_map(|message| listed(&message.content)).collect();
        let last = messages.iter().rev().find(|message| message.role == Role::User);
        let mut message = last.map_or("", |message| message.content.as_str());
        if let Some((facts, question)) = inline_facts(message) {
            memories.extend(facts.split_inclusive(". ").map(str::trim));
            message = question;
        }
        if let Some((_, after)) = message.rsplit_once("</memories>") {
            message = after;
        }
        Self { memories, message: message.trim() }
    }

    pub(super) fn answer(&self) -> String {
        let asked = stems(self.message);
        let mut hits: Vec<(usize, &str)> = self
            .memories
            .iter()
            .map(|memory| (stems(memory).intersection(&asked).count(), *memory))
            .filter(|(shared, _)| *shared > 0)
            .collect();
        hits.sort_by_key(|(shared, _)| std::cmp::Reverse(*shared));
        if hits.is_empty() {
            return plain_answer(self.message);
        }
        let repeated: Vec<String> =
            hits.iter().take(REPEATED_MAX).map(|(_, memory)| sentence(memory)).collect();
        format!("From what you told me: {}", repeated.join(" "))
    }
}

fn plain_answer(message: &str) -> String {
    let words = keywords(message);
    match words.as_slice() {
        [] => "I am listening. What is on your mind?".to_owned(),
        [word] => format!("You wrote about {word}. Tell me more, and I will keep it in mind."),
        [first, second, ..] => {
            format!("You wrote about {first} and {second}. Tell me more, and I will keep it in mind.")
        }
    }
}

/// `Facts: … Question: …`, the layout for tiny models.
fn inline_facts(message: &str) -> Option<(&str, &str)> {
    message.strip_prefix("Facts:")?.rsplit_once("Question:")
}

/// The items of lists whose heading says that they are memories.
fn listed(text: &str) -> Vec<&str> {
    let mut items = Vec::new();
    let mut in_list = false;
    for line in text.lines().map(str::trim) {
        let item = line.strip_prefix("- ").or_else(|| line.strip_prefix("* "));
        match item {
            Some(item) if in_list => items.push(without_date(item)),
            Some(_) => {}
            None if line.is_empty() => {}
            None => in_list = is_heading(line),
        }
    }
    items
}

fn is_heading(line: &str) -> bool {
    let looks =
        line.ends_with(':') || line.starts_with('#') || (line.starts_with('<') && !line.starts_with("</"));
    let line = line.to_lowercase();
    looks && ["memor", "fact", "remember", "know about"].iter().any(|word| line.contains(word))
}

fn without_date(item: &str) -> &str {
    item.rsplit_once(" (said ").map_or(item, |(content, _)| content)
}

fn sentence(memory: &str) -> String {
    let memory = memory.trim();
    if memory.ends_with(['.', '!', '?']) { memory.to_owned() } else { format!("{memory}.") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user(content: &str) -> ChatMessage {
        ChatMessage { role: Role::User, content: content.to_owned() }
    }

    fn system(content: &str) -> ChatMessage {
        ChatMessage { role: Role::System, content: content.to_owned() }
    }

    #[test]
    fn finds_memories_beside_the_question() {
        let content = "<memories>\n- The user's sister Anna lives in Oslo (said 2026-05-07)\n- The user likes tea. \
                       (said 2026-05-08)\n</memories>\n\nWhere does my sister live?";
        let messages = [system("You are helpful.\n- Be kind."), user(content)];
        let prompt = Prompt::read(&messages);
        assert_eq!(prompt.memories, ["The user's sister Anna lives in Oslo", "The user likes tea."]);
        assert_eq!(prompt.message, "Where does my sister live?");
        assert_eq!(prompt.answer(), "From what you told me: The user's sister Anna lives in Oslo.");
    }

    #[test]
    fn finds_memories_in_the_layout_for_tiny_models() {
        let messages = [
            user("Facts: The user has a car. Question: What do I drive?"),
            user("Facts: The user lives in Bergen. The user has a dog. Question: Do I have a dog?"),
        ];
        let prompt = Prompt::read(&messages);
        assert_eq!(prompt.memories, ["The user lives in Bergen.", "The user has a dog."]);
        assert_eq!(prompt.answer(), "From what you told me: The user has a dog.");
    }

    #[test]
    fn finds_memories_in_the_system_prompt() {
        let messages = [
            system("Be kind.\n\n## What you remember\n\n- Likes chess\n\nRules:\n- Be brief"),
            user("Chess?"),
        ];
        assert_eq!(Prompt::read(&messages).answer(), "From what you told me: Likes chess.");
    }

    #[test]
    fn speaks_about_the_message_when_nothing_fits() {
        let answer = |text| Prompt::read(&[user(text)]).answer();
        assert_eq!(
            answer("My garden needs rain"),
            "You wrote about garden and needs. Tell me more, and I will keep it in mind."
        );
        assert_eq!(answer("ok"), "I am listening. What is on your mind?");
        assert_eq!(Prompt::read(&[]).answer(), "I am listening. What is on your mind?");
    }
}
