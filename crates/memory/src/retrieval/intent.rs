//! What a message asks for, by rules, in microseconds: whether memory can help at all, the kind of answer wanted, whom
//! and which time it is about.

use std::sync::LazyLock;

use jiff::Zoned;
use regex::{Regex, RegexSet};
use unicode_segmentation::UnicodeSegmentation as _;

use super::terms;
use super::terms::carries_meaning;
use crate::time_phrases::{Interval, TimePhrase, When, is_calendar_name, time_phrases_in};
use crate::words::Words;

/// What kind of answer a question wants.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wanted {
    Person,
    Time,
    Place,
    Quantity,
    Reason,
    YesOrNo,
    Thing,
    /// No question.
    #[default]
    Nothing,
}

impl Wanted {
    /// The name in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Person => "person",
            Self::Time => "time",
            Self::Place => "place",
            Self::Quantity => "quantity",
            Self::Reason => "reason",
            Self::YesOrNo => "yes_or_no",
            Self::Thing => "thing",
            Self::Nothing => "nothing",
        }
    }
}

#[derive(Clone, Debug, Default)]
pub struct Intent {
    pub wanted: Wanted,
    /// It can be understood without what was said before: a question without "it" or "there", or with enough words
    /// that tell.
    pub stands_alone: bool,
    /// Names in the message, in lower case, without possessives.
    pub names: Vec<String>,
    /// It is about the user: "I", "my".
    pub about_user: bool,
    /// It is about what the assistant said: "did you recommend".
    pub about_assistant: bool,
    pub negated: bool,
    /// Times in the message.
    pub intervals: Vec<Interval>,
    /// Events that a time is told by, as terms: "since I moved".
    pub since_events: Vec<Vec<String>>,
}

/// A question with so many words that carry meaning is understood whatever its "it" is.
const TELLING_TERMS: usize = 4;

const SMALL_TALK: &[&str] = &[
    r"^(?:(?:many |ok(?:ay)?,? )?thanks?(?: you)?(?: so much| a lot| very much)?|thx|cheers|ok(?:ay)?|k|great|cool|nice|perfect|awesome|got it|i see|sounds good|sure|yes|no|yep|nope|hm+|lol|haha+|wow|bye|goodbye|good (?:night|bye|morning|evening)|see you(?: later| soon| tomorrow)?|hello|hi|hey)(?: there| again)?(?:,? (?:thanks?|thank you|bye|then|great|cool|perfect|that helps))?$",
    r"^(?:hello|hi|hey)(?: there)?,? how are you(?: doing)?(?: today)?$",
    r"^(?:please )?(?:tell me|make|crack) (?:a|another|one more) joke$",
    r"^(?:that's|that is|this is|it's) (?:great|good|fine|nice|perfect|all)$",
];
static SMALL_TALK_SET: LazyLock<Option<RegexSet>> = LazyLock::new(|| RegexSet::new(SMALL_TALK).ok());
/// A work order about the world, with its object in the order itself.
static ORDER: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"^(?:please |can you |could you )*(?:write|compose|translate|spell|calculate|compute|convert|define|generate) (?:me )?(?:an? |the |some |this |[\d(])",
    )
    .ok()
});
/// Words that tie an order to what was said or to somebody.
static TIED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:i|i'm|i've|my|(?:about|for|with|to|of|as) me|mine|we|our|us|you|your|he|him|his|she|her|they|their|it|its|that|those|earlier|before|again|same|last|previous|usual|yesterday|remember|discussed|mentioned|talked|said|project|summary|list|code|function)\b",
    )
    .ok()
});

/// Words of a question about what is to come …
static AHEAD: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"\b(?:will (?:i|we|he|she|they|it|my|our|the)|i'll|going to|(?:am|are) (?:i|we) (?:doing|seeing|meeting|flying|going|travell?ing|visiting|free|busy|away)|do (?:i|we) have|have (?:i|we) got|my plans?|plans (?:do|are|have)|planned|planning|scheduled|upcoming|coming up|booked)\b",
    )
    .ok()
});
/// … unless it is about what was.
static BEHIND: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\b(?:did|was|were|had|have been|last|ago|said|told)\b").ok());

fn looks_ahead(lower: &str) -> bool {
    let has = |pattern: &LazyLock<Option<Regex>>| pattern.as_ref().is_some_and(|one| one.is_match(lower));
    has(&AHEAD) && !has(&BEHIND)
}

