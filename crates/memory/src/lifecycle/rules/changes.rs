//! What a message changes of what is known, without saying all of it again: "Madeira instead of Lisbon", "it's Tuesday the
//! 18th now", "Netflix is gone", "it's spelled Kaitlyn". What it is about is found among the memories.

use std::ops::Range;
use std::sync::LazyLock;

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};
use regex::Regex;

use super::clauses::Sentence;
use super::dates::{self, Calendar, When};
use super::own_text::Masked;
use super::tokens::{Token, written};
use super::{Extracted, RuleContext};
use crate::lifecycle::Bearing;
use crate::retrieval::terms;
use crate::time_phrases::is_calendar_name;

/// A name, or a few small words that end with the clause.
const NAME: &str = r"(?:(?:an?|the|my|our) )?[\w][\w'’&-]*(?: [\w'’&-]+){0,3}?";
const BEHIND: &str = r"(?:[.,;:!?)]|$| (?:and|but|so|because|since|for|this|next|same|in|on|at|as|now|which|who|last|after|when|instead|today|though)\b)";

/// One thing in the place of another.
static SWAPS: LazyLock<Vec<Regex>> = LazyLock::new(|| {
    [
        r"(?i)\b(?:with|to|for|at|in|on|is|it's|was|got|get|take|took|do|have|play|drink|eat|use|go) (?P<right>NAME) (?:instead of|rather than) (?P<wrong>NAME)BEHIND",
        r"(?i)\b(?:switched|moved|changed|went|gone|gone over|switching|moving|transferred) (?:\w+ )?from (?P<wrong>NAME) (?:over )?to (?P<right>NAME)BEHIND",
        r"(?i)\b(?:swapped|traded|exchanged|ditched|dropped|left) (?P<wrong>NAME) for (?P<right>NAME)BEHIND",
        r"(?i)\breplaced (?P<wrong>NAME) (?:with|by) (?P<right>NAME)BEHIND",
        r"(?i)\b(?:not|n't be|isn't|wasn't|won't be) (?P<wrong>NAME),? but (?:rather |someone called |somebody called |a |an |the )?(?P<right>NAME)BEHIND",
    ]
    .iter()
    .filter_map(|pattern| Regex::new(&pattern.replace("NAME", NAME).replace("BEHIND", BEHIND)).ok())
    .collect()
});
/// How a name is written.
static SPELLING: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i:\b(?:it's|it is|its|that's|that is|name's|name is|actually) (?:actually )?(?:spelled|spelt|written)) (?P<right>[A-Z][\w'’-]+)|^(?i:spelled|spelt|written) (?P<other>[A-Z][\w'’-]+)").ok()
});
/// That a plan has another day.
static MOVED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)\b(?:(?:moved|pushed|postponed|rescheduled|shifted|bumped|delayed|swapped|switched|changed|brought) (?:it|that|this|me|us)\b|(?:it|that|this)(?:'s| is| has| was| got| had)(?: been| now| just)* (?:moved|pushed|postponed|rescheduled|shifted|bumped|delayed|now)|(?:it|that|this)(?:'s| is) (?:on |at )?[\w ]{3,24} now\b|new date|(?:given|gave|offered|got) (?:me|us) |(?:it|that|this)(?:'s| is) [\w ]{3,24}instead|we(?:'ve| have)? (?:gone|went|settled) for)",
    )
    .ok()
});

