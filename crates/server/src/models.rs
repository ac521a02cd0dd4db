//! Which models are used, and what is said about it. A configured endpoint comes first, then `OPENAI_API_KEY` or
//! `OPENAI_BASE_URL` in the environment, then an Ollama on this machine, then the embedded model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::PrivacyMode;
use llm::ModelError;
use llm::chat::embedded::{EmbeddedChat, EmbeddedOptions, prepared_gguf};
use llm::chat::openai::{OpenAiChat, OpenAiOptions, probe_ollama};
use llm::chat::simulated::{Faults, ModelClass, SimulatedChat, SimulatedOptions};
use llm::chat::{CallTimeouts, ChatModel, ChatModels, RetryPolicy, RoleModel};
use llm::embedding::EmbeddingModel;
use llm::embedding::minilm::{MiniLm, MiniLmOptions};
use llm::embedding::openai::{Disguise, OpenAiEmbedding, OpenAiEmbeddingOptions};
use llm::embedding::simulated::SimulatedEmbedding;
use llm::names::NamesModel;
use privacy::{Policy, redact};
use secrecy::{ExposeSecret as _, SecretString};

use crate::config::{
    Config, EmbeddingsConfig, ModelsConfig, Precision, Provider, RoleConfig, SimulatedClass, SimulatedConfig,
};

const OPENAI_URL: &str = "https://api.openai.com/v1";
const OPENAI_MODEL: &str = "gpt-4o-mini";
const OLLAMA_URL: &str = "http://127.0.0.1:11434";
const OLLAMA_TIMEOUT: Duration = Duration::from_millis(300);
const EMBEDDED_NAME: &str = "SmolLM2-135M-Instruct";
pub(crate) const EMBEDDING_FOLDER: &str = "all-MiniLM-L6-v2";
const NAMES_FOLDER: &str = "rampart";
/// Answers of the embedded model are kept short: it does not get better with length.
const EMBEDDED_MAX_TOKENS: u32 = 160;

/// The models of a server.
pub struct Models {
    pub chat: ChatModels,
    pub embeddings: Arc<EmbeddingModel>,
    /// Finds names where text is sent away without them; absent without its files.
    pub names: Option<Arc<NamesModel>>,
    /// What was chosen and why, a line each.
    pub described: Vec<String>,
}

/// Where a role's model is.
#[derive(Clone, Debug)]
enum Choice {
    Endpoint(Endpoint),
    Embedded,
    Simulated,
}

#[derive(Clone, Debug)]
struct Endpoint {
    base_url: String,
    model: String,
    api_key: Option<SecretString>,
    organisation: Option<String>,
    headers: BTreeMap<String, String>,
    context_tokens: u32,
    connect_timeout: Duration,
}

/// Chooses and loads the models of every role, and the embedding model.
pub async fn choose_models(config: &Config) -> anyhow::Result<Models> {
    let weights = weights_dir(config);
    let mut loader = Loader { config: &config.models, weights: &weights, loaded: Vec::new() };
    let (default, why) = choose(&config.models).await?;
    let hedge_after_ms = config.models.hedge_after_ms;
    let hedge_after = (hedge_after_ms > 0).then(|| Duration::from_millis(hedge_after_ms));
    let chat = ChatModels {
        conversation: RoleModel { hedge_after, ..loader.role(&config.models.conversation, &default).await? },
        fallback: match &config.models.fallback {
            Some(role) => Some(loader.role(role, &default).await?),
            None => None,
        },
        memory: loader.role(&config.models.memory, &default).await?,
        intent: loader.role(&config.models.intent, &default).await?,
        privacy: loader.role(&config.models.privacy, &default).await?,
        analysis: loader.role(&config.models.analysis, &default).await?,
    };
    let embeddings = load_embeddings(config, &weights).await?;
    let described = describe(&chat, &embeddings, &config.embeddings, why);
    // It costs RAM, and a model on this machine may see names.
    let names = if sends_away(&chat) { load_names_model(config)?.map(Arc::new) } else { None };
    Ok(Models { chat, embeddings: Arc::new(embeddings), names, described })
}

/// Whether any model gets text that leaves this machine.
fn sends_away(chat: &ChatModels) -> bool {
    let roles = [&chat.conversation, &chat.memory, &chat.analysis];
    roles.into_iter().chain(&chat.fallback).any(|role| role.model.is_remote())
}

