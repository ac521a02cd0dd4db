//! Stands in for the worker in a build without llama.cpp.

use super::EmbeddedOptions;
use crate::ModelError;
use crate::chat::{CompletionRequest, EventSender};

/// Never exists: `start` always fails.
#[derive(Debug)]
pub(super) enum Worker {}

impl Worker {
    pub(super) fn start(_options: EmbeddedOptions) -> Result<Self, ModelError> {
        Err(super::weights::no_llama_cpp())
    }

    pub(super) fn context_tokens(&self) -> u32 {
        match *self {}
    }

    pub(super) fn submit(&self, _request: CompletionRequest, _events: EventSender) -> Result<(), ModelError> {
        match *self {}
    }

    pub(super) fn forget_prompts(&self) {
        match *self {}
    }
}
