//! Which sentences of a text can hold a name at all. Reading costs in proportion to what is read, and in a text that is written
//! with capitals most sentences have none but at their beginning.

use std::ops::Range;

/// The sentences that may hold a name or an address, as stretches of `text`. `None` where capitals cannot tell: in a text of
/// few sentences, or one that does not begin its sentences with them.
pub(super) fn worth_reading(text: &str) -> Option<Vec<Range<usize>>> {
    let sentences = sentences(text);
    let begins =
        |sentence: &&Range<usize>| first_letter(&text[(*sentence).clone()]).is_some_and(char::is_uppercase);
    let capitals = sentences.iter().filter(begins).count();
    // One sentence tells nothing about how its writer writes.
    let tells = sentences.len() >= SENTENCES_MIN && capitals * 10 >= sentences.len() * 8;
    if !tells {
        return None;
    }
    Some(sentences.into_iter().filter(|sentence| may_name(&text[sentence.clone()])).collect())
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

/// A first word that is none of the most common ones, or a capital, a digit or a letter of a script without capitals behind it.
fn may_name(sentence: &str) -> bool {
    let mut words = sentence
        .split(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '’'))
        .filter(|word| !word.is_empty());
    let Some(first) = words.next() else { return false };
    let caseless = |c: char| c.is_alphabetic() && !c.is_lowercase() && !c.is_uppercase();
    let capital = |word: &str| word != "I" && word.starts_with(char::is_uppercase);
    let tells = |word: &str| {
        word.contains(|c: char| c.is_numeric() || caseless(c)) || word.split(['\'', '’']).any(capital)
    };
    let first = first.to_lowercase();
    let common = BEGINNINGS.binary_search(&first.split(['\'', '’']).next().unwrap_or_default()).is_ok();
    !common || words.any(tells)
}

/// Words that sentences begin with, sorted, none of which is a name.
#[rustfmt::skip]
const BEGINNINGS: &[&str] = &[
    "a", "about", "after", "again", "all", "already", "also", "although", "always", "an", "and", "another", "any",
    "anything", "are", "as", "at", "because", "before", "being", "besides", "both", "but", "by", "could", "currently",
    "despite", "did", "do", "does", "during", "each", "either", "even", "every", "everyone", "everything", "finally",
    "first", "for", "from", "had", "has", "have", "he", "her", "here", "his", "how", "however", "i", "if", "in", "instead",
    "is", "it", "its", "just", "last", "lately", "later", "let", "like", "looking", "maybe", "meanwhile", "more", "most",
    "much", "my", "next", "no", "nobody", "not", "nothing", "now", "of", "oh", "ok", "okay", "on", "once", "one", "only",
    "or", "other", "our", "overall", "perhaps", "please", "really", "recently", "right", "same", "she", "should", "since",
    "so", "some", "someone", "something", "sometimes", "soon", "sorry", "still", "such", "sure", "thank", "thanks", "that",
    "the", "their", "them", "then", "there", "these", "they", "this", "those", "though", "through", "to", "today",
    "tomorrow", "tonight", "too", "until", "was", "we", "well", "were", "what", "when", "where", "whether", "which", "while",
    "who", "why", "with", "without", "would", "yeah", "yes", "yesterday", "yet", "you", "your",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<&str> {
        worth_reading(text).unwrap().into_iter().map(|sentence| text[sentence].trim()).collect()
    }

    #[test]
    fn sentences_that_cannot_hold_a_name_are_left_out() {
        let text = "It was a quiet day. Then Anna came by. We talked a lot, and I was glad. Maria left at noon.\nThe house is number 7.";
        assert_eq!(read(text), ["Then Anna came by.", "Maria left at noon.", "The house is number 7."]);
        let text = "It was late. Will called. Anna's? They call her 'Bea' here, or d'Arc. anna came. I was glad, and I'm still.";
        let read = read(text);
        assert_eq!(read, ["Will called.", "Anna's?", "They call her 'Bea' here, or d'Arc.", "anna came."]);
    }

    #[test]
    fn where_capitals_tell_nothing_all_is_read() {
        for text in ["it was a quiet day. then anna came by. we talked.", "It was quiet. Then we talked.", ""]
        {
            assert_eq!(worth_reading(text), None, "{text}");
        }
        let text = "We went out. It was nice. We met 安娜 there.";
        assert_eq!(read(text), ["We met 安娜 there."]);
    }

    #[test]
    fn the_beginnings_are_sorted() {
        assert!(BEGINNINGS.is_sorted());
    }
}
