//! What and where somebody studies.

use super::dates;
use super::grammar::{article, capitalised, reported};
use super::nouns::{is_pointing, nominal_end};
use super::slots::{Item, Scan, item, phrase_end, trimmed};
use super::tokens::Token;
use super::words::work::{DEGREES, SUBJECTS_OF_STUDY};
use super::words::{has, work};

/// What somebody studies: "maths and physics".
pub(super) fn study(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let one = |at: usize| {
        let end = nominal_end(scan, at, 4);
        let words = scan.tokens.get(at..end).filter(|words| !words.is_empty())?;
        let leads = matches!(
            &*words[0].word,
            "about" | "more" | "some" | "how" | "what" | "the" | "my" | "your" | "this"
        );
        let last = &*words[words.len() - 1].word;
        let known = !leads && (has(&SUBJECTS_OF_STUDY, last) || is_science(last));
        let named = words
            .iter()
            .all(|token| token.is_capitalised() && token.is_word() && dates::month(token).is_none());
        (known || named).then_some(end)
    };
    let mut end = one(at)?;
    if scan.tokens.get(end).is_some_and(|token| token.is("and"))
        && let Some(second) = one(end + 1)
    {
        end = second;
    }
    Some((end, item(scan, at..end)))
}

/// What ends like the name of a science.
fn is_science(word: &str) -> bool {
    word.len() > 7
        && ["ology", "ography", "onomy", "onomics", "istics", "ophysics"]
            .iter()
            .any(|end| word.ends_with(end))
}

pub(super) fn school(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let mut end = phrase_end(scan, at, 7);
    if let Some(cut) = scan.tokens[at..end]
        .iter()
        .position(|token| matches!(&*token.word, "with" | "for" | "to" | "from" | "and"))
    {
        end = at + cut;
    }
    let range = trimmed(scan, at..end);
    let words = scan.tokens.get(range.clone()).filter(|words| !words.is_empty())?;
    let known = words.iter().any(|token| has(&work::SCHOOLS, &token.word));
    let named = words.iter().any(Token::is_capitalised);
    (known && (named || scan.informal) && !words.iter().any(is_pointing)).then(|| {
        let mut found = item(scan, range.clone());
        if !named && scan.informal {
            found.text = capitalised(&found.text);
        }
        (range.end, found)
    })
}

/// "a PhD in physics", "my master's".
pub(super) fn degree(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    let introduced = scan.tokens.get(at).is_some_and(|token| matches!(&*token.word, "a" | "an" | "my"));
    let start = at + usize::from(introduced);
    let reach = phrase_end(scan, start, 4);
    let mut end = (start..reach).rev().find(|position| DEGREES.contains(&*scan.tokens[*position].word))? + 1;
    if scan.tokens.get(end).is_some_and(|token| token.is("'s")) {
        end += 1;
    }
    if scan.tokens.get(end).is_some_and(|token| token.is("degree")) {
        end += 1;
    }
    // "a degree of freedom", "five degrees".
    let of_something = scan.tokens.get(end).is_some_and(|token| token.is("of"));
    let in_something = scan.tokens.get(end).is_some_and(|token| token.is("in"));
    if in_something || of_something {
        match study(scan, end + 1) {
            Some((study_end, _)) => end = study_end,
            None if of_something => return None,
            None => {}
        }
    }
    let rest = reported(&scan.tokens[start..end]);
    if !introduced && scan.tokens[start].kind != super::tokens::Kind::Word {
        return None;
    }
    Some((end, Item::new(format!("{} {rest}", article(&rest)), at..end)))
}

/// "my second year of law school", "10th grade".
pub(super) fn year_of_study(scan: &Scan<'_, '_>, at: usize) -> Option<(usize, Item)> {
    const YEARS: [&str; 11] = [
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "final",
        "last",
        "freshman",
        "sophomore",
        "junior",
        "senior",
    ];
    let word = |offset: usize| scan.tokens.get(at + offset).map_or("", |token| &*token.word);
    if word(1) == "grade" && word(0).ends_with("th") {
        return Some((at + 2, item(scan, at..at + 2)));
    }
    if word(0) != "my"
        || !YEARS.contains(&word(1))
        || !matches!(word(2), "year" | "semester")
        || !matches!(word(3), "of" | "at" | "studying")
    {
        return None;
    }
    let end = phrase_end(scan, at + 4, 5);
    (end > at + 4).then(|| (end, item(scan, at..end)))
}
