//! The JSON of requests and answers, as OpenAI's chat completions have it.

use std::borrow::Cow;

use domain::message::Role;
use domain::usage::Usage;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::dialect::Quirks;
use crate::ModelError;
use crate::chat::{ChatMessage, Completion, CompletionRequest, FinishReason, OutputFormat};
use crate::http::code_of;
use crate::tokens::estimate;

#[derive(Serialize)]
pub(super) struct WireRequest<'a> {
    model: &'a str,
    messages: Vec<WireMessage<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) temperature: Option<f32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) stream_options: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) response_format: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) prompt_cache_key: Option<&'a str>,
}

#[derive(Serialize)]
struct WireMessage<'a> {
    role: &'static str,
    content: Cow<'a, str>,
}

impl<'a> WireMessage<'a> {
    fn new(message: &'a ChatMessage) -> Self {
        Self { role: message.role.as_str(), content: Cow::Borrowed(&message.content) }
    }
}

impl<'a> WireRequest<'a> {
    pub(super) fn new(
        model: &'a str,
        request: &'a CompletionRequest,
        quirks: Quirks,
        streamed: bool,
    ) -> Self {
        let newer = quirks.has(Quirks::MAX_COMPLETION_TOKENS);
        Self {
            model,
            messages: messages(request, quirks),
            stream: streamed,
            max_tokens: (!newer).then_some(request.max_tokens),
            max_completion_tokens: newer.then_some(request.max_tokens),
            temperature: (!quirks.has(Quirks::NO_TEMPERATURE)).then_some(request.temperature),
            stream_options: (streamed && !quirks.has(Quirks::NO_STREAM_OPTIONS))
                .then(|| json!({"include_usage": true})),
            response_format: response_format(&request.format, quirks),
            prompt_cache_key: request.cache_key.as_deref().filter(|_| !quirks.has(Quirks::NO_CACHE_KEY)),
        }
    }
}

fn messages(request: &CompletionRequest, quirks: Quirks) -> Vec<WireMessage<'_>> {
    let mut messages: Vec<WireMessage<'_>> = request.messages.iter().map(WireMessage::new).collect();
    if let OutputFormat::Json { schema, .. } = &request.format
        && quirks.has(Quirks::NO_JSON_SCHEMA)
    {
        // An endpoint that is not held to the schema must at least see it.
        let note =
            format!("Answer with one JSON object that fits this JSON schema, and nothing else:\n{schema}");
        match messages.first_mut().filter(|first| first.role == Role::System.as_str()) {
            Some(system) => system.content = Cow::Owned(format!("{}\n\n{note}", system.content)),
            None => {
                messages.insert(0, WireMessage { role: Role::System.as_str(), content: Cow::Owned(note) });
            }
        }
    }
    messages
}

fn response_format(format: &OutputFormat, quirks: Quirks) -> Option<Value> {
    let OutputFormat::Json { name, schema } = format else { return None };
    if quirks.has(Quirks::NO_RESPONSE_FORMAT) {
        None
    } else if quirks.has(Quirks::NO_JSON_SCHEMA) {
        Some(json!({"type": "json_object"}))
    } else {
        Some(json!({"type": "json_schema", "json_schema": {"name": name, "schema": schema, "strict": true}}))
    }
}

/// One event of a streamed answer. Reasoning, tool calls and what else there may be is not read.
#[derive(Deserialize)]
pub(super) struct WireChunk {
    choices: Option<Vec<ChunkChoice>>,
    pub(super) usage: Option<WireUsage>,
    pub(super) error: Option<Value>,
}

#[derive(Deserialize)]
struct ChunkChoice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<Content>,
    // Both names are in use, by some servers at once.
    reasoning_content: Option<IgnoredAny>,
    reasoning: Option<IgnoredAny>,
}

/// Some servers send the parts of an answer, thoughts among them, as a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Content {
    Text(String),
    Parts(Vec<Part>),
}

#[derive(Deserialize)]
struct Part {
    text: Option<String>,
}

