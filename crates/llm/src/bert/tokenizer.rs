//! Texts to token ids.

use std::ops::Range;
use std::path::Path;

use tokenizers::TruncationParams;

use super::unusable;
use crate::ModelError;

#[derive(Debug)]
pub(crate) struct Tokenizer(tokenizers::Tokenizer);

impl Tokenizer {
    /// Texts of more than `tokens_max` tokens are cut, if there is such a limit.
    pub(crate) fn load(path: &Path, tokens_max: Option<usize>) -> Result<Self, ModelError> {
        if !path.is_file() {
            return Err(unusable(path, "is missing"));
        }
        let mut tokenizer =
            tokenizers::Tokenizer::from_file(path).map_err(|_| unusable(path, "is damaged"))?;
        let truncation =
            tokens_max.map(|max_length| TruncationParams { max_length, ..TruncationParams::default() });
        tokenizer.with_truncation(truncation).map_err(|_| unusable(path, "is damaged"))?;
        // The encoder takes texts of any length side by side: padding would be work for nothing.
        tokenizer.with_padding(None);
        Ok(Self(tokenizer))
    }

    /// The tokens, with the marks for beginning and end, so never empty, and where each of them stands in the text, in
    /// bytes; nowhere for the marks.
    pub(crate) fn encode_with_places(&self, text: &str) -> Result<(Vec<u32>, Vec<Range<usize>>), ModelError> {
        let encoded = self.0.encode(text, true).map_err(untokenised)?;
        let places = encoded.get_offsets().iter().map(|(start, end)| *start..*end).collect();
        Ok((encoded.get_ids().to_vec(), places))
    }

    /// The same, with where the word stands that each token is part of.
    pub(crate) fn encode_by_word(&self, text: &str) -> Result<(Vec<u32>, Vec<Range<usize>>), ModelError> {
        let encoded = self.0.encode(text, true).map_err(untokenised)?;
        let mut places = Vec::with_capacity(encoded.len());
        let mut rest = encoded.get_offsets();
        for word in encoded.get_word_ids().chunk_by(|a, b| a == b) {
            let (tokens, others) = rest.split_at(word.len());
            rest = others;
            let place = if word[0].is_some() { tokens[0].0..tokens[tokens.len() - 1].1 } else { 0..0 };
            places.extend(std::iter::repeat_n(place, word.len()));
        }
        Ok((encoded.get_ids().to_vec(), places))
    }

    pub(crate) fn vocabulary(&self) -> usize {
        self.0.get_vocab_size(true)
    }
}

/// The library's errors may quote the text.
fn untokenised(_: tokenizers::Error) -> ModelError {
    ModelError::Malformed { reason: "a text could not be tokenised".to_owned() }
}