fn describe(
    chat: &ChatModels,
    embeddings: &EmbeddingModel,
    config: &EmbeddingsConfig,
    why: &'static str,
) -> Vec<String> {
    let place = |remote| if remote { "text leaves this machine" } else { "on this machine" };
    let conversation = &chat.conversation.model;
    let mut lines =
        vec![format!("chat model: {} ({why}; {})", conversation.name(), place(conversation.is_remote()))];
    if conversation.is_tiny() {
        lines.push(
            "  It is tiny: it shows that memory works, and that is all it is for. For good answers set"
                .to_owned(),
        );
        lines.push(
            "  OPENAI_API_KEY, start Ollama, or configure [models] (see docs/configuration.md).".to_owned(),
        );
    }
    let extraction = if chat.memory.model.writes_json() { chat.memory.model.name() } else { "rules" };
    lines.push(format!("memories extracted by: {extraction}"));
    let precision = match (&embeddings, config.precision) {
        (EmbeddingModel::MiniLm(_), Precision::Int8) => "int8, ",
        (EmbeddingModel::MiniLm(_), Precision::F32) => "f32, ",
        _ => "",
    };
    lines.push(format!(
        "embedding model: {} ({precision}{})",
        embeddings.id(),
        place(embeddings.is_remote())
    ));
    lines
}

/// The default of all roles, and why it is that one.
async fn choose(config: &ModelsConfig) -> anyhow::Result<(Choice, &'static str)> {
    let environment = |name| std::env::var(name).ok().filter(|value| !value.is_empty());
    match config.provider {
        Provider::Simulated => return Ok((Choice::Simulated, "simulated, as configured")),
        Provider::Embedded => return Ok((Choice::Embedded, "embedded, as configured")),
        Provider::Openai => {
            let base_url = config.base_url.clone().or_else(|| environment("OPENAI_BASE_URL"));
            let base_url = base_url.unwrap_or_else(|| OPENAI_URL.to_owned());
            return Ok((Choice::Endpoint(endpoint(config, base_url, None)?), "as configured"));
        }
        Provider::Auto => {}
    }
    if let Some(base_url) = config.base_url.clone() {
        return Ok((Choice::Endpoint(endpoint(config, base_url, None)?), "as configured"));
    }
    let (key, base_url) = (environment("OPENAI_API_KEY"), environment("OPENAI_BASE_URL"));
    if key.is_some() || base_url.is_some() || config.api_key.is_some() {
        let base_url = base_url.unwrap_or_else(|| OPENAI_URL.to_owned());
        return Ok((
            Choice::Endpoint(endpoint(config, base_url, Some(OPENAI_MODEL))?),
            "from OPENAI_API_KEY or OPENAI_BASE_URL",
        ));
    }
    if let Some(models) = probe_ollama(OLLAMA_URL, OLLAMA_TIMEOUT).await
        && let Some(model) = config.model.clone().or_else(|| first_chat_model(models))
    {
        let config = ModelsConfig { model: Some(model), ..config.clone() };
        let found = endpoint(&config, format!("{OLLAMA_URL}/v1"), None)?;
        return Ok((Choice::Endpoint(found), "an Ollama runs on this machine"));
    }
    if cfg!(feature = "embedded-chat") {
        return Ok((Choice::Embedded, "embedded, since no other is configured"));
    }
    bail!(
        "no chat model: set models.base_url or OPENAI_API_KEY, start Ollama, or build with the feature embedded-chat"
    )
}

/// Models for embeddings are listed among the others, by names like `nomic-embed-text`.
fn first_chat_model(models: Vec<String>) -> Option<String> {
    models.into_iter().find(|name| !name.contains("embed") && !name.contains("minilm"))
}

fn endpoint(config: &ModelsConfig, base_url: String, model: Option<&str>) -> anyhow::Result<Endpoint> {
    let from_environment = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let model = config.model.clone().or_else(|| model.map(str::to_owned));
    Ok(Endpoint {
        model: model
            .with_context(|| format!("models.model is missing: name the model to use at {base_url}"))?,
        base_url,
        api_key: config
            .api_key
            .clone()
            .or_else(|| from_environment("OPENAI_API_KEY").map(SecretString::from)),
        organisation: config.organisation.clone(),
        headers: config.headers.clone(),
        context_tokens: config.context_tokens,
        connect_timeout: Duration::from_millis(config.connect_timeout_ms),
    })
}