/// The changes that the user's own words make.
pub(super) fn changes(
    message: &str,
    masked: &[Masked],
    sentences: &[Sentence<'_>],
    said_at: Timestamp,
    context: &RuleContext,
    calendar: Calendar,
) -> Vec<Extracted> {
    let is_own = |range: &Range<usize>| {
        masked.iter().all(|one| one.range.end <= range.start || range.end <= one.range.start)
    };
    let change = |range: Range<usize>, says: String, bearing: Bearing| Extracted {
        memory: bare(says, said_at),
        evidence: message.get(range).unwrap_or_default().trim().to_owned(),
        retracts: false,
        bearing,
        replaces: Vec::new(),
    };
    let mut found = Vec::new();
    for captures in SWAPS.iter().flat_map(|pattern| pattern.captures_iter(message)) {
        let (Some(all), Some(wrong), Some(right)) =
            (captures.get(0), captures.name("wrong"), captures.name("right"))
        else {
            continue;
        };
        if is_own(&all.range()) && !is_vague(wrong.as_str()) && !is_vague(right.as_str()) {
            let bearing = Bearing::Swap { from: unled(wrong.as_str()).to_owned() };
            found.push(change(all.range(), unled(right.as_str()).to_owned(), bearing));
        }
    }
    for captures in SPELLING.iter().flat_map(|pattern| pattern.captures_iter(message)) {
        if let (Some(all), Some(right)) =
            (captures.get(0), captures.name("right").or_else(|| captures.name("other")))
            && is_own(&all.range())
        {
            found.push(change(all.range(), right.as_str().to_owned(), Bearing::Spelling));
        }
    }
    if let Some((range, when)) = new_day(message, masked, sentences, calendar)
        && let Some((from, to)) = when.bounds(&context.time_zone)
    {
        let about = terms(message);
        let mut moved = change(range, format!("It is {}.", when.text), Bearing::NewDay { about });
        (moved.memory.kind, moved.memory.valid_from, moved.memory.valid_to) =
            (MemoryType::Event, Some(from), Some(to));
        found.push(moved);
    }
    found.extend(
        sentences
            .iter()
            .flat_map(|sentence| gone(&sentence.tokens))
            .map(|(range, what)| change(range, what, Bearing::Ending)),
    );
    found
}

/// The day to come that a plan was moved to, in a sentence that does not name the plan.
fn new_day(
    message: &str,
    masked: &[Masked],
    sentences: &[Sentence<'_>],
    calendar: Calendar,
) -> Option<(Range<usize>, When)> {
    let cue = MOVED.as_ref()?;
    sentences.iter().filter(|sentence| !sentence.question).find_map(|sentence| {
        let tokens = &sentence.tokens;
        let range = tokens.first()?.range.start..tokens.last()?.range.end;
        let own = masked.iter().all(|one| one.range.end <= range.start || range.end <= one.range.start);
        let said = message.get(range.clone()).filter(|said| own && cue.is_match(said))?;
        let start = range.start + cue.find(said)?.start();
        let days = (0..tokens.len()).filter(|at| tokens[*at].range.start >= start);
        let (_, when) = days
            .filter_map(|at| dates::date_at(tokens, at, calendar))
            .find(|(_, when)| when.is_day() && when.from >= calendar.today)?;
        Some((range, when))
    })
}

/// "Kreuzberg is over", "some git nicked the Cube", "No surgery!": what there is no more.
fn gone(tokens: &[Token<'_>]) -> Vec<(Range<usize>, String)> {
    const WORDS_MAX: usize = 4;
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let joint = |at: usize| {
        tokens.get(at).is_none_or(|token| {
            token.is_stop()
                || matches!(
                    &*token.word,
                    "and" | "but" | "so" | "because" | "well" | "ok" | "now" | "for" | "last"
                )
        })
    };
    let begins = |at: usize| at == 0 || joint(at - 1);
    let phrase = |start: usize, end: usize| {
        let start = start + usize::from(matches!(word(start), "the" | "my" | "our" | "no"));
        let what =
            tokens.get(start..end).filter(|what| !what.is_empty() && what.iter().all(Token::is_word))?;
        let (first, last) = (what.first()?, what.last()?);
        Some((first.range.start..last.range.end, format!("The end of {}.", written(what))))
    };
    let mut found = Vec::new();
    if word(0) == "no" && (2..=3).contains(&tokens.len()) {
        found.extend(phrase(0, tokens.len()));
    }
    // "No more cycling to work".
    if word(0) == "no" && word(1) == "more" {
        let end = (2..tokens.len()).find(|end| joint(*end)).unwrap_or(tokens.len());
        found.extend(phrase(2, end));
    }
    for at in 0..tokens.len() {
        let state = word(at + 1 + usize::from(matches!(word(at + 1), "been" | "now")));
        let is = matches!(word(at), "is" | "'s" | "are" | "was" | "were" | "got" | "has");
        let over =
            matches!(state, "over" | "gone" | "off" | "history" | "done" | "finished" | "dead" | "cancelled")
                && joint(at + 2);
        let lost = matches!(state, "stolen" | "nicked" | "pinched" | "totalled" | "wrecked")
            || state == "written" && word(at + 2) == "off";
        if is && (over || lost) {
            let start = (at.saturating_sub(WORDS_MAX)..at).find(|start| begins(*start));
            found.extend(start.and_then(|start| phrase(start, at)));
        }
        if matches!(word(at), "nicked" | "stole" | "pinched") && matches!(word(at + 1), "the" | "my" | "our")
        {
            let end = (at + 2..tokens.len()).find(|end| joint(*end)).unwrap_or(tokens.len());
            found.extend(phrase(at + 1, end.min(at + 2 + WORDS_MAX)));
        }
    }
    found
}

/// What may stand for anything, and what is a time.
fn is_vague(text: &str) -> bool {
    let word = unled(text).to_lowercase();
    if word.starts_with(|c: char| c.is_ascii_digit()) || word.split(' ').any(is_calendar_name) {
        return true;
    }
    matches!(
        word.as_str(),
        "it" | "that"
            | "this"
            | "them"
            | "me"
            | "you"
            | "one"
            | "what"
            | "not"
            | "scratch"
            | "here"
            | "there"
            | "yesterday"
            | "all"
    ) || word.chars().count() < 2
}

fn unled(text: &str) -> &str {
    ["a ", "an ", "the ", "my ", "our ", "The ", "A ", "My "]
        .iter()
        .find_map(|lead| text.strip_prefix(lead))
        .unwrap_or(text)
}

fn bare(content: String, said_at: Timestamp) -> NewMemory {
    NewMemory {
        content,
        kind: MemoryType::Fact,
        importance: 0.5,
        tags: Vec::new(),
        entities: Vec::new(),
        attribute: None,
        said_at,
        valid_from: None,
        valid_to: None,
    }
}

#[cfg(test)]
mod tests {
    use crate::lifecycle::Bearing;
    use crate::lifecycle::rules::{RuleContext, extract};

    fn changes(message: &str) -> Vec<(String, Bearing)> {
        let said_at = "2026-11-23T10:00:00Z".parse().unwrap();
        let found = extract(message, said_at, &RuleContext::default());
        let changes = found.into_iter().filter(|one| one.bearing != Bearing::Statement);
        changes.map(|one| (one.memory.content, one.bearing)).collect()
    }

    #[test]
    fn what_takes_the_place_of_what() {
        for (message, from, to) in [
            ("We ended up going with Madeira instead of Lisbon.", "Lisbon", "Madeira"),
            ("I've moved from Spotify to Tidal for the sound.", "Spotify", "Tidal"),
            ("I swapped the Golf for a Yaris last week.", "Golf", "Yaris"),
            ("It won't be Mrs Lindqvist but someone called Bertil Haag", "Mrs Lindqvist", "Bertil Haag"),
        ] {
            let swap = (to.to_owned(), Bearing::Swap { from: from.to_owned() });
            assert!(changes(message).contains(&swap), "{message}: {:?}", changes(message));
        }
    }

    #[test]
    fn what_there_is_no_more() {
        for (message, what) in [
            ("Netflix is gone, cancelled it.", "Netflix"),
            ("Some git nicked the Cube.", "Cube"),
            ("No surgery!", "surgery"),
            ("No more cycling to work, sadly.", "cycling to work"),
            ("I deleted Instagram.", "Instagram"),
        ] {
            let end = (format!("The end of {what}."), Bearing::Ending);
            assert!(changes(message).contains(&end), "{message}: {:?}", changes(message));
        }
    }

    #[test]
    fn days_and_spellings() {
        let told = changes("they pushed it to Thursday");
        assert_eq!(told[0].0, "It is on 2026-11-26.");
        assert!(matches!(told[0].1, Bearing::NewDay { .. }));
        assert_eq!(changes("It's spelled Kaitlyn, K and a y."), [("Kaitlyn".to_owned(), Bearing::Spelling)]);
    }

    #[test]
    fn what_changes_nothing() {
        for message in [
            "They said \"Lisbon instead of Madeira\".",
            "Is it Thursday now?",
            "I'd like it by Friday.",
            "What is over there?",
        ] {
            assert_eq!(changes(message), [], "{message}");
        }
    }
}
