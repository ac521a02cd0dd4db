//! Whether a statement is the newer value of what a known one tells, where no attribute says so: "The user's book club meets on
//! Thursdays" after "… on Tuesdays".
//!
//! A logistic regression over pairs of statements, fitted by `confidant eval fit-outdated` to 109 that replace each other and 1,334
//! that stand side by side, in conversations that others wrote. It judges only pairs of one subject of which each says something that
//! the other does not, and no verbs of which several objects are true at a time. Held out, .91 of what it finds had changed, and .18 of
//! what had changed is found. Its cosines are those of the built-in embedding model.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use super::gist::adds;
use crate::retrieval::terms;

/// What is weighed of a pair.
pub const FIGURES: [&str; 5] = ["cosine", "same verb", "other names", "shared words", "tells of a change"];
/// `confidant eval fit-outdated` fits them.
const WEIGHTS: [f32; FIGURES.len()] = [8.43, 0.64, 1.0, 3.05, 1.67];
const BIAS: f32 = -8.93;
pub const PROBABILITY_MIN: f32 = 0.8;

/// Verbs behind a subject.
const VERBS: &[&str] = &[
    "is",
    "are",
    "was",
    "has",
    "have",
    "had",
    "lives",
    "works",
    "takes",
    "goes",
    "uses",
    "drives",
    "trains",
    "studies",
    "attends",
    "meets",
    "shares",
    "sees",
    "sleeps",
    "gets",
    "runs",
    "swims",
    "plays",
    "eats",
    "drinks",
    "likes",
    "loves",
    "wants",
    "keeps",
    "teaches",
    "sings",
    "does",
    "can",
    "cannot",
    "will",
    "stays",
    "climbs",
    "cycles",
    "walks",
    "commutes",
    "sits",
    "starts",
    "finishes",
    "reads",
    "bakes",
    "practises",
    "turns",
    "moves",
    "plans",
    "rides",
    "speaks",
    "owns",
    "rents",
    "pays",
    "costs",
    "weighs",
    "wears",
    "rehearses",
    "volunteers",
    "visits",
];
/// Of these several objects are true at a time, or it happened.
const SEVERAL: &[&str] = &[
    "goes",
    "takes",
    "does",
    "attends",
    "teaches",
    "trains",
    "visits",
    "sees",
    "volunteers",
    "rides",
    "has",
    "have",
    "had",
    "was",
    "were",
    "likes",
    "loves",
    "hates",
    "enjoys",
    "knows",
    "speaks",
    "collects",
    "plays",
    "eats",
    "drinks",
    "wants",
    "bought",
    "visited",
    "went",
    "saw",
    "read",
    "met",
    "watched",
    "finished",
    "passed",
    "won",
    "made",
    "sold",
    "owns",
    "keeps",
    "cannot",
    "can",
];
/// That the user tells of a change.
static CHANGE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:now|nowadays|these days|any ?more|new|switched|changed?|moved|instead|no longer|again|ended up|gone|quit|left|started|finally|turned|became|actually|update|since|promoted|just|correction|sorry|meant|not)\b").ok()
});

/// Whether `new` takes the place of `known`; `cosine` is theirs, `evidence` the user's words that say `new`.
pub(crate) fn outdates(new: &str, known: &str, cosine: f32, evidence: &str) -> bool {
    let sum = |figures: [f32; FIGURES.len()]| {
        BIAS + figures.iter().zip(WEIGHTS).map(|(figure, weight)| figure * weight).sum::<f32>()
    };
    let enough = (PROBABILITY_MIN / (1.0 - PROBABILITY_MIN)).ln();
    figures(new, known, cosine, evidence).is_some_and(|figures| sum(figures) > enough)
}

