//! The signs of a clause, from which its worth is told: who it is about, its verb, its words and pairs of words.

use std::cmp::Ordering;
use std::ops::Range;

use super::Subject;
use crate::lifecycle::rules::dates::{Calendar, When};
use crate::lifecycle::rules::tokens::{Kind, Token};

pub(super) fn signs(
    subject: &Subject<'_>,
    tokens: &[Token<'_>],
    clause: &Range<usize>,
    verb_at: usize,
    past: bool,
    when: Option<&When>,
    calendar: Calendar,
) -> Vec<String> {
    let words: Vec<&str> = subject.predicate.iter().map(|token| sign_word(token)).collect();
    let verb = words.get(verb_at).copied().unwrap_or("");
    let next = words.get(verb_at + 1).copied().unwrap_or("");
    let (kind, tense) = (subject.kind, if past { "past" } else { "present" });
    let mut signs = vec![
        format!("subject={kind}"),
        format!("subject={kind}&{tense}"),
        format!("verb={verb}"),
        format!("subject={kind}&verb={verb}"),
        format!("verb={verb}_{next}"),
        format!("words={}", (words.len() / 4).min(6)),
        format!("before={}", clause.start.checked_sub(1).map_or("", |at| sign_word(&tokens[at]))),
        format!("last={}", words.last().copied().unwrap_or("")),
    ];
    if let Some(when) = when {
        let day = match when.from.cmp(&calendar.today) {
            Ordering::Equal if when.is_day() => "today",
            Ordering::Greater => "to_come",
            _ => "gone",
        };
        signs.push(format!("day={day}"));
    }
    let clause = &tokens[clause.clone()];
    let names = clause
        .iter()
        .skip(1)
        .filter(|token| token.is_capitalised() && token.is_word() && !token.is("i"))
        .count();
    let numbers = clause.iter().filter(|token| token.kind == Kind::Number).count();
    signs.push(format!("names={}", names.min(3)));
    signs.push(format!("numbers={}", numbers.min(2)));
    signs.extend(words.iter().map(|word| format!("word={word}")));
    signs.extend(words.windows(2).map(|pair| format!("pair={}_{}", pair[0], pair[1])));
    signs.sort_unstable();
    signs.dedup();
    signs
}

/// Numbers and names are of too many kinds to be told apart.
fn sign_word<'t>(token: &'t Token<'_>) -> &'t str {
    match token.kind {
        Kind::Number => "#",
        Kind::Word if token.is_capitalised() && !token.is("i") && token.range.start > 0 => "Name",
        _ => &token.word,
    }
}