impl Content {
    fn into_text(self) -> String {
        match self {
            Self::Text(text) => text,
            Self::Parts(parts) => parts.into_iter().filter_map(|part| part.text).collect(),
        }
    }
}

/// What a chunk adds to the answer.
pub(super) struct Step {
    pub(super) text: Option<String>,
    /// The model made progress, be it in thoughts that are not shown.
    pub(super) alive: bool,
    pub(super) finish: Option<FinishReason>,
}

impl WireChunk {
    pub(super) fn into_step(self) -> Step {
        let choice = self.choices.into_iter().flatten().next();
        let finish = choice.as_ref().and_then(|choice| choice.finish_reason.as_deref()).map(finish_reason);
        let Some(delta) = choice.and_then(|choice| choice.delta) else {
            return Step { text: None, alive: false, finish };
        };
        let thinks = delta.reasoning_content.is_some() || delta.reasoning.is_some();
        let lists_parts = matches!(delta.content, Some(Content::Parts(_)));
        let text = delta.content.map(Content::into_text).filter(|text| !text.is_empty());
        Step { alive: thinks || lists_parts || text.is_some(), text, finish }
    }
}

/// An answer in one piece.
#[derive(Deserialize)]
pub(super) struct WireCompletion {
    choices: Option<Vec<Choice>>,
    usage: Option<WireUsage>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    message: Option<AnswerMessage>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct AnswerMessage {
    content: Option<Content>,
}

impl WireCompletion {
    /// `prompt_tokens` is the estimate for endpoints that do not count.
    pub(super) fn into_completion(self, prompt_tokens: u32) -> Result<Completion, ModelError> {
        if let Some(error) = self.error.filter(|error| !error.is_null()) {
            return Err(reported_error(&error));
        }
        let malformed = || ModelError::Malformed { reason: "the answer has no choices".to_owned() };
        let choice = self.choices.into_iter().flatten().next().ok_or_else(malformed)?;
        let text =
            choice.message.and_then(|message| message.content).map(Content::into_text).unwrap_or_default();
        let finish = choice.finish_reason.as_deref().map_or(FinishReason::Other, finish_reason);
        let usage = usage(self.usage, prompt_tokens, &text);
        Ok(Completion { text, finish, usage, computed: None })
    }
}

#[derive(Clone, Copy, Deserialize)]
pub(super) struct WireUsage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
    prompt_tokens_details: Option<PromptTokensDetails>,
}

#[derive(Clone, Copy, Deserialize)]
struct PromptTokensDetails {
    cached_tokens: Option<u32>,
}

/// What the endpoint counted, else our estimate.
pub(super) fn usage(counted: Option<WireUsage>, prompt_tokens: u32, text: &str) -> Usage {
    // Some endpoints send the object and count nothing.
    match counted.filter(|usage| usage.prompt_tokens > 0) {
        Some(usage) => Usage {
            prompt_tokens: usage.prompt_tokens,
            completion_tokens: usage.completion_tokens,
            cached_tokens: usage.prompt_tokens_details.and_then(|details| details.cached_tokens).unwrap_or(0),
            exact: true,
        },
        None => Usage { prompt_tokens, completion_tokens: estimate(text), cached_tokens: 0, exact: false },
    }
}

/// An error inside an answer that began well, as the status would have said it.
pub(super) fn reported_error(error: &Value) -> ModelError {
    let code = code_of(error).unwrap_or_else(|| "unspecified".to_owned());
    if code == "429" || code.starts_with("rate_limit") {
        return ModelError::RateLimited { retry_after: None };
    }
    let refused =
        ["context_length_exceeded", "invalid_request_error", "insufficient_quota", "model_not_found", "400"];
    if refused.contains(&code.as_str()) {
        return ModelError::Refused { status: 400, code };
    }
    ModelError::Unavailable { reason: format!("the answer broke off with an error, code {code}") }
}

fn finish_reason(name: &str) -> FinishReason {
    match name {
        "stop" => FinishReason::Stop,
        "length" => FinishReason::Length,
        _ => FinishReason::Other,
    }
}
