//! What a session is about, by rules: counts of words, honest about how little they know. Where there is a model that
//! can write JSON, it analyses instead, in the same call as the extraction.

use std::collections::HashMap;

use domain::analytics::{Analysis, Topic};
use domain::message::{Message, Role};
use memory::retrieval::terms;
use unicode_segmentation::UnicodeSegmentation;

const TOPICS_MAX: usize = 5;

const POSITIVE: &[&str] = &[
    "amazing",
    "awesome",
    "best",
    "enjoy",
    "enjoyed",
    "excellent",
    "excited",
    "fantastic",
    "fun",
    "glad",
    "good",
    "great",
    "happy",
    "helpful",
    "hope",
    "love",
    "loved",
    "lovely",
    "nice",
    "perfect",
    "pleased",
    "proud",
    "thank",
    "thanks",
    "wonderful",
];
const NEGATIVE: &[&str] = &[
    "afraid",
    "angry",
    "annoyed",
    "annoying",
    "anxious",
    "awful",
    "bad",
    "broken",
    "disappointed",
    "fail",
    "failed",
    "frustrated",
    "frustrating",
    "hate",
    "hated",
    "horrible",
    "hurt",
    "lonely",
    "lost",
    "sad",
    "sick",
    "sorry",
    "stressed",
    "terrible",
    "tired",
    "unhappy",
    "upset",
    "worried",
    "worse",
    "worst",
    "wrong",
];
const NEGATIONS: &[&str] =
    &["not", "no", "never", "don't", "isn't", "wasn't", "didn't", "can't", "won't", "hardly"];

/// Analyses what the user said; the assistant's words count for nothing but the turn's length.
pub fn analyse(messages: &[Message]) -> Analysis {
    let said: Vec<&str> = messages
        .iter()
        .filter(|message| message.role == Role::User)
        .map(|message| message.content.as_str())
        .collect();
    let topics = topics(&said);
    let patterns = topics
        .iter()
        .filter(|(_, messages)| *messages >= 3)
        .map(|(topic, count)| format!("came back to “{}” in {count} messages", topic.name));
    Analysis {
        sentiment: sentiment(&said),
        patterns: patterns.collect(),
        follow_up_questions: topics
            .iter()
            .take(3)
            .map(|(topic, _)| format!("What is new with “{}”?", topic.name))
            .collect(),
        topics: topics.into_iter().map(|(topic, _)| topic).collect(),
        engagement: engagement(&said),
        memory_gaps: Vec::new(),
        suggested_profile: None,
    }
}

/// Positive less negative words, over all of either, from -1 to 1. A negation before a word turns it round.
fn sentiment(said: &[&str]) -> f32 {
    let (mut sum, mut count) = (0.0, 0.0_f32);
    for text in said {
        let lower = text.to_lowercase().replace('’', "'");
        let words: Vec<&str> = lower.unicode_words().collect();
        for (at, word) in words.iter().enumerate() {
            let value = if POSITIVE.contains(word) {
                1.0
            } else if NEGATIVE.contains(word) {
                -1.0
            } else {
                continue;
            };
            let negated = words[at.saturating_sub(3)..at].iter().any(|before| NEGATIONS.contains(before));
            sum += if negated { -value } else { value };
            count += 1.0;
        }
    }
    if count == 0.0 { 0.0 } else { sum / count }
}

/// The words that most messages share, each with its share and the number of messages that have it.
fn topics(said: &[&str]) -> Vec<(Topic, usize)> {
    let mut messages_of: HashMap<String, (String, usize)> = HashMap::new();
    for text in said {
        let mut seen = Vec::new();
        for word in text.unicode_words().filter(|word| word.chars().count() > 3) {
            let Some(stem) = terms(word).pop().filter(|stem| !seen.contains(stem)) else { continue };
            messages_of.entry(stem.clone()).or_insert_with(|| (word.to_lowercase(), 0)).1 += 1;
            seen.push(stem);
        }
    }
    let mut ranked: Vec<(String, usize)> =
        messages_of.into_values().filter(|(_, count)| *count >= 2).collect();
    ranked.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    ranked.truncate(TOPICS_MAX);
    let total: usize = ranked.iter().map(|(_, count)| count).sum();
    ranked
        .into_iter()
        .map(|(name, count)| (Topic { name, share: count as f32 / total as f32 }, count))
        .collect()
}

/// From 0 to 1 by the mean length of the user's messages: 30 words and more count as full.
fn engagement(said: &[&str]) -> f32 {
    if said.is_empty() {
        return 0.0;
    }
    let words: usize = said.iter().map(|text| text.unicode_words().count()).sum();
    (words as f32 / said.len() as f32 / 30.0).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::from_micros;
    use domain::message::MessageStatus;
    use domain::{MessageId, SessionId, TurnId};

    fn analysis(said: &[&str]) -> Analysis {
        let now = from_micros(0);
        let messages: Vec<Message> = said
            .iter()
            .map(|content| Message {
                id: MessageId::new(now),
                session_id: SessionId::new(now),
                turn_id: TurnId::new(now),
                role: Role::User,
                speaker: None,
                content: (*content).to_owned(),
                status: MessageStatus::Complete,
                created_at: now,
            })
            .collect();
        analyse(&messages)
    }

    #[test]
    fn mood_and_topics_come_from_the_words() {
        let glad = analysis(&["I love my garden", "The garden is wonderful", "Thanks! More about gardens"]);
        assert!(glad.sentiment > 0.9);
        assert_eq!(glad.topics[0].name, "garden");
        assert!((glad.topics.iter().map(|topic| topic.share).sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(analysis(&["This is not good, I am worried"]).sentiment < -0.9);
    }

    #[test]
    fn nothing_said_is_neutral() {
        assert_eq!(analysis(&[]), Analysis::default());
    }
}
