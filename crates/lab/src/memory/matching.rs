//! Whether a memory is the statement that was expected: it has the words that tell it from others, denies what the
//! statement denies, and shares enough of the rest.

use std::collections::BTreeSet;

use domain::memory::Memory;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use memory::retrieval::terms;

use super::data::Statement;

/// The least F1 of stems. Low, because the words that must be there decide.
const F1_MIN: f64 = 0.4;
const NEGATIONS: &[&str] = &[
    "cannot", "dislike", "dislikes", "hate", "hates", "longer", "lost", "never", "no", "not", "quit", "sold",
    "stopped", "without",
];

pub(super) fn is(memory: &Memory, statement: &Statement) -> bool {
    says(&memory.content, statement) && statement.when.is_none_or(|when| is_when(memory, when))
}

/// The same, whenever it is about.
pub(super) fn says(content: &str, statement: &Statement) -> bool {
    let content = content.to_lowercase();
    let has = |beginning: &String| {
        content
            .match_indices(beginning.as_str())
            .any(|(at, _)| !content[..at].chars().next_back().is_some_and(char::is_alphanumeric))
    };
    statement.must.iter().all(has)
        && denies(&content) == denies(&statement.text.to_lowercase())
        && f1(&content, &statement.text) >= F1_MIN
}

fn denies(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric() && c != '\'');
    text.contains("used to") || words.any(|word| NEGATIONS.contains(&word) || word.ends_with("n't"))
}

fn f1(a: &str, b: &str) -> f64 {
    let (a, b): (BTreeSet<String>, BTreeSet<String>) =
        (terms(a).into_iter().collect(), terms(b).into_iter().collect());
    let shared = a.intersection(&b).count() as f64;
    2.0 * shared / ((a.len() + b.len()) as f64).max(1.0)
}

/// Whether the memory is about just these days. One that names no last day may leave it open.
pub(super) fn is_when(memory: &Memory, (first, last): (Date, Date)) -> bool {
    let day = |at: domain::Timestamp| at.to_zoned(TimeZone::UTC).date();
    memory.valid_from.is_some_and(|from| day(from) == first)
        && memory.valid_to.is_none_or(|to| day(to) == last)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(memory: &str, text: &str, must: &[&str]) -> bool {
        let statement = Statement {
            text: text.to_owned(),
            must: must.iter().map(|word| (*word).to_owned()).collect(),
            when: None,
        };
        is(&super::super::run::tests::memory(memory), &statement)
    }

    #[test]
    fn other_words_may_say_it_but_not_the_contrary() {
        assert!(matches("The user is based in Oslo.", "The user lives in Oslo.", &["oslo"]));
        assert!(!matches("The user no longer lives in Oslo.", "The user lives in Oslo.", &["oslo"]));
        assert!(!matches("The user lives in Lyon.", "The user lives in Oslo.", &["oslo"]));
        assert!(!matches(
            "The user met Anna near Oslo's old harbour by chance.",
            "The user lives in Oslo.",
            &["oslo"]
        ));
        assert!(!matches("The user likes foslots.", "The user likes Oslo.", &["oslo"]));
    }
}
