//! Words, stop words, stems: what keyword search compares.

use std::collections::HashMap;

use frostem::{Algorithm, Stemmer};

use crate::words::Words;

/// Words that say nothing about what a memory is about. English function words and the verbs of questions.
const STOP_WORDS: &[&str] = &[
    "a", "about", "again", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be", "because",
    "been", "before", "being", "but", "by", "can", "could", "did", "do", "does", "doing", "don", "for",
    "from", "had", "has", "have", "having", "he", "her", "here", "hers", "him", "his", "how", "i", "if",
    "in", "into", "is", "it", "its", "just", "know", "me", "mine", "more", "most", "my", "myself", "no",
    "nor", "not", "of", "off", "on", "once", "only", "or", "other", "our", "ours", "out", "over", "own",
    "please", "re", "remember", "s", "same", "she", "should", "so", "some", "such", "t", "tell", "than",
    "that", "the", "their", "theirs", "them", "then", "there", "these", "they", "this", "those", "through",
    "to", "too", "under", "until", "up", "user", "ve", "very", "was", "we", "were", "what", "when", "where",
    "which", "while", "who", "whom", "why", "will", "with", "would", "you", "your", "yours",
];

/// The stems of the words of `text` that carry meaning, in order, repeated as often as they occur.
pub fn terms(text: &str) -> Vec<String> {
    Stems::default().of(&Words::of(text))
}

/// The stems of many texts: each word is stemmed once.
pub(super) struct Stems {
    stemmer: Stemmer,
    /// `None` for stop words.
    known: HashMap<Box<str>, Option<Box<str>>>,
}

impl Default for Stems {
    fn default() -> Self {
        Self { stemmer: Stemmer::new(Algorithm::English), known: HashMap::new() }
    }
}

impl Stems {
    /// [`terms`] of words that have been read.
    pub(super) fn of(&mut self, words: &Words<'_>) -> Vec<String> {
        let mut stems = Vec::with_capacity(words.len());
        for part in words.iter().flat_map(|word| parts(&word.lower)) {
            if !self.known.contains_key(part) {
                let carries = STOP_WORDS.binary_search(&part).is_err();
                self.known.insert(part.into(), carries.then(|| self.stemmer.stem(part).into()));
            }
            if let Some(Some(stem)) = self.known.get(part) {
                stems.push(stem.to_string());
            }
        }
        stems
    }
}

/// Whether a word in lower case has a part that carries meaning.
pub(super) fn carries_meaning(word: &str) -> bool {
    parts(word).any(|part| STOP_WORDS.binary_search(&part).is_err())
}

/// A word without its possessive, apart where an apostrophe joins two.
fn parts(word: &str) -> impl Iterator<Item = &str> {
    let word = word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word);
    word.split(['\'', '’']).filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_sorted_for_the_binary_search() {
        assert!(STOP_WORDS.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn words_are_reduced_to_their_stems() {
        assert_eq!(terms("What is my dog's name?"), ["dog", "name"]);
        assert_eq!(terms("She was running; the RUNNERS ran"), ["run", "runner", "ran"]);
        assert_eq!(terms("Müller's Straße 42"), ["müller", "straße", "42"]);
        assert!(terms("what did you do?").is_empty() && !carries_meaning("what's"));
        assert!(carries_meaning("anna's"));
    }
}
