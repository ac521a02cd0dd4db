//! What is added on the way: where "here" is, a home town between commas, an age behind a name.

use domain::Timestamp;
use domain::memory::MemoryType;
use jiff::tz::TimeZone;

use super::Claim;
use super::grammar::in_number;
use super::passing::{Memory, candidate, naming};
use super::slots::{Scan, listed_length};
use super::subjects::{Person, relation};
use super::tokens::{Kind, Token, tokens};
use super::words::health::DIETS;
use super::words::people::FIRST_NAMES;
use super::{nouns, occasions, own_text, proper};

/// Words that make "here in Rome" a journey.
const AWAY: [&str; 10] = [
    "holiday",
    "vacation",
    "trip",
    "visit",
    "visiting",
    "conference",
    "weekend",
    "hotel",
    "honeymoon",
    "travelling",
];

/// "from my flat here in Brno", "In Sapporo, my hometown, we have snow".
pub(super) fn aside(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp, zone: &TimeZone) -> Option<Claim> {
    here(scan, at, said_at)
        .or_else(|| home_town(scan, at, said_at))
        .or_else(|| like_me(scan, at, said_at))
        .or_else(|| in_brackets(scan, at, said_at))
        .or_else(|| day_of(scan, at, said_at, zone))
        .or_else(|| implied(scan, at, said_at))
}

/// "I dread the standups (product manager, fully remote)".
fn in_brackets(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let mine = scan.tokens[..at].iter().rev().take(12).any(|token| matches!(&*token.word, "i" | "my"));
    if word(at) != "(" || !mine {
        return None;
    }
    let start = at + 1 + usize::from(word(at + 1) == "i" && word(at + 2) == "am") * 2;
    let (end, job) = nouns::job(scan, start)?;
    if !matches!(word(end), ")" | ",")
        || super::slots::is_relation(word(at.checked_sub(1)?))
        || scan.tokens[at - 1].is_capitalised()
    {
        return None;
    }
    let memory = Memory {
        content: format!("The user is {}.", job.text),
        kind: MemoryType::Fact,
        importance: 0.75,
        tag: "work",
        attribute: Some("user.job".to_owned()),
    };
    Some(candidate(scan, start..end, said_at, memory))
}

/// "a speech for my defence, which is June 11", "what do I wear to my interview on Friday?".
fn day_of(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp, zone: &TimeZone) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    if !matches!(word(at), "my" | "our") || at.checked_sub(1).is_some_and(|before| is_over(word(before))) {
        return None;
    }
    let (mut end, occasion) = occasions::occasion(scan, at + 1)?;
    if word(end) == "," && matches!(word(end + 1), "which" | "that") && matches!(word(end + 2), "is" | "'s") {
        end += 3;
    }
    let (end, when) = super::dates::date_at(scan.tokens, end, scan.calendar)?;
    let (from, to) = when.bounds(zone).filter(|_| when.from > scan.calendar.today)?;
    let memory = Memory {
        content: format!("The user's {} is {}.", occasion.text, when.text),
        kind: MemoryType::Event,
        importance: 0.6,
        tag: "plan",
        attribute: None,
    };
    let mut claim = candidate(scan, at..end, said_at, memory);
    (claim.memory.valid_from, claim.memory.valid_to) = (Some(from), Some(to));
    Some(claim)
}

/// "I missed my interview on Monday": what stands behind these has been.
fn is_over(verb: &str) -> bool {
    matches!(
        verb,
        "missed"
            | "forgot"
            | "had"
            | "attended"
            | "skipped"
            | "failed"
            | "passed"
            | "aced"
            | "nailed"
            | "survived"
    )
}

