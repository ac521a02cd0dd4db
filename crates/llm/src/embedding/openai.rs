//! Embeddings by any OpenAI-compatible endpoint.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use super::normalise;
use crate::breaker::Breaker;
use crate::chat::RetryPolicy;
use crate::http::{Endpoint, EndpointOptions, Failure, read_json};
use crate::retry::retry;
use crate::{ModelError, TimeoutStage};

/// Texts of one request. OpenAI takes 2,048, small servers fewer.
const BATCH_MAX: usize = 128;

/// Which endpoint, which model.
#[derive(Clone)]
pub struct OpenAiEmbeddingOptions {
    /// Such as `https://api.openai.com/v1`, or `unix:/run/model.sock:/v1`.
    pub base_url: String,
    pub model: String,
    pub api_key: Option<SecretString>,
    pub organisation: Option<String>,
    /// Sent with every call.
    pub headers: BTreeMap<String, String>,
    pub connect_timeout: Duration,
    /// Of one request, which holds up to 128 texts.
    pub timeout: Duration,
    /// Numbers of a vector. Absent: [`OpenAiEmbedding::connect`] asks.
    pub dimensions: Option<usize>,
    pub retry: RetryPolicy,
    /// Takes out of a text what must not leave this machine. Not asked for an endpoint that is on it.
    pub disguise: Option<Disguise>,
}

/// A text without what must not leave this machine.
pub type Disguise = Arc<dyn Fn(&str) -> String + Send + Sync>;

impl OpenAiEmbeddingOptions {
    pub fn new(base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            model: model.into(),
            api_key: None,
            organisation: None,
            headers: BTreeMap::new(),
            connect_timeout: Duration::from_secs(5),
            timeout: Duration::from_secs(30),
            dimensions: None,
            retry: RetryPolicy::default(),
            disguise: None,
        }
    }
}

/// Shows nothing that may hold a key: neither the address nor the headers.
impl std::fmt::Debug for OpenAiEmbeddingOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("OpenAiEmbeddingOptions")
            .field("model", &self.model)
            .field("dimensions", &self.dimensions)
            .finish_non_exhaustive()
    }
}

#[derive(Debug)]
pub struct OpenAiEmbedding {
    id: String,
    dimensions: usize,
    // Boxed, so that an `EmbeddingModel` is as small as its other kinds.
    client: Box<EmbeddingClient>,
}

impl OpenAiEmbedding {
    /// Calls nothing yet; so the options must say the dimensions.
    pub fn new(options: OpenAiEmbeddingOptions) -> Result<Self, ModelError> {
        let dimensions = options.dimensions.filter(|dimensions| *dimensions > 0).ok_or_else(|| {
            ModelError::Unusable { reason: "the dimensions of the embedding model are not known".to_owned() }
        })?;
        Ok(Self::with_client(EmbeddingClient::new(options)?, dimensions))
    }

    /// Asks the endpoint for the dimensions, unless the options say them.
    pub async fn connect(options: OpenAiEmbeddingOptions) -> Result<Self, ModelError> {
        if options.dimensions.is_some() {
            return Self::new(options);
        }
        let client = EmbeddingClient::new(options)?;
        let probe = client.embed(&["dimensions".to_owned()]).await?;
        let dimensions = probe.first().map_or(0, Vec::len);
        if dimensions == 0 {
            return Err(malformed("an empty vector"));
        }
        Ok(Self::with_client(client, dimensions))
    }

    fn with_client(client: EmbeddingClient, dimensions: usize) -> Self {
        Self { id: format!("openai/{}/{dimensions}", client.model), dimensions, client: Box::new(client) }
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The endpoint's host and port.
    pub fn host(&self) -> String {
        self.client.endpoint.host()
    }

    /// Whether the endpoint is on another machine.
    pub fn is_remote(&self) -> bool {
        self.client.endpoint.is_remote()
    }

    /// One vector per text, in order, each of length 1.
    pub async fn embed(&self, mut texts: Vec<String>) -> Result<Vec<Vec<f32>>, ModelError> {
        if let Some(disguise) = self.client.disguise.as_ref().filter(|_| self.is_remote()) {
            for text in &mut texts {
                *text = disguise(text);
            }
        }
        let mut vectors = Vec::with_capacity(texts.len());
        for batch in texts.chunks(BATCH_MAX) {
            for mut vector in self.client.embed(batch).await? {
                if vector.len() != self.dimensions {
                    return Err(malformed("vectors of another length than expected"));
                }
                if !normalise(&mut vector) {
                    return Err(malformed("a vector without a direction"));
                }
                vectors.push(vector);
            }
        }
        Ok(vectors)
    }
}

struct EmbeddingClient {
    endpoint: Endpoint,
    model: String,
    timeout: Duration,
    retry: RetryPolicy,
    breaker: Breaker,
    disguise: Option<Disguise>,
}

impl std::fmt::Debug for EmbeddingClient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("EmbeddingClient").field("endpoint", &self.endpoint).finish_non_exhaustive()
    }
}