/// Loads each model once, however many roles use it.
struct Loader<'a> {
    config: &'a ModelsConfig,
    weights: &'a Path,
    loaded: Vec<(String, Arc<ChatModel>)>,
}

impl Loader<'_> {
    async fn role(&mut self, role: &RoleConfig, default: &Choice) -> anyhow::Result<RoleModel> {
        let choice = self.inherit(role, default).await?;
        let key = match &choice {
            Choice::Endpoint(endpoint) => {
                let secret = endpoint.api_key.as_ref().map(|key| key.expose_secret().to_owned());
                format!("{} {} {secret:?}", endpoint.base_url, endpoint.model)
            }
            Choice::Embedded => "embedded".to_owned(),
            Choice::Simulated => "simulated".to_owned(),
        };
        let known = self.loaded.iter().find(|(name, _)| *name == key).map(|(_, model)| model.clone());
        let model = match known {
            Some(model) => model,
            None => {
                let model = Arc::new(load_chat(choice, self.weights, &self.config.simulated)?);
                self.loaded.push((key, model.clone()));
                model
            }
        };
        let ms = Duration::from_millis;
        let max_tokens = role.max_tokens.unwrap_or(self.config.max_tokens);
        Ok(RoleModel {
            temperature: role.temperature.unwrap_or(if model.is_tiny() {
                0.0
            } else {
                self.config.temperature
            }),
            max_tokens: if model.is_tiny() { max_tokens.min(EMBEDDED_MAX_TOKENS) } else { max_tokens },
            timeouts: CallTimeouts {
                first_token: ms(role.first_token_timeout_ms.unwrap_or(self.config.first_token_timeout_ms)),
                next_token: ms(self.config.next_token_timeout_ms),
                total: ms(role.total_timeout_ms.unwrap_or(self.config.total_timeout_ms)),
            },
            retry: RetryPolicy { attempts_max: self.config.attempts_max.max(1), ..RetryPolicy::default() },
            hedge_after: None,
            model,
        })
    }

    /// The role's own model where it says one, otherwise the default's.
    async fn inherit(&self, role: &RoleConfig, default: &Choice) -> anyhow::Result<Choice> {
        let own = role.provider.is_some() || role.base_url.is_some() || role.model.is_some();
        if !own {
            return Ok(default.clone());
        }
        let mut merged = self.config.clone();
        merged.provider = role.provider.unwrap_or(merged.provider);
        merged.base_url = role.base_url.clone().or(merged.base_url);
        merged.api_key = role.api_key.clone().or(merged.api_key);
        merged.organisation = role.organisation.clone().or(merged.organisation);
        merged.model = role.model.clone().or(merged.model);
        merged.context_tokens = role.context_tokens.unwrap_or(merged.context_tokens);
        if let (Choice::Endpoint(endpoint), None, None) = (default, role.provider, &role.base_url) {
            // Only another model of the endpoint that all roles use.
            return Ok(Choice::Endpoint(Endpoint {
                model: merged.model.unwrap_or_default(),
                ..endpoint.clone()
            }));
        }
        Ok(choose(&merged).await?.0)
    }
}

fn load_chat(choice: Choice, weights: &Path, simulated: &SimulatedConfig) -> anyhow::Result<ChatModel> {
    Ok(match choice {
        Choice::Endpoint(endpoint) => ChatModel::OpenAi(OpenAiChat::new(OpenAiOptions {
            api_key: endpoint.api_key,
            organisation: endpoint.organisation,
            headers: endpoint.headers,
            connect_timeout: endpoint.connect_timeout,
            context_tokens: endpoint.context_tokens,
            ..OpenAiOptions::new(endpoint.base_url, endpoint.model)
        })?),
        Choice::Embedded => {
            let gguf = prepared_gguf(&weights.join(EMBEDDED_NAME))?;
            ChatModel::Embedded(EmbeddedChat::load(EmbeddedOptions::new(gguf, EMBEDDED_NAME))?)
        }
        Choice::Simulated => ChatModel::Simulated(SimulatedChat::new(SimulatedOptions {
            seed: simulated.seed,
            class: match simulated.class {
                SimulatedClass::Chat => ModelClass::Chat,
                SimulatedClass::Fast => ModelClass::Fast,
                SimulatedClass::Instant => ModelClass::Instant,
            },
            faults: Faults {
                error_rate: simulated.error_rate,
                rate_limit_rate: simulated.rate_limit_rate,
                hang_rate: simulated.hang_rate,
                cut_rate: simulated.cut_rate,
                malformed_json_rate: simulated.malformed_json_rate,
                ..Faults::default()
            },
            ..SimulatedOptions::default()
        })),
    })
}

