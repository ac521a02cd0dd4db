//! The words of a text with their places and in lower case, read once for all who look at them.

use std::borrow::Cow;
use std::ops::Deref;

use unicode_segmentation::UnicodeSegmentation as _;

pub(crate) struct Words<'a> {
    pub(crate) text: &'a str,
    words: Vec<Word<'a>>,
}

pub(crate) struct Word<'a> {
    /// As it is written.
    pub(crate) text: &'a str,
    /// Where it begins, in bytes.
    pub(crate) start: usize,
    pub(crate) lower: Cow<'a, str>,
}

impl<'a> Words<'a> {
    pub(crate) fn of(text: &'a str) -> Self {
        let word = |(start, text)| Word { text, start, lower: in_lower_case(text) };
        Self { text, words: text.unicode_word_indices().map(word).collect() }
    }
}

impl<'a> Deref for Words<'a> {
    type Target = [Word<'a>];

    fn deref(&self) -> &[Word<'a>] {
        &self.words
    }
}

impl Word<'_> {
    pub(crate) fn end(&self) -> usize {
        self.start + self.text.len()
    }

    pub(crate) fn is_capital(&self) -> bool {
        self.text.starts_with(char::is_uppercase)
    }
}

fn in_lower_case(word: &str) -> Cow<'_, str> {
    let is_lower = word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit());
    if is_lower { Cow::Borrowed(word) } else { Cow::Owned(word.to_lowercase()) }
}
