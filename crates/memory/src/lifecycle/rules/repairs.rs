//! What is taken back within one sentence: "not Saturday but Sunday", "on the 19th, no wait, the 26th".

use super::clauses::Sentence;
use super::dates::{self, Calendar};
use super::tokens::Token;

/// Takes out the days that the sentence itself takes back.
pub(super) fn repair(sentence: &mut Sentence<'_>, calendar: Calendar) {
    let tokens = &mut sentence.tokens;
    let mut at = 0;
    while at < tokens.len() {
        match taken_back(tokens, at, calendar) {
            Some(end) => {
                tokens.drain(at..end);
            }
            None => at += 1,
        }
    }
}

/// Behind what is taken back from `at` on.
fn taken_back(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> Option<usize> {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let date_end = |at: usize| dates::date_at(tokens, at, calendar).map(|(end, _)| end);
    if word(at) == "not" {
        let end = date_end(at + 1)?;
        let comma = usize::from(word(end) == ",");
        return (word(end + comma) == "but" && date_end(end + comma + 1).is_some())
            .then_some(end + comma + 1);
    }
    let end = date_end(at)?;
    let mut cue = end;
    let mut corrects = false;
    while cue < end + 5
        && matches!(
            word(cue),
            "," | "no"
                | "wait"
                | "sorry"
                | "–"
                | "-"
                | "—"
                | "("
                | "i"
                | "mean"
                | "actually"
                | "rather"
                | "or"
                | "make"
                | "that"
        )
    {
        corrects |= matches!(word(cue), "no" | "wait" | "sorry" | "mean" | "actually" | "rather" | "make");
        cue += 1;
    }
    (corrects && date_end(cue).is_some()).then_some(cue)
}