impl Intent {
    pub fn read(message: &str, now: &Zoned) -> Self {
        let lower = plain_lower(message);
        let words: Vec<&str> = lower.unicode_words().collect();
        let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(word));
        let as_written = Words::of(message);
        let phrases = time_phrases_in(&as_written, now, looks_ahead(&lower));
        let about_assistant = lower.contains("did you ")
            || lower.contains("have you ")
            || lower.contains("you suggest")
            || lower.contains("you recommend")
            || lower.contains("your recommend")
            || lower.contains("your suggest")
            || lower.contains("your advice");
        let wanted = wanted(&lower, &words);
        Self {
            wanted,
            stands_alone: wanted != Wanted::Nothing
                && (terms(message).len() >= TELLING_TERMS
                    || !has(&[
                        "it", "its", "that", "those", "they", "them", "their", "he", "she", "him", "her",
                        "there",
                    ])),
            names: names(&as_written),
            about_user: has(&["i", "my", "me", "mine", "i'm", "i've", "myself", "i'd"]),
            about_assistant,
            negated: has(&["not", "never", "no", "don't", "didn't", "without", "isn't", "wasn't"]),
            intervals: phrases.iter().filter_map(TimePhrase::interval).collect(),
            since_events: phrases
                .iter()
                .filter_map(|phrase| match &phrase.when {
                    When::SinceEvent(clause) => Some(terms(&message[clause.clone()])),
                    _ => None,
                })
                .collect(),
        }
    }
}

impl Intent {
    /// Names that somebody else has read in the message.
    pub(crate) fn add_names(&mut self, names: &[String]) {
        for name in names.iter().map(|name| name.to_lowercase()) {
            if !self.names.contains(&name) {
                self.names.push(name);
            }
        }
    }
}

/// In lower case, with plain apostrophes.
fn plain_lower(message: &str) -> String {
    message.to_lowercase().replace('’', "'")
}

/// Whether the message asks something.
pub(super) fn asks(message: &str) -> bool {
    let lower = plain_lower(message);
    let words: Vec<&str> = lower.unicode_words().collect();
    wanted(&lower, &words) != Wanted::Nothing
}

fn wanted(lower: &str, words: &[&str]) -> Wanted {
    // The question word may come late: "In which city …", "Anna lives where?".
    let early: Vec<&str> = words.iter().copied().take(6).collect();
    for (at, word) in early.iter().enumerate() {
        let next = early.get(at + 1).copied().unwrap_or_default();
        let kind = match (*word, next) {
            ("when", _)
            | ("how", "long")
            | ("what" | "which", "date" | "day" | "month" | "year" | "time") => Wanted::Time,
            ("how", "many" | "much" | "often" | "old") => Wanted::Quantity,
            ("who" | "whom" | "whose", _) => Wanted::Person,
            ("where", _) | ("which" | "what", "city" | "country" | "place" | "state" | "town") => {
                Wanted::Place
            }
            ("why", _) => Wanted::Reason,
            ("what" | "which" | "how" | "what's", _) => Wanted::Thing,
            _ => continue,
        };
        return kind;
    }
    let first = words.first().copied().unwrap_or_default();
    let asks = matches!(
        first,
        "do" | "does"
            | "did"
            | "is"
            | "are"
            | "was"
            | "were"
            | "has"
            | "have"
            | "had"
            | "can"
            | "could"
            | "will"
            | "would"
            | "should"
    );
    match (asks, lower.trim_end().ends_with('?')) {
        (true, _) => Wanted::YesOrNo,
        (false, true) => Wanted::Thing,
        (false, false) => Wanted::Nothing,
    }
}

/// Whether memory cannot help: "thanks!", "write a haiku about rain".
pub(crate) fn needs_no_memory(message: &str) -> bool {
    let lower = plain_lower(message);
    let bare = lower.trim_matches(|c: char| !c.is_alphanumeric());
    if bare.is_empty() {
        return true;
    }
    let small_talk = SMALL_TALK_SET.as_ref().is_some_and(|set| set.is_match(bare));
    let matches = |pattern: &Option<Regex>| pattern.as_ref().is_some_and(|pattern| pattern.is_match(bare));
    small_talk || matches(&ORDER) && !matches(&TIED)
}

