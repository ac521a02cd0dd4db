//! Clauses that leave out "I": "been vegan since 2019", "can't stand parsnips", "starting at Bosch in March".
//!
//! Whoever types fast begins with the verb. An imperative does so, too: only verbs count that nobody tells an
//! assistant to do, and only where nobody else was spoken of before.

use std::borrow::Cow;

use super::clauses;
use super::dates::{self, Calendar};
use super::grammar::base_form;
use super::slots::is_relation;
use super::tokens::{Kind, Token};
use super::verbatim::names_a_text;
use super::words::grammar::SOFT_ADVERBS;
use super::words::{Words, has, set, things};

/// After "am": states and what one is in the middle of.
static STATES: Words = std::sync::LazyLock::new(|| {
    set(
        "working living studying allergic married learning vegetarian vegan pescatarian veggie training saving starting \
         moving flying going heading getting meeting seeing having expecting pregnant retired engaged divorced single widowed \
         based lactose gluten coeliac celiac diabetic asthmatic dyslexic deaf blind colour color colour-blind colorblind left-handed \
         gluten-free dairy-free intolerant signed booked originally off teetotal sober scared terrified afraid self-employed \
         unemployed freelance playing running teaching visiting travelling traveling leaving presenting speaking recovering \
         taking doing renovating writing volunteering turning obsessed addicted fond keen passionate hooked hoping planning opening quitting retiring",
    )
});
/// Of these the imperative is rare, or is no fact where it is one.
static PRESENT: Words = std::sync::LazyLock::new(|| {
    set(
        "love hate adore prefer dislike detest loathe work live speak teach study own have commute support wear play carry rent",
    )
});
static PAST: Words = std::sync::LazyLock::new(|| {
    set(
        "moved relocated got bought adopted rescued sold quit stopped started joined left gave booked graduated retired lost broke split \
         went switched turned grew used finished passed failed ran won met had signed became dropped cancelled canceled scrapped was took",
    )
});
static PASSIVE: Words = std::sync::LazyLock::new(|| set("born raised diagnosed promoted hired fired laid"));

/// The predicate at `start` with the verb that "I" would have; `None` where it is not the user's.
pub(super) fn predicate<'a>(
    tokens: &[Token<'a>],
    start: usize,
    calendar: Calendar,
) -> Option<Vec<Token<'a>>> {
    let lead = start
        + tokens[start..]
            .iter()
            .take(2)
            .take_while(|token| SOFT_ADVERBS.contains(&*token.word) && !token.is("do"))
            .count();
    let first = tokens.get(lead)?;
    let word = |offset: usize| tokens.get(lead + offset).map_or("", |token| &*token.word);
    // "Starting 1 July in Nairobi" is a day.
    if word(0) == "starting" && dates::date_at(tokens, lead, calendar).is_some() {
        return None;
    }
    let points = matches!(word(1), "the" | "all" | "your" | "how" | "that" | "this" | "it" | "being");
    let begins = clauses::skip_openers(tokens, 0, calendar) == start;
    let words = [word(0), word(1), word(2), word(3)];
    let supplied =
        denial(words).or_else(|| statement(words, points, lead > start, begins || lowercase(tokens)))?;
    if about_another(&tokens[..start]) {
        return None;
    }
    let mut view: Vec<Token<'a>> = supplied.iter().map(|verb| with_word(first, verb)).collect();
    view.extend(tokens[lead..].iter().cloned());
    if let Some(first) = view.get_mut(supplied.len()).filter(|_| !supplied.is_empty()) {
        first.gap = " ";
    }
    Some(view)
}

/// What a part of an introduction may stand for: "Quick intro: Anna, 38, nurse, two kids, hates olives".
pub(super) fn introduced<'a>(tokens: &[Token<'a>], start: usize) -> Vec<Vec<Token<'a>>> {
    if start == 0 || !is_introduction(tokens) {
        return Vec::new();
    }
    let Some(first) = tokens.get(start).filter(|first| first.is_word() || first.kind == Kind::Number) else {
        return Vec::new();
    };
    let rest = |skipped: usize| tokens[start + skipped..].iter().cloned();
    let with = |words: &[&'static str]| {
        let mut view: Vec<Token<'a>> =
            words.iter().map(|word| with_word(first, word)).chain(rest(0)).collect();
        if let Some(token) = view.get_mut(words.len()) {
            token.gap = " ";
        }
        view
    };
    let verb = base_form(&first.word).filter(|base| {
        PRESENT.contains(base.as_str()) || matches!(base.as_str(), "like" | "enjoy" | "run" | "love")
    });
    if let Some(base) = verb {
        let next_verb = |at: &usize| {
            tokens[*at].is(",")
                && tokens.get(at + 1).and_then(|next| base_form(&next.word)).is_some_and(|base| {
                    PRESENT.contains(base.as_str())
                        || matches!(base.as_str(), "like" | "enjoy" | "run" | "love")
                })
        };
        let end = (start..tokens.len()).find(next_verb).unwrap_or(tokens.len());
        let mut view: Vec<Token<'a>> = tokens[start..end].to_vec();
        view[0].word = Cow::Owned(base);
        return vec![view];
    }
    vec![with(&["am"]), with(&["am", "a"]), with(&["have"])]
}

/// Whether the sentence lists who somebody is.
fn is_introduction(tokens: &[Token<'_>]) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let cue = (0..6).any(|at| {
        matches!(
            (word(at), word(at + 1)),
            ("quick" | "short" | "little", "intro") | ("about", "me") | ("intro", _) | ("bio", ":")
        )
    });
    cue && tokens.iter().filter(|token| token.is(",")).count() >= 2
}

