//! Any OpenAI-compatible endpoint for embeddings.

use std::collections::BTreeMap;
use std::time::Duration;

use secrecy::SecretString;

use crate::ModelError;
use crate::chat::RetryPolicy;

#[derive(Clone, Debug)]
pub struct OpenAiEmbeddingOptions {
    pub base_url: String,
    pub model: String,
    pub api_key: Option<SecretString>,
    pub organisation: Option<String>,
    pub headers: BTreeMap<String, String>,
    pub connect_timeout: Duration,
    /// Of one request, which holds up to 128 texts.
    pub timeout: Duration,
    pub dimensions: Option<usize>,
    pub retry: RetryPolicy,
}

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
        }
    }
}

#[derive(Debug)]
pub struct OpenAiEmbedding {
    id: String,
    dimensions: usize,
}

impl OpenAiEmbedding {
    pub fn new(options: OpenAiEmbeddingOptions) -> Result<Self, ModelError> {
        Ok(Self { id: options.model, dimensions: options.dimensions.unwrap_or_default() })
    }

    pub async fn connect(options: OpenAiEmbeddingOptions) -> Result<Self, ModelError> {
        Self::new(options)
    }

    pub fn id(&self) -> &str {
        &self.id
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub fn is_remote(&self) -> bool {
        true
    }

    pub async fn embed(&self, _texts: Vec<String>) -> Result<Vec<Vec<f32>>, ModelError> {
        Err(ModelError::CutOff)
    }
}