/// Words with a capital that does not come from the start of a sentence, and those at a start that no stop word is.
pub(super) fn names(words: &Words<'_>) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for word in words.iter().filter(|word| word.is_capital() && word.text.len() > 1) {
        let before = words.text[..word.start].trim_end();
        let starts = before.is_empty() || before.ends_with(['.', '!', '?', ':', '"', '“', '\n', '(']);
        if starts && (!carries_meaning(&word.lower) || is_plain_opener(word.text)) {
            continue;
        }
        let name = word.lower.replace('’', "'");
        let name = name.strip_suffix("'s").unwrap_or(&name).trim_end_matches('\'').to_owned();
        let is_calendar_word = is_calendar_name(&name) || name == "christmas";
        if !is_calendar_word && carries_meaning(&name) && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// Words that open a sentence in capitals and are no names.
fn is_plain_opener(word: &str) -> bool {
    const OPENERS: &[&str] = &[
        "Based",
        "Considering",
        "Explain",
        "Describe",
        "Give",
        "List",
        "Name",
        "Show",
        "Walk",
        "Help",
        "Say",
        "Think",
        "Compare",
        "Summarize",
        "Summarise",
        "Write",
        "Please",
        "Thanks",
        "Yes",
        "Okay",
        "Ok",
        "Let",
        "Sure",
        "Maybe",
        "Really",
        "Well",
        "Hello",
        "Hi",
        "Hey",
        "According",
        "Besides",
        "After",
        "During",
        "Since",
        "Using",
        "Given",
        "Wow",
        "Yeah",
        "Great",
        "Good",
        "Got",
        "Nice",
        "Sounds",
        "Looking",
        "Went",
        "Haha",
        "Oh",
        "Last",
        "Next",
    ];
    OPENERS.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;
    use jiff::tz::TimeZone;

    fn read(message: &str) -> Intent {
        Intent::read(message, &date(2025, 6, 18).at(12, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap())
    }

    #[test]
    fn what_memory_cannot_help_with_is_not_searched_for() {
        for message in [
            "thanks!",
            "Thank you so much",
            "ok",
            "OK, great",
            "Hello!",
            "hi there",
            "Good night",
            "lol",
            "👍",
            "...",
            "write a haiku about rain",
            "Translate the word bread to French",
            "Tell me a joke.",
            "Hey, how are you?",
            "Please write me a poem on spring",
            "calculate 12 * 7",
            "got it, thanks",
        ] {
            assert!(needs_no_memory(message), "{message}");
        }
        for message in [
            "What is my name?",
            "write a poem about my dog",
            "Tell me about Anna",
            "thanks, where do I live?",
            "Write the function we discussed",
            "I moved to Oslo",
            "no, I live in Porto",
            "hello, what did I say?",
            "write an email to her",
            "summarise the project",
            "How are the kids?",
            "Convert that to metres",
        ] {
            assert!(!needs_no_memory(message), "{message}");
        }
    }

    #[test]
    fn the_kind_of_answer_is_read() {
        for (message, wanted) in [
            ("When did Anna move?", Wanted::Time),
            ("How long have I lived here?", Wanted::Time),
            ("Who is Tom?", Wanted::Person),
            ("Where do I live?", Wanted::Place),
            ("In which city does Anna live?", Wanted::Place),
            ("How many dogs do I have?", Wanted::Quantity),
            ("Did I pay?", Wanted::YesOrNo),
            ("Why did she leave?", Wanted::Reason),
            ("What do I like?", Wanted::Thing),
            ("I like tea.", Wanted::Nothing),
        ] {
            assert_eq!(read(message).wanted, wanted, "{message}");
        }
    }

    #[test]
    fn what_needs_the_words_before_it_is_told_from_what_does_not() {
        for message in ["What is my name?", "When did Anna move to Oslo?", "Did I pay the rent?"] {
            assert!(read(message).stands_alone, "{message}");
        }
        for message in
            ["When did it start?", "I really look forward to it!", "Is she still there?", "We had fun."]
        {
            assert!(!read(message).stands_alone, "{message}");
        }
    }

    #[test]
    fn names_are_read_without_possessives() {
        assert_eq!(read("What is Anna's dog called?").names, ["anna"]);
        assert_eq!(
            read("Has Caroline met Dr Jones in Paris in May?").names,
            ["caroline", "dr", "jones", "paris"]
        );
        assert_eq!(read("Anna went home. She slept.").names, ["anna"]);
        assert!(read("What did I eat?").names.is_empty());
    }

    #[test]
    fn a_question_about_what_is_to_come_means_the_next_such_time() {
        let year = |message: &str| read(message).intervals[0].from.year();
        let this = read("What is today?").intervals[0].from.year();
        for ahead in [
            "What am I doing in January?",
            "Do I have anything on January 7?",
            "What plans do I have in January?",
            "Where will I be on 7 January?",
        ] {
            assert!(year(ahead) > year("What did I do in January?"), "{ahead}");
            assert!(year(ahead) >= this, "{ahead}");
        }
    }

    #[test]
    fn times_and_people_are_read() {
        let intent = read("What did you recommend to me last week?");
        assert!(intent.about_assistant && intent.about_user);
        assert_eq!(intent.intervals.len(), 1);
        assert_eq!(read("What changed since I moved?").since_events, [terms("moved")]);
        assert!(read("Which of these did I never visit?").negated);
    }
}
