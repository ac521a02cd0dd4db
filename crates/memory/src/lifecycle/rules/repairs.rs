//! What is taken back within one sentence: "not Saturday but Sunday", "on the 19th, no wait, the 26th".

use std::ops::Range;

use super::clauses::Sentence;
use super::dates::{self, Calendar};
use super::slots::listed_length;
use super::tokens::{Kind, Token};
use super::understood;
use super::words::{Words, activities, health, places, work};

/// Takes out what the sentence itself takes back.
pub(super) fn repair(sentence: &mut Sentence<'_>, calendar: Calendar) {
    let tokens = &mut sentence.tokens;
    keep_what_is_so(tokens);
    part_old_from_new(tokens);
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

/// "I said my sister lives in Seattle, but she's in Portland" says that she lives in Portland.
fn keep_what_is_so(tokens: &mut Vec<Token<'_>>) {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let said = match (word(0), word(1), word(2)) {
        ("i", "said" | "wrote" | "mentioned", "that") | ("i", "told", "you") => 3,
        ("i", "said" | "wrote" | "mentioned", _) => 2,
        _ => return,
    };
    let said = said + usize::from(word(1) == "told" && word(3) == "that");
    let Some(but) = (said..tokens.len()).find(|at| tokens[*at].is("but")) else { return };
    let meant = but + 1 + usize::from(matches!(word(but + 1), "actually" | "really"));
    let verb = (said + 1..but).find(|at| is_verb(word(*at)));
    let about_the_same = matches!(word(meant), "he" | "she" | "it" | "they") && is_verb(word(meant + 1));
    match verb.filter(|_| about_the_same && matches!(word(said), "my" | "our")) {
        // Who is somewhere else lives there.
        Some(verb) => {
            let lives = matches!(word(verb), "lives" | "live") && word(meant + 2) == "in";
            let (old, new) = if lives { (verb + 1, meant + 2) } else { (verb, meant + 1) };
            tokens.drain(old..new);
            tokens.drain(..said);
        }
        None => {
            tokens.drain(..meant);
        }
    }
}

fn is_verb(word: &str) -> bool {
    matches!(
        word,
        "is" | "are"
            | "was"
            | "'s"
            | "lives"
            | "live"
            | "works"
            | "work"
            | "has"
            | "have"
            | "starts"
            | "likes"
            | "studies"
            | "plays"
    )
}

/// "My doctor switched me from sertraline to fluoxetine" is two statements: one ends, one begins.
fn part_old_from_new(tokens: &mut Vec<Token<'_>>) {
    let Some((old, new, ends, begins)) = exchanged(tokens) else { return };
    let mut parted: Vec<Token<'_>> = Vec::with_capacity(tokens.len() + ends.len() + begins.len());
    parted.extend(ends.iter().map(|word| understood::with_word(&tokens[old.start], word)));
    parted.extend(tokens[old].iter().cloned());
    parted.push(Token { kind: Kind::Mark, ..understood::with_word(&tokens[new], ",") });
    parted.extend(begins.iter().map(|word| understood::with_word(&tokens[new], word)));
    parted.extend(tokens[new..].iter().cloned());
    *tokens = parted;
}

/// What is given up, where what takes its place begins, and the words with which each is said.
type Exchange = (Range<usize>, usize, &'static [&'static str], &'static [&'static str]);

fn exchanged(tokens: &[Token<'_>]) -> Option<Exchange> {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let between = |from: usize, joint: [&str; 2]| {
        (from + 1..tokens.len().min(from + 6)).find(|at| joint.contains(&word(*at)))
    };
    let verb = (0..tokens.len().min(5)).find(|at| {
        matches!(word(*at), "switched" | "changed" | "swapped" | "traded" | "exchanged" | "replaced")
    })?;
    let from = verb + 1 + usize::from(matches!(word(verb + 1), "me" | "us" | "over"));
    if matches!(word(from), "my" | "our" | "the") {
        let joint = between(from, ["for", "with"])?;
        let end = joint - usize::from(word(joint - 1) == "in");
        let has_new = matches!(word(joint + 1), "a" | "an");
        return has_new.then_some((from..end, joint + 1, &["i", "sold"], &["i", "have"]));
    }
    let joint = between(from + 1, ["to", "to"]).filter(|_| word(from) == "from")?;
    let listed = |at: usize, list: &Words| listed_length(tokens, at, list);
    let both =
        |list: &Words| listed(from + 1, list) == Some(joint - from - 1) && listed(joint + 1, list).is_some();
    let (ends, begins): (&[&str], &[&str]) = if both(&health::MEDICATIONS) {
        (&["i", "no", "longer", "take"], &["i", "take"])
    } else if both(&places::LANGUAGES) {
        (&["i", "am", "no", "longer", "learning"], &["i", "am", "learning"])
    } else if both(&work::SUBJECTS_OF_STUDY) {
        (&["i", "no", "longer", "study"], &["i", "study"])
    } else if both(&activities::PLAYED) {
        (&["i", "no", "longer", "play"], &["i", "play"])
    } else {
        return None;
    };
    Some((from + 1..joint, joint + 1, ends, begins))
}
