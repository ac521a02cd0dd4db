//! A text prepared for the rules: lower case, groups of digits, and the words around a place.
//!
//! What separates a phone number from an order number is often only the nearest telling word before it. Words are
//! whole words: "opinion" has no "pin".

use std::ops::Range;

/// How far a telling word may be from what it tells about.
const WINDOW_BYTES: usize = 80;

pub(crate) struct View<'a> {
    pub(crate) text: &'a str,
    /// The same bytes with ASCII letters in lower case, so that places in both are the same.
    pub(crate) lower: String,
    /// Maximal runs of ASCII digits.
    pub(crate) digits: Vec<Range<usize>>,
}

impl<'a> View<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        Self { text, lower: text.to_ascii_lowercase(), digits: digit_groups(text) }
    }

    /// Whether no letter, digit or underscore touches `start..end`.
    pub(crate) fn stands_alone(&self, start: usize, end: usize) -> bool {
        !self.char_before(start).is_some_and(is_word) && !self.char_after(end).is_some_and(is_word)
    }

    pub(crate) fn char_before(&self, at: usize) -> Option<char> {
        self.text[..at].chars().next_back()
    }

    pub(crate) fn char_after(&self, at: usize) -> Option<char> {
        self.text[at..].chars().next()
    }

    /// Whole words before `at` in lower case, the nearest first.
    pub(crate) fn words_before(&self, at: usize) -> impl Iterator<Item = &str> {
        let from = self.lower.floor_char_boundary(at.saturating_sub(WINDOW_BYTES));
        let window = &self.lower[from..at];
        // The first word may be cut in half by the window.
        let whole =
            if from == 0 { window } else { window.split_once(|c: char| !is_word(c)).map_or("", |cut| cut.1) };
        words_of(whole).rev()
    }

    /// Whole words before `at` in the same sentence and line, the nearest first.
    pub(crate) fn sentence_before(&self, at: usize) -> impl Iterator<Item = &str> {
        let from = self.lower.floor_char_boundary(at.saturating_sub(WINDOW_BYTES));
        let stop = self.lower[from..at].rfind(['.', '!', '?', '\n']);
        let words = match stop {
            Some(stop) => words_of(&self.lower[from + stop + 1..at]).count(),
            None => usize::MAX,
        };
        self.words_before(at).take(words)
    }

    /// Whole words after `at` in lower case, the nearest first.
    pub(crate) fn words_after(&self, at: usize) -> impl Iterator<Item = &str> {
        let to = self.lower.ceil_char_boundary((at + WINDOW_BYTES).min(self.lower.len()));
        words_of(&self.lower[at..to])
    }

    /// The next `max` tokens after `at`: what stands between white space, without the punctuation around it. They end
    /// with the sentence.
    pub(crate) fn tokens_after(&self, at: usize, max: usize) -> Vec<Range<usize>> {
        let mut tokens = Vec::new();
        let mut rest = at..(at + max * WINDOW_BYTES).min(self.text.len());
        rest.end = self.text.ceil_char_boundary(rest.end);
        while tokens.len() < max && !rest.is_empty() {
            let text = &self.text[rest.clone()];
            let start = rest.start + (text.len() - text.trim_start().len());
            let text = &self.text[start..rest.end];
            let end = start + text.find(char::is_whitespace).unwrap_or(text.len());
            let token = &self.text[start..end];
            let front = token.len() - token.trim_start_matches(is_wrapping).len();
            let inner = token[front..].trim_end_matches(|c| is_wrapping(c) || matches!(c, '.' | '!' | '?'));
            if !inner.is_empty() {
                tokens.push(start + front..start + front + inner.len());
            }
            // "no." is an abbreviation.
            if token.ends_with(['.', '!', '?', ';']) && (inner.len() > 3 || inner.is_empty()) {
                break;
            }
            rest.start = end;
        }
        tokens
    }

    /// The digits of a span.
    pub(crate) fn digits_of(&self, span: Range<usize>) -> Vec<u8> {
        self.text[span].bytes().filter(u8::is_ascii_digit).collect()
    }

    /// What stands between two neighbouring groups of digits.
    pub(crate) fn between(&self, left: &Range<usize>, right: &Range<usize>) -> &str {
        &self.text[left.end..right.start]
    }

    /// Whether the digits at `start..end` are a piece of a longer number or name: joined to a letter or digit directly
    /// or by one of `joints`.
    pub(crate) fn is_piece(&self, start: usize, end: usize, joints: &[char]) -> bool {
        let mut before = self.text[..start].chars().rev();
        let mut after = self.text[end..].chars();
        joined(before.next(), before.next(), joints, char::is_alphanumeric)
            || joined(after.next(), after.next(), joints, |c| c.is_ascii_digit())
    }
}