/// The [`FIGURES`] of a pair; `None` where both may be so.
pub fn figures(new: &str, known: &str, cosine: f32, evidence: &str) -> Option<[f32; FIGURES.len()]> {
    let (new, known) = (Parts::read(new)?, Parts::read(known)?);
    let stands_beside = new.subject != known.subject
        || SEVERAL.contains(&new.verb)
        || SEVERAL.contains(&known.verb)
        || new.names_somebody()
        || known.names_somebody()
        || new.stems.is_subset(&known.stems)
        || known.stems.is_subset(&new.stems);
    if stands_beside || adds(evidence) {
        return None;
    }
    let other_names = !new.particulars.is_empty()
        && !known.particulars.is_empty()
        && new.particulars.is_disjoint(&known.particulars);
    let (shared, all) =
        (new.form.intersection(&known.form).count(), new.form.union(&known.form).count().max(1));
    let figure = |says: bool| f32::from(u8::from(says));
    let tells_of_change = CHANGE.as_ref().is_some_and(|change| change.is_match(evidence));
    Some([
        cosine,
        figure(new.verb == known.verb),
        figure(other_names),
        shared as f32 / all as f32,
        figure(tells_of_change),
    ])
}

/// A statement, taken apart.
struct Parts<'a> {
    /// In lower case, names and all.
    subject: String,
    verb: &'a str,
    /// Of what is told of the subject.
    stems: BTreeSet<String>,
    /// Names and numbers, in lower case.
    particulars: BTreeSet<String>,
    /// The other words.
    form: BTreeSet<&'a str>,
}

impl<'a> Parts<'a> {
    fn read(content: &'a str) -> Option<Self> {
        let words: Vec<&str> = content
            .split(|c: char| !(c.is_alphanumeric() || matches!(c, '\'' | '’' | '-')))
            .filter(|word| !word.is_empty())
            .collect();
        let of_user = words.starts_with(&["The", "user"]);
        let is_verb = |at: &usize| {
            VERBS.contains(&words[*at])
                || of_user && *at == 2 && words[2].ends_with('s') && words[2].len() > 3
        };
        let at = (1 + usize::from(of_user)..words.len()).find(is_verb)?;
        let is_particular = |word: &&&str| {
            word.starts_with(char::is_uppercase) || word.starts_with(|c: char| c.is_ascii_digit())
        };
        let particulars =
            words.iter().skip(1).filter(is_particular).map(|word| word.to_lowercase()).collect();
        let form = words.iter().filter(|word| !is_particular(word)).copied().collect();
        let subject = words[..at].join(" ").to_lowercase();
        let stems = terms(&words[at + 1..].join(" ")).into_iter().collect();
        Some(Self { subject, verb: words[at], stems, particulars, form })
    }

    fn names_somebody(&self) -> bool {
        self.form.contains("called") || self.form.contains("named")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newer_value_takes_the_place_of_the_older_one() {
        for (new, known, evidence) in [
            (
                "The user's book club meets on Thursdays.",
                "The user's book club meets on Tuesdays.",
                "we meet on Thursdays now",
            ),
            (
                "The user's laptop is a Framework 13.",
                "The user's laptop is a ThinkPad X1.",
                "my laptop is a Framework 13 now",
            ),
        ] {
            assert!(outdates(new, known, 0.85, evidence), "{new}");
        }
    }

    #[test]
    fn what_may_both_be_so_stands_side_by_side() {
        for (new, known, evidence) in [
            (
                "The user's sister Eva lives in Graz.",
                "The user's sister Ana lives in Linz.",
                "my sister Eva lives in Graz",
            ),
            ("The user has a Honda.", "The user has a Triumph.", "I have a Honda now"),
            (
                "The user goes climbing on Mondays.",
                "The user goes swimming on Fridays.",
                "I go climbing on Mondays now",
            ),
            ("The user works nights at Bosch.", "The user works nights.", "I work nights at Bosch now"),
            (
                "The user's daughter is called Signe.",
                "The user's daughter is called Hedda.",
                "my daughter is called Signe",
            ),
        ] {
            assert!(!outdates(new, known, 0.9, evidence), "{new}");
        }
    }
}