/// "the first Christmas since the divorce", "my knitting group says".
fn implied(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    if word(at) == "since" && matches!(word(at + 1), "the" | "my" | "our") && word(at + 2) == "divorce" {
        let memory = Memory {
            content: "The user is divorced.".to_owned(),
            kind: MemoryType::Relationship,
            importance: 0.7,
            tag: "family",
            attribute: Some("user.relationship".to_owned()),
        };
        return Some(candidate(scan, at..at + 3, said_at, memory));
    }
    let group = matches!(word(at + 2), "group" | "club" | "circle" | "class" | "course")
        && (word(at + 1).ends_with("ing")
            || matches!(
                word(at + 1),
                "book"
                    | "chess"
                    | "film"
                    | "yoga"
                    | "pilates"
                    | "pottery"
                    | "ceramics"
                    | "judo"
                    | "karate"
                    | "ballet"
                    | "salsa"
                    | "tango"
            ));
    let choir = matches!(word(at + 1), "choir" | "orchestra" | "quartet");
    if word(at) != "my" || !(group || choir) {
        return None;
    }
    let end = at + if group { 3 } else { 2 };
    let what = super::grammar::reported(&scan.tokens[at + 1..end]);
    let memory = Memory {
        content: format!("The user is in {} {what}.", super::grammar::article(&what)),
        kind: MemoryType::Fact,
        importance: 0.5,
        tag: "hobby",
        attribute: None,
    };
    Some(candidate(scan, at..end, said_at, memory))
}

/// "my wife Ines (a nurse)", "my brother, a chef": what they are.
pub(super) fn job_of(
    scan: &Scan<'_, '_>,
    named: &Claim,
    person: &Person,
    said_at: Timestamp,
) -> Option<Claim> {
    let at = scan.tokens.iter().position(|token| token.range.start >= named.evidence.end)?;
    scan.tokens.get(at).filter(|token| token.is("(") || token.is(","))?;
    scan.tokens.get(at + 1).filter(|token| matches!(&*token.word, "a" | "an"))?;
    let (end, job) = nouns::profession(scan, at + 1)?;
    let closed = scan
        .tokens
        .get(end)
        .is_none_or(|token| token.is(")") || token.is(",") || token.is("in") || token.is("at"));
    if !closed {
        return None;
    }
    let memory = Memory {
        content: format!("{} is {}.", person.phrase(), job.text),
        kind: MemoryType::Fact,
        importance: 0.6,
        tag: "work",
        attribute: person.attribute("job"),
    };
    Some(candidate(scan, at + 1..end, said_at, memory))
}

/// "what can a vegan like me eat", "dinner for a vegetarian (me)".
fn like_me(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let length = listed_length(scan.tokens, at + 1, &DIETS)?;
    let end = at + 1 + length;
    let me = matches!((word(end), word(end + 1), word(end + 2)), ("like", "me", _) | ("(", "me", ")"));
    if !matches!(word(at), "a" | "for") || !me {
        return None;
    }
    let content = format!("The user is {}.", scan.tokens[at + 1].spelt());
    let attribute = Some("user.diet".to_owned());
    let memory = Memory { content, kind: MemoryType::Fact, importance: 0.8, tag: "food", attribute };
    Some(candidate(scan, at..end + 2, said_at, memory))
}

fn here(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let is = |offset: usize, word: &str| scan.tokens.get(at + offset).is_some_and(|token| token.is(word));
    let at_home = is(0, "home")
        && at.checked_sub(1).is_some_and(|lead| matches!(&*scan.tokens[lead].word, "from" | "at"));
    if !(is(0, "here") || at_home)
        || !is(1, "in")
        || scan.tokens.iter().any(|token| AWAY.contains(&&*token.word))
        || !is_own(scan)
    {
        return None;
    }
    let (end, place) =
        proper::place(scan, at + 2).filter(|(_, place)| place.text.starts_with(char::is_uppercase))?;
    let content = format!("The user lives in {}.", place.text);
    let attribute = Some("user.home".to_owned());
    let memory = Memory { content, kind: MemoryType::Fact, importance: 0.7, tag: "home", attribute };
    Some(candidate(scan, at..end, said_at, memory))
}

/// Whether the sentence is about the user.
fn is_own(scan: &Scan<'_, '_>) -> bool {
    scan.tokens.iter().any(|token| matches!(&*token.word, "i" | "we" | "my" | "our" | "me" | "us"))
}

