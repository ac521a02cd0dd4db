//! Completions. A [`ChatModel`] is one of three providers; [`ChatModels`] gives each role its own.

mod deadlines; // when a call's next sign of life is due
pub mod embedded; // a small model in this process
pub mod openai; // any OpenAI-compatible endpoint
pub mod simulated; // seeded latency, echoed content, faults on demand

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use domain::message::Role;
use domain::usage::Usage;
use serde_json::Value;
use tokio::sync::mpsc;
use zeroize::Zeroize as _;

use crate::ModelError;
use crate::hedge::hedged;
use crate::retry::retry;

pub use crate::retry::{Attempted, RetryPolicy};

/// Events that may wait in a stream before the provider is slowed down.
pub const STREAM_BUFFER: usize = 64;

#[derive(Clone, Debug, PartialEq)]
pub struct CompletionRequest {
    pub messages: Vec<ChatMessage>,
    pub max_tokens: u32,
    pub temperature: f32,
    pub format: OutputFormat,
    /// A stable name for the conversation, so that a provider that keeps prompt prefixes finds its own.
    pub cache_key: Option<String>,
}

#[derive(Clone, PartialEq, Eq)]
pub struct ChatMessage {
    pub role: Role,
    pub content: String,
}

/// A prompt is overwritten in RAM when it has been sent.
impl Drop for ChatMessage {
    fn drop(&mut self) {
        self.content.zeroize();
    }
}

/// Without the text: what people say is for the model, not for logs.
impl fmt::Debug for ChatMessage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ChatMessage({}, {} bytes)", self.role.as_str(), self.content.len())
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum OutputFormat {
    Text,
    /// One JSON object that fits `schema`. Endpoints that know `response_format` are held to it.
    Json {
        name: &'static str,
        schema: Value,
    },
}

#[derive(Clone, PartialEq)]
pub enum CompletionEvent {
    Delta(String),
    /// The last event of a stream that ended well.
    Done {
        finish: FinishReason,
        usage: Usage,
        computed: Option<ComputeTime>,
    },
}

/// Without the text.
impl fmt::Debug for CompletionEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Delta(text) => write!(f, "Delta({} bytes)", text.len()),
            Self::Done { finish, usage, .. } => write!(f, "Done({finish:?}, {usage:?})"),
        }
    }
}

/// How long the model computed, as far as it says: what a call took longer is not the model's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ComputeTime {
    pub first_token: Duration,
    pub total: Duration,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FinishReason {
    Stop,
    /// `max_tokens` was reached.
    Length,
    Other,
}

/// A running completion: deltas, then `Done` or an error, then nothing. Dropping it cancels the call.
#[derive(Debug)]
pub struct CompletionStream {
    receiver: mpsc::Receiver<Result<CompletionEvent, ModelError>>,
    /// The next event, where it was waited for already.
    waiting: Option<CompletionEvent>,
}

/// Where a provider puts its events. When `closed()` resolves, nobody listens any more: stop.
pub type EventSender = mpsc::Sender<Result<CompletionEvent, ModelError>>;

impl CompletionStream {
    pub fn channel() -> (EventSender, Self) {
        let (sender, receiver) = mpsc::channel(STREAM_BUFFER);
        (sender, Self { receiver, waiting: None })
    }

    /// The next event. A stream that ends without `Done` was cut off.
    pub async fn next(&mut self) -> Result<CompletionEvent, ModelError> {
        match self.waiting.take() {
            Some(event) => Ok(event),
            None => self.receiver.recv().await.unwrap_or(Err(ModelError::CutOff)),
        }
    }

    /// The same once its first event is there. A stream that ends before is an error.
    pub(crate) async fn spoken(mut self) -> Result<Self, ModelError> {
        self.waiting = Some(self.next().await?);
        Ok(self)
    }
}

#[derive(Clone, PartialEq)]
pub struct Completion {
    pub text: String,
    pub finish: FinishReason,
    pub usage: Usage,
    pub computed: Option<ComputeTime>,
}

/// Without the text.
impl fmt::Debug for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Completion({} bytes, {:?}, {:?})", self.text.len(), self.finish, self.usage)
    }
}

/// A chat model, whoever runs it.
#[derive(Debug)]
pub enum ChatModel {
    OpenAi(openai::OpenAiChat),
    Embedded(embedded::EmbeddedChat),
    Simulated(simulated::SimulatedChat),
}

impl ChatModel {
    pub fn name(&self) -> &str {
        match self {
            Self::OpenAi(model) => model.name(),
            Self::Embedded(model) => model.name(),
            Self::Simulated(model) => model.name(),
        }
    }

