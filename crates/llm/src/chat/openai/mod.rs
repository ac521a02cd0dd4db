//! Any OpenAI-compatible endpoint: OpenAI, Ollama, vLLM, llama.cpp, LM Studio, a gateway.

mod answer; // from the endpoint's answer to events
mod dialect; // what this endpoint does not take, as it turns out
mod sse; // bytes to events
mod wire; // the JSON of requests and answers

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::Response;
use secrecy::SecretString;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::time::{timeout, timeout_at};

use super::deadlines::Deadlines;
use super::{CallTimeouts, Completion, CompletionRequest, CompletionStream};
use crate::breaker::Breaker;
use crate::http::{Endpoint, EndpointOptions, Failure, read_json};
use crate::tokens::estimate_messages;
use crate::{ModelError, TimeoutStage};
use answer::Answer;
use dialect::Dialect;
use wire::{WireCompletion, WireRequest};

const LIST_TIMEOUT: Duration = Duration::from_secs(5);

/// Which endpoint, which model.
#[derive(Clone)]
pub struct OpenAiOptions {
    /// Such as `https://api.openai.com/v1`, or `unix:/run/model.sock:/v1`.
    pub base_url: String,
    pub model: String,
    pub api_key: Option<SecretString>,
    pub organisation: Option<String>,
    /// Sent with every call.
    pub headers: BTreeMap<String, String>,
    pub connect_timeout: Duration,
    /// Tokens of prompt and answer together that the model can take.
    pub context_tokens: u32,
}

impl OpenAiOptions {
    pub fn new(base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            model: model.into(),
            api_key: None,
            organisation: None,
            headers: BTreeMap::new(),
            connect_timeout: Duration::from_secs(5),
            context_tokens: 16_000,
        }
    }
}

/// Shows nothing that may hold a key: neither the address nor the headers.
impl std::fmt::Debug for OpenAiOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAiOptions")
            .field("model", &self.model)
            .field("context_tokens", &self.context_tokens)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub struct OpenAiChat {
    endpoint: Endpoint,
    model: String,
    context_tokens: u32,
    dialect: Dialect,
    breaker: Breaker,
}

impl OpenAiChat {
    /// Calls nothing yet. Fails when the options cannot work.
    pub fn new(options: OpenAiOptions) -> Result<Self, ModelError> {
        let endpoint = Endpoint::new(&EndpointOptions {
            base_url: options.base_url,
            api_key: options.api_key,
            organisation: options.organisation,
            headers: options.headers,
            connect_timeout: options.connect_timeout,
        })?;
        Ok(Self {
            endpoint,
            model: options.model,
            context_tokens: options.context_tokens,
            dialect: Dialect::default(),
            breaker: Breaker::default(),
        })
    }

    pub fn name(&self) -> &str {
        &self.model
    }

    /// The endpoint's host and port.
    pub fn host(&self) -> String {
        self.endpoint.host()
    }

    /// Whether the endpoint is on another machine.
    pub fn is_remote(&self) -> bool {
        self.endpoint.is_remote()
    }

    pub fn context_tokens(&self) -> u32 {
        self.context_tokens
    }

    /// Returns when the answer has begun, that is with its HTTP headers. Dropping the stream ends the HTTP request.
    pub async fn stream(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<CompletionStream, ModelError> {
        let permit = self.breaker.enter()?;
        let deadlines = Deadlines::start(*timeouts);
        let limit = deadlines.next();
        let sent = timeout_at(limit.at, self.send(request, true)).await;
        let response = match sent.unwrap_or(Err(limit.error)) {
            Ok(response) => response,
            Err(error) => {
                let failed = Err(error);
                permit.report(&failed);
                return failed;
            }
        };
        let answer = Answer::new(response, deadlines, estimate_messages(&request.messages));
        let (events, stream) = CompletionStream::channel();
        tokio::spawn(answer.forward(events, permit));
        Ok(stream)
    }

    /// The whole answer at once. Only the total limit holds: there is no first token to wait for.
    pub async fn complete(
        &self,
        request: &CompletionRequest,
        timeouts: &CallTimeouts,
    ) -> Result<Completion, ModelError> {
        let permit = self.breaker.enter()?;
        let late = ModelError::TimedOut { stage: TimeoutStage::Finish, limit: timeouts.total };
        let result = timeout(timeouts.total, self.whole(request)).await.unwrap_or(Err(late));
        permit.report(&result);
        result
    }

    /// The names of the endpoint's models.
    pub async fn list_models(&self) -> Result<Vec<String>, ModelError> {
        #[derive(Deserialize)]
        struct Models {
            data: Vec<Model>,
        }
        #[derive(Deserialize)]
        struct Model {
            id: String,
        }
        let late = ModelError::TimedOut { stage: TimeoutStage::Finish, limit: LIST_TIMEOUT };
        let models: Result<Models, _> =
            timeout(LIST_TIMEOUT, get_json(&self.endpoint, "models")).await.unwrap_or(Err(late));
        Ok(models?.data.into_iter().map(|model| model.id).collect())
    }

    async fn whole(&self, request: &CompletionRequest) -> Result<Completion, ModelError> {
        let mut response = self.send(request, false).await?;
        let completion: WireCompletion = read_json(&mut response).await?;
        completion.into_completion(estimate_messages(&request.messages))
    }

    /// Sends the request, if need be again in a form that this endpoint takes. Each new form gives up one thing more,
    /// so there are few.
    async fn send(&self, request: &CompletionRequest, streamed: bool) -> Result<Response, ModelError> {
        let mut quirks = self.dialect.quirks();
        loop {
            let body = WireRequest::new(&self.model, request, quirks, streamed);
            let response = self.endpoint.post("chat/completions", &body).await?;
            if response.status().is_success() {
                self.dialect.learn(quirks);
                return Ok(response);
            }
            let failure = Failure::read(response).await;
            match quirks.adapted_to(&failure, &body) {
                Some(adapted) => quirks = adapted,
                None => return Err(failure.into_error()),
            }
        }
    }
}

/// The names of the models of an Ollama at `base`, such as `http://127.0.0.1:11434`, if there is one.
pub async fn probe_ollama(base: &str, timeout: Duration) -> Option<Vec<String>> {
    #[derive(Deserialize)]
    struct Tags {
        models: Vec<Tag>,
    }
    #[derive(Deserialize)]
    struct Tag {
        name: String,
    }
    let endpoint = Endpoint::new(&EndpointOptions {
        base_url: base.to_owned(),
        api_key: None,
        organisation: None,
        headers: BTreeMap::new(),
        connect_timeout: timeout,
    });
    let endpoint = endpoint.ok()?;
    let tags: Tags = tokio::time::timeout(timeout, get_json(&endpoint, "api/tags")).await.ok()?.ok()?;
    Some(tags.models.into_iter().map(|tag| tag.name).collect())
}

async fn get_json<T: DeserializeOwned>(endpoint: &Endpoint, path: &str) -> Result<T, ModelError> {
    let mut response = endpoint.get(path).await?;
    if !response.status().is_success() {
        return Err(Failure::read(response).await.into_error());
    }
    read_json(&mut response).await
}
