//! What a session is about, by rules: counts of words, honest about how little they know. Where there is a model that
//! can write JSON, it analyses instead, in the same call as the extraction.

use std::collections::{HashMap, HashSet};

use domain::analytics::{Analysis, Topic};
use domain::message::{Message, Role};
use domain::profile::Profile;
use memory::retrieval::terms;
use unicode_segmentation::UnicodeSegmentation;

const TOPICS_MAX: usize = 5;
/// Words that are in many messages and are no topic.
const NO_TOPICS: &[&str] = &[
    "actually",
    "always",
    "april",
    "august",
    "back",
    "called",
    "december",
    "every",
    "february",
    "friday",
    "going",
    "good",
    "great",
    "january",
    "july",
    "june",
    "like",
    "live",
    "love",
    "made",
    "make",
    "march",
    "moved",
    "need",
    "never",
    "november",
    "october",
    "really",
    "said",
    "saturday",
    "september",
    "something",
    "sunday",
    "thanks",
    "thing",
    "things",
    "think",
    "thursday",
    "time",
    "today",
    "tomorrow",
    "tuesday",
    "want",
    "wednesday",
    "week",
    "well",
    "year",
    "yesterday",
];

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

/// What there is to analyse, and what is known besides.
#[derive(Clone, Debug, Default)]
pub struct AnalystInput {
    /// Oldest first.
    pub messages: Vec<Message>,
    /// The summary so far; it stands for what is older than the messages.
    pub summary: String,
    /// Analyses of the profile's other sessions.
    pub others: Vec<Analysis>,
    /// The attributes that memories of the profile have.
    pub known: Vec<String>,
    /// The profile of the conversation, and the user's others.
    pub profile: Option<Profile>,
    pub other_profiles: Vec<Profile>,
}

/// What is useful to know of everybody: the attribute, what it is called, and how to ask for it.
const GAPS: &[(&str, &str, &str)] = &[
    ("user.name", "the user's name", "What may I call you?"),
    ("user.home", "where the user lives", "Where do you live?"),
    ("user.job", "what the user does for a living", "What do you do for a living?"),
    ("user.birthday", "the user's birthday", "When is your birthday?"),
    ("user.diet", "what the user does not eat", "Is there anything you do not eat?"),
];
/// Questions for those of whom much is known.
const OPEN: [&str; 3] =
    ["What is on your mind?", "Is there anything I should remember?", "What would you like to do next?"];
const GAPS_MAX: usize = 3;
/// Sessions that have a topic, for it to recur.
const RECURRING_SESSIONS: usize = 3;
/// Words that a profile's name and description share with the conversation, for it to fit.
const FITTING_WORDS: usize = 2;
const SUMMARY_WORDS: usize = 150;
const SENTENCE_WORDS_MAX: usize = 40;

/// Analyses what the user said; the assistant's words count for nothing but the summary.
pub fn analyse(input: &AnalystInput) -> Analysis {
    let said: Vec<&str> = input
        .messages
        .iter()
        .filter(|message| message.role == Role::User)
        .map(|message| message.content.as_str())
        .collect();
    let topics = topics(&said);
    let gaps: Vec<_> =
        GAPS.iter().filter(|(attribute, ..)| !input.known.iter().any(|known| known == attribute)).collect();
    let asked = topics.iter().map(|(topic, _)| format!("What is new with “{}”?", topic.name));
    let missing = gaps.iter().map(|(_, _, question)| (*question).to_owned());
    Analysis {
        summary: summary(input),
        sentiment: sentiment(&said),
        patterns: patterns(&topics, &input.others),
        follow_up_questions: asked.take(2).chain(missing).chain(OPEN.map(str::to_owned)).take(3).collect(),
        engagement: engagement(&said),
        memory_gaps: gaps.iter().take(GAPS_MAX).map(|(_, what, _)| (*what).to_owned()).collect(),
        suggested_profile: suggested_profile(input, &said),
        topics: topics.into_iter().map(|(topic, _)| topic).collect(),
    }
}

/// What the user comes back to: in this conversation, and in others.
fn patterns(topics: &[(Topic, usize)], others: &[Analysis]) -> Vec<String> {
    let here = topics
        .iter()
        .filter(|(_, messages)| *messages >= 3)
        .map(|(topic, count)| format!("came back to “{}” in {count} messages", topic.name));
    let elsewhere = topics.iter().filter_map(|(topic, _)| {
        let stem = terms(&topic.name);
        let has = |other: &&Analysis| other.topics.iter().any(|one| terms(&one.name) == stem);
        let sessions = others.iter().filter(has).count() + 1;
        (sessions >= RECURRING_SESSIONS)
            .then(|| format!("talks about “{}” in {sessions} conversations", topic.name))
    });
    here.chain(elsewhere).collect()
}

