//! The providers against servers that behave, misbehave and break off.

#![expect(clippy::unwrap_used, reason = "what fails in a helper fails the test")]

#[path = "providers/answers.rs"]
mod answers; // whole answers, refusals, retries
#[path = "providers/embeddings.rs"]
mod embeddings; // vectors from an endpoint
#[path = "providers/server.rs"]
mod server; // a server that says exactly the bytes it is told
#[path = "providers/streams.rs"]
mod streams; // streamed answers, cut and hung ones

use std::time::Duration;

use domain::message::Role;
use llm::chat::openai::{OpenAiChat, OpenAiOptions};
use llm::chat::{CallTimeouts, ChatMessage, CompletionRequest, OutputFormat};
use serde_json::json;

/// Long enough for a busy machine; no test waits for them.
pub(crate) const PATIENT: CallTimeouts = CallTimeouts {
    first_token: Duration::from_secs(20),
    next_token: Duration::from_secs(20),
    total: Duration::from_secs(40),
};

/// In every prompt, and in every body that a test server sends back with an error.
pub(crate) const SECRET: &str = "the user's secret";

pub(crate) fn chat(base_url: &str) -> OpenAiChat {
    OpenAiChat::new(OpenAiOptions::new(base_url, "test-model")).unwrap()
}

pub(crate) fn request() -> CompletionRequest {
    let message = |role, content: &str| ChatMessage { role, content: content.to_owned() };
    CompletionRequest {
        messages: vec![message(Role::System, "Be kind."), message(Role::User, SECRET)],
        max_tokens: 100,
        temperature: 0.7,
        format: OutputFormat::Text,
        cache_key: None,
    }
}

pub(crate) fn json_request() -> CompletionRequest {
    let schema = json!({"type": "object", "properties": {"marker": {"type": "string"}}});
    CompletionRequest { format: OutputFormat::Json { name: "extraction", schema }, ..request() }
}
