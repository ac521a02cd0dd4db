//! File, environment and flags made one, and clear words for what is wrong in them.

use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::Config;

/// Variables that are flags' other names, or not configuration at all.
const NOT_KEYS: [&str; 5] =
    ["CONFIDANT_CONFIG", "CONFIDANT_ADDR", "CONFIDANT_DATA_DIR", "CONFIDANT_URL", "CONFIDANT_API_KEY"];
const DEFAULT_FILE: &str = "confidant.toml";

#[derive(Debug, thiserror::Error)]
#[error("{origin}: {reason}")]
pub struct ConfigError {
    origin: String,
    reason: String,
}

impl ConfigError {
    fn new(origin: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { origin: origin.into(), reason: reason.into() }
    }
}

/// The configuration in force. `file` was asked for by the user; without it `confidant.toml` is read if it is there.
/// `flags` are dotted keys and their values.
pub fn load(
    file: Option<&Path>,
    environment: impl Iterator<Item = (String, String)>,
    flags: Vec<(&'static str, Value)>,
) -> Result<Config, ConfigError> {
    let mut table = Table::new();
    if let Some((path, text)) = read_file(file)? {
        let origin = path.display().to_string();
        let read: Table = text.parse().map_err(|error: toml::de::Error| {
            ConfigError::new(&origin, format!("is not valid TOML: {}", error.message()))
        })?;
        check(&origin, read.clone())?;
        table = read;
    }
    for (name, text) in environment.filter(|(name, _)| name.starts_with("CONFIDANT_")) {
        if NOT_KEYS.contains(&name.as_str()) {
            continue;
        }
        let keys: Vec<String> =
            name["CONFIDANT_".len()..].to_lowercase().split("__").map(str::to_owned).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        let value = typed(&format!("the environment variable {name}"), &keys, &text)?;
        insert(&mut table, &keys, value);
    }
    for (key, value) in flags {
        insert(&mut table, &key.split('.').collect::<Vec<_>>(), value);
    }
    let config = check("the configuration", table)?;
    possible(&config).map_err(|reason| ConfigError::new("the configuration", reason))?;
    Ok(config)
}

/// Refuses values of the right type with which nothing could work.
fn possible(config: &Config) -> Result<(), String> {
    let (limits, jobs) = (&config.limits, &config.jobs);
    for (key, is_zero) in [
        ("limits.message_bytes_max", limits.message_bytes_max == 0),
        ("limits.body_bytes_max", limits.body_bytes_max == 0),
        ("limits.body_timeout_ms", limits.body_timeout_ms == 0),
        ("limits.head_timeout_ms", limits.head_timeout_ms == 0),
        ("limits.connections_max", limits.connections_max == 0),
        ("limits.requests_at_once", limits.requests_at_once == 0),
        ("limits.turn_timeout_ms", limits.turn_timeout_ms == 0),
        ("limits.prompt_tokens_max", limits.prompt_tokens_max == 0),
        ("jobs.concurrency", jobs.concurrency == 0),
        ("jobs.timeout_ms", jobs.timeout_ms == 0),
        ("jobs.attempts_max", jobs.attempts_max == 0),
    ] {
        if is_zero {
            return Err(format!("`{key}` has a wrong value: it must be at least 1"));
        }
    }
    // A word that is no level would be taken for the name of a part, and turn the log off for all others.
    let levels = ["off", "error", "warn", "info", "debug", "trace"];
    let mut parts = config
        .log
        .level
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty() && !part.contains(['=', '[']));
    if let Some(part) = parts.find(|part| !levels.iter().any(|level| part.eq_ignore_ascii_case(level))) {
        let levels = levels.join(", ");
        return Err(format!(
            "`log.level` has a wrong value: \"{part}\" is none of {levels}; a part of its own is written `name=level`"
        ));
    }
    if limits.memory_tokens_max > limits.prompt_tokens_max {
        let all = limits.prompt_tokens_max;
        return Err(format!(
            "`limits.memory_tokens_max` has a wrong value: memories are a part of the prompt, so it must be at most \
             `limits.prompt_tokens_max` ({all})"
        ));
    }
    let models = &config.models;
    let roles = [
        ("", Some(models.temperature)),
        ("conversation.", models.conversation.temperature),
        ("memory.", models.memory.temperature),
        ("intent.", models.intent.temperature),
        ("privacy.", models.privacy.temperature),
        ("analysis.", models.analysis.temperature),
        ("fallback.", models.fallback.as_ref().and_then(|role| role.temperature)),
    ];
    if let Some((role, _)) = roles.iter().find(|(_, set)| set.is_some_and(|set| !(0.0..=2.0).contains(&set)))
    {
        return Err(format!("`models.{role}temperature` has a wrong value: it must be from 0 to 2"));
    }
    for (key, url) in [
        ("models.base_url", &config.models.base_url),
        ("monitoring.alerts.webhook", &config.monitoring.alerts.webhook),
    ] {
        if url
            .as_ref()
            .is_some_and(|url| !["http://", "https://"].iter().any(|scheme| url.starts_with(scheme)))
        {
            return Err(format!("`{key}` has a wrong value: it must begin with http:// or https://"));
        }
    }
    Ok(())
}

