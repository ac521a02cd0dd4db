//! What the index holds of a memory or a message, besides its words and its vector.

use std::fmt;
use std::sync::LazyLock;

use domain::memory::Memory;
use domain::message::{Message, Role};
use domain::{MemoryId, MessageId, SessionId, Timestamp};
use jiff::tz::TimeZone;

use super::query::as_asked;
use super::terms::Stems;
use super::{intent, terms};
use crate::time_phrases::{TimePhrase, second_in, time_phrases_in};
use crate::words::Words;

/// What can be recalled: a memory, or a message as it was said.
#[derive(Clone, PartialEq)]
pub enum Recalled {
    Memory(Box<Memory>),
    Message(PastMessage),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RecalledId {
    Memory(MemoryId),
    Message(MessageId),
}

/// A message of an earlier conversation.
#[derive(Clone, PartialEq)]
pub struct PastMessage {
    pub id: MessageId,
    pub session_id: SessionId,
    pub role: Role,
    /// Who said it, where a name is known.
    pub speaker: Option<String>,
    pub content: String,
    pub said_at: Timestamp,
}

impl From<Message> for PastMessage {
    fn from(message: Message) -> Self {
        Self {
            id: message.id,
            session_id: message.session_id,
            role: message.role,
            speaker: message.speaker,
            content: message.content,
            said_at: message.created_at,
        }
    }
}

/// Of messages that are embedded. It decides what remembering a turn costs. A vector of more says no more (measured with all, 240, 160, 120 and 100),
/// but the words behind the first 120 characters are found by theirs.
const EMBEDDED_CHARS: usize = 240;

impl PastMessage {
    pub fn speaker_name(&self) -> &str {
        speaker_name(self.speaker.as_deref(), self.role)
    }

    /// What is embedded of it where it was said before a message that is searched for.
    pub(crate) fn text_before(&self) -> String {
        let speaker = self.speaker.as_deref().filter(|_| self.role != Role::User);
        embedded_text(speaker, self.role, &self.content)
    }

    pub(crate) fn is_embedded(&self) -> bool {
        is_embedded(self.speaker.as_deref(), self.role)
    }

    /// As much of it as is embedded.
    pub(crate) fn beginning(&self) -> &str {
        beginning(&self.content)
    }
}

/// Whether a message gets a vector. What the assistant answers is found by its words, and by the question before it:
/// without its vector BEAM's recall@5 is .02 to .05 higher, and remembering a turn costs half.
pub fn is_embedded(speaker: Option<&str>, role: Role) -> bool {
    speaker.is_some() || role != Role::Assistant
}

/// What is embedded of a message: what the user said as it is asked, of everybody else who said it too. With the date
/// beside it the four strategies together find less (LoCoMo recall@20 .859 instead of .865, fitted for each). The
/// beginning of a long message is enough: its other words are found by the search for words, and a vector of everything is
/// near to nothing in particular.
pub fn embedded_text(speaker: Option<&str>, role: Role, content: &str) -> String {
    match (speaker, role) {
        (None, Role::User) => as_asked(beginning(content)),
        _ => format!("{}: {}", speaker_name(speaker, role), beginning(content)),
    }
}

fn speaker_name(speaker: Option<&str>, role: Role) -> &str {
    speaker.unwrap_or(match role {
        Role::Assistant => "Assistant",
        Role::User | Role::System => "User",
    })
}

fn beginning(content: &str) -> &str {
    let end = content.char_indices().nth(EMBEDDED_CHARS).map_or(content.len(), |(end, _)| end);
    &content[..end]
}

/// Without the text.
impl fmt::Debug for PastMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PastMessage({}, {} bytes)", self.id, self.content.len())
    }
}

/// Without the text.
impl fmt::Debug for Recalled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Recalled({:?}, {} bytes)", self.id(), self.content().len())
    }
}

