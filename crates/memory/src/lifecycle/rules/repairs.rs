//! What a sentence itself takes back or gives up for something else: "not Saturday but Sunday", "on the 19th, no wait, the
//! 26th", "I said she's 5, but she's 6", "I switched from chemistry to biology".

use std::ops::Range;

use super::clauses::Sentence;
use super::dates::{self, Calendar};
use super::slots::listed_length;
use super::tokens::{Kind, Token};
use super::understood;
use super::words::{Words, activities, health, things, work};

/// Takes out what the sentence itself takes back, and says in two clauses what it says in one.
pub(super) fn repair(sentence: &mut Sentence<'_>, calendar: Calendar) {
    let tokens = &mut sentence.tokens;
    keep_what_is_so(tokens);
    settle(tokens);
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
    let Some(but) = (said..tokens.len()).find(|at| tokens[*at].is("but")) else { return };
    // "but I actually live in Nice" says all of it again.
    if word(but + 1) == "i" && matches!(word(but + 2), "actually" | "really") {
        tokens.drain(..=but);
        return;
    }
    let now = but + 2;
    let Some(then) = (said + 1..but).find(|at| matches!(word(*at), "is" | "are" | "'s" | "lives" | "live"))
    else {
        return;
    };
    let of_own = matches!(word(said), "my" | "our");
    let goes_on =
        matches!(word(but + 1), "he" | "she" | "it" | "they") && matches!(word(now), "is" | "are" | "'s");
    let is_number = |at: usize| tokens.get(at).is_some_and(|token| token.kind == Kind::Number);
    let is_name = |at: usize| tokens.get(at).is_some_and(Token::is_capitalised) && at + 1 == tokens.len();
    let lives = matches!(word(then), "lives" | "live") && word(then + 1) == "in";
    // What was said takes the value that is so: a place, a day, an age, a name.
    let (old, new) = match (word(then + 1), word(now + 1)) {
        ("in", "in") if lives && is_name(now + 2) => (then + 1, now + 1),
        ("on", "on") => (then, now),
        ("called" | "named", _) if is_name(now + 1) => (then + 2, now + 1),
        _ if is_number(then + 1) && is_number(now + 1) => (then, now),
        _ => return,
    };
    if of_own && goes_on {
        tokens.drain(old..new);
        tokens.drain(..said);
    }
}

/// "My sister used to live in Seattle but she's in Portland now": who lived somewhere else lives there.
fn settle(tokens: &mut [Token<'_>]) {
    let words = |at: usize, wanted: &[&str]| {
        wanted
            .iter()
            .enumerate()
            .all(|(offset, word)| tokens.get(at + offset).is_some_and(|token| token.is(word)))
    };
    let lived = (0..tokens.len()).any(|at| words(at, &["used", "to", "live", "in"]));
    let at = (1..tokens.len()).find(|at| {
        matches!(&*tokens[at - 1].word, "he" | "she")
            && matches!(&*tokens[*at].word, "is" | "'s")
            && words(at + 1, &["in"])
            && tokens.get(at + 2).is_some_and(Token::is_capitalised)
    });
    if let Some(at) = at.filter(|_| lived) {
        tokens[at] = understood::with_word(&tokens[at], "lives");
    }
}

/// Something that takes the place of something else.
struct Exchange {
    old: Range<usize>,
    /// Where the new begins.
    new: usize,
    /// The words that say that the one ends, and the other begins.
    ends: &'static [&'static str],
    begins: &'static [&'static str],
}

/// "My doctor switched me from sertraline to fluoxetine" is two statements: one ends, one begins.
fn part_old_from_new(tokens: &mut Vec<Token<'_>>) {
    let Some(Exchange { old, new, ends, begins }) = exchanged(tokens) else { return };
    let mut parted: Vec<Token<'_>> = Vec::with_capacity(tokens.len() + ends.len() + begins.len());
    parted.extend(ends.iter().map(|word| understood::with_word(&tokens[old.start], word)));
    parted.extend(tokens[old].iter().cloned());
    parted.push(Token { kind: Kind::Mark, ..understood::with_word(&tokens[new], ",") });
    parted.extend(begins.iter().map(|word| understood::with_word(&tokens[new], word)));
    parted.extend(tokens[new..].iter().cloned());
    *tokens = parted;
}

/// What can be switched, and how it is said that one ends and another begins.
type Switched = (&'static Words, &'static [&'static str], &'static [&'static str]);
static SWITCHED_BY_DOCTORS: [Switched; 1] =
    [(&health::MEDICATIONS, &["i", "no", "longer", "take"], &["i", "take"])];
static SWITCHED: [Switched; 3] = [
    SWITCHED_BY_DOCTORS[0],
    (&work::SUBJECTS_OF_STUDY, &["i", "no", "longer", "study"], &["i", "study"]),
    (&activities::PLAYED, &["i", "no", "longer", "play"], &["i", "play"]),
];

/// Only what one says of oneself, without a condition or a denial before it, and what one's doctors do.
fn exchanged(tokens: &[Token<'_>]) -> Option<Exchange> {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let (verb, by_doctors) = match (word(0), word(1), word(2)) {
        ("my", "doctor" | "gp" | "psychiatrist" | "neurologist" | "cardiologist", _) => (2, true),
        ("they", ..) => (1, true),
        ("i" | "we", "have", "just" | "recently" | "finally") => (3, false),
        ("i" | "we", "have" | "just" | "recently" | "finally", _) => (2, false),
        ("i" | "we", ..) => (1, false),
        _ => return None,
    };
    match (word(verb), word(verb + 1)) {
        ("switched" | "changed", "me") if by_doctors => switched(tokens, verb + 2, &SWITCHED_BY_DOCTORS),
        ("switched" | "changed", "from") if !by_doctors => switched(tokens, verb + 1, &SWITCHED),
        ("traded" | "swapped" | "exchanged", "my" | "our" | "the") if !by_doctors => {
            traded(tokens, verb + 1, "for")
        }
        ("replaced", "my" | "our" | "the") if !by_doctors => traded(tokens, verb + 1, "with"),
        _ => None,
    }
}

/// "from this to that", both of one kind.
fn switched(tokens: &[Token<'_>], from: usize, kinds: &[Switched]) -> Option<Exchange> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    kinds.iter().filter(|_| is(from, "from")).find_map(|(list, ends, begins)| {
        let to = from + 1 + listed_length(tokens, from + 1, list)?;
        let both = is(to, "to") && listed_length(tokens, to + 1, list).is_some();
        both.then_some(Exchange { old: from + 1..to, new: to + 1, ends, begins })
    })
}

/// "the Skoda in for a Tesla": things that one has.
fn traded(tokens: &[Token<'_>], old: usize, joint: &str) -> Option<Exchange> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let joint = (old + 1..tokens.len().min(old + 6)).find(|at| is(*at, joint))?;
    let owned = |part: &[Token<'_>]| {
        let kinds = [&things::POSSESSIONS, &things::VEHICLE_MAKES];
        part.iter().any(|token| kinds.iter().any(|kind| kind.contains(&*token.word)))
    };
    let (new, old) = (joint + 1, old..joint - usize::from(is(joint - 1, "in")));
    let has_new = is(new, "a") || is(new, "an");
    (has_new && owned(&tokens[old.clone()]) && owned(&tokens[new + 1..tokens.len().min(new + 4)]))
        .then_some(Exchange { old, new, ends: &["i", "no", "longer", "have"], begins: &["i", "have"] })
}