/// The configuration as TOML, secrets hidden.
pub fn show(config: &Config) -> String {
    toml::to_string_pretty(config).unwrap_or_default()
}

fn read_file(file: Option<&Path>) -> Result<Option<(PathBuf, String)>, ConfigError> {
    let path = file.map_or_else(|| PathBuf::from(DEFAULT_FILE), Path::to_owned);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some((path, text))),
        Err(error) if file.is_none() && error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(ConfigError::new(path.display().to_string(), format!("cannot be read: {error}"))),
    }
}

fn check(origin: &str, table: Table) -> Result<Config, ConfigError> {
    serde_path_to_error::deserialize(Value::Table(table)).map_err(|error| {
        let path = error.path().to_string();
        let reason = error.inner().message().to_owned();
        ConfigError::new(origin, explain(&path, &reason))
    })
}

/// serde's words, with the key they are about, and the name that was probably meant.
fn explain(path: &str, reason: &str) -> String {
    let mut quoted = reason.split('`').skip(1).step_by(2);
    if !reason.starts_with("unknown field") {
        let hint = match path.rsplit('.').next().unwrap_or_default() {
            "addr" => "; an address is written as 127.0.0.1:8080, not with a name",
            "time_zone" => "; a time zone is written as Europe/Berlin",
            _ => "",
        };
        let reason = ["usize", "u64", "u32", "u16"].iter().fold(reason.trim().to_owned(), |reason, kind| {
            reason.replace(&format!("expected {kind}"), "expected a whole number from 0 on")
        });
        return format!("`{path}` has a wrong value: {reason}{hint}");
    }
    let unknown = quoted.next().unwrap_or_default();
    let known: Vec<&str> = quoted.collect();
    let section = path.strip_suffix(unknown).unwrap_or(path).trim_end_matches('.');
    let place = if section.is_empty() { "at the top".to_owned() } else { format!("in [{section}]") };
    let nearest = known
        .iter()
        .max_by(|a, b| strsim::jaro_winkler(unknown, a).total_cmp(&strsim::jaro_winkler(unknown, b)));
    let hint = match nearest.filter(|name| strsim::jaro_winkler(unknown, name) > 0.7) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("there are {}", known.join(", ")),
    };
    format!("there is no key `{unknown}` {place}; {hint}")
}

/// The environment has only text: the value is of the first type that the key takes.
fn typed(origin: &str, keys: &[&str], text: &str) -> Result<Value, ConfigError> {
    let readings = [
        Some(Value::String(text.to_owned())),
        text.parse().ok().map(Value::Integer),
        text.parse().ok().map(Value::Float),
        text.parse().ok().map(Value::Boolean),
    ];
    let mut problem = None;
    for value in readings.into_iter().flatten() {
        let mut alone = Table::new();
        insert(&mut alone, keys, value.clone());
        match check(origin, alone) {
            Ok(_) => return Ok(value),
            Err(error) => problem = problem.or(Some(error)),
        }
    }
    Err(problem.unwrap_or_else(|| ConfigError::new(origin, "has no value")))
}

