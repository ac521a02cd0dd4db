//! Places by rules: countries and their parts and cities that a gazetteer has, and what its last word says to be one, such as
//! "Yuelu Mountain". They count with a capital only.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use super::{Finding, Pattern, pattern};
use crate::Kind;
use crate::context::View;

/// Names in lower case (other letters than ASCII ones as they are written), parted by bars or ends of lines. Countries and their
/// parts with well-known cities of ours, and the cities of more than 100,000 people in GeoNames (CC BY 4.0, see `NOTICE`), without
/// those that are everyday words or names of people.
static KNOWN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| WELL_KNOWN.iter().copied().chain(names(include_str!("gazetteer/cities.txt"))).collect());
static WELL_KNOWN: LazyLock<HashSet<&str>> =
    LazyLock::new(|| names(include_str!("gazetteer/well_known.txt")).collect());

fn names(list: &'static str) -> impl Iterator<Item = &'static str> {
    list.split(['|', '\n']).filter(|name| !name.is_empty())
}

/// Words in the longest of these names, and more bytes than any has.
const WORDS_MAX: usize = 4;
const NAME_BYTES_MAX: usize = 64;

/// A word with a capital: the beginning of a name, of a place or a person.
pub(super) static CAPITALISED: Pattern = LazyLock::new(|| pattern(r"\p{Lu}[\p{L}'’-]+"));

/// Last words of the names of places.
const FEATURES: &[&str] = &[
    "Airport",
    "Avenue",
    "Bay",
    "Beach",
    "Blvd",
    "Boulevard",
    "Bridge",
    "Canyon",
    "City",
    "County",
    "District",
    "Expressway",
    "Falls",
    "Forest",
    "Gardens",
    "Harbor",
    "Harbour",
    "Highway",
    "Island",
    "Islands",
    "Lake",
    "Mountain",
    "Mountains",
    "Municipality",
    "Museum",
    "Neighborhood",
    "Neighbourhood",
    "Park",
    "Peninsula",
    "Plaza",
    "Prefecture",
    "Province",
    "River",
    "Road",
    "Square",
    "Station",
    "Street",
    "Town",
    "Township",
    "Valley",
    "Village",
    "Zoo",
];
/// Words with a capital at a sentence's beginning that are no part of the name behind them.
const LEADING: &[&str] = &[
    "A", "After", "All", "An", "And", "Any", "As", "At", "Before", "But", "By", "Each", "Every", "For",
    "From", "Her", "His", "I", "If", "In", "Its", "My", "Near", "No", "On", "Our", "So", "That", "The",
    "Their", "This", "To", "Visit", "We", "What", "When", "Where", "Which", "While", "With", "Your",
];
/// Words with capitals before the last one, at most.
const NAME_WORDS_MAX: usize = 3;

pub(super) fn is_known(name: &str) -> bool {
    KNOWN.contains(name)
}

/// Whether it is rather a place than anybody's surname.
pub(super) fn is_well_known(name: &str) -> bool {
    WELL_KNOWN.contains(name)
}

pub(super) fn detect(view: &View<'_>, found: &mut Vec<Finding>) {
    let alone = |word: &Range<usize>| view.stands_alone(word.start, word.end);
    let mut words: Vec<Range<usize>> = Vec::new();
    for word in CAPITALISED.find_iter(view.text).map(|word| word.range()).filter(alone) {
        if let Some(end) = known_from(view, word.start) {
            found.push(Finding::new(Kind::Place, word.start..end, 0.6, "place.known"));
        }
        words.push(word);
        if let Some(start) = feature_from(view.text, &words) {
            let end = words.last().map_or(start, |word| word.end);
            found.push(Finding::new(Kind::Place, start..end, 0.6, "place.feature"));
        }
    }
}

/// The end of the longest known place that begins at `start`.
fn known_from(view: &View<'_>, start: usize) -> Option<usize> {
    let end = view.lower.floor_char_boundary((start + NAME_BYTES_MAX).min(view.lower.len()));
    let rest = &view.lower[start..end];
    let is_within = |c: char| c.is_alphanumeric() || matches!(c, '\'' | '’' | '-' | ' ' | '.');
    let rest = &rest[..rest.find(|c| !is_within(c)).unwrap_or(rest.len())];
    let ends = rest.match_indices(' ').map(|(at, _)| at).chain([rest.len()]).take(WORDS_MAX);
    let known = |end: &usize| {
        let name = rest[..*end].trim_end_matches(['.', '\'', '’', '-']);
        let bare = name.strip_suffix("'s").or_else(|| name.strip_suffix("’s"));
        [Some(name), bare].into_iter().flatten().find(|name| is_known(name)).map(str::len)
    };
    let ends: Vec<usize> = ends.collect();
    ends.iter().rev().find_map(known).map(|len| start + len)
}

/// Where the name begins whose last word is the last of `words`, if that is one of a place.
fn feature_from(text: &str, words: &[Range<usize>]) -> Option<usize> {
    let (feature, before) = words.split_last()?;
    if !FEATURES.contains(&&text[feature.clone()]) {
        return None;
    }
    let mut start = feature.start;
    for word in before.iter().rev().take(NAME_WORDS_MAX) {
        let joined = &text[word.end..start] == " ";
        if !joined || LEADING.contains(&&text[word.clone()]) {
            break;
        }
        start = word.start;
    }
    (start < feature.start).then_some(start)
}

#[cfg(test)]
mod tests {
    use crate::Kind;
    use crate::detectors::tests::{check, check_none};

    #[test]
    fn places_that_are_known() {
        check(
            Kind::Place,
            &[
                "I live in «Lisbon» now",
                "From «Berlin» with love",
                "we moved from «Changsha» to «Rio de Janeiro» in May",
                "«New York»'s parks",
                "between «São Paulo», «Sao Paulo» and «Ho Chi Minh City».",
            ],
        );
    }

    #[test]
    fn places_that_their_last_word_tells() {
        check(
            Kind::Place,
            &[
                "We climbed «Yuelu Mountain» and then the «Xiangjiang River» froze.",
                "He works in «Kaifu District».",
                "The «Jiefang Park» is near",
            ],
        );
    }

    #[test]
    fn false_friends() {
        check_none(
            Kind::Place,
            &[
                "the turkey is in the oven",
                "In my opinion it is fine.",
                "This Road is long, and My Village is small",
                "Nice Reading, Mobile phones and a Split",
            ],
        );
    }
}