fn home_town(scan: &Scan<'_, '_>, at: usize, said_at: Timestamp) -> Option<Claim> {
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let mine = word(at) == "my" && matches!(word(at + 1), "hometown" | "birthplace")
        || word(at) == "my" && word(at + 1) == "home" && word(at + 2) == "town";
    let before = at.checked_sub(2).filter(|_| mine && matches!(word(at - 1), "," | "("))?;
    let leads = |start: &usize| {
        start
            .checked_sub(1)
            .is_none_or(|lead| !scan.tokens[lead].is_capitalised() || matches!(word(lead), "in" | "from"))
    };
    let (end, place) = (before.saturating_sub(2)..=before)
        .filter(|start| leads(start) && !matches!(word(*start), "in" | "from" | "near" | "at"))
        .find_map(|start| proper::place(scan, start).filter(|(end, _)| *end == at - 1))?;
    let content = format!("The user comes from {}, their home town.", place.text);
    let attribute = Some("user.home_town".to_owned());
    let memory = Memory { content, kind: MemoryType::Fact, importance: 0.7, tag: "home", attribute };
    Some(candidate(scan, end - 1..at + 2, said_at, memory))
}

/// "my daughter Ella (4)", "my son Tom, 6,": the age behind what names somebody.
pub(super) fn age_of(
    scan: &Scan<'_, '_>,
    named: &Claim,
    person: &Person,
    said_at: Timestamp,
) -> Option<Claim> {
    let at = scan.tokens.iter().position(|token| token.range.start >= named.evidence.end)?;
    let open = scan.tokens.get(at).filter(|token| token.is("(") || token.is(","))?;
    let age = scan.tokens.get(at + 1).filter(|token| is_age(token))?;
    let closed = scan.tokens.get(at + 2).is_none_or(|token| token.is(if open.is("(") { ")" } else { "," }));
    if !closed {
        return None;
    }
    let memory = Memory {
        content: in_number(&format!("{} is {} years old.", person.phrase(), age.text)),
        kind: MemoryType::Fact,
        importance: 0.6,
        tag: "age",
        attribute: person.attribute("age"),
    };
    Some(candidate(scan, at..at + 2, said_at, memory))
}

/// "yeah, she's my wife": of whom the message before told something.
pub(super) fn named_before(
    scan: &Scan<'_, '_>,
    before: &[String],
    said_at: Timestamp,
) -> Option<(Claim, Person)> {
    const MESSAGES_BACK: usize = 2;
    let word = |at: usize| scan.tokens.get(at).map_or("", |token| &*token.word);
    let at = (0..scan.tokens.len().min(6)).find(|at| {
        matches!(word(*at), "he" | "she")
            && matches!(word(at + 1), "is" | "'s")
            && matches!(word(at + 2), "my" | "our")
    })?;
    let (mut person, end, _) = relation(scan.tokens, at + 3).filter(|(person, ..)| !person.plural)?;
    if scan.tokens[..at].iter().any(|token| token.is_capitalised() && token.range.start > 0) {
        return None;
    }
    let name = before.iter().take(MESSAGES_BACK).find_map(|message| spoken_of(message))?;
    let claim = naming(scan, at..end, said_at, &person, &name);
    person.name = Some(name);
    Some((claim, person))
}

/// The one person of whom a message tells something: "Jule broke her ankle".
fn spoken_of(message: &str) -> Option<String> {
    let tokens = tokens(message, &own_text::masked(message));
    let scan = Scan {
        tokens: &tokens,
        calendar: super::dates::Calendar { today: jiff::civil::Date::ZERO, past: false },
        informal: false,
    };
    let mut found: Vec<String> = Vec::new();
    for at in 0..tokens.len() {
        let Some((end, name)) = proper::name_in_apposition(&scan, at).filter(|(end, _)| *end == at + 1)
        else {
            continue;
        };
        let known = FIRST_NAMES.contains(&*tokens[at].word);
        let acts = tokens.get(end).is_some_and(|next| {
            next.word.ends_with("ed")
                || matches!(
                    &*next.word,
                    "'s" | "is"
                        | "has"
                        | "was"
                        | "broke"
                        | "got"
                        | "went"
                        | "wants"
                        | "says"
                        | "thinks"
                        | "found"
                        | "left"
                        | "made"
                        | "took"
                        | "had"
                        | "will"
                )
        });
        if (known || acts) && !found.contains(&name) {
            found.push(name);
        }
    }
    found.pop().filter(|_| found.is_empty())
}

fn is_age(token: &Token<'_>) -> bool {
    token.kind == Kind::Number && token.word.parse::<u32>().is_ok_and(|years| (1..=110).contains(&years))
}