fn insert(table: &mut Table, keys: &[&str], value: Value) {
    match keys {
        [] => {}
        [last] => {
            table.insert((*last).to_owned(), value);
        }
        [first, rest @ ..] => {
            let inner = table.entry(*first).or_insert_with(|| Value::Table(Table::new()));
            if let Value::Table(inner) = inner {
                insert(inner, rest, value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from_file(text: &str) -> Result<Config, ConfigError> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.toml");
        std::fs::write(&path, text).unwrap();
        load(Some(&path), std::iter::empty(), Vec::new())
    }

    fn problem(text: &str) -> String {
        from_file(text).unwrap_err().reason
    }

    #[test]
    fn unknown_keys_are_refused_with_the_nearest_name() {
        assert_eq!(
            problem("[server]\nadress = 1"),
            "there is no key `adress` in [server]; did you mean `addr`?"
        );
        assert_eq!(problem("[sever]"), "there is no key `sever` at the top; did you mean `server`?");
    }

    #[test]
    fn wrong_types_name_the_key() {
        let problem = problem("[models.memory]\nmax_tokens = \"many\"");
        assert!(problem.starts_with("`models.memory.max_tokens` has a wrong value"), "{problem}");
    }

    #[test]
    fn values_with_which_nothing_could_work_are_refused() {
        let problem = problem("[limits]\nconnections_max = 0");
        assert_eq!(problem, "`limits.connections_max` has a wrong value: it must be at least 1");
        for (text, expected) in [
            ("[monitoring.alerts]\nwebhook = \"foo\"", "it must begin with http:// or https://"),
            ("[models.memory]\ntemperature = 9", "`models.memory.temperature`"),
            ("[limits]\nmemory_tokens_max = 900000", "at most `limits.prompt_tokens_max`"),
            ("[limits]\nmemory_tokens_max = \"many\"", "expected a whole number from 0 on"),
            ("[server]\naddr = \"localhost:8080\"", "an address is written as 127.0.0.1:8080"),
        ] {
            let problem = self::problem(text);
            assert!(problem.contains(expected), "{problem}");
        }
    }

    #[test]
    fn kinds_of_sensitive_text_can_be_called_and_weighed_otherwise() {
        let config =
            from_file("[privacy.kinds.email]\nlabel = \"MAIL\"\nseverity = \"critical\"\nnormal = \"block\"")
                .unwrap();
        let policy = config.privacy.policy();
        assert_eq!(policy.label(privacy::Kind::Email), "MAIL");
        assert!(policy.is_secret(privacy::Kind::Email));
        let shown = show(&config);
        assert!(shown.contains("label = \"MAIL\""), "{shown}");
        assert_eq!(
            problem("[privacy.kinds.card]\nlabel = \"IBAN\""),
            "`privacy.kinds` has a wrong value: `card` and `iban` have the same label `IBAN`; each kind needs one of \
             its own"
        );
        let problem = problem("[privacy.kinds.card]\nlabel = \"card 1\"");
        assert!(
            problem.contains("`privacy.kinds.card.label`") && problem.contains("capitals A to Z"),
            "{problem}"
        );
    }

    #[test]
    fn flags_win_over_the_environment_over_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.toml");
        std::fs::write(
            &path,
            "[limits]\nprompt_tokens_max = 9\nmemory_tokens_max = 1\nmessage_bytes_max = 1",
        )
        .unwrap();
        let environment = [
            ("CONFIDANT_LIMITS__MEMORY_TOKENS_MAX".to_owned(), "2".to_owned()),
            ("CONFIDANT_LIMITS__MESSAGE_BYTES_MAX".to_owned(), "2".to_owned()),
            ("CONFIDANT_MODELS__API_KEY".to_owned(), "12345".to_owned()),
        ];
        let flags = vec![("limits.message_bytes_max", Value::Integer(3))];
        let error = load(Some(&path), environment.clone().into_iter(), flags.clone());
        let config = error.unwrap();
        assert_eq!(config.limits.prompt_tokens_max, 9);
        assert_eq!(config.limits.memory_tokens_max, 2);
        assert_eq!(config.limits.message_bytes_max, 3);
        assert!(config.models.api_key.is_some(), "a key of digits is text all the same");
    }

    #[test]
    fn secrets_do_not_show() {
        let config = from_file("[models]\napi_key = \"sk-very-secret\"").unwrap();
        assert!(!show(&config).contains("very-secret"));
        assert!(show(&config).contains("(set)"));
        assert!(!format!("{config:?}").contains("very-secret"));
    }

    #[test]
    fn the_shown_defaults_can_be_read_back() {
        from_file(&show(&Config::default())).unwrap();
    }
}