impl Recalled {
    pub fn id(&self) -> RecalledId {
        match self {
            Self::Memory(memory) => RecalledId::Memory(memory.id),
            Self::Message(message) => RecalledId::Message(message.id),
        }
    }

    pub fn content(&self) -> &str {
        match self {
            Self::Memory(memory) => &memory.content,
            Self::Message(message) => &message.content,
        }
    }

    pub fn said_at(&self) -> Timestamp {
        match self {
            Self::Memory(memory) => memory.said_at,
            Self::Message(message) => message.said_at,
        }
    }

    /// Gives back the room that the reading of its row took for more.
    pub(super) fn shrink(&mut self) {
        match self {
            Self::Memory(memory) => memory.content.shrink_to_fit(),
            Self::Message(message) => {
                message.content.shrink_to_fit();
                if let Some(speaker) = &mut message.speaker {
                    speaker.shrink_to_fit();
                }
            }
        }
    }

    fn is_of_user(&self) -> bool {
        match self {
            Self::Memory(_) => true,
            Self::Message(message) => message.role == Role::User && message.speaker.is_none(),
        }
    }

    pub fn as_memory(&self) -> Option<&Memory> {
        match self {
            Self::Memory(memory) => Some(memory),
            Self::Message(_) => None,
        }
    }

    /// The terms of its text, and those that only describe it.
    pub(super) fn terms(
        &self,
        words: &Words<'_>,
        stems: &mut Stems,
        zone: &TimeZone,
    ) -> (Vec<String>, Vec<String>) {
        let text = stems.of(words);
        let mut about = date_terms(self.said_at(), zone);
        match self {
            Self::Memory(memory) => {
                let described = memory.tags.iter().chain(&memory.entities);
                about.extend(described.flat_map(|text| stems.of(&Words::of(text))));
            }
            Self::Message(message) => about.extend(stems.of(&Words::of(message.speaker_name()))),
        }
        (text, about)
    }
}

/// The terms of a date such as "7 May 2026".
fn date_terms(at: Timestamp, zone: &TimeZone) -> Vec<String> {
    static MONTHS: LazyLock<Vec<String>> = LazyLock::new(|| {
        terms("January February March April May June July August September October November December")
    });
    let date = at.to_zoned(zone.clone()).date();
    let month = MONTHS[date.month() as usize - 1].clone();
    vec![date.day().to_string(), month, date.year().to_string()]
}

/// Signs of what a text is, read once when it is indexed.
#[derive(Clone, Debug, Default)]
pub(super) struct Signs {
    pub(super) asks: bool,
    pub(super) ends_asking: bool,
    pub(super) first_person: bool,
    pub(super) instructs: bool,
    /// ln(1 + terms)
    pub(super) length: f32,
    /// Phrases of time, numbers and names in it, up to three, three and four.
    pub(super) times: f32,
    pub(super) numbers: f32,
    pub(super) names: f32,
    /// When what it tells is true or happened, in seconds since 1970.
    pub(super) happened: Vec<(i64, i64)>,
}

impl Signs {
    /// The signs, and the names and entities in it, in lower case.
    pub(super) fn read(
        recalled: &Recalled,
        words: &Words<'_>,
        term_count: usize,
        zone: &TimeZone,
    ) -> (Self, Vec<String>) {
        let text = words.text;
        let said_at = recalled.said_at().to_zoned(zone.clone());
        let phrases = time_phrases_in(words, &said_at, false);
        let first_person =
            |word: &str| matches!(word, "i" | "my" | "we" | "our" | "i'm" | "i’m" | "i've" | "i’ve");
        let mut entities = intent::names(words);
        let mut signs = Self {
            asks: text.contains('?'),
            ends_asking: text.trim_end().ends_with('?'),
            first_person: words.iter().any(|word| first_person(&word.lower)),
            instructs: recalled.is_of_user() && instructs(text),
            length: (term_count as f32).ln_1p(),
            times: phrases.len().min(3) as f32,
            numbers: words.iter().filter(|word| is_number(&word.lower)).take(3).count() as f32,
            names: entities.len().min(4) as f32,
            happened: phrases
                .iter()
                .filter_map(TimePhrase::interval)
                .filter_map(|interval| Some((second_in(zone, interval.from)?, second_in(zone, interval.to)?)))
                .collect(),
        };
        if let Recalled::Memory(memory) = recalled {
            // "The user …" is the first person of memories.
            signs.first_person = true;
            entities.extend(memory.entities.iter().map(|entity| entity.to_lowercase()));
            if let Some(from) = memory.valid_from {
                let to = memory.valid_to.map_or(i64::MAX, Timestamp::as_second);
                signs.happened.push((from.as_second(), to));
            }
        }
        (signs, entities)
    }
}

