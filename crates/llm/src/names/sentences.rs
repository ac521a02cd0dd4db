//! Which sentences of a text can hold a name at all. Reading costs in proportion to what is read, and in a text that is written
//! with capitals most sentences have none but at their beginning.

use std::ops::Range;

/// The sentences that may hold a name or an address, as stretches of `text`. All of it, where capitals cannot tell: in a short
/// text, or one that does not begin its sentences with them.
pub(super) fn worth_reading(text: &str) -> Vec<Range<usize>> {
    let sentences = sentences(text);
    let begins =
        |sentence: &&Range<usize>| first_letter(&text[(*sentence).clone()]).is_some_and(char::is_uppercase);
    let capitals = sentences.iter().filter(begins).count();
    // One sentence tells nothing about how its writer writes.
    let tells = sentences.len() >= SENTENCES_MIN && capitals * 10 >= sentences.len() * 8;
    if !tells {
        return vec![0..text.len()];
    }
    sentences.into_iter().filter(|sentence| may_name(&text[sentence.clone()])).collect()
}

const SENTENCES_MIN: usize = 3;

/// They end with a full stop, a question or exclamation mark before white space, or with their line.
fn sentences(text: &str) -> Vec<Range<usize>> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let next = chars.peek().map(|(_, next)| *next);
        let ends = c == '\n' || (matches!(c, '.' | '!' | '?' | '。') && next.is_none_or(char::is_whitespace));
        if ends {
            sentences.push(start..at + c.len_utf8());
            start = at + c.len_utf8();
        }
    }
    sentences.push(start..text.len());
    sentences.retain(|sentence| text[sentence.clone()].contains(char::is_alphanumeric));
    sentences
}

fn first_letter(sentence: &str) -> Option<char> {
    sentence.chars().find(|c| c.is_alphabetic())
}

/// A capital that is not a sentence's first, a first word that is none of the most common ones, a digit, or a script without
/// capitals.
fn may_name(sentence: &str) -> bool {
    let mut words = sentence
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return false };
    let tells = |word: &str| {
        let capital =
            word.starts_with(char::is_uppercase) && !matches!(word.split(['\'', '’']).next(), Some("I"));
        capital
            || word.contains(|c: char| {
                c.is_numeric() || (c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase())
            })
    };
    let common =
        BEGINNINGS.binary_search(&first.to_lowercase().split(['\'', '’']).next().unwrap_or_default()).is_ok();
    (tells(first) && !common) || words.any(tells)
}

/// Words that sentences begin with, sorted, none of which is a name.
#[rustfmt::skip]
const BEGINNINGS: &[&str] = &[
    "a", "about", "after", "again", "all", "already", "also", "although", "always", "an", "and", "another", "any",
    "anything", "are", "as", "at", "because", "before", "being", "besides", "both", "but", "by", "can", "could", "currently",
    "despite", "did", "do", "does", "during", "each", "either", "even", "every", "everyone", "everything", "finally",
    "first", "for", "from", "had", "has", "have", "he", "her", "here", "his", "how", "however", "i", "if", "in", "instead",
    "is", "it", "its", "just", "last", "lately", "later", "let", "like", "looking", "maybe", "meanwhile", "more", "most",
    "much", "my", "next", "no", "nobody", "not", "nothing", "now", "of", "oh", "ok", "okay", "on", "once", "one", "only",
    "or", "other", "our", "overall", "perhaps", "please", "really", "recently", "right", "same", "she", "should", "since",
    "so", "some", "someone", "something", "sometimes", "soon", "sorry", "still", "such", "sure", "thank", "thanks", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "though", "through", "to", "today",
    "tomorrow", "tonight", "too", "until", "was", "we", "well", "were", "what", "when", "where", "whether", "which", "while",
    "who", "why", "will", "with", "without", "would", "yeah", "yes", "yesterday", "yet", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        worth_reading(text).into_iter().map(|sentence| text[sentence].trim()).collect()
    }

    #[test]
    fn sentences_that_cannot_hold_a_name_are_left_out() {
        let text = "It was a quiet day. Then Anna came by. We talked a lot, and I was glad. Maria left at noon.\nThe house is number 7.";
        assert_eq!(read(text), ["Then Anna came by.", "Maria left at noon.", "The house is number 7."]);
    }

    #[test]
    fn where_capitals_tell_nothing_all_is_read() {
        for text in ["it was a quiet day. then anna came by. we talked.", "It was quiet. Then we talked.", ""]
        {
            assert_eq!(worth_reading(text), std::slice::from_ref(&(0..text.len())), "{text}");
        }
        let text = "We went out. It was nice. We met 安娜 there.";
        assert_eq!(read(text), ["We met 安娜 there."]);
    }

    #[test]
    fn the_beginnings_are_sorted() {
        assert!(BEGINNINGS.is_sorted());
    }
}