    /// Whether text sent to the model leaves this machine.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::OpenAi(model) => model.is_remote(),
            Self::Embedded(_) => false,
            Self::Simulated(model) => model.is_remote(),
        }
    }

    /// Where the model runs: the endpoint's host, or `this process`.
    pub fn host(&self) -> String {
        match self {
            Self::OpenAi(model) => model.host(),
            Self::Simulated(model) if model.is_remote() => "simulated".to_owned(),
            Self::Embedded(_) | Self::Simulated(_) => "this process".to_owned(),
        }
    }

    /// Whether the model is big enough to be asked for JSON.
    pub fn writes_json(&self) -> bool {
        !matches!(self, Self::Embedded(_))
    }

    /// Whether the model needs the short layout: few facts, worked examples, the facts beside the question.
    pub fn is_tiny(&self) -> bool {
        matches!(self, Self::Embedded(_))
    }

    /// Tokens of prompt and answer together that the model can take.
    pub fn context_tokens(&self) -> u32 {
        match self {
            Self::OpenAi(model) => model.context_tokens(),
            Self::Embedded(model) => model.context_tokens(),
            Self::Simulated(model) => model.context_tokens(),
        }
    }

    /// Starts a completion and gives its tokens as they come. No retries: a stream that has begun cannot be
    /// repeated unseen, so the caller decides.
    pub async fn stream(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<CompletionStream, ModelError> {
        match self {
            Self::OpenAi(model) => model.stream(request, timeouts).await,
            Self::Embedded(model) => model.stream(request, timeouts).await,
            Self::Simulated(model) => model.stream(request, timeouts).await,
        }
    }

    /// A whole completion in one piece, without retries.
    pub async fn complete(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<Completion, ModelError> {
        match self {
            Self::OpenAi(model) => model.complete(request, timeouts).await,
            Self::Embedded(model) => collect(model.stream(request, timeouts).await?).await,
            Self::Simulated(model) => collect(model.stream(request, timeouts).await?).await,
        }
    }
}

async fn collect(mut stream: CompletionStream) -> Result<Completion, ModelError> {
    let mut text = String::new();
    loop {
        match stream.next().await? {
            CompletionEvent::Delta(delta) => text.push_str(&delta),
            CompletionEvent::Done { finish, usage, computed } => {
                return Ok(Completion { text, finish, usage, computed });
            }
        }
    }
}

/// How long a call may take, by stage. Providers enforce them and answer `ModelError::TimedOut`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CallTimeouts {
    /// From sending the request to the first token.
    pub first_token: Duration,
    /// Between two tokens.
    pub next_token: Duration,
    /// The whole call.
    pub total: Duration,
}

/// What a model is called for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ModelRole {
    Conversation,
    Memory,
    Intent,
    Privacy,
    Analysis,
}

impl ModelRole {
    pub const ALL: [Self; 5] =
        [Self::Conversation, Self::Memory, Self::Intent, Self::Privacy, Self::Analysis];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Conversation => "conversation",
            Self::Memory => "memory",
            Self::Intent => "intent",
            Self::Privacy => "privacy",
            Self::Analysis => "analysis",
        }
    }
}

/// A model as one role uses it.
#[derive(Clone, Debug)]
pub struct RoleModel {
    pub model: Arc<ChatModel>,
    pub temperature: f32,
    pub max_tokens: u32,
    pub timeouts: CallTimeouts,
    pub retry: RetryPolicy,
    /// A stream that has said nothing for so long gets a second one beside it; whichever speaks first is kept.
    pub hedge_after: Option<Duration>,
}

impl RoleModel {
    /// Starts a completion, with retries until the stream has started. What fails after that is for the caller,
    /// since a part of the answer may have been seen.
    pub async fn stream(&self, request: &CompletionRequest) -> Attempted<CompletionStream> {
        match self.hedge_after {
            Some(after) => hedged(self, request, after).await,
            None => self.start(request).await,
        }
    }

    pub(crate) async fn start(&self, request: &CompletionRequest) -> Attempted<CompletionStream> {
        retry(&self.retry, || self.model.stream(request, &self.timeouts)).await
    }

    /// A whole completion in one piece, with retries.
    pub async fn complete(&self, request: &CompletionRequest) -> Attempted<Completion> {
        retry(&self.retry, || self.model.complete(request, &self.timeouts)).await
    }
}

/// The model of each role.
#[derive(Clone, Debug)]
pub struct ChatModels {
    pub conversation: RoleModel,
    /// Asked when the conversation model has failed for good.
    pub fallback: Option<RoleModel>,
    pub memory: RoleModel,
    pub intent: RoleModel,
    pub privacy: RoleModel,
    pub analysis: RoleModel,
}

impl ChatModels {
    pub fn role(&self, role: ModelRole) -> &RoleModel {
        match role {
            ModelRole::Conversation => &self.conversation,
            ModelRole::Memory => &self.memory,
            ModelRole::Intent => &self.intent,
            ModelRole::Privacy => &self.privacy,
            ModelRole::Analysis => &self.analysis,
        }
    }
}
