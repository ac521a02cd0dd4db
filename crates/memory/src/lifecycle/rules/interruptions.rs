//! What stands between somebody and what is said of them: "my daughter, who is 12, wants a phone" says two things.

use super::clauses::Sentence;
use super::reader::is_past;
use super::subjects::relation;
use super::tokens::{Kind, Token};
use super::understood::with_word;
use super::words::grammar::AUXILIARIES;

/// Tokens between the marks, at most.
const TOKENS_MAX: usize = 9;
const AGES: std::ops::RangeInclusive<u32> = 1..=110;

/// Interruptions of one sentence, at most.
const ASIDES_MAX: usize = 5;

/// Makes two sentences of one that interrupts itself: "my daughter wants a phone", "my daughter is 12".
pub(super) fn untangle(sentences: &mut Vec<Sentence<'_>>) {
    let mut at = 0;
    while at < sentences.len() {
        let mut asides = Vec::new();
        while asides.len() < ASIDES_MAX
            && let Some((main, aside)) = parted(&sentences[at])
        {
            sentences[at] = main;
            asides.push(aside);
        }
        at += 1;
        let behind = at + asides.len();
        sentences.splice(at..at, asides);
        at = behind;
    }
}

fn parted<'a>(sentence: &Sentence<'a>) -> Option<(Sentence<'a>, Sentence<'a>)> {
    if sentence.question {
        return None;
    }
    let tokens = &sentence.tokens;
    let owners = (0..tokens.len()).filter(|at| matches!(&*tokens[*at].word, "my" | "our"));
    let (start, end, close, said) = owners.into_iter().find_map(|start| {
        let end = somebody(tokens, start)?;
        let (close, said) = interruption(tokens, end)?;
        Some((start, end, close, said))
    })?;
    let mut rest = tokens[close + 1..].to_vec();
    rest[0].gap = " ";
    let main = [&tokens[..end], &rest].concat();
    let aside = [&tokens[start..end], &said].concat();
    Some((Sentence { tokens: main, question: false }, Sentence { tokens: aside, question: false }))
}

/// Behind "my sister Marta".
fn somebody(tokens: &[Token<'_>], start: usize) -> Option<usize> {
    let (_, mut end, missing) = relation(tokens, start + 1)?;
    while tokens.get(end).is_some_and(|token| token.is_word() && token.is_capitalised() && !token.is("i")) {
        end += 1;
    }
    (!missing).then_some(end)
}

/// Where what interrupts at `opening` ends, before what goes on, and what it says as a predicate.
fn interruption<'a>(tokens: &[Token<'a>], opening: usize) -> Option<(usize, Vec<Token<'a>>)> {
    let closing = match &*tokens.get(opening)?.word {
        "," => ",",
        "(" => ")",
        _ => return None,
    };
    let inside = opening + 1..tokens.len().min(opening + 2 + TOKENS_MAX);
    let close = inside.clone().find(|at| !tokens[*at].is_word() && tokens[*at].kind != Kind::Number)?;
    if !tokens[close].is(closing) || !tokens.get(close + 1).is_some_and(is_verb) {
        return None;
    }
    let content = &tokens[inside.start..close];
    let said = match content {
        [who, verb, ..] if matches!(&*who.word, "who" | "which") && is_verb(verb) => {
            let mut said = content[1..].to_vec();
            said[0] = if verb.is("'s") { with_word(verb, "is") } else { spaced(verb) };
            said
        }
        [age] if age.word.parse().is_ok_and(|years| AGES.contains(&years)) => {
            vec![with_word(age, "is"), spaced(age)]
        }
        [article, _, ..] if matches!(&*article.word, "a" | "an") => {
            let mut said = vec![with_word(article, "is"), spaced(article)];
            said.extend_from_slice(&content[1..]);
            said
        }
        _ => return None,
    };
    Some((close, said))
}

fn spaced<'a>(token: &Token<'a>) -> Token<'a> {
    Token { gap: " ", ..token.clone() }
}

fn is_verb(token: &Token<'_>) -> bool {
    let word = &*token.word;
    token.kind != Kind::Number
        && !token.is_capitalised()
        && (AUXILIARIES.contains(word)
            || token.is("'s")
            || is_past(word)
            || word.len() > 3 && word.ends_with('s') && !word.ends_with("ss"))
}