async fn load_embeddings(all: &Config, weights: &Path) -> Result<EmbeddingModel, ModelError> {
    let (config, models) = (&all.embeddings, &all.models);
    let in_process = matches!(config.provider, Provider::Auto | Provider::Embedded);
    let provider = match models.provider {
        _ if all.optimizations.local_embeddings || !in_process => config.provider,
        Provider::Simulated => Provider::Simulated,
        _ => Provider::Openai,
    };
    match provider {
        Provider::Simulated => {
            let delay = Duration::from_millis(match models.simulated.class {
                _ if all.optimizations.local_embeddings => 0,
                SimulatedClass::Chat => 120,
                SimulatedClass::Fast => 60,
                SimulatedClass::Instant => 0,
            });
            Ok(EmbeddingModel::Simulated(SimulatedEmbedding::default().with_delay(delay)))
        }
        Provider::Openai => {
            let base_url = config.base_url.clone().or_else(|| models.base_url.clone());
            let base_url = base_url.unwrap_or_else(|| OPENAI_URL.to_owned());
            let model = config.model.clone().unwrap_or_else(|| "text-embedding-3-small".to_owned());
            let environment = || std::env::var("OPENAI_API_KEY").ok().map(SecretString::from);
            let options = OpenAiEmbeddingOptions {
                api_key: config.api_key.clone().or_else(|| models.api_key.clone()).or_else(environment),
                dimensions: config.dimensions,
                disguise: Some(disguise(all.privacy.policy())),
                ..OpenAiEmbeddingOptions::new(base_url, model)
            };
            Ok(EmbeddingModel::OpenAi(OpenAiEmbedding::connect(options).await?))
        }
        Provider::Auto | Provider::Embedded => {
            let precision = match config.precision {
                Precision::Int8 => llm::embedding::minilm::Precision::Int8,
                Precision::F32 => llm::embedding::minilm::Precision::F32,
            };
            let options =
                MiniLmOptions { precision, threads: config.threads.max(1), fitted: config.fitted.clone() };
            Ok(EmbeddingModel::MiniLm(MiniLm::load(&weights.join(EMBEDDING_FOLDER), options)?))
        }
    }
}

/// The embedding model alone, for commands that call no other.
pub(crate) async fn load_embedding_model(config: &Config) -> Result<EmbeddingModel, ModelError> {
    load_embeddings(config, &weights_dir(config)).await
}

/// The model that finds names, unless it is turned off or its files are not there.
pub(crate) fn load_names_model(config: &Config) -> Result<Option<NamesModel>, ModelError> {
    let folder = weights_dir(config).join(NAMES_FOLDER);
    if !config.privacy.names_model || !folder.is_dir() {
        return Ok(None);
    }
    NamesModel::load(&folder).map(Some)
}

/// What the policy holds back goes into no vector of a remote model. Memories are made in normal mode only.
fn disguise(policy: Policy) -> Disguise {
    Arc::new(move |text| {
        redact(text, &policy.held_back(privacy::inspect(text), PrivacyMode::Normal), &policy)
    })
}

/// Where the model files are: as configured, else `weights` in the data folder's parent or the working directory.
pub(crate) fn weights_dir(config: &Config) -> PathBuf {
    if let Some(folder) = &config.server.weights_dir {
        return folder.clone();
    }
    let beside = config.server.data_dir.parent().map(|parent| parent.join("weights"));
    let in_data = config.server.data_dir.join("weights");
    [Some(in_data), beside]
        .into_iter()
        .flatten()
        .find(|folder| folder.is_dir())
        .unwrap_or_else(|| "weights".into())
}
