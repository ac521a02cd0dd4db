//! `confidant doctor`: what works, what does not, and what to do about it.

use std::time::Instant;

use anyhow::bail;
use domain::Clock;
use domain::message::Role;
use llm::chat::{ChatMessage, CompletionRequest, OutputFormat};
use store::{DatabaseForm, EncryptionKey};
use tokio::net::TcpListener;

use super::say;
use crate::config::Config;
use crate::models::weights_dir;
use crate::running::{database_path, open_store};
use crate::{Models, choose_models};

pub(super) async fn run(config: Config) -> anyhow::Result<()> {
    let mut problems = 0;
    let mut report = |what: &str, result: anyhow::Result<String>| match result {
        Ok(found) => say(&format!("ok    {what}: {found}")),
        Err(error) => {
            problems += 1;
            say(&format!("FAIL  {what}: {error:#}"));
        }
    };
    report("configuration", Ok("can be used".to_owned()));
    report("weights", weights(&config));
    report("database", database(&config).await);
    report("address", address(&config).await);
    match choose_models(&config).await {
        Ok(models) => {
            report("chat model", completion(&models).await);
            report("embedding model", embedding(&models).await);
        }
        Err(error) => report("models", Err(error)),
    }
    if problems > 0 {
        bail!("{problems} of these need attention");
    }
    Ok(())
}

fn weights(config: &Config) -> anyhow::Result<String> {
    let folder = weights_dir(config);
    Ok(if folder.is_dir() {
        folder.display().to_string()
    } else {
        format!("not there yet; `confidant serve` looks for them in {}", folder.display())
    })
}

async fn database(config: &Config) -> anyhow::Result<String> {
    let folder = &config.server.data_dir;
    let form = DatabaseForm::of(&database_path(config))?;
    let encrypted = match (form, &config.database.encryption_key_file) {
        (DatabaseForm::Plain, _) | (DatabaseForm::Absent, None) => "not encrypted",
        (DatabaseForm::Encrypted, _) | (DatabaseForm::Absent, Some(_)) => "encrypted",
    };
    if form == DatabaseForm::Absent {
        if let Some(path) = &config.database.encryption_key_file {
            EncryptionKey::read(path)?;
        }
        return Ok(format!("not there yet; `confidant serve` makes it in {}, {encrypted}", folder.display()));
    }
    let store = open_store(config, Clock::system()).await?;
    let missing = store.list_profiles_without_key().await?;
    if let Some(one) = missing.first() {
        bail!(
            "there is no key of {} (profiles without one: {}): put the folder `profile-keys-…` beside the key of the \
             database, or delete what is left of a profile whose key was destroyed",
            one,
            missing.len()
        );
    }
    let jobs = store.count_jobs().await?;
    Ok(format!("{}, {encrypted} ({} jobs wait, {} are dead)", folder.display(), jobs.pending, jobs.dead))
}

async fn address(config: &Config) -> anyhow::Result<String> {
    let addr = config.server.addr;
    match TcpListener::bind(addr).await {
        Ok(_) => Ok(format!("{addr} is free")),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Ok(format!("{addr} is in use: by a running Confidant, or choose another with --addr"))
        }
        Err(error) => bail!("cannot listen on {addr}: {error}"),
    }
}

async fn completion(models: &Models) -> anyhow::Result<String> {
    let role = &models.chat.conversation;
    let request = CompletionRequest {
        messages: vec![ChatMessage { role: Role::User, content: "Say hello.".to_owned() }],
        max_tokens: 8,
        temperature: 0.0,
        format: OutputFormat::Text,
        cache_key: None,
    };
    let started = Instant::now();
    let attempted = role.complete(&request).await;
    let name = role.model.name();
    match attempted.result {
        Ok(_) => Ok(format!("{name} answers in {} ms", started.elapsed().as_millis())),
        Err(error) => bail!("{name}: {error}"),
    }
}

async fn embedding(models: &Models) -> anyhow::Result<String> {
    let started = Instant::now();
    models.embeddings.embed(vec!["hello".to_owned()]).await?;
    let took_ms = started.elapsed().as_secs_f64() * 1e3;
    Ok(format!(
        "{} ({} dimensions) answers in {took_ms:.1} ms",
        models.embeddings.id(),
        models.embeddings.dimensions()
    ))
}