fn joined(next: Option<char>, far: Option<char>, joints: &[char], continues: impl Fn(char) -> bool) -> bool {
    match next {
        Some(next) if is_word(next) => true,
        Some(next) if joints.contains(&next) => far.is_some_and(continues),
        _ => false,
    }
}

fn words_of(text: &str) -> impl DoubleEndedIterator<Item = &str> {
    text.split(|c: char| !is_word(c)).filter(|word| !word.is_empty())
}

pub(crate) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn is_wrapping(c: char) -> bool {
    matches!(
        c,
        '"' | '\'' | '`' | '(' | ')' | '[' | ']' | '<' | '>' | '{' | '}' | ',' | ';' | ':' | '=' | '#' | '*'
    )
}

fn digit_groups(text: &str) -> Vec<Range<usize>> {
    let mut groups: Vec<Range<usize>> = Vec::new();
    for (at, byte) in text.bytes().enumerate() {
        if !byte.is_ascii_digit() {
            continue;
        }
        match groups.last_mut() {
            Some(group) if group.end == at => group.end = at + 1,
            _ => groups.push(at..at + 1),
        }
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_whole_and_the_nearest_comes_first() {
        let view = View::new("My opinion on Tel-Aviv's café: 12");
        let words: Vec<&str> = view.words_before(view.text.len() - 2).collect();
        assert_eq!(words, ["café", "s", "aviv", "tel", "on", "opinion", "my"]);
        let words: Vec<&str> = view.words_after(0).take(2).collect();
        assert_eq!(words, ["my", "opinion"]);
    }

    #[test]
    fn a_word_cut_by_the_window_is_no_word() {
        let text = format!("re{} {} 1", "call".repeat(10), "é".repeat(30));
        let view = View::new(&text);
        assert!(view.words_before(text.len() - 1).all(|word| !word.contains("call")));
    }

    #[test]
    fn tokens_end_with_the_sentence() {
        let view = View::new("key: \"abc.def\", (no. 12)  really. Next one");
        let tokens: Vec<&str> = view.tokens_after(3, 9).into_iter().map(|token| &view.text[token]).collect();
        assert_eq!(tokens, ["abc.def", "no", "12", "really"]);
        assert!(view.tokens_after(view.text.len(), 9).is_empty());
    }

    #[test]
    fn digits_come_in_maximal_groups() {
        assert_eq!(View::new("a12-3é456").digits, [1..3, 4..5, 7..10]);
        assert!(View::new("none").digits.is_empty());
    }

    #[test]
    fn a_piece_of_a_longer_number_is_known() {
        let joints = ['-', '.'];
        for (text, piece) in [
            ("12", false),
            ("x 12 y", false),
            ("12.", false),
            ("a-12", true),
            ("a12", true),
            ("12é", true),
            ("12-3", true),
            ("12-a", false),
            ("1.12", true),
            ("1,12", false),
        ] {
            let view = View::new(text);
            let start = text.find("12").unwrap();
            assert_eq!(view.is_piece(start, start + 2, &joints), piece, "{text}");
        }
    }
}