/// What an assistant is told to do always or never.
const DIRECTIONS: [&str; 36] = [
    "add",
    "address",
    "answer",
    "ask",
    "avoid",
    "begin",
    "call",
    "check",
    "cite",
    "confirm",
    "convert",
    "end",
    "explain",
    "format",
    "give",
    "highlight",
    "include",
    "keep",
    "list",
    "maintain",
    "make",
    "mention",
    "prefer",
    "provide",
    "reply",
    "respond",
    "show",
    "skip",
    "speak",
    "start",
    "state",
    "suggest",
    "summarise",
    "summarize",
    "use",
    "write",
];

/// Whether a sentence says how things are to be done from now on.
fn instructs(text: &str) -> bool {
    text.split(['.', '!', '?', '\n']).map(str::trim_start).any(|sentence| {
        let sentence = behind(sentence, "please ").unwrap_or(sentence);
        let adverbs = ["always ", "never "];
        let told = adverbs.iter().find_map(|adverb| behind(sentence, adverb));
        let is_direction = |word: &str| DIRECTIONS.iter().any(|verb| word.eq_ignore_ascii_case(verb));
        let conditions = ["from now on", "whenever i ask about ", "when i ask about ", "if i ask about "];
        told.and_then(|told| told.split_whitespace().next()).is_some_and(is_direction)
            || conditions.iter().any(|condition| behind(sentence, condition).is_some())
    })
}

/// What follows a beginning, whatever its case.
fn behind<'a>(text: &'a str, beginning: &str) -> Option<&'a str> {
    let (start, rest) = text.split_at_checked(beginning.len())?;
    start.eq_ignore_ascii_case(beginning).then_some(rest)
}

fn is_number(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_digit())
        || matches!(
            word,
            "one" | "two" | "three" | "four" | "five" | "six" | "seven" | "eight" | "nine" | "ten"
        )
        || matches!(word, "once" | "twice" | "several" | "couple")
}

#[cfg(test)]
mod tests {
    use domain::clock::from_micros;

    use super::*;

    #[test]
    fn an_instruction_is_told_from_what_only_sounds_like_one() {
        for text in [
            "Always include version numbers when I ask about libraries.",
            "Thanks! please never use emojis",
            "From now on, answer in French",
            "Got it.\nWhenever I ask about dates, use ISO 8601",
        ] {
            assert!(instructs(text), "{text}");
        }
        for text in [
            "Never mind",
            "nevermind that",
            "I always forget",
            "Alwaysé",
            "She said never again",
            "Never been to Portugal",
            "Always nice to see you",
            "When I ask my daughter about Porto she only talks about the ice cream",
            "",
        ] {
            assert!(!instructs(text), "{text}");
        }
    }

    #[test]
    fn a_date_has_the_terms_of_its_words() {
        for month in 0..14 {
            let at = from_micros(month * 30 * 86_400_000_000);
            let written = at.to_zoned(TimeZone::UTC).strftime("%-d %B %Y").to_string();
            assert_eq!(date_terms(at, &TimeZone::UTC), terms(&written));
        }
    }
}
