//! What "them" and "it" stand for behind a verb of taste: "take the parsnips off, can't stand them".

use super::clauses::Sentence;
use super::tokens::{Kind, Token};
use super::understood::with_word;
use super::words::health::FOODS;
use super::words::{Words, has, set, things};

/// The phrase is not looked for further back.
const WORDS_BACK: usize = 14;

static TASTES: Words = std::sync::LazyLock::new(|| {
    set("stand bear stomach like love hate adore loathe detest despise dislike eat drink")
});

/// Puts the things that were named before in the place of the pronouns that mean them.
pub(super) fn resolve(sentences: &mut [Sentence<'_>]) {
    for place in 0..sentences.len() {
        let (before, rest) = sentences.split_at_mut(place);
        let Some(sentence) = rest.first_mut() else { return };
        let previous = before.last().map(|sentence| sentence.tokens.as_slice()).unwrap_or_default();
        resolve_in(&mut sentence.tokens, previous);
        resolve_subject(&mut sentence.tokens, previous);
        resolve_place(&mut sentence.tokens, previous);
    }
}

fn resolve_in<'a>(tokens: &mut Vec<Token<'a>>, previous: &[Token<'a>]) {
    let Some(at) = (1..tokens.len()).find(|at| is_pronoun(tokens, *at)) else { return };
    let several = tokens[at].is("them");
    let dislikes = tokens[at.saturating_sub(4)..at].iter().any(|token| {
        token.is("not") || matches!(&*token.word, "hate" | "loathe" | "detest" | "despise" | "dislike")
    });
    // The phrase stands before the clause of the pronoun.
    let Some(clause) = tokens[..at - 1].iter().rposition(|token| token.kind == Kind::Mark || is_joint(token))
    else {
        if let Some(phrase) = phrase_in(previous, several, dislikes) {
            tokens.splice(at..=at, phrase);
        }
        return;
    };
    let found =
        phrase_in(&tokens[..clause], several, dislikes).or_else(|| phrase_in(previous, several, dislikes));
    if let Some(phrase) = found {
        tokens.splice(at..=at, phrase);
    }
}

/// "no garlic, it repeats on me".
fn resolve_subject<'a>(tokens: &mut Vec<Token<'a>>, previous: &[Token<'a>]) {
    let acts = |at: usize| {
        matches!(&*tokens[at].word, "it" | "they")
            && tokens.get(at + 1).is_some_and(|next| {
                matches!(
                    &*next.word,
                    "repeats"
                        | "repeat"
                        | "gives"
                        | "give"
                        | "makes"
                        | "make"
                        | "puts"
                        | "put"
                        | "upsets"
                        | "upset"
                )
            })
            && tokens[at..].iter().take(4).any(|token| matches!(&*token.word, "me" | "my"))
    };
    let Some(at) = (0..tokens.len()).find(|at| acts(*at)) else { return };
    if let Some(phrase) = phrase_in(&tokens[..at], false, false).or_else(|| phrase_in(previous, false, false))
    {
        tokens.splice(at..=at, phrase);
    }
}

/// "any good cafés in Leeds? I just moved there".
fn resolve_place<'a>(tokens: &mut Vec<Token<'a>>, previous: &[Token<'a>]) {
    let goes = |at: usize| {
        tokens[at].is("there")
            && tokens[..at].iter().any(|token| matches!(&*token.word, "i" | "we"))
            && tokens[..at].iter().rev().take(3).any(|token| {
                matches!(
                    &*token.word,
                    "am" | "moved"
                        | "live"
                        | "living"
                        | "lived"
                        | "going"
                        | "go"
                        | "fly"
                        | "flying"
                        | "moving"
                        | "work"
                )
            })
    };
    let Some(at) = (1..tokens.len()).find(|at| goes(*at)) else { return };
    let place = |place: usize| {
        let named = previous[place].is_word()
            && previous[place].is_capitalised()
            && !previous[place].is("i")
            && place > 0;
        named && matches!(&*previous[place - 1].word, "in" | "to" | "from" | "near" | "around" | "of" | "the")
    };
    let Some(start) = (0..previous.len()).rev().find(|at| place(*at)) else { return };
    let start = start - usize::from(previous[start - 1].is("the"));
    let end =
        (start + 1..previous.len()).find(|end| !previous[*end].is_capitalised()).unwrap_or(previous.len());
    let moves = tokens[..at]
        .iter()
        .any(|token| matches!(&*token.word, "moved" | "going" | "go" | "fly" | "flying" | "moving"));
    let mut phrase = vec![with_word(&tokens[at], if moves { "to" } else { "in" })];
    phrase.extend_from_slice(&previous[start..end]);
    tokens.splice(at..=at, phrase);
}

fn is_joint(token: &Token<'_>) -> bool {
    matches!(&*token.word, "and" | "but" | "because" | "as" | "since" | "cos" | "cause" | "bc")
}

/// "them" or "it" behind a verb of taste, at the end of what it says.
fn is_pronoun(tokens: &[Token<'_>], at: usize) -> bool {
    matches!(&*tokens[at].word, "them" | "it")
        && TASTES.contains(&*tokens[at - 1].word)
        && tokens.get(at + 1).is_none_or(|next| {
            next.is_stop()
                || matches!(&*next.word, "and" | "but" | "so" | "though" | "anymore" | "lol" | "haha")
        })
}

/// The last thing that the words name, in as few words as it has: "parsnips" of "take the parsnips off".
fn phrase_in<'a>(tokens: &[Token<'a>], several: bool, dislikes: bool) -> Option<Vec<Token<'a>>> {
    let from = tokens.len().saturating_sub(WORDS_BACK);
    (from..tokens.len()).rev().find_map(|at| {
        let start = behind_article(tokens, at, from)?;
        let end = (start..tokens.len().min(start + 4))
            .find(|end| !is_part(&tokens[*end]))
            .unwrap_or(tokens.len().min(start + 4));
        let phrase = tokens.get(start..end).filter(|phrase| !phrase.is_empty())?;
        let head = &*phrase.last()?.word;
        let plural = head.ends_with('s') && !head.ends_with("ss");
        let food = has(&FOODS, head);
        let vague = phrase
            .iter()
            .any(|token| has(&things::PASSING_TASTES, &token.word) || token.is_capitalised() && at > 0);
        let fits = if several { plural && (food || dislikes) } else { food };
        (fits && !vague).then(|| phrase.to_vec())
    })
}

/// Where a phrase begins behind an article or the like at `at`, or at the very beginning.
fn behind_article(tokens: &[Token<'_>], at: usize, from: usize) -> Option<usize> {
    let introduces = matches!(
        &*tokens[at].word,
        "the" | "no" | "any" | "some" | "with" | "without" | "of" | "more" | "about" | "like" | "and" | "or"
    );
    if introduces {
        return Some(at + 1);
    }
    (at == from && from == 0).then_some(at)
}

fn is_part(token: &Token<'_>) -> bool {
    token.is_word()
        && !matches!(
            &*token.word,
            "off"
                | "out"
                | "please"
                | "in"
                | "on"
                | "from"
                | "are"
                | "is"
                | "ever"
                | "at"
                | "for"
                | "to"
                | "and"
                | "or"
                | "though"
                | "with"
                | "this"
                | "that"
                | "your"
                | "my"
                | "again"
        )
}
