//! A message as clauses that may state something about the user.

use std::sync::LazyLock;

use super::patterns::pattern;
use regex::Regex;

/// A clause, with what it was part of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Clause {
    pub(super) text: String,
    /// The user asked for it to be remembered.
    pub(super) asked_for: bool,
}

/// Quoted text is what somebody else said, or an example.
static QUOTED: LazyLock<Regex> = LazyLock::new(|| pattern(r#""[^"]*"|“[^”]*”|`[^`]*`"#));
static FENCED: LazyLock<Regex> = LazyLock::new(|| pattern(r"(?s)```.*?(```|$)"));
/// What is only supposed, wished for, told by others, or an instruction.
static NOT_STATED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?xi)
        \b(if|imagine|suppose|supposing|pretend|assume|assuming|hypothetically|unless|whether|i\ wish|as\ if|what\ if)\b
        | \b(let's\ say|let\ us\ say|would|could|might|should)\b
        | \b(he|she|they|someone|somebody|everyone|people|who|the\ \w+|my\ \w+|[A-Z]\w+)\ (said|says|told|tells|thinks|thought|claims|claimed|asked|asks|wrote|writes)\b
        | \b(i|we)\ (said|told|asked|wrote|pretended|dreamt|dreamed|joked|thought|believe[d]?|guess)\b
        | \bin\ (the|a|my|this)\ (story|novel|book|film|movie|game|song|dream|play)\b
        | \b(ignore|disregard)\ (all|any|previous|the|your)\b
        | \b(you\ are|you're|act\ as|roleplay|role-play|system\ prompt|assistant\ should)\b",
    )
});
static REMEMBER: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:please|and|also|hey|ok|okay)[, ]+)*(?:remember|don't forget|do not forget|note|keep in mind|make a note)(?: that|:|,)\s*(.+)$",
    )
});
/// Words before a statement that change nothing about it.
static FILLERS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:(?:hi|hello|hey|hiya|good morning|good evening|there|well|so|oh|ok|okay|yes|yeah|yep|no|nope|and|but|also|plus|btw|by the way|actually|anyway|currently|nowadays|fyi|sorry|thanks|thank you|to be honest|honestly|today|now|you know|as you know|just so you know|nice to meet you)\b[,!. :–—-]*)+",
    )
});
/// Where a sentence goes on with another statement about the user.
static JOINTS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)(?:,|;|:| –| —| - )?\s+(?:and|but|also|plus|though|although|because|so|while|where|whereas|since)\s+|[,;]\s+",
    )
});
static FIRST_PERSON: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)^(?:also |then |now |currently )?(?:i|i'm|i've|im|ive|my|we|we're|our|call|people call|everyone calls)\b",
    )
});

pub(super) fn clauses(message: &str) -> Vec<Clause> {
    let plain = message.replace(['’', '‘'], "'");
    let without_code = FENCED.replace_all(&plain, " ");
    let lines = without_code.lines().filter(|line| !line.trim_start().starts_with('>'));
    lines.flat_map(sentences).flat_map(|sentence| of_sentence(&sentence)).collect()
}

/// A line's sentences, each with its end mark.
fn sentences(line: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut chars = line.chars().peekable();
    while let Some(c) = chars.next() {
        current.push(c);
        let ends = matches!(c, '.' | '!' | '?' | '…') && chars.peek().is_none_or(|next| next.is_whitespace());
        if ends && !is_abbreviation(&current) {
            found.push(std::mem::take(&mut current));
        }
    }
    found.push(current);
    found
}

fn is_abbreviation(text: &str) -> bool {
    let last = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    matches!(
        last,
        "Dr." | "Mr." | "Mrs." | "Ms." | "St." | "Prof." | "Jr." | "e.g." | "i.e." | "a.m." | "p.m."
    )
}

fn of_sentence(sentence: &str) -> Vec<Clause> {
    let sentence = sentence.trim();
    if sentence.ends_with('?') {
        return Vec::new();
    }
    let sentence = sentence.trim_end_matches(['.', '!', '…', ' ']);
    let sentence = FILLERS.replace(sentence, "");
    let (asked_for, sentence) = match REMEMBER.captures(&sentence) {
        Some(captures) => (true, captures[1].to_owned()),
        None => (false, sentence.into_owned()),
    };
    if QUOTED.is_match(&sentence) || NOT_STATED.is_match(&sentence) {
        return Vec::new();
    }
    split(&sentence).into_iter().map(|text| Clause { text, asked_for }).collect()
}

/// Cuts where a new statement in the first person begins; other commas and "and"s belong to their statement.
fn split(sentence: &str) -> Vec<String> {
    let mut clauses = Vec::new();
    let mut start = 0;
    for joint in JOINTS.find_iter(sentence) {
        if joint.start() > start && FIRST_PERSON.is_match(&sentence[joint.end()..]) {
            clauses.push(sentence[start..joint.start()].to_owned());
            start = joint.end();
        }
    }
    clauses.push(sentence[start..].to_owned());
    let tidy = |clause: String| {
        FILLERS.replace(clause.trim(), "").trim().trim_end_matches([',', ';', ':']).to_owned()
    };
    clauses.into_iter().map(tidy).filter(|clause| !clause.is_empty()).collect()
}
