//! Texts to token ids.

use std::path::Path;

use tokenizers::TruncationParams;

use super::unusable;
use crate::ModelError;

/// What sentence-transformers cuts this model's texts to. The file itself says 128, which is what it was trained on.
const TOKENS_MAX: usize = 256;

#[derive(Debug)]
pub(super) struct Tokenizer(tokenizers::Tokenizer);

impl Tokenizer {
    pub(super) fn load(path: &Path) -> Result<Self, ModelError> {
        if !path.is_file() {
            return Err(unusable(path, "is missing"));
        }
        let mut tokenizer =
            tokenizers::Tokenizer::from_file(path).map_err(|_| unusable(path, "is damaged"))?;
        let truncation = TruncationParams { max_length: TOKENS_MAX, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(truncation)).map_err(|_| unusable(path, "is damaged"))?;
        // The encoder takes texts of any length side by side: padding would be work for nothing.
        tokenizer.with_padding(None);
        Ok(Self(tokenizer))
    }

    /// With the marks for beginning and end, so never empty.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, ModelError> {
        // The library's errors may quote the text.
        let failed = |_| ModelError::Malformed { reason: "a text could not be tokenised".to_owned() };
        Ok(self.0.encode_fast(text, true).map_err(failed)?.get_ids().to_vec())
    }
}
