//! Which models, for which role. What a role does not say, it inherits from `[models]`.

use std::collections::BTreeMap;
use std::path::PathBuf;

use secrecy::SecretString;
use serde::{Deserialize, Serialize, Serializer};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// A configured endpoint, else `OPENAI_API_KEY`, else a local Ollama, else the embedded model.
    #[default]
    Auto,
    /// Any OpenAI-compatible endpoint.
    Openai,
    /// The small model in this process.
    Embedded,
    /// No model at all: seeded latency and echoed content, for tests and load tests.
    Simulated,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ModelsConfig {
    pub provider: Provider,
    /// Such as `https://api.openai.com/v1`.
    pub base_url: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub api_key: Option<SecretString>,
    pub organisation: Option<String>,
    /// Sent with every call.
    pub headers: BTreeMap<String, String>,
    pub model: Option<String>,
    /// Tokens of prompt and answer together that the model takes.
    pub context_tokens: u32,
    pub temperature: f32,
    pub max_tokens: u32,
    pub connect_timeout_ms: u64,
    pub first_token_timeout_ms: u64,
    pub next_token_timeout_ms: u64,
    pub total_timeout_ms: u64,
    /// Tries of one call, the first included.
    pub attempts_max: u32,
    /// An answer that has not begun after so long is asked for a second time beside the first call; whichever begins is
    /// taken. 0: never.
    pub hedge_after_ms: u64,
    pub conversation: RoleConfig,
    /// Asked when the conversation model fails. Absent: none is.
    pub fallback: Option<RoleConfig>,
    pub memory: RoleConfig,
    pub intent: RoleConfig,
    pub privacy: RoleConfig,
    pub analysis: RoleConfig,
    pub simulated: SimulatedConfig,
}

impl Default for ModelsConfig {
    fn default() -> Self {
        Self {
            provider: Provider::Auto,
            base_url: None,
            api_key: None,
            organisation: None,
            headers: BTreeMap::new(),
            model: None,
            context_tokens: 16_000,
            temperature: 0.7,
            max_tokens: 1_024,
            connect_timeout_ms: 5_000,
            first_token_timeout_ms: 60_000,
            next_token_timeout_ms: 30_000,
            total_timeout_ms: 180_000,
            attempts_max: 3,
            hedge_after_ms: 0,
            conversation: RoleConfig::default(),
            fallback: None,
            memory: RoleConfig::default(),
            intent: RoleConfig::default(),
            privacy: RoleConfig::default(),
            analysis: RoleConfig::default(),
            simulated: SimulatedConfig::default(),
        }
    }
}

/// A role's own settings; what is absent is inherited from `[models]`.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RoleConfig {
    pub provider: Option<Provider>,
    pub base_url: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub api_key: Option<SecretString>,
    pub organisation: Option<String>,
    pub model: Option<String>,
    pub context_tokens: Option<u32>,
    pub temperature: Option<f32>,
    pub max_tokens: Option<u32>,
    pub first_token_timeout_ms: Option<u64>,
    pub total_timeout_ms: Option<u64>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SimulatedConfig {
    pub seed: u64,
    /// `chat` (0.6 s to the first token, 25 ms a token), `fast` (0.3 s, 10 ms) or `instant`.
    pub class: SimulatedClass,
    /// Shares of calls, from 0 to 1, that fail in each way.
    pub error_rate: f64,
    pub rate_limit_rate: f64,
    pub hang_rate: f64,
    pub cut_rate: f64,
    pub malformed_json_rate: f64,
}

impl Default for SimulatedConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            class: SimulatedClass::Chat,
            error_rate: 0.0,
            rate_limit_rate: 0.0,
            hang_rate: 0.0,
            cut_rate: 0.0,
            malformed_json_rate: 0.0,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SimulatedClass {
    Chat,
    Fast,
    Instant,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmbeddingsConfig {
    /// `embedded` (all-MiniLM-L6-v2 in this process), `openai` or `simulated`.
    pub provider: Provider,
    pub base_url: Option<String>,
    #[serde(serialize_with = "hidden")]
    pub api_key: Option<SecretString>,
    pub model: Option<String>,
    /// Numbers of a vector of the endpoint's model. Absent: asked at start.
    pub dimensions: Option<usize>,
    pub precision: Precision,
    /// Threads of the embedded model.
    pub threads: usize,
    /// What `scripts/fit-embeddings` wrote, in place of what is built in.
    pub fitted: Option<PathBuf>,
}

impl Default for EmbeddingsConfig {
    fn default() -> Self {
        Self {
            provider: Provider::Embedded,
            base_url: None,
            api_key: None,
            model: None,
            dimensions: None,
            precision: Precision::Int8,
            threads: 1,
            fitted: None,
        }
    }
}

/// How the embedded embedding model calculates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Precision {
    /// Twice as fast in a third of the RAM; its vectors differ from the exact ones by less than 1 % in direction.
    Int8,
    F32,
}

/// A secret shows that it is set, and nothing else.
#[expect(clippy::ref_option, reason = "serde's signature")]
fn hidden<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
    match secret {
        Some(_) => serializer.serialize_str("(set)"),
        None => serializer.serialize_none(),
    }
}
