//! What a clause tells the end of.

use crate::lifecycle::rules::nouns::is_pointing;
use crate::lifecycle::rules::slots::{Scan, phrase_end};
use crate::lifecycle::rules::tokens::Token;
use crate::lifecycle::rules::words::grammar::SOFT_ADVERBS;

/// "We don't use it anymore", "he's no longer at Bosch".
pub(super) fn says_it_ended(clause: &[Token<'_>]) -> bool {
    let denies = clause.iter().any(|token| matches!(&*token.word, "not" | "never" | "cannot"));
    let pair =
        |a: &str, b: &[&str]| clause.windows(2).any(|pair| pair[0].is(a) && b.contains(&&*pair[1].word));
    pair("no", &["longer"])
        || denies && (clause.iter().any(|token| token.is("anymore")) || pair("any", &["more", "longer"]))
}

/// What is no more: "my subscription" of "cancelled my subscription", "the piano" of "got rid of the piano".
pub(super) fn ended<'t, 'a>(predicate: &'t [Token<'a>], scan: &Scan<'_, '_>) -> Option<&'t [Token<'a>]> {
    const WORDS_MAX: usize = 5;
    let word = |at: usize| predicate.get(at).map_or("", |token| &*token.word);
    let mut at = match (word(0), word(1)) {
        ("have" | "'ve", _) | ("am", "leaving" | "quitting" | "dropping") => 1,
        ("ended", "up") => 2,
        _ => 0,
    };
    at += predicate[at.min(predicate.len())..]
        .iter()
        .take_while(|token| SOFT_ADVERBS.contains(&*token.word))
        .count();
    let behind = match (word(at), word(at + 1)) {
        ("dropped", "out") => at + 3,
        (
            "cancelled" | "canceled" | "deleted" | "sold" | "ditched" | "scrapped" | "quit" | "unsubscribed"
            | "uninstalled" | "dropped" | "rehomed" | "donated" | "left" | "leaving" | "selling" | "quitting"
            | "returned" | "binned",
            next,
        ) => at + 1 + usize::from(matches!(next, "from")),
        ("gave" | "given", "up" | "away") | ("threw" | "thrown", "away" | "out") => {
            at + 2 + usize::from(word(at + 2) == "on")
        }
        ("got" | "gotten", "rid") => at + 3,
        ("stopped" | "finished" | "done", "with") | ("come" | "came", "off") => at + 2,
        ("moved", "away") if word(at + 2) == "from" => at + 3,
        ("moved", "out") if word(at + 2) == "of" => at + 3,
        _ => return None,
    };
    let lead = usize::from(matches!(word(behind), "the" | "my" | "our" | "a" | "an" | "playing" | "going"));
    let start = behind + lead;
    let rest = Scan { tokens: predicate, ..*scan };
    let end = phrase_end(&rest, start, WORDS_MAX);
    let cut = |token: &Token<'_>| {
        matches!(
            &*token.word,
            "altogether"
                | "completely"
                | "finally"
                | "because"
                | "in"
                | "at"
                | "on"
                | "for"
                | "to"
                | "last"
                | "after"
        )
    };
    let end = (start..end).find(|at| cut(&predicate[*at])).unwrap_or(end);
    predicate.get(start..end).filter(|what| !what.is_empty() && !what.iter().any(is_pointing))
}
