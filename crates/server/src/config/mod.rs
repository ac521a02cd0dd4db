//! The configuration: a TOML file, over it the environment, over it the flags; parsed once, into one struct per
//! concern.
//!
//! Any key can be set in the environment as `CONFIDANT_<SECTION>__<KEY>`, such as `CONFIDANT_PRIVACY__OUTBOUND=block`
//! or `CONFIDANT_MODELS__CONVERSATION__MAX_TOKENS=500`.

mod load; // file, environment and flags made one
mod models; // which models, for which role

pub use load::{ConfigError, load, show};
pub use models::{
    EmbeddingsConfig, ModelsConfig, Precision, Provider, RoleConfig, SimulatedClass, SimulatedConfig,
};

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;

use domain::Optimizations;
use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use memory::ConsolidationRules;
use privacy::{Kind, KindPolicy, Outbound, Policy};
use serde::de::{Error as _, IntoDeserializer};
use serde::{Deserialize, Deserializer, Serialize};

use crate::monitoring::AlertsConfig;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    pub server: ServerConfig,
    pub database: DatabaseConfig,
    pub models: ModelsConfig,
    pub embeddings: EmbeddingsConfig,
    pub privacy: PrivacyConfig,
    pub retrieval: RetrievalConfig,
    pub memory: MemoryConfig,
    pub limits: LimitsConfig,
    pub jobs: JobsConfig,
    pub monitoring: MonitoringConfig,
    pub optimizations: Optimizations,
    pub log: LogConfig,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Where to listen. Other addresses than loopback need an API key.
    pub addr: SocketAddr,
    /// The database lives here.
    pub data_dir: PathBuf,
    /// The model files live here. Absent: `weights` beside or above the data folder, or in the working directory.
    pub weights_dir: Option<PathBuf>,
    /// An IANA name, such as `Europe/Lisbon`: where days begin for users who have set none. Absent: the machine's.
    #[serde(with = "jiff::fmt::serde::tz::optional")]
    pub time_zone: Option<TimeZone>,
    /// How long running turns may go on once the server is asked to stop.
    pub shutdown_grace_ms: u64,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            addr: SocketAddr::from(([127, 0, 0, 1], 8080)),
            data_dir: PathBuf::from("./data"),
            weights_dir: None,
            time_zone: None,
            shutdown_grace_ms: 10_000,
        }
    }
}

