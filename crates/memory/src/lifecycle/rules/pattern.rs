//! The small language of the rules: what a clause looks like, and what it says.
//!
//! A pattern is words and slots: `I live|reside in <place>`. `a|b` are alternatives, an underscore joins words into one
//! alternative, a trailing `?` makes a piece optional, `<place>` reads a slot, `<v:love|like>` reads a verb that the
//! statement conjugates, `$` demands the end of the phrase, `#` that
//! of the clause. `I` and `my` at the beginning stand for whomever the
//! clause is about. Words of emphasis ("really", "currently") may stand between any two pieces.

use domain::memory::MemoryType;

use super::slots::{self, Item, Scan, Slot};
use super::tokens::Token;
use super::words::grammar::SOFT_ADVERBS;

/// Emphasis is short.
const ADVERBS_MAX: usize = 3;

/// Whether a rule also takes the negated form of its patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negation {
    /// "I don't work at Google" leaves nothing.
    Ignored,
    /// "I don't like coffee" is worth as much as "I like coffee".
    Allowed,
    /// "I don't eat pork" is worth knowing, "I eat pork" is not.
    Needed,
}

/// What a clause can look like, and the memory that it makes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) patterns: &'static [&'static str],
    /// The predicate in the third person; `[…]` is left out where its slot is empty.
    pub(super) says: &'static str,
    pub(super) kind: MemoryType,
    pub(super) importance: f32,
    pub(super) tag: &'static str,
    pub(super) attribute: Option<&'static str>,
    pub(super) negation: Negation,
    pub(super) user_only: bool,
    /// Only about the user's people: "my grandmother passed away".
    pub(super) others_only: bool,
    pub(super) retracts: bool,
    /// Only with a day, week, month or year.
    pub(super) needs_date: bool,
    /// It tells of what was: "in May" is the last one.
    pub(super) past: bool,
    /// What follows may leave out its subject: "I live in Lyon and work as a nurse".
    pub(super) shares_subject: bool,
    /// Only where the subject is written, not where it is left out.
    pub(super) needs_subject: bool,
}

pub(super) const fn rule(patterns: &'static [&'static str], says: &'static str) -> Rule {
    Rule {
        patterns,
        says,
        kind: MemoryType::Fact,
        importance: 0.6,
        tag: "personal",
        attribute: None,
        negation: Negation::Ignored,
        user_only: false,
        others_only: false,
        retracts: false,
        needs_date: false,
        past: false,
        shares_subject: true,
        needs_subject: false,
    }
}

impl Rule {
    pub(super) const fn kind(self, kind: MemoryType) -> Self {
        Self { kind, ..self }
    }

    pub(super) const fn importance(self, importance: f32) -> Self {
        Self { importance, ..self }
    }

    pub(super) const fn tag(self, tag: &'static str) -> Self {
        Self { tag, ..self }
    }

    pub(super) const fn attribute(self, attribute: &'static str) -> Self {
        Self { attribute: Some(attribute), ..self }
    }

    pub(super) const fn negation(self, negation: Negation) -> Self {
        Self { negation, ..self }
    }

    pub(super) const fn user_only(self) -> Self {
        Self { user_only: true, ..self }
    }

    pub(super) const fn others_only(self) -> Self {
        Self { others_only: true, ..self }
    }

    pub(super) const fn retracts(self) -> Self {
        Self { retracts: true, ..self }
    }

    pub(super) const fn needs_date(self) -> Self {
        Self { needs_date: true, ..self }
    }

    pub(super) const fn past(self) -> Self {
        Self { past: true, ..self }
    }

    pub(super) const fn keeps_subject(self) -> Self {
        Self { shares_subject: false, ..self }
    }

    pub(super) const fn needs_subject(self) -> Self {
        Self { needs_subject: true, ..self }
    }
}

/// Whom a pattern is about: what it begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// `I …`
    Subject,
    /// `my …`
    Owner,
    /// Any other words.
    Free,
}

#[derive(Clone, Debug)]
enum Piece {
    Words {
        options: Vec<Vec<&'static str>>,
        optional: bool,
    },
    Verb(Vec<&'static str>),
    Slot {
        slot: Slot,
        name: &'static str,
        optional: bool,
    },
    End,
    /// The end of the clause, not only of the phrase.
    Stop,
}

#[derive(Clone, Debug)]
pub(super) struct Pattern {
    pub(super) rule: &'static Rule,
    pub(super) head: Head,
    pieces: Vec<Piece>,
}

/// What a pattern read.
#[derive(Clone, Debug, Default)]
pub(super) struct Found {
    pub(super) slots: Vec<(&'static str, Vec<Item>)>,
    pub(super) verb: Option<&'static str>,
    /// Behind its last token.
    pub(super) end: usize,
}

impl Pattern {
    pub(super) fn new(rule: &'static Rule, text: &'static str) -> Self {
        let mut words = text.split_whitespace().peekable();
        let head = match words.peek() {
            Some(&"I") => Head::Subject,
            Some(&"my") => Head::Owner,
            _ => Head::Free,
        };
        if head != Head::Free {
            words.next();
        }
        Self { rule, head, pieces: words.map(Piece::new).collect() }
    }

