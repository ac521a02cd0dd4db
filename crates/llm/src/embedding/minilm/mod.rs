//! all-MiniLM-L6-v2 in this process, by an encoder of our own.
//!
//! The query's embedding is most of what a turn costs us, so it goes before everything else that waits.

mod fitted; // what was fitted to conversations
mod words; // vectors of single words
mod workers; // threads that encode, and their queue

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

pub use crate::bert::{Cpu, Precision};

use super::Embedded;
use crate::ModelError;
use crate::bert::{Encoder, HIDDEN, Tokenizer, Weights};
use fitted::Fitted;
use workers::Workers;

const ID: &str = "all-MiniLM-L6-v2";
const NAME_OF_TOKENIZER: &str = "tokenizer.json";
const NAME_OF_WEIGHTS: &str = "model.safetensors";
/// What sentence-transformers cuts this model's texts to. The file itself says 128, which is what it was trained on.
const TOKENS_MAX: usize = 256;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MiniLmOptions {
    pub precision: Precision,
    /// Threads that encode. One is best beside other work: with more, a busy machine makes single texts much slower.
    pub threads: usize,
    /// What `scripts/fit-embeddings` wrote, in place of what is built in.
    pub fitted: Option<PathBuf>,
}

impl Default for MiniLmOptions {
    fn default() -> Self {
        Self { precision: Precision::Int8, threads: 1, fitted: None }
    }
}

/// The loaded model. Dropping it ends its threads.
#[derive(Debug)]
pub struct MiniLm {
    workers: Workers,
    id: String,
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
        let Fitted { adapter, directions, id } = Fitted::load(options.fitted.as_deref())?;
        let weights = weights.with_adapter(adapter);
        let encoder = Encoder::load(&weights, tokenizer.vocabulary(), options.precision, cpu)?;
        let workers = Workers::start(tokenizer, encoder, directions, options.threads.max(1))?;
        Ok(Self { workers, id: format!("{ID}/{id}") })
    }

    /// Of another model, or another fit of it, what is stored is embedded anew.
    pub fn id(&self) -> &str {
        &self.id
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
