//! all-MiniLM-L6-v2 in this process, by an encoder of our own.
//!
//! The query's embedding is most of what a turn costs us. This encoder needs a third of the time and of the RAM of the
//! runtimes that were measured, and no library beside the binary. Two precisions: `F32` is the reference; `Int8` keeps
//! the weights as 8-bit integers with a scale per output, and is what a server uses.

mod attention; // one head over one text
mod encoder; // the forward pass of BERT
mod kernels; // the inner loops, chosen for the CPU: all `unsafe` is here
mod linear; // a dense layer in either precision
mod math; // the same loops in portable Rust
mod tokenizer; // texts to token ids
mod weights; // reading the safetensors file
mod workers; // threads that encode, and their queue

#[cfg(test)]
mod tests;

use std::path::Path;

pub use kernels::Cpu;

use crate::ModelError;
use encoder::Encoder;
use tokenizer::Tokenizer;
use workers::Workers;

const NAME: &str = "all-MiniLM-L6-v2";

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

/// How the dense layers calculate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    Int8,
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
        let tokenizer = Tokenizer::load(&folder.join("tokenizer.json"))?;
        let encoder = Encoder::load(&folder.join("model.safetensors"), options.precision, cpu)?;
        Ok(Self { workers: Workers::start(tokenizer, encoder, options.threads.max(1))? })
    }

    pub fn id(&self) -> &'static str {
        NAME
    }

    pub fn dimensions(&self) -> usize {
        encoder::HIDDEN
    }

    /// One vector of length 1 per text, in order. Texts of more than 256 tokens count with their first 256. Off the
    /// async threads.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, ModelError> {
        self.workers.embed(texts).await
    }

    /// The same for a text that somebody waits for: it goes before all others, also those under way.
    pub async fn embed_query(&self, text: String) -> Result<Vec<f32>, ModelError> {
        self.workers.embed_query(text).await
    }
}

/// What to say about a weight file that cannot be used.
fn unusable(path: &Path, problem: &str) -> ModelError {
    let reason =
        format!("the embedding model's file {} {problem}: run `make weights` to fetch it", path.display());
    ModelError::Unusable { reason }
}