/// The other profile whose name and description share more words with what was said than this one's do.
fn suggested_profile(input: &AnalystInput, said: &[&str]) -> Option<String> {
    let stems: HashSet<String> = said.iter().flat_map(|text| terms(text)).collect();
    let fit = |profile: &Profile| {
        let about: HashSet<String> =
            terms(&format!("{} {}", profile.name, profile.description)).into_iter().collect();
        about.intersection(&stems).count()
    };
    let best = input.other_profiles.iter().max_by_key(|profile| fit(profile))?;
    let own = input.profile.as_ref().map_or(0, fit);
    (fit(best) >= FITTING_WORDS && fit(best) > own).then(|| best.name.clone())
}

/// The sentences of the user that have most of what the conversation is about, in their order, behind what the summary
/// so far keeps.
fn summary(input: &AnalystInput) -> String {
    let said = input.messages.iter().filter(|message| message.role == Role::User);
    let own = said.flat_map(|message| sentences(&message.content));
    let earlier = sentences(&input.summary);
    let mut all: Vec<String> = Vec::new();
    for sentence in earlier.into_iter().chain(own) {
        let sentence = sentence.trim_start_matches("The user said: ").to_owned();
        if !all.contains(&sentence) {
            all.push(sentence);
        }
    }
    let mut counts: HashMap<String, usize> = HashMap::new();
    for stem in all.iter().flat_map(|sentence| terms(sentence)) {
        *counts.entry(stem).or_default() += 1;
    }
    let weight = |sentence: &String| {
        let stems = terms(sentence);
        let sum: f32 = stems.iter().map(|stem| (counts[stem] as f32).ln_1p()).sum();
        sum / (stems.len() as f32 + 3.0).sqrt()
    };
    let mut ranked: Vec<usize> = (0..all.len()).collect();
    ranked.sort_by(|a, b| weight(&all[*b]).total_cmp(&weight(&all[*a])));
    let (mut words, mut kept) = (0, Vec::new());
    for at in ranked {
        let count = all[at].split_whitespace().count();
        if words + count <= SUMMARY_WORDS {
            words += count;
            kept.push(at);
        }
    }
    kept.sort_unstable();
    let kept: Vec<&str> = kept.into_iter().map(|at| all[at].as_str()).collect();
    if kept.is_empty() { String::new() } else { format!("The user said: {}", kept.join(" ")) }
}

/// Statements, not questions and greetings.
fn sentences(text: &str) -> Vec<String> {
    let sentences = text.unicode_sentences().map(|sentence| sentence.split_whitespace().collect::<Vec<_>>());
    sentences
        .filter(|words| (3..=SENTENCE_WORDS_MAX).contains(&words.len()))
        .map(|words| words.join(" "))
        .filter(|sentence| !sentence.ends_with('?') && !terms(sentence).is_empty())
        .collect()
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
        let tells = |word: &&str| {
            word.chars().count() > 3 && !NO_TOPICS.iter().any(|no_topic| word.eq_ignore_ascii_case(no_topic))
        };
        for word in text.unicode_words().filter(tells) {
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
        analyse(&AnalystInput { messages: messages(said), ..AnalystInput::default() })
    }

    fn messages(said: &[&str]) -> Vec<Message> {
        let now = from_micros(0);
        said.iter()
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
            .collect()
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
        let nothing = analysis(&[]);
        assert_eq!((nothing.sentiment, nothing.engagement), (0.0, 0.0));
        assert!(nothing.topics.is_empty() && nothing.patterns.is_empty() && nothing.summary.is_empty());
        assert_eq!(nothing.follow_up_questions.len(), 3, "what is not known can be asked");
    }

    #[test]
    fn what_is_known_is_no_gap_and_what_recurs_is_a_pattern() {
        let garden =
            Analysis { topics: vec![Topic { name: "gardens".into(), share: 1.0 }], ..Analysis::default() };
        let input = AnalystInput {
            messages: messages(&["My garden is full of roses.", "The garden needs water."]),
            others: vec![garden.clone(), garden],
            known: vec!["user.name".into(), "user.home".into()],
            ..AnalystInput::default()
        };
        let found = analyse(&input);
        assert_eq!(found.patterns, ["talks about “garden” in 3 conversations"]);
        assert!(!found.memory_gaps.iter().any(|gap| gap.contains("name")), "{:?}", found.memory_gaps);
    }

    #[test]
    fn the_summary_keeps_what_the_conversation_is_about_within_its_limit() {
        let mut said = vec!["We are planning a wedding in Porto.", "How are you?", "ok"];
        let filler: Vec<String> =
            (0..60).map(|n| format!("Guest number {n} answered the wedding invitation yesterday.")).collect();
        said.extend(filler.iter().map(String::as_str));
        let summary = analysis(&said).summary;
        assert!(summary.starts_with("The user said: ") && summary.contains("wedding"), "{summary}");
        assert!(summary.split_whitespace().count() <= SUMMARY_WORDS + 3);
        assert!(!summary.contains("How are you"));
    }
}