    /// The words with which a match can begin; `None` if it can begin with any.
    pub(super) fn first_words(&self) -> Option<Vec<&'static str>> {
        let mut first = Vec::new();
        for piece in &self.pieces {
            match piece {
                Piece::Words { options, optional } => {
                    first.extend(options.iter().filter_map(|option| option.first().copied()));
                    if !optional {
                        return Some(first);
                    }
                }
                Piece::Verb(options) => {
                    first.extend(options);
                    return Some(first);
                }
                Piece::Slot { .. } | Piece::End | Piece::Stop => return None,
            }
        }
        None
    }

    /// Reads the tokens from `at`.
    pub(super) fn read(&self, scan: &Scan<'_, '_>, at: usize) -> Option<Found> {
        let mut found = Found::default();
        read(&self.pieces, scan, at, &mut found).then_some(found)
    }
}

impl Piece {
    fn new(text: &'static str) -> Self {
        match text {
            "$" => return Self::End,
            "#" => return Self::Stop,
            _ => {}
        }
        let (text, optional) = text.strip_suffix('?').map_or((text, false), |text| (text, true));
        if let Some(slot) = text.strip_prefix('<').and_then(|text| text.strip_suffix('>')) {
            return match slot.strip_prefix("v:") {
                Some(verbs) => Self::Verb(verbs.split('|').collect()),
                None => Self::Slot { slot: Slot::named(slot), name: slot, optional },
            };
        }
        Self::Words { options: text.split('|').map(|option| option.split('_').collect()).collect(), optional }
    }
}

fn read(pieces: &[Piece], scan: &Scan<'_, '_>, at: usize, found: &mut Found) -> bool {
    let Some((piece, rest)) = pieces.split_first() else {
        found.end = at;
        return true;
    };
    for start in at..=at + ADVERBS_MAX {
        if read_piece(piece, rest, scan, start, found) {
            return true;
        }
        let adverb = scan.tokens.get(start).is_some_and(|token| SOFT_ADVERBS.contains(&*token.word));
        if !adverb || matches!(piece, Piece::End | Piece::Stop) {
            break;
        }
    }
    let optional = matches!(piece, Piece::Words { optional: true, .. } | Piece::Slot { optional: true, .. });
    optional && read(rest, scan, at, found)
}

fn read_piece(piece: &Piece, rest: &[Piece], scan: &Scan<'_, '_>, at: usize, found: &mut Found) -> bool {
    match piece {
        Piece::End => slots::is_end(scan, at) && read(rest, scan, at, found),
        Piece::Stop => {
            slots::is_end(scan, at)
                && !scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "and" | "or"))
                && read(rest, scan, at, found)
        }
        Piece::Words { options, .. } => options
            .iter()
            .any(|option| words_end(scan.tokens, at, option).is_some_and(|end| read(rest, scan, end, found))),
        Piece::Verb(options) => {
            let Some(verb) =
                options.iter().find(|verb| scan.tokens.get(at).is_some_and(|token| token.is(verb)))
            else {
                return false;
            };
            found.verb = Some(verb);
            read(rest, scan, at + 1, found)
        }
        Piece::Slot { slot, name, .. } => {
            let before = found.slots.len();
            for (end, items) in slots::read(*slot, scan, at, rest.is_empty()) {
                found.slots.push((name, items));
                if read(rest, scan, end, found) {
                    return true;
                }
                found.slots.truncate(before);
            }
            false
        }
    }
}

/// Behind the words, which emphasis may part.
fn words_end(tokens: &[Token<'_>], at: usize, words: &[&str]) -> Option<usize> {
    let mut end = at;
    for (position, word) in words.iter().enumerate() {
        let fits = |end: usize| {
            tokens.get(end).is_some_and(|token| token.is(word) || *word == "is" && token.is("'s"))
        };
        while position > 0
            && !fits(end)
            && tokens.get(end).is_some_and(|token| SOFT_ADVERBS.contains(&*token.word))
        {
            end += 1;
        }
        if !fits(end) {
            return None;
        }
        end += 1;
    }
    Some(end)
}

/// Whether the tokens begin with the words; "is" also stands for a written "'s".
pub(super) fn begins_with(tokens: &[Token<'_>], words: &[&str]) -> bool {
    tokens.len() >= words.len()
        && words.iter().zip(tokens).all(|(word, token)| token.is(word) || *word == "is" && token.is("'s"))
}