impl ServerConfig {
    pub fn time_zone(&self) -> TimeZone {
        self.time_zone.clone().unwrap_or_else(TimeZone::system)
    }
}

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DatabaseConfig {
    /// The key of an encrypted database: 64 hexadecimal digits. Absent: the database is not encrypted.
    pub encryption_key_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PrivacyConfig {
    /// What happens to sensitive text on its way to a remote model: `allow`, `pseudonymise` or `block`.
    pub outbound: Outbound,
    /// Kinds that are called, weighed or treated otherwise: `[privacy.kinds.card]`, `normal = "block"`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "distinct_labels")]
    pub kinds: BTreeMap<Kind, KindPolicy>,
    /// Names of people, places and addresses are found by a small model too, where its files are there.
    pub names_model: bool,
    pub guardian_timeout_ms: u64,
}

impl Default for PrivacyConfig {
    fn default() -> Self {
        Self {
            outbound: Outbound::Allow,
            kinds: BTreeMap::new(),
            names_model: true,
            guardian_timeout_ms: 2_000,
        }
    }
}

/// Kinds whose placeholders can be told apart.
fn distinct_labels<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<Kind, KindPolicy>, D::Error> {
    // By name first: what is wrong with a kind is told with its name.
    let named: BTreeMap<String, KindPolicy> = BTreeMap::deserialize(from)?;
    let kinds = named.into_iter().map(|(name, policy)| {
        Ok((Kind::deserialize(IntoDeserializer::<D::Error>::into_deserializer(name.as_str()))?, policy))
    });
    let policy = Policy { outbound: Outbound::default(), kinds: kinds.collect::<Result<_, _>>()? };
    match policy.equal_labels() {
        None => Ok(policy.kinds),
        Some((one, other)) => Err(D::Error::custom(format_args!(
            "`{}` and `{}` have the same label `{}`; each kind needs one of its own",
            one.as_str(),
            other.as_str(),
            policy.label(one)
        ))),
    }
}

impl PrivacyConfig {
    pub fn policy(&self) -> Policy {
        Policy { outbound: self.outbound, kinds: self.kinds.clone() }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetrievalConfig {
    pub timeout_ms: u64,
    /// RAM for the indexes of the profiles in use; the least recently used go first.
    pub index_bytes_max: usize,
    /// RAM for the vectors of questions, which are kept for a day.
    pub embedding_cache_bytes_max: u64,
    /// RAM for what was found, which is kept for ten minutes or until the profile's memory changes.
    pub search_cache_bytes_max: u64,
}

impl Default for RetrievalConfig {
    fn default() -> Self {
        Self {
            timeout_ms: 3_000,
            index_bytes_max: 512 * 1024 * 1024,
            embedding_cache_bytes_max: 16 * 1024 * 1024,
            search_cache_bytes_max: 16 * 1024 * 1024,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MemoryConfig {
    /// What finds memories in what is said: `auto` is the memory model where it can write JSON; `rules` calls none.
    pub extractor: Extractor,
    /// How often near-duplicates of a profile are merged and what nobody needs fades; 0: never.
    pub consolidate_every_hours: u32,
    /// A memory that was neither said again nor used for so many days fades; 0: none ever does.
    pub fade_after_days: u32,
    /// … if it is of at most this importance.
    pub fade_importance_max: f32,
}

impl Default for MemoryConfig {
    fn default() -> Self {
        Self {
            extractor: Extractor::Auto,
            consolidate_every_hours: 24,
            fade_after_days: 180,
            fade_importance_max: 0.4,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Extractor {
    Auto,
    Rules,
}

impl MemoryConfig {
    pub fn consolidation(&self) -> ConsolidationRules {
        let days = Some(i64::from(self.fade_after_days)).filter(|days| *days > 0);
        ConsolidationRules {
            fade_after: days.map(|days| SignedDuration::from_hours(24 * days)),
            fade_importance_max: self.fade_importance_max,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LimitsConfig {
    /// A user's message.
    pub message_bytes_max: usize,
    /// The body of any request, and how long may pass between two pieces of it.
    pub body_bytes_max: usize,
    pub body_timeout_ms: u64,
    /// From a connection's first byte, or the end of its last request, until the whole head of a request is there.
    pub head_timeout_ms: u64,
    /// Further connections wait to be accepted.
    pub connections_max: usize,
    /// Requests that are worked on; further ones are answered 503.
    pub requests_at_once: usize,
    /// Of one key's user, or of all keys without a user together; further ones are answered 429. 0: no limit.
    pub requests_per_minute: u32,
    pub turn_timeout_ms: u64,
    pub prompt_tokens_max: u32,
    pub memory_tokens_max: u32,
}

impl Default for LimitsConfig {
    fn default() -> Self {
        Self {
            message_bytes_max: 32 * 1024,
            body_bytes_max: 4 * 1024 * 1024,
            body_timeout_ms: 30_000,
            head_timeout_ms: 20_000,
            connections_max: 4_096,
            requests_at_once: 1_024,
            requests_per_minute: 0,
            turn_timeout_ms: 300_000,
            prompt_tokens_max: 8_000,
            memory_tokens_max: 800,
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct JobsConfig {
    /// Jobs that run at the same time.
    pub concurrency: u32,
    pub timeout_ms: u64,
    pub attempts_max: u32,
    /// The pause after the first failure; it doubles with each further one.
    pub backoff_ms: u64,
}

impl Default for JobsConfig {
    fn default() -> Self {
        Self { concurrency: 4, timeout_ms: 120_000, attempts_max: 6, backoff_ms: 2_000 }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MonitoringConfig {
    /// A turn that takes longer without the model is logged with its stages.
    pub slow_turn_ms: u64,
    /// A query that takes longer is logged, without what was asked for.
    pub slow_query_ms: u64,
    /// Where traces go, over OTLP and HTTP. None are made without.
    pub otlp_endpoint: Option<String>,
    /// The day that reports compare with. Absent: the first that has a report.
    pub baseline_date: Option<Date>,
    pub alerts: AlertsConfig,
}

impl Default for MonitoringConfig {
    fn default() -> Self {
        Self {
            slow_turn_ms: 3_000,
            slow_query_ms: 100,
            otlp_endpoint: None,
            baseline_date: None,
            alerts: AlertsConfig::default(),
        }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct LogConfig {
    /// `error`, `warn`, `info`, `debug`, `trace`, or a filter such as `info,store=debug`.
    pub level: String,
    pub format: LogFormat,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { level: "info".to_owned(), format: LogFormat::Text }
    }
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LogFormat {
    Text,
    Json,
}
