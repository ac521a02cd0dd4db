//! `confidant keys`: who may call a server.

use anyhow::{Context as _, bail};
use clap::{Subcommand, ValueEnum};
use domain::{ApiKeyId, Clock};
use store::{ApiKey, KeyScope, Store};

use super::{no_such_user, say};
use crate::config::Config;
use crate::http::hash_key;
use crate::running::{lock_data_dir, open_store};

#[derive(Debug, Subcommand)]
pub(super) enum KeysCommand {
    /// Makes a key and prints it, once. Only its hash is kept.
    Create {
        /// What the key is for, such as `laptop`.
        #[arg(long)]
        name: String,
        /// The user the key acts for. Absent: an operator's key, which may act for everyone.
        #[arg(long)]
        user: Option<String>,
        /// What it may do: `admin` (everything, for everyone), `user` (everything, for --user) or `read-only` [default: user with
        /// --user, admin without].
        #[arg(long)]
        scope: Option<Scope>,
    },
    /// Lists the keys there are.
    List,
    /// Revokes a key by its id.
    Revoke { id: String },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Scope {
    Admin,
    User,
    ReadOnly,
}

pub(super) async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    std::fs::create_dir_all(&config.server.data_dir)?;
    // Not locked: keys are made and revoked while the server runs, and it sees them at once.
    let store = open_store(config, Clock::system()).await?;
    match command {
        KeysCommand::Create { name, user, scope } => create(config, &store, name, user, scope).await,
        KeysCommand::List => list(&store).await,
        KeysCommand::Revoke { id } => {
            store.delete_api_key(id.parse::<ApiKeyId>()?).await?;
            say("The key is revoked.");
            Ok(())
        }
    }
}

async fn create(
    config: &Config,
    store: &Store,
    name: String,
    user: Option<String>,
    scope: Option<Scope>,
) -> anyhow::Result<()> {
    let scope = match (scope, &user) {
        (Some(Scope::ReadOnly), _) => KeyScope::ReadOnly,
        (Some(Scope::User) | None, Some(_)) => KeyScope::User,
        (Some(Scope::Admin) | None, None) => KeyScope::Admin,
        (Some(Scope::User), None) => bail!("say which user the key acts for: --user NAME"),
        (Some(Scope::Admin), Some(_)) => bail!("an admin key acts for everyone: leave --user out"),
    };
    let first = store.list_api_keys().await?.is_empty();
    let user_id = match &user {
        Some(user) => {
            let found = store.find_user_by_name(user).await?;
            Some(found.with_context(|| no_such_user(user))?.id)
        }
        None => None,
    };
    let clock = Clock::system();
    let key = format!("ck_{}", hex(&rand::random::<[u8; 32]>()));
    let stored = ApiKey { id: ApiKeyId::new(clock.now()), name, scope, user_id, created_at: clock.now() };
    store.insert_api_key(stored, hash_key(&key)).await?;
    say(&format!(
        "{key}\n\nKeep it safe: it is shown only now. Send it as `Authorization: Bearer {}…`.",
        &key[..6]
    ));
    if first && lock_data_dir(&config.server.data_dir).is_err() {
        say("This is the first key: the running server asks for a key from now on.");
    }
    Ok(())
}

async fn list(store: &Store) -> anyhow::Result<()> {
    let keys = store.list_api_keys().await?;
    if keys.is_empty() {
        say("There are no keys: a server started now answers on loopback only, without one.");
    }
    for key in keys {
        let user = key.user_id.map_or_else(|| "every user".to_owned(), |user| format!("user {user}"));
        let (scope, made) = (key.scope.as_str(), key.created_at.strftime("%Y-%m-%d"));
        say(&format!("{}  {}  {scope}  {user}  made {made}", key.id, key.name));
    }
    Ok(())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
