//! What "them" and "it" stand for behind a verb of taste: "take the parsnips off, can't stand them".

use super::clauses::Sentence;
use super::tokens::{Kind, Token};
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
