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

/// Bytes between two parts of one name or one address, at most: a space and an initial, or a comma and a space.
const NAME_GAP: usize = 4;
const ADDRESS_GAP: usize = 2;
/// Bytes between a postal code and what it belongs to, at most.
const BESIDE: usize = 4;

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
            }
            _ => found.push(NamedSpan { named, span, confidence }),
        }
    }
    without_bare_numbers(text, found)
}

/// A number by itself is a postal code only beside a place or a street.
fn without_bare_numbers(text: &str, found: Vec<NamedSpan>) -> Vec<NamedSpan> {
    let is_bare = |one: &NamedSpan| {
        one.named == Named::Address && !text[one.span.clone()].contains(char::is_alphabetic)
    };
    let beside = |one: &NamedSpan, other: &NamedSpan| {
        let gap =
            one.span.start.saturating_sub(other.span.end).max(other.span.start.saturating_sub(one.span.end));
        other.span != one.span && other.named != Named::Person && gap <= BESIDE
    };
    let stays = |one: &&NamedSpan| !is_bare(one) || found.iter().any(|other| beside(one, other));
    found.iter().filter(stays).cloned().collect()
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
        // A piece of the same word, whatever it is taken for.
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
    // Two cities with a comma between them are two places; the lines of an address stay lines.
    let gap = if named == Named::Address { [' ', ','] } else { [' ', ' '] };
    last.named == named && between.len() <= ADDRESS_GAP && between.chars().all(|c| gap.contains(&c))
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
    fn a_number_is_an_address_only_beside_one() {
        assert_eq!(decoded("ticket 56139 is open", &[("56139", 33)]), []);
        let found = decoded("56139 Ulm", &[("56139", 33), ("Ulm", 29)]);
        assert_eq!(found.len(), 2);
    }

    #[test]
    fn a_street_and_a_city_are_two_and_so_are_two_cities() {
        let text = "12 Main St, Leeds and Rome, Oslo";
        let tokens =
            [("12", 23), ("Main", 25), ("St", 26), ("Leeds", 29), ("and", 0), ("Rome", 29), ("Oslo", 29)];
        let found = decoded(text, &tokens);
        let place = |name: &str| (Named::Place, name.to_owned());
        let address = (Named::Address, "12 Main St".to_owned());
        assert_eq!(found, [address, place("Leeds"), place("Rome"), place("Oslo")]);
    }
}
