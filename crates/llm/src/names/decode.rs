//! From the scores of tokens to spans of text.

use std::ops::Range;

use super::{Named, NamedSpan};

/// The model's labels, in its order: outside, then begin and inside of each type.
pub(super) const LABELS: [Part; 35] = {
    use Part::{Area, Given, Nothing, Other, Street, Surname};
    [
        Nothing, Given, Given, Surname, Surname, Other, Other, Other, Other, Other, Other, Other, Other,
        Other, Other, Other, Other, Other, Other, Other, Other, Other, Other, Street, Street, Street, Street,
        Street, Street, Area, Area, Area, Area, Street, Street,
    ]
};

/// What a token is part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Nothing,
    Given,
    Surname,
    /// Building, street, second line or postal code of an address.
    Street,
    /// A city or a state.
    Area,
    /// E-mails, phone numbers, account numbers and the like: the rules find them.
    Other,
}

/// The probability of each label.
pub(super) type Scores = [f32; LABELS.len()];

/// Bytes between two parts of one name or one address, at most: a space, an initial, a comma and a line break.
const NAME_GAP: usize = 4;
const ADDRESS_GAP: usize = 4;

/// Parts that belong together become one span; words are never cut.
pub(super) fn spans(text: &str, scores: &[Scores], places: &[Range<usize>]) -> Vec<NamedSpan> {
    let mut found: Vec<NamedSpan> = Vec::new();
    for (scores, place) in scores.iter().zip(places) {
        let Some((named, confidence)) = most_likely(scores) else { continue };
        let span = whole_words(text, place.clone());
        match found.last_mut() {
            Some(last) if belongs(text, last, named, &span) => {
                last.span.end = last.span.end.max(span.end);
                last.confidence = last.confidence.max(confidence);
                if named == Named::Address {
                    last.named = Named::Address;
                }
            }
            _ => found.push(NamedSpan { named, span, confidence }),
        }
    }
    found
}

/// What a token most likely names: the probabilities of labels that mean the same add up.
fn most_likely(scores: &Scores) -> Option<(Named, f32)> {
    let sum = |wanted: &[Part]| -> f32 {
        LABELS.iter().zip(scores).filter(|(part, _)| wanted.contains(part)).map(|(_, score)| score).sum()
    };
    let named = [
        (Named::Person, sum(&[Part::Given, Part::Surname])),
        (Named::Place, sum(&[Part::Area])),
        (Named::Address, sum(&[Part::Street])),
    ];
    let best = named.into_iter().max_by(|a, b| a.1.total_cmp(&b.1))?;
    let rest = sum(&[Part::Nothing]).max(sum(&[Part::Other]));
    (best.1 > rest).then_some(best)
}

/// Whether a part goes on what the last one began.
fn belongs(text: &str, last: &NamedSpan, named: Named, span: &Range<usize>) -> bool {
    if span.start <= last.span.end {
        return true;
    }
    let Some(between) = text.get(last.span.end..span.start) else { return false };
    let is_person = |named| named == Named::Person;
    if is_person(last.named) || is_person(named) {
        let is_initial = |c: char| c.is_whitespace() || c == '.' || c.is_uppercase();
        return is_person(last.named)
            && is_person(named)
            && between.len() <= NAME_GAP
            && !between.contains('\n')
            && between.chars().all(is_initial);
    }
    // Two cities side by side are two places; with a street they are one address.
    let is_address = last.named == Named::Address || named == Named::Address;
    let is_gap = |c: char| c.is_whitespace() || matches!(c, ',' | '.' | '#' | '-');
    is_address && between.len() <= ADDRESS_GAP && between.chars().all(is_gap)
        || last.named == Named::Place && between.trim().is_empty() && !between.contains('\n')
}

/// The words that a span touches.
fn whole_words(text: &str, span: Range<usize>) -> Range<usize> {
    let before = text[..span.start].chars().rev().take_while(|c| c.is_alphanumeric());
    let after = text[span.end..].chars().take_while(|c| c.is_alphanumeric());
    let within = &text[span.clone()];
    let starts = within.starts_with(char::is_alphanumeric);
    let ends = within.ends_with(char::is_alphanumeric);
    let start = if starts { span.start - before.map(char::len_utf8).sum::<usize>() } else { span.start };
    let end = if ends { span.end + after.map(char::len_utf8).sum::<usize>() } else { span.end };
    start..end
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(text: &str, tokens: &[(&str, usize)]) -> Vec<(Named, String)> {
        let (mut from, mut places, mut all) = (0, Vec::new(), Vec::new());
        for (token, label) in tokens {
            let start = from + text[from..].find(token).unwrap();
            from = start + token.len();
            places.push(start..from);
            let mut scores = [0.0; LABELS.len()];
            scores[*label] = 1.0;
            all.push(scores);
        }
        let spans = spans(text, &all, &places);
        spans.into_iter().map(|one| (one.named, text[one.span].to_owned())).collect()
    }

    #[test]
    fn parts_of_a_name_are_one_name_and_words_are_whole() {
        let found = decoded("Ask Anna M. Smithson now", &[("Ask", 0), ("Anna", 1), ("Smith", 3), ("now", 0)]);
        assert_eq!(found, [(Named::Person, "Anna M. Smithson".to_owned())]);
    }

    #[test]
    fn a_street_takes_the_city_beside_it_and_two_cities_stay_two() {
        let text = "12 Main St, Leeds and Rome, Oslo";
        let tokens =
            [("12", 23), ("Main", 25), ("St", 26), ("Leeds", 29), ("and", 0), ("Rome", 29), ("Oslo", 29)];
        let found = decoded(text, &tokens);
        let places = [(Named::Place, "Rome".to_owned()), (Named::Place, "Oslo".to_owned())];
        assert_eq!(found[0], (Named::Address, "12 Main St, Leeds".to_owned()));
        assert_eq!(found[1..], places);
    }
}
