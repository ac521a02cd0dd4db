//! Lists of words that the rules recognise. An underscore stands for a space.

use std::collections::HashSet;
use std::sync::LazyLock;

pub(super) mod activities; // sports, instruments, hobbies, events, goals
pub(super) mod grammar; // stop words, fillers, openers
pub(super) mod health; // diets, conditions, allergens that are jokes
pub(super) mod people; // relations, first names, what is no name
pub(super) mod places; // countries, regions, cities, kinds of places, nationalities, languages
pub(super) mod things; // pets, possessions, what is no taste
pub(super) mod work; // professions, employers, fields, businesses

pub(super) type Words = LazyLock<HashSet<&'static str>>;

/// The words of a list, separated by white space.
pub(super) fn set(list: &'static str) -> HashSet<&'static str> {
    list.split_whitespace().collect()
}

/// Whether `list` has the word, or its singular.
pub(super) fn has(list: &HashSet<&'static str>, word: &str) -> bool {
    if list.contains(word) {
        return true;
    }
    let Some(stem) = word.strip_suffix('s') else { return false };
    list.contains(stem) || stem.strip_suffix('e').is_some_and(|stem| list.contains(stem))
}