/// What a denial leaves out: "can't stand", "don't eat", "no longer at", "not a fan of".
fn denial(words: [&str; 4]) -> Option<&'static [&'static str]> {
    const NOTHING: &[&str] = &[];
    match (words[0], words[1]) {
        ("never", "liked" | "had" | "learned" | "learnt" | "been" | "tried" | "cared" | "enjoyed") => {
            Some(&["have"])
        }
        ("no", "longer")
        | (
            "not",
            "vegan" | "vegetarian" | "married" | "single" | "doing" | "going" | "working" | "a" | "big"
            | "keen" | "into",
        ) => Some(&["am"]),
        ("can", "not")
            if matches!(
                words[2],
                "stand"
                    | "eat"
                    | "drink"
                    | "have"
                    | "do"
                    | "bear"
                    | "stomach"
                    | "tolerate"
                    | "swim"
                    | "drive"
                    | "cook"
            ) =>
        {
            Some(NOTHING)
        }
        ("have", "not") if matches!(words[2], "eaten" | "touched" | "drunk") => Some(NOTHING),
        ("do", "not")
            if matches!(
                words[2],
                "eat"
                    | "do"
                    | "drink"
                    | "like"
                    | "have"
                    | "smoke"
                    | "own"
                    | "speak"
                    | "drive"
                    | "care"
                    | "really"
                    | "enjoy"
            ) && words[3] != "to" =>
        {
            Some(NOTHING)
        }
        _ => None,
    }
}

/// What any other clause leaves out. `softened`: a word such as "originally" stands before it; `begins`: nothing does, or
/// the sentence is typed in small letters.
fn statement(
    words: [&str; 4],
    points: bool,
    softened: bool,
    begins: bool,
) -> Option<&'static [&'static str]> {
    const NOTHING: &[&str] = &[];
    let pointed_at = words[1] == "the"
        && matches!(
            words[0],
            "seeing" | "visiting" | "meeting" | "having" | "leaving" | "starting" | "running"
        );
    match (words[0], words[1]) {
        ("been", _) => Some(&["have"]),
        (
            "mum" | "mom" | "dad" | "mother" | "father" | "parent" | "grandmother" | "grandfather",
            "of" | "to",
        ) => Some(&["am", "a"]),
        ("from", _) if softened => Some(&["am"]),
        ("work", "in") if words[2] == "progress" => None,
        // "Teach me ten words", "training plan from 10k to a half marathon".
        (_, "me" | "us") if PRESENT.contains(words[0]) => None,
        (one, next) if one.ends_with("ing") && names_a_text(next) => None,
        ("moving", "day") => None,
        (one, "in" | "from" | "as" | "with" | "and" | "off" | "up" | "to" | "by")
            if PASSIVE.contains(one) =>
        {
            Some(&["was"])
        }
        (one, _) if PASSIVE.contains(one) => None,
        (one, _) if STATES.contains(one) && (!points || pointed_at) => Some(&["am"]),
        (one, _)
            if PAST.contains(one)
                && (!points || matches!(one, "sold" | "quit" | "cancelled" | "scrapped" | "left")) =>
        {
            Some(NOTHING)
        }
        (one, _) if PRESENT.contains(one) && !points && (begins || softened) => Some(NOTHING),
        _ => None,
    }
}

pub(super) fn with_word<'a>(at: &Token<'a>, word: &'static str) -> Token<'a> {
    Token { text: word, word: Cow::Borrowed(word), gap: " ", ..at.clone() }
}

fn lowercase(tokens: &[Token<'_>]) -> bool {
    tokens.first().is_some_and(|token| !token.is_capitalised())
}

/// Whether the word is a state that may be anybody's: "… and allergic to nuts".
pub(super) fn is_state(token: &Token<'_>) -> bool {
    STATES.contains(&*token.word) || PRESENT.contains(&*token.word) || PASSIVE.contains(&*token.word)
}

/// Whether somebody else was spoken of: then the verb may be theirs.
pub(super) fn about_another(before: &[Token<'_>]) -> bool {
    let own = before.iter().any(|token| matches!(&*token.word, "i" | "we" | "me"));
    let has_subject = before.first().is_some_and(|token| {
        matches!(&*token.word, "my" | "our" | "the" | "this" | "that" | "a" | "an") || token.is_capitalised()
    });
    let has_verb = before.iter().skip(1).any(|token| {
        matches!(&*token.word, "is" | "was" | "has" | "are" | "were" | "'s")
            || token.word.ends_with("ed")
            || PAST.contains(&*token.word)
    });
    // "The oldest, Pia, just started school".
    let soft = before.iter().rev().take_while(|token| SOFT_ADVERBS.contains(&*token.word)).count();
    let is_named = matches!(&before[..before.len() - soft], [.., opening, name, closing] if opening.is(",") && name.is_capitalised() && closing.is(","));
    if !own && has_subject && (has_verb || is_named) {
        return true;
    }
    before.iter().enumerate().any(|(at, token)| {
        let next = before.get(at + 1);
        let verb_follows = next.is_some_and(|next| {
            matches!(&*next.word, "is" | "'s" | "has" | "was" | "said" | "says") || next.word.ends_with("ed")
        });
        matches!(
            &*token.word,
            "he" | "she" | "they" | "you" | "who" | "people" | "someone" | "somebody" | "everyone"
        ) || (is_relation(&token.word) || has(&things::PETS, &token.word))
            && next.is_some()
            && !is_beside(before, at)
            || at > 0 && token.is_word() && token.is_capitalised() && verb_follows && !token.is("i")
    })
}

/// "with my wife Jess": who only stands beside the user does nothing.
fn is_beside(before: &[Token<'_>], at: usize) -> bool {
    at >= 2 && matches!(&*before[at - 2].word, "with" | "for" | "to" | "of" | "from" | "by" | "near")
}
