//! A list of phrases that is asked, word for word, whether one of them begins here.

use std::collections::HashMap;

use super::pattern::begins_with;
use super::tokens::Token;

/// The phrases by their first word, the longest first.
pub(super) struct Phrases(HashMap<&'static str, Vec<Vec<&'static str>>>);

impl Phrases {
    pub(super) fn new(list: &[&'static str]) -> Self {
        let mut phrases: HashMap<&str, Vec<Vec<&str>>> = HashMap::new();
        for phrase in list {
            let words: Vec<&str> = phrase.split(' ').collect();
            phrases.entry(words[0]).or_default().push(words);
        }
        for same_start in phrases.values_mut() {
            same_start.sort_by_key(|words| std::cmp::Reverse(words.len()));
        }
        Self(phrases)
    }

    /// How many tokens the longest phrase takes that begins at `at`.
    pub(super) fn length_at(&self, tokens: &[Token<'_>], at: usize) -> Option<usize> {
        let rest = tokens.get(at..)?;
        let same_start = self.0.get(&*rest.first()?.word)?;
        same_start.iter().find(|words| begins_with(rest, words)).map(Vec::len)
    }

    /// Where one of them begins.
    pub(super) fn positions<'t>(&'t self, tokens: &'t [Token<'_>]) -> impl Iterator<Item = usize> + 't {
        (0..tokens.len()).filter(|at| self.length_at(tokens, *at).is_some())
    }
}
