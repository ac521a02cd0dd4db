//! The words of a text that carry its meaning.

use std::collections::HashSet;

const STOP_WORDS: &[&str] = &[
    "about", "after", "again", "all", "also", "and", "any", "are", "because", "been", "before", "being",
    "but", "can", "could", "did", "does", "doing", "don't", "for", "from", "get", "got", "had", "has",
    "have", "her", "here", "him", "his", "how", "into", "its", "just", "know", "like", "many", "me", "more",
    "much", "not", "now", "off", "one", "our", "out", "over", "please", "really", "said", "she", "should",
    "some", "tell", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "they",
    "this", "too", "user", "user's", "very", "want", "was", "were", "what", "when", "where", "which", "who",
    "why", "will", "with", "would", "you", "your",
];

/// In order of appearance, each once, in lower case.
pub(super) fn keywords(text: &str) -> Vec<String> {
    let mut seen = HashSet::new();
    words(text).filter(|word| seen.insert(word.clone())).collect()
}

/// Keywords cut down so that "lives" meets "live", and "allergies" meets "allergic".
pub(super) fn stems(text: &str) -> HashSet<String> {
    words(text)
        .map(|word| {
            let singular = word.strip_suffix('s').filter(|rest| rest.chars().count() > 2).unwrap_or(&word);
            singular.chars().take(6).collect()
        })
        .collect()
}

/// Names: words with a capital inside a sentence, neighbours joined.
pub(super) fn names(text: &str) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut joins = false;
    for word in text.split_whitespace().skip(1) {
        let bare = bare(word);
        let is_name =
            bare.chars().next().is_some_and(char::is_uppercase) && bare != "I" && !bare.starts_with("I'");
        match names.last_mut() {
            Some(last) if joins && is_name => {
                last.push(' ');
                last.push_str(bare);
            }
            _ if is_name => names.push(bare.to_owned()),
            _ => {}
        }
        joins = is_name && word.ends_with(bare);
    }
    names.dedup();
    names
}

/// A word without the punctuation around it and without a possessive.
pub(super) fn bare(word: &str) -> &str {
    let inner = word.trim_matches(|character: char| !character.is_alphanumeric());
    inner.strip_suffix("'s").or_else(|| inner.strip_suffix("’s")).unwrap_or(inner)
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split(|character: char| !character.is_alphanumeric() && character != '\'')
        .map(|word| word.trim_matches('\'').to_lowercase())
        .filter(|word| word.chars().count() > 2 && STOP_WORDS.binary_search(&word.as_str()).is_err())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted() {
        assert!(STOP_WORDS.is_sorted());
    }

    #[test]
    fn what_carries_meaning() {
        assert_eq!(keywords("Where does my sister live, and who is that sister?"), ["sister", "live"]);
        assert_eq!(stems("allergies"), stems("allergic"));
        assert_eq!(stems("She lives"), stems("to live"));
        assert_eq!(
            names("My friend Anna Berg, Tom and I met Anna's boss in New York."),
            ["Anna Berg", "Tom", "Anna", "New York"]
        );
    }
}
