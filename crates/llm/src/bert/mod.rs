//! A small BERT of six layers in this process, by an encoder of our own: it needs a third of the time and of the RAM of the
//! runtimes that were measured, and no library beside the binary. Two precisions: `F32` is the reference; `Int8` keeps the
//! weights as 8-bit integers with a scale per output, and is what a server uses.

mod attention; // one head over one text
mod encoder; // the forward pass
mod kernels; // the inner loops, chosen for the CPU: all `unsafe` is here
mod linear; // a dense layer in either precision
mod math; // the same loops in portable Rust
mod tokenizer; // texts to token ids
mod weights; // reading the weight files

use std::path::Path;

pub(crate) use encoder::{Encoder, HIDDEN, Scratch};
pub use kernels::Cpu;
pub(crate) use math::sum_of_squares;
pub(crate) use tokenizer::Tokenizer;
pub(crate) use weights::Weights;
#[cfg(test)]
pub(crate) use weights::file_of;

use crate::ModelError;

/// How the dense layers calculate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    F32,
    Int8,
}

/// What to say about a weight file that cannot be used.
fn unusable(path: &Path, problem: &str) -> ModelError {
    let reason = format!("the model file {} {problem}: run `make weights` to fetch it", path.display());
    ModelError::Unusable { reason }
}
