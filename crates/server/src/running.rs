//! A server from its start to its end.

use std::fs::{File, TryLockError};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use domain::Clock;
use domain::job::JobPayload;
use store::{EncryptionKey, Store, StoreOptions};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::http::{Access, connections, router, watch_keys};
use crate::{App, Models, Parts, jobs, monitoring};

const DATABASE: &str = "confidant.db";
const LOCK: &str = "confidant.lock";
/// How long connections may take to end once every turn has.
const CONNECTIONS_GRACE: Duration = Duration::from_secs(2);

/// A server that listens.
pub struct RunningServer {
    pub app: Arc<App>,
    pub addr: SocketAddr,
    serving: JoinHandle<()>,
    working: JoinHandle<()>,
    /// Held as long as this process works on the data folder.
    _lock: File,
}

/// Opens the data folder, brings it in order after whatever ended the process before, and listens.
pub async fn start(
    config: Config,
    clock: Clock,
    models: Models,
    one_key: Option<[u8; 32]>,
) -> anyhow::Result<RunningServer> {
    let lock = lock_data_dir(&config.server.data_dir)?;
    let mut options = store_options(&config, clock.clone())?;
    if !config.optimizations.batched_writes {
        options.group_max = 1;
    }
    options.slow = Duration::from_millis(config.monitoring.slow_query_ms);
    let store = Store::open(options).await?;
    let access = access(&config, &store, one_key).await?;
    let addr = config.server.addr;
    let listener = TcpListener::bind(addr).await.map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => {
            anyhow::anyhow!(
                "port {} is in use: stop what listens there, or choose another with --addr",
                addr.port()
            )
        }
        _ => anyhow::anyhow!("cannot listen on {addr}: {error}"),
    })?;
    let addr = listener.local_addr()?;
    let metrics = monitoring::start_metrics()?;
    let app = Arc::new(App::new(Parts {
        config,
        clock,
        store,
        models: models.chat,
        embeddings: models.embeddings,
        names: models.names,
        access,
        metrics,
    }));
    recover(&app).await?;
    // Compiling the rules takes longer than any turn should: done before the first one.
    tokio::task::spawn_blocking(privacy::warm_up).await?;
    let stopping = app.stopping.clone();
    let limits = app.config.limits.clone();
    let router = router(app.clone());
    let serving = tokio::spawn(async move { connections::serve(listener, router, &limits, stopping).await });
    let working = tokio::spawn(jobs::work(app.clone()));
    tokio::spawn(watch_keys(app.clone()));
    tokio::spawn(monitoring::watch(app.clone()));
    tokio::spawn(monitoring::explain_slow_statements(app.clone()));
    Ok(RunningServer { app, addr, serving, working, _lock: lock })
}

impl RunningServer {
    /// Takes no new requests, lets turns and jobs finish, and ends.
    pub async fn shut_down(self) {
        let patience = Duration::from_millis(self.app.config.server.shutdown_grace_ms);
        self.app.stopping.cancel();
        self.app.coordinator.shut_down(patience).await;
        // A job that waits for a slow model is put back for the next start; should it end after all, it finds that its
        // lease is lost and leaves nothing.
        if tokio::time::timeout(patience, self.working).await.is_err()
            && let Err(error) = self.app.store.release_all_jobs().await
        {
            tracing::warn!(%error, "jobs could not be put back; their leases run out by themselves");
        }
        // Clients that keep a connection open without using it are not waited for.
        let _ = tokio::time::timeout(CONNECTIONS_GRACE, self.serving).await;
        if let Err(error) = self.app.store.scrub_log().await {
            tracing::warn!(%error, "the database's log could not be emptied");
        }
    }
}

/// Opens the database of the data folder, with its key if the configuration names one.
pub(crate) async fn open_store(config: &Config, clock: Clock) -> anyhow::Result<Store> {
    Ok(Store::open(store_options(config, clock)?).await?)
}

fn store_options(config: &Config, clock: Clock) -> anyhow::Result<StoreOptions> {
    let mut options = StoreOptions::new(database_path(config), clock);
    options.key = config.database.encryption_key_file.as_deref().map(EncryptionKey::read).transpose()?;
    Ok(options)
}

pub(crate) fn database_path(config: &Config) -> PathBuf {
    config.server.data_dir.join(DATABASE)
}

/// Makes the data folder if need be and keeps other processes out of it.
pub(crate) fn lock_data_dir(data_dir: &Path) -> anyhow::Result<File> {
    std::fs::create_dir_all(data_dir)
        .with_context(|| format!("the data folder {} cannot be made", data_dir.display()))?;
    let path = data_dir.join(LOCK);
    let lock = File::options()
        .create(true)
        .truncate(false)
        .write(true)
        .open(&path)
        .with_context(|| format!("the data folder {} cannot be written", data_dir.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            bail!(
                "another Confidant works on {}: stop it, or choose another folder with --data-dir",
                data_dir.display()
            )
        }
        Err(TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("{} cannot be locked", path.display()))
        }
    }
}

/// Any address but loopback needs a key: whoever reaches the port could read everything.
async fn access(config: &Config, store: &Store, one_key: Option<[u8; 32]>) -> anyhow::Result<Access> {
    if let Some(hash) = one_key {
        return Ok(Access::OneKey(hash));
    }
    if !store.list_api_keys().await?.is_empty() {
        return Ok(Access::Keys);
    }
    if !config.server.addr.ip().is_loopback() {
        bail!(
            "{} is not loopback and there is no API key: make one with `confidant keys create --name NAME`, or listen on \
             127.0.0.1",
            config.server.addr
        );
    }
    Ok(Access::Local)
}

/// What the process before may have left: a first start, leases, running turns, memories of another embedding model.
async fn recover(app: &App) -> anyhow::Result<()> {
    if app.store.ensure_demo_user().await?.is_some() {
        tracing::info!("made the user `demo`");
    }
    let destroyed = app.store.destroy_keys_of_deleted_profiles().await?;
    if destroyed > 0 {
        tracing::info!(keys = destroyed, "destroyed the keys of profiles that the last process deleted");
    }
    let without_key = app.store.list_profiles_without_key().await?;
    if !without_key.is_empty() && without_key.len() == app.store.list_profile_scopes().await?.len() {
        bail!("no profile has a key: put the folder `profile-keys-…` beside the key of the database");
    }
    for profile in without_key {
        tracing::warn!(%profile, "the key of a profile was destroyed or is missing: its texts cannot be read");
    }
    let released = app.store.release_all_jobs().await?;
    let interrupted = app.store.interrupt_running_turns().await?;
    if released + interrupted as u64 > 0 {
        tracing::info!(jobs = released, turns = interrupted, "brought in order what the last process left");
    }
    for scope in app.store.list_profiles_to_embed(app.memories.embedding_model().id()).await? {
        let (user_id, profile_id) = (scope.user_id(), scope.profile_id());
        app.store.enqueue_once(JobPayload::EmbedMemories { user_id, profile_id }).await?;
    }
    app.store.enqueue_once(JobPayload::PruneSessions).await?;
    Ok(())
}
