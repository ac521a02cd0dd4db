//! What was fitted to conversations on top of the published weights: a small change of the model's layers, with which
//! questions come nearer to the messages that answer them, and the directions that are kept of single words.
//!
//! `scripts/fit-embeddings` finds both; docs/retrieval.md says on what, and what they are worth.

use std::path::Path;

use super::words::Directions;
use crate::ModelError;
use crate::bert::Weights;

static BUILT_IN: &[u8] = include_bytes!("fitted.safetensors");

pub(super) struct Fitted {
    pub(super) adapter: Weights,
    pub(super) directions: Directions,
    /// Tells it from others: what is embedded with one is not compared with what is embedded with another.
    pub(super) id: String,
}

impl Fitted {
    /// From a file, or what is built in.
    pub(super) fn load(file: Option<&Path>) -> Result<Self, ModelError> {
        let name = file.unwrap_or(Path::new("fitted.safetensors"));
        let unusable = |problem: &str| {
            let reason =
                format!("{} {problem}: it takes what `scripts/fit-embeddings` writes", name.display());
            ModelError::Unusable { reason }
        };
        let bytes = match file {
            Some(file) => {
                std::fs::read(file).map_err(|error| unusable(&format!("cannot be read ({error})")))?
            }
            None => BUILT_IN.to_vec(),
        };
        let id = blake3::hash(&bytes).to_hex()[..8].to_owned();
        let adapter = Weights::parse(name, bytes).map_err(|_| unusable("is damaged"))?;
        // A layer by another name would be left as it is, and nobody would know.
        if let Some(lost) =
            adapter.names().find(|name| name.contains("lora_") && !name.starts_with("encoder.layer."))
        {
            return Err(unusable(&format!("changes {lost:?}, which is no layer of this model")));
        }
        let directions = Directions::load(&adapter).map_err(|_| unusable("has no directions of words"))?;
        Ok(Self { adapter, directions, id })
    }
}
