//! A small chat model in this process, by llama.cpp: the first minute needs no key, no network and no second server.
//!
//! One thread owns the model and answers one request after the other. Built only with the cargo feature
//! `embedded-chat`; without it the types stay and [`EmbeddedChat::load`] says what is missing.

mod forward; // ends a stream that is late
mod weights; // the model's file, and a faster copy of it

#[cfg(feature = "embedded-chat")]
mod context; // llama.cpp: start, weights, KV cache
#[cfg(feature = "embedded-chat")]
mod engine; // from request to tokens
#[cfg(feature = "embedded-chat")]
mod fit; // shortens a conversation to the context
#[cfg(feature = "embedded-chat")]
mod kept; // prompts left in the KV cache between turns
#[cfg(feature = "embedded-chat")]
mod template; // messages to tokens
#[cfg(feature = "embedded-chat")]
mod utf8; // tokens end inside characters, deltas do not
#[cfg_attr(not(feature = "embedded-chat"), path = "worker_absent.rs")]
mod worker; // the thread and its queue

use std::path::PathBuf;

use super::{CallTimeouts, ChatMessage, CompletionRequest, CompletionStream};
use crate::ModelError;
use worker::Worker;

pub use weights::{prepared_gguf, requantise};

/// A 2,048-token conversation takes 47 MB of KV cache with SmolLM2-135M.
const CONTEXT_TOKENS: u32 = 2048;
/// With a model this small, more threads wait for each other longer than they compute.
const THREADS_MAX: usize = 4;

/// What to load and how to run it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddedOptions {
    pub gguf: PathBuf,
    pub name: String,
    /// Tokens of prompt and answer together.
    pub context_tokens: u32,
    pub threads: usize,
    /// The same seed and prompt give the same answer. `None` draws a new seed for each answer.
    pub seed: Option<u32>,
    /// Conversations whose prompts stay in the KV cache, so that their next turn starts sooner.
    pub prompts_kept_max: usize,
    /// How prompts begin, whoever asks: computed at the start and kept for good. Nothing private may be in them.
    pub shared_prefixes: Vec<Vec<ChatMessage>>,
}

impl EmbeddedOptions {
    pub fn new(gguf: impl Into<PathBuf>, name: impl Into<String>) -> Self {
        Self {
            gguf: gguf.into(),
            name: name.into(),
            context_tokens: CONTEXT_TOKENS,
            threads: default_threads(),
            seed: None,
            prompts_kept_max: 4,
            shared_prefixes: Vec::new(),
        }
    }
}

/// The loaded model. Dropping it ends its thread, within the time of one piece of a prompt.
#[derive(Debug)]
pub struct EmbeddedChat {
    name: String,
    worker: Worker,
}

impl EmbeddedChat {
    /// Reads the weights; takes a fraction of a second for a small model. Answers `Unusable` if they are missing or
    /// damaged.
    pub fn load(options: EmbeddedOptions) -> Result<Self, ModelError> {
        let name = options.name.clone();
        let worker = Worker::start(options)?;
        Ok(Self { name, worker })
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// As asked for, within what the model was trained on.
    pub fn context_tokens(&self) -> u32 {
        self.worker.context_tokens()
    }

    /// Queues the request. Time in the queue counts against `timeouts.first_token`; a full queue is `Unavailable`.
    ///
    /// A request with a `cache_key` leaves its prompt in the KV cache for the next turn of that conversation; one
    /// without leaves nothing. `OutputFormat::Json` is not enforced: a model this small cannot be held to a schema.
    #[expect(clippy::unused_async, reason = "the providers of `ChatModel` share one signature")]
    pub async fn stream(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<CompletionStream, ModelError> {
        let (events, answer) = CompletionStream::channel();
        self.worker.submit(request.clone(), events)?;
        Ok(forward::forward(answer, *timeouts))
    }

    /// Erases all kept prompts: at once when the model is idle, otherwise as soon as the running answer has ended.
    /// Neither that answer's prompt nor those waiting are kept.
    pub fn forget_prompts(&self) {
        self.worker.forget_prompts();
    }
}

/// Half of the cores. llama.cpp's threads wait for each other in busy loops, hundreds of times a token: where another
/// process takes the core of one of them, all stand still. Measured with two threads on two cores and one other busy
/// process: 2 answer tokens a second, against 30 with one thread.
fn default_threads() -> usize {
    (physical_cores() / 2).clamp(1, THREADS_MAX)
}

/// Cores this process may use, counting two hyperthreads as one: they share the units that multiply.
fn physical_cores() -> usize {
    let logical = std::thread::available_parallelism().map_or(1, usize::from);
    let threaded =
        std::fs::read_to_string("/sys/devices/system/cpu/smt/active").is_ok_and(|one| one.trim() == "1");
    if threaded { logical.div_ceil(2) } else { logical }
}
