//! Words, stop words, stems: what keyword search compares.

use frostem::{Algorithm, Stemmer};
use unicode_segmentation::UnicodeSegmentation;

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
    let stemmer = Stemmer::new(Algorithm::English);
    let lower = text.to_lowercase();
    lower
        .unicode_words()
        .map(without_possessive)
        .flat_map(|word| word.split(['\'', '’']))
        .filter(|word| !word.is_empty() && STOP_WORDS.binary_search(word).is_err())
        .map(|word| stemmer.stem(word).into_owned())
        .collect()
}

/// Whether [`terms`] finds any.
pub(super) fn has_terms(text: &str) -> bool {
    let lower = text.to_lowercase();
    let mut words = lower.unicode_words().map(without_possessive).flat_map(|word| word.split(['\'', '’']));
    words.any(|word| !word.is_empty() && STOP_WORDS.binary_search(&word).is_err())
}

fn without_possessive(word: &str) -> &str {
    word.strip_suffix("'s").or_else(|| word.strip_suffix("’s")).unwrap_or(word)
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
        assert!(terms("what did you do?").is_empty() && !has_terms("what did you do?"));
        assert!(has_terms("What's Anna's?"));
    }
}
