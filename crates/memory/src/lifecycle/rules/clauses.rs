//! A sentence as clauses: where statements can begin, and where what follows is asked, supposed or told by others.

use super::dates::{self, Calendar};
use super::tokens::{Kind, Token};
use super::traps;
use super::words::grammar::{ASKING, AUXILIARIES, OPENERS, SOFT_ADVERBS, SUBJECTS};

/// The tokens between two ends of sentences.
#[derive(Clone, Debug)]
pub(super) struct Sentence<'a> {
    pub(super) tokens: Vec<Token<'a>>,
    pub(super) question: bool,
}

/// A line that is cut at about this width was wrapped, not ended.
const WRAPPED_LINE_BYTES_MIN: usize = 50;

pub(super) fn sentences(tokens: Vec<Token<'_>>) -> Vec<Sentence<'_>> {
    let mut found = Vec::new();
    let mut current: Vec<Token<'_>> = Vec::new();
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        let ends = match token.kind {
            Kind::Mark => matches!(token.text, "." | "!" | "?" | "…" | "。" | "？" | "！"),
            Kind::Break => {
                let width = current.first().map_or(0, |first| token.range.start - first.range.start);
                let goes_on = rest.peek().is_some_and(|next| next.is_word() && !next.is_capitalised());
                !(goes_on && width >= WRAPPED_LINE_BYTES_MIN)
            }
            _ => false,
        };
        if ends {
            let question = matches!(token.text, "?" | "？");
            if !current.is_empty() {
                found.push(Sentence { tokens: std::mem::take(&mut current), question });
            } else if question && let Some(last) = found.last_mut() {
                // "I live in Lyon!?"
                last.question = true;
            }
        } else if token.kind != Kind::Break {
            current.push(token);
        }
    }
    if !current.is_empty() {
        found.push(Sentence { tokens: current, question: false });
    }
    found
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joint {
    First,
    Mark,
    Conjunction,
}

/// Where statements may begin, in order, openers skipped; only what is asserted.
pub(super) fn starts(sentence: &Sentence<'_>, calendar: Calendar) -> Vec<usize> {
    let tokens = &sentence.tokens;
    let supposed_from = traps::supposed_from(tokens);
    let meant_again = traps::meant_again(tokens, supposed_from);
    let mut starts = Vec::new();
    let (mut asked, mut chain_asked) = (false, false);
    let mut previous = None;
    for (at, joint) in joints(tokens) {
        let start = skip_openers(tokens, at, calendar);
        if at >= meant_again {
            // "The doctor says …, so I'm vegetarian now": one's own again.
        } else if at >= supposed_from || start > supposed_from {
            continue;
        }
        // "Could you remember that I'm vegan?" tells.
        let tells =
            tokens[at..start.max(at)].iter().any(|token| matches!(&*token.word, "remember" | "forget"))
                || asks_for_good(&tokens[at..]);
        asked |= tells;
        let asks = is_asking(tokens, at) && !tells || is_asking(tokens, start);
        if asks && is_tag(tokens, start) {
            // "I live in Lyon, don't I?" asks all of it.
            return Vec::new();
        }
        asked |= asks;
        chain_asked = asks || joint == Joint::Conjunction && chain_asked;
        if !chain_asked && previous != Some(start) && start < tokens.len() {
            starts.push(start);
        }
        previous = Some(start);
    }
    if sentence.question && !asked { Vec::new() } else { starts }
}

/// Behind the clause that begins at `start`: where another statement or question begins, or at a mark that parts more than
/// a comma does.
pub(super) fn end(tokens: &[Token<'_>], start: usize) -> usize {
    let parts = |at: &usize| {
        let token = &tokens[*at];
        let next = at + 1;
        let another = next < tokens.len() && begins_statement(tokens, next);
        match token.kind {
            Kind::Quote | Kind::Break => true,
            Kind::Mark if matches!(token.text, "'" | "’" | "/" | "$" | "€" | "£" | "°" | "+" | "#") => {
                false
            }
            Kind::Mark if token.is(",") => {
                let behind = next + usize::from(tokens.get(next).is_some_and(is_conjunction));
                another
                    || behind < tokens.len()
                        && (behind > next && begins_statement(tokens, behind) || turns_away(tokens, behind))
            }
            Kind::Mark if token.is("-") => !token.gap.is_empty(),
            Kind::Mark => true,
            // "I'm coeliac so no pasta please", "mum's from Sligo, so both sides need something".
            _ if token.is("so") => {
                another
                    || tokens[at - 1].is(",")
                    || tokens.get(next).is_some_and(|token| {
                        matches!(
                            &*token.word,
                            "the"
                                | "no"
                                | "it"
                                | "that"
                                | "a"
                                | "do"
                                | "please"
                                | "can"
                                | "what"
                                | "not"
                                | "nothing"
                        )
                    })
            }
            // "… for seventeen years and it's the birds that break me".
            _ if matches!(&*token.word, "and" | "but")
                && tokens.get(next).is_some_and(|next| next.is("it"))
                && turns_away(tokens, next) =>
            {
                true
            }
            _ => is_conjunction(token) && another || *at > start + 2 && runs_on(tokens, *at),
        }
    };
    (start + 1..tokens.len()).find(parts).unwrap_or(tokens.len())
}

fn joints(tokens: &[Token<'_>]) -> Vec<(usize, Joint)> {
    let mut found = vec![(0, Joint::First)];
    found.extend(behind_leading_phrase(tokens).map(|at| (at, Joint::Mark)));
    for (at, token) in tokens.iter().enumerate() {
        let next = at + 1;
        if next >= tokens.len() {
            break;
        }
        if token.kind == Kind::Mark || token.kind == Kind::Quote {
            // A hyphen within a word is no mark; an apostrophe that stands alone is none either.
            if !matches!(token.text, "'" | "’" | "/") {
                found.push((next, Joint::Mark));
            }
        } else if is_conjunction(token) && at > 0 && begins_statement(tokens, next) {
            found.push((next, Joint::Conjunction));
        } else if at > 2 && runs_on(tokens, at) {
            found.push((at, Joint::Conjunction));
        }
    }
    found.sort_by_key(|(at, _)| *at);
    found.dedup_by_key(|(at, _)| *at);
    found
}

/// "I can't type long I broke my wrist": a statement that nothing parts from the one before.
fn runs_on(tokens: &[Token<'_>], at: usize) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let before = &tokens[at - 1];
    // "the flat I bought my sister", "when I have a day off" go on.
    let leads = is_conjunction(before)
        || leads_on(before)
        || matches!(
            &*before.word,
            "before"
                | "after"
                | "once"
                | "until"
                | "whenever"
                | "why"
                | "whether"
                | "unless"
                | "says"
                | "said"
                | "think"
                | "thinks"
                | "know"
                | "wish"
                | "hope"
                | "guess"
                | "time"
        );
    matches!(word(at), "i" | "we")
        && before.is_word()
        && !leads
        && matches!(
            word(at + 1),
            "have"
                | "am"
                | "broke"
                | "bought"
                | "sold"
                | "lost"
                | "got"
                | "hate"
                | "love"
                | "work"
                | "live"
                | "moved"
                | "started"
                | "quit"
                | "play"
                | "teach"
                | "study"
        )
        && matches!(
            word(at + 2),
            "my" | "the" | "a" | "an" | "our" | "allergic" | "as" | "at" | "in" | "to" | "from"
        )
}

/// "After ten years in Paris I moved back": where the subject stands behind what leads to it.
fn behind_leading_phrase(tokens: &[Token<'_>]) -> Option<usize> {
    const WORDS_MAX: usize = 10;
    tokens.first().filter(|token| {
        matches!(
            &*token.word,
            "after"
                | "before"
                | "for"
                | "since"
                | "during"
                | "with"
                | "from"
                | "until"
                | "once"
                | "throughout"
                | "despite"
                | "at"
                | "in"
                | "over"
                | "because"
                | "due"
                | "thanks"
        )
    })?;
    let at = (2..tokens.len().min(WORDS_MAX)).find(|at| matches!(&*tokens[*at].word, "i" | "we"))?;
    let before = &tokens[..at];
    // "in the city I live in": what follows a noun with its article describes it.
    let describes = matches!(
        &*before[at - 2].word,
        "the" | "a" | "an" | "every" | "any" | "all" | "this" | "that" | "first" | "last"
    ) || before.len() > 2 && matches!(&*before[at - 3].word, "the");
    let has_verb = before.iter().any(|token| token.is_stop() || AUXILIARIES.contains(&*token.word));
    (!describes && !leads_on(&before[at - 1]) && !has_verb).then_some(at)
}

/// Whether a subject behind the word begins no statement of its own: "what I", "the one that we".
fn leads_on(token: &Token<'_>) -> bool {
    matches!(
        &*token.word,
        "that"
            | "what"
            | "which"
            | "who"
            | "where"
            | "when"
            | "how"
            | "if"
            | "as"
            | "than"
            | "and"
            | "or"
            | "like"
    )
}

fn is_conjunction(token: &Token<'_>) -> bool {
    matches!(
        &*token.word,
        "and"
            | "but"
            | "so"
            | "because"
            | "cause"
            | "cuz"
            | "coz"
            | "bc"
            | "since"
            | "as"
            | "though"
            | "although"
            | "while"
            | "whereas"
            | "plus"
            | "also"
            | "then"
            | "however"
            | "lol"
            | "haha"
            | "btw"
            | "anyway"
            | "now"
            | "yes"
            | "no"
            | "hi"
            | "hey"
            | "hello"
            | "ok"
            | "yeah"
    )
}

/// ", this is a tragedy", ", and the ciabatta is all they want": a statement about something else.
fn turns_away(tokens: &[Token<'_>], at: usize) -> bool {
    let is_verb = |at: usize| {
        tokens
            .get(at)
            .is_some_and(|token| matches!(&*token.word, "is" | "are" | "was" | "were" | "'s" | "has" | "had"))
    };
    match &*tokens[at].word {
        "this" | "that" | "there" | "it" => is_verb(at + 1),
        // "my left hand, the right one's in plaster" goes on.
        "the" | "these" | "those" => {
            let of_the_same = tokens[at..].iter().take(4).any(|token| token.is("one") || token.is("other"));
            let is_noun = |at: usize| tokens.get(at).is_some_and(Token::is_word);
            let is_said_of = is_verb(at + 2) || is_noun(at + 2) && is_verb(at + 3);
            is_noun(at + 1) && is_said_of && !of_the_same
        }
        _ => false,
    }
}

/// Whether a subject that the rules know, or a question, begins here.
fn begins_statement(tokens: &[Token<'_>], at: usize) -> bool {
    let at = at
        + tokens[at..]
            .iter()
            .take(2)
            .take_while(|token| {
                SOFT_ADVERBS.contains(&*token.word) || token.is(",") || token.is("that") || token.is("and")
            })
            .count();
    let Some(token) = tokens.get(at) else { return false };
    is_subject(token)
        || is_asking(tokens, at)
        || token.is_capitalised() && tokens.get(at + 1).is_some_and(|next| next.word.ends_with('s'))
        || begins_with_date(tokens, at)
}

/// The words with which a statement about the user or their people begins.
pub(super) fn is_subject(token: &Token<'_>) -> bool {
    matches!(
        &*token.word,
        "i" | "my"
            | "we"
            | "our"
            | "he"
            | "she"
            | "his"
            | "her"
            | "call"
            | "people"
            | "everyone"
            | "friends"
            | "me"
            | "allergic"
            | "they"
            | "their"
            | "mum"
            | "mom"
            | "dad"
    )
}

fn begins_with_date(tokens: &[Token<'_>], at: usize) -> bool {
    let date = tokens.get(at).is_some_and(|token| {
        matches!(
            &*token.word,
            "tomorrow"
                | "yesterday"
                | "today"
                | "next"
                | "last"
                | "on"
                | "in"
                | "every"
                | "this"
                | "at"
                | "here"
        ) || dates::weekday(&token.word).is_some()
    });
    date && tokens[at..].iter().take(8).skip(1).any(|token| matches!(&*token.word, "i" | "we" | "my"))
}

fn is_asking(tokens: &[Token<'_>], at: usize) -> bool {
    let Some(token) = tokens.get(at) else { return false };
    let next = tokens.get(at + 1);
    let auxiliary = AUXILIARIES.contains(&*token.word)
        && next.is_some_and(|next| {
            SUBJECTS.contains(&*next.word)
                || next.is("not") && tokens.get(at + 2).is_some_and(|third| SUBJECTS.contains(&*third.word))
        });
    auxiliary || ASKING.contains(&*token.word)
}

/// "Could you keep answers short from now on?": what is asked for good is a wish.
fn asks_for_good(tokens: &[Token<'_>]) -> bool {
    let word = |at: usize| tokens.get(at).map_or("", |token| &*token.word);
    let asks = matches!(word(0), "could" | "can" | "would" | "will") && word(1) == "you";
    let for_good =
        tokens.windows(3).any(|three| three[0].is("from") && three[1].is("now") && three[2].is("on"));
    asks && for_good
}

/// "right?", "don't I?"
fn is_tag(tokens: &[Token<'_>], at: usize) -> bool {
    let rest = &tokens[at.min(tokens.len())..];
    AUXILIARIES.contains(rest.first().map_or("", |token| &*token.word))
        && rest.len() <= 3
        && rest
            .last()
            .is_some_and(|token| matches!(&*token.word, "i" | "we" | "it" | "he" | "she" | "not" | "you"))
        && at > 0
}

/// "don't forget that".
fn remembers(tokens: &[Token<'_>], at: usize) -> bool {
    tokens.get(at + 2).is_some_and(|token| token.is("forget"))
}

/// Behind greetings, "actually", "I forgot to mention that", and a date at the beginning.
pub(super) fn skip_openers(tokens: &[Token<'_>], at: usize, calendar: Calendar) -> usize {
    let mut start = at;
    loop {
        let Some(token) = tokens.get(start) else { return start };
        if token.kind == Kind::Mark && start > at
            || token.kind == Kind::Mark && !matches!(token.text, "\"" | "“")
        {
            start += 1;
            continue;
        }
        // "No longer at Siemens", "don't eat pork": no fillers.
        let next_is = |word| tokens.get(start + 1).is_some_and(|next| next.is(word));
        let denies = token.is("no")
            && tokens.get(start + 1).is_some_and(|next| {
                next.is_word()
                    && !is_subject(next)
                    && OPENERS.length_at(tokens, start + 1).is_none()
                    && !next.is_capitalised()
                    && !matches!(
                        &*next.word,
                        "the"
                            | "it"
                            | "that"
                            | "this"
                            | "there"
                            | "im"
                            | "not"
                            | "you"
                            | "dont"
                            | "a"
                            | "an"
                            | "as"
                            | "do"
                            | "is"
                    )
                    && !SOFT_ADVERBS.contains(&*next.word)
            })
            && OPENERS.length_at(tokens, start) == Some(1);
        // "Third year of law in Warsaw" counts nothing.
        let year = matches!(&*token.word, "first" | "second" | "third") && next_is("year");
        if denies || year {
            return start;
        }
        if token.is("no") && next_is("longer")
            || token.is("do") && next_is("not") && !remembers(tokens, start)
        {
            return start;
        }
        if let Some(length) = OPENERS.length_at(tokens, start) {
            start += length;
            continue;
        }
        if SOFT_ADVERBS.contains(&*token.word) {
            start += 1;
            continue;
        }
        let time = dates::date_at(tokens, start, calendar)
            .map(|(end, _)| end)
            .or_else(|| dates::frequency_at(tokens, start));
        match time.map(|end| (end, end + usize::from(tokens.get(end).is_some_and(|token| token.is(","))))) {
            Some((_, next)) if tokens.get(next).is_some_and(is_subject) => start = next,
            _ => return start,
        }
    }
}
