//! all-MiniLM-L6-v2 in this process, by an encoder of our own.
//!
//! The query's embedding is most of what a turn costs us, so it goes before everything else that waits.

mod fit; // finding what vectors of words are made of
mod words; // vectors of single words
mod workers; // threads that encode, and their queue

#[cfg(test)]
mod tests;

use std::path::Path;

pub use crate::bert::{Cpu, Precision};
pub use fit::fit_words;

use super::Embedded;
use crate::ModelError;
use crate::bert::{Encoder, HIDDEN, Tokenizer, Weights};
use workers::Workers;

/// What its embeddings are called. Another `words.bin` needs another number: then everything is embedded anew.
const ID: &str = "all-MiniLM-L6-v2/words-1";
const NAME_OF_TOKENIZER: &str = "tokenizer.json";
const NAME_OF_WEIGHTS: &str = "model.safetensors";
/// What sentence-transformers cuts this model's texts to. The file itself says 128, which is what it was trained on.
const TOKENS_MAX: usize = 256;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MiniLmOptions {
    pub precision: Precision,
    /// Threads that encode. One is best beside other work: with more, a busy machine makes single texts much slower.
    pub threads: usize,
}

impl Default for MiniLmOptions {
    fn default() -> Self {
        Self { precision: Precision::Int8, threads: 1 }
    }
}

/// The loaded model. Dropping it ends its threads.
#[derive(Debug)]
pub struct MiniLm {
    workers: Workers,
}

impl MiniLm {
    /// Reads `model.safetensors` and `tokenizer.json` from `folder`. Answers `Unusable` if they are missing or damaged.
    pub fn load(folder: &Path, options: MiniLmOptions) -> Result<Self, ModelError> {
        Self::load_for(folder, options, Cpu::detect())
    }

    /// The same for a CPU that is not the best one there is.
    pub fn load_for(folder: &Path, options: MiniLmOptions, cpu: Cpu) -> Result<Self, ModelError> {
        let tokenizer = Tokenizer::load(&folder.join(NAME_OF_TOKENIZER), Some(TOKENS_MAX))?;
        let weights = Weights::read(&folder.join(NAME_OF_WEIGHTS))?;
        let encoder = Encoder::load(&weights, tokenizer.vocabulary(), options.precision, cpu)?;
        Ok(Self { workers: Workers::start(tokenizer, encoder, options.threads.max(1))? })
    }

    pub fn id(&self) -> &'static str {
        ID
    }

    pub fn dimensions(&self) -> usize {
        HIDDEN
    }

    /// Every text, in order. Those of more than 256 tokens count with their first 256. Off the async threads.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Embedded>, ModelError> {
        self.workers.embed(texts).await
    }

    /// The same for a text that somebody waits for: it goes before all others, also those under way.
    pub async fn embed_query(&self, text: String) -> Result<Embedded, ModelError> {
        self.workers.embed_query(text).await
    }
}