#[derive(Serialize)]
struct WireRequest<'a> {
    model: &'a str,
    input: Vec<&'a str>,
}

#[derive(Deserialize)]
struct WireAnswer {
    data: Vec<WireVector>,
}

#[derive(Deserialize)]
struct WireVector {
    index: Option<usize>,
    embedding: Vec<f32>,
}

impl EmbeddingClient {
    fn new(options: OpenAiEmbeddingOptions) -> Result<Self, ModelError> {
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
            timeout: options.timeout,
            retry: options.retry,
            breaker: Breaker::default(),
            disguise: options.disguise,
        })
    }

    /// One vector per text, in order, as the endpoint gives them.
    async fn embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        retry(&self.retry, || self.try_embed(texts)).await.result
    }

    async fn try_embed(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        let permit = self.breaker.enter()?;
        let late = ModelError::TimedOut { stage: TimeoutStage::Finish, limit: self.timeout };
        let result = tokio::time::timeout(self.timeout, self.ask(texts)).await.unwrap_or(Err(late));
        permit.report(&result);
        result
    }

    async fn ask(&self, texts: &[String]) -> Result<Vec<Vec<f32>>, ModelError> {
        // Endpoints refuse a whole batch for one empty text.
        let input = texts.iter().map(|text| if text.is_empty() { " " } else { text.as_str() }).collect();
        let body = WireRequest { model: &self.model, input };
        let mut response = self.endpoint.post("embeddings", &body).await?;
        if !response.status().is_success() {
            return Err(Failure::read(response).await.into_error());
        }
        let answer: WireAnswer = read_json(&mut response).await?;
        in_order(answer.data, texts.len())
    }
}

/// By their index, where the endpoint gives one.
fn in_order(data: Vec<WireVector>, count: usize) -> Result<Vec<Vec<f32>>, ModelError> {
    let mut vectors: Vec<Option<Vec<f32>>> = vec![None; count];
    for (position, vector) in data.into_iter().enumerate() {
        let place = vectors.get_mut(vector.index.unwrap_or(position));
        let place = place.ok_or_else(|| malformed("more vectors than texts"))?;
        *place = Some(vector.embedding);
    }
    vectors.into_iter().collect::<Option<_>>().ok_or_else(|| malformed("fewer vectors than texts"))
}

fn malformed(what: &str) -> ModelError {
    ModelError::Malformed { reason: format!("the embeddings have {what}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn vector(index: Option<usize>, number: f32) -> WireVector {
        WireVector { index, embedding: vec![number] }
    }

    #[test]
    fn vectors_are_put_in_the_order_of_the_texts() {
        let ordered = in_order(vec![vector(Some(1), 1.0), vector(Some(0), 0.0)], 2);
        assert_eq!(ordered.unwrap(), [[0.0], [1.0]]);
        assert_eq!(in_order(vec![vector(None, 0.0), vector(None, 1.0)], 2).unwrap(), [[0.0], [1.0]]);
        assert!(in_order(vec![vector(None, 0.0)], 2).is_err());
        assert!(in_order(vec![vector(Some(0), 0.0), vector(Some(0), 0.0)], 2).is_err());
        assert!(in_order(vec![vector(None, 0.0), vector(None, 1.0)], 1).is_err());
    }

    #[test]
    fn dimensions_must_come_from_somewhere() {
        let options = OpenAiEmbeddingOptions::new("http://127.0.0.1:1/v1", "m");
        assert!(matches!(OpenAiEmbedding::new(options.clone()), Err(ModelError::Unusable { .. })));
        let model = OpenAiEmbedding::new(OpenAiEmbeddingOptions { dimensions: Some(3), ..options }).unwrap();
        assert_eq!((model.id(), model.dimensions(), model.is_remote()), ("openai/m/3", 3, false));
    }
}
