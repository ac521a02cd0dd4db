//! Plans in words that no rule foresees: "I'm having my cataract done on the 26th", "we record it in May".
//!
//! Read without the day, which the caller has taken out; it must be to come.

use super::grammar::{reported, third_person};
use super::nouns::is_pointing;
use super::pattern::{Rule, rule};
use super::slots::{Scan, phrase_end, trimmed};
use super::tokens::{Kind, Token};
use super::words::grammar::SOFT_ADVERBS;
use super::words::{Words, set};

const WORDS_MAX: usize = 9;

/// Stands for the rule where what follows may share the subject.
pub(super) static PLANNED: Rule =
    rule(&[], "").kind(domain::memory::MemoryType::Event).importance(0.55).tag("plan").keeps_subject();

/// What one is about to do that nobody needs to remember.
static IDLE: Words = std::sync::LazyLock::new(|| {
    set(
        "going trying thinking wondering looking working waiting hoping planning feeling asking using calling texting sending mailing emailing \
         checking finishing fixing testing deploying pushing debugging sleeping eating sitting talking telling reading watching being kidding \
         be try call text send check let see think tell get finish fix test deploy push need want know ask mail email reply answer pay buy sleep \
         look like love hate feel say have do use wait work",
    )
});
/// Verbs that tell of a plan in the present tense: "we record the interview on 10 February".
static PRESENT: Words = std::sync::LazyLock::new(|| {
    set(
        "record present perform exhibit play meet visit host sing submit defend graduate marry adopt welcome open close launch release pick collect sit run swim race compete",
    )
});

/// What the predicate says, and where it ends.
pub(super) fn planned(scan: &Scan<'_, '_>) -> Option<(usize, String)> {
    let at = scan
        .tokens
        .iter()
        .take(2)
        .take_while(|token| SOFT_ADVERBS.contains(&*token.word) && !token.is("do"))
        .count();
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    let (verb, lead) = match (word(0), word(1), word(2)) {
        ("am", "going", "to") => (at + 3, "is going to "),
        ("am", verb, _) if verb.len() > 4 && verb.ends_with("ing") => (at + 1, "is "),
        ("will", "be", verb) if verb.len() > 4 && verb.ends_with("ing") => (at + 2, "will be "),
        (
            "have" | "need",
            "to",
            "pick" | "collect" | "attend" | "fly" | "drive" | "travel" | "renew" | "vacate" | "present"
            | "give" | "hand",
        ) => (at + 2, "has to "),
        ("will", ..) => (at + 1, "will "),
        (verb, ..) if PRESENT.contains(verb) => (at, ""),
        _ => return None,
    };
    let first = scan.tokens.get(verb).filter(|token| token.is_word() && !IDLE.contains(&*token.word))?;
    let reach = phrase_end(scan, verb + 1, WORDS_MAX);
    let range = trimmed(scan, verb + 1..reach);
    let object = scan.tokens.get(range.clone()).filter(|object| !object.is_empty())?;
    // "my mum to Paris for her birthday" says whose.
    let of_own = |at: usize| {
        at > 0
            && object[at - 1].is("for")
            && object[..at].iter().any(|token| token.is("my") || token.is("our"))
    };
    let points_away = |(at, token): (usize, &Token<'_>)| points(token) && !(is_whose(token) && of_own(at));
    if object.iter().enumerate().any(points_away) || first.is_capitalised() {
        return None;
    }
    let done = if lead.is_empty() { third_person(&first.word) } else { format!("{lead}{}", first.word) };
    Some((range.end, format!("{done} {}", reported(object))))
}

fn is_whose(token: &Token<'_>) -> bool {
    matches!(&*token.word, "his" | "her" | "their")
}

fn points(token: &Token<'_>) -> bool {
    is_pointing(token)
        || is_whose(token)
        || token.kind == Kind::Quote
        || matches!(
            &*token.word,
            "your"
                | "code"
                | "bug"
                | "script"
                | "server"
                | "email"
                | "mail"
                | "report"
                | "what"
                | "how"
                | "that"
                | "off"
                | "away"
        )
}
