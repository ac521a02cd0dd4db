//! What a clause tells the end of.

use crate::lifecycle::Ended;
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
pub(super) fn ended<'t, 'a>(
    predicate: &'t [Token<'a>],
    scan: &Scan<'_, '_>,
) -> Option<(&'t [Token<'a>], Ended)> {
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
    let from = usize::from(word(at + 1) == "from");
    let (behind, ended) = match (word(at), word(at + 1)) {
        ("dropped", "out") => (at + 3, Ended::Named),
        ("cancelled" | "canceled" | "deleted" | "unsubscribed" | "uninstalled", _) => {
            (at + 1 + from, Ended::Anything)
        }
        ("sold" | "ditched" | "scrapped" | "rehomed" | "donated" | "selling" | "returned" | "binned", _) => {
            (at + 1, Ended::Possession)
        }
        ("quit" | "quitting", _) => (at + 1, Ended::Anything),
        ("dropped" | "left" | "leaving", _) => (at + 1, Ended::Named),
        ("gave" | "given", "up") => (at + 2 + usize::from(word(at + 2) == "on"), Ended::Anything),
        ("gave" | "given", "away") | ("threw" | "thrown", "away" | "out") => (at + 2, Ended::Possession),
        ("got" | "gotten", "rid") => (at + 3, Ended::Possession),
        ("stopped" | "finished" | "done", "with") | ("come" | "came", "off") => (at + 2, Ended::Anything),
        ("moved", "away") if word(at + 2) == "from" => (at + 3, Ended::Named),
        ("moved", "out") if word(at + 2) == "of" => (at + 3, Ended::Named),
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
    // "I left Lyon at six", "I dropped the kids at school" end nothing.
    let goes_on = predicate.get(end).is_some_and(|next| {
        matches!(&*next.word, "at" | "in" | "on" | "with" | "behind" | "off" | "home" | "for" | "to" | "by")
    });
    let what = predicate.get(start..end)?;
    let ends = !what.is_empty() && !what.iter().any(is_pointing) && !(goes_on && ended == Ended::Named);
    ends.then_some((what, ended))
}
