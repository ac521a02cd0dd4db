//! Connections: four readers, one writer, one that moves what was written from the log into the database, and the
//! migrations in the binary.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::Clock;
use futures_util::future::BoxFuture;
use log::LevelFilter;
use serde::Serialize;
use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};
use sqlx::{ConnectOptions, Connection as _, Database, Pool, Sqlite};
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tracing::Instrument as _;

use crate::encryption::{unlock, unreadable};
use crate::script::Script;
use crate::sealing::Seals;
use crate::{EncryptionKey, StoreError};

/// The database in use. Statements are written so that both SQLite and PostgreSQL take them.
pub(crate) type Db = Sqlite;
pub(crate) type Connection = <Db as Database>::Connection;

const READERS: u32 = 4;
/// Writes that may wait before callers are slowed down.
const WRITES_WAITING_MAX: usize = 1_024;
/// How long writes gather in the log before they are moved into the database.
const CHECKPOINT_AFTER: Duration = Duration::from_secs(1);
/// Pages in the log at which the writer moves them itself, because the other connection does not keep up: 64 MiB.
const LOG_PAGES_MAX: u32 = 16_384;
/// How often it is tried to empty the log, and how long between: each time readers have had five seconds.
const SCRUBS_MAX: u32 = 3;
const SCRUB_PAUSE: Duration = Duration::from_millis(50);
/// Writes that share one transaction, at most: bounds how long the first one waits for the last.
const GROUP_MAX: usize = 128;

#[derive(Clone, Debug)]
pub struct StoreOptions {
    pub path: PathBuf,
    pub clock: Clock,
    /// Of an encrypted database. A new one is encrypted with it.
    pub key: Option<EncryptionKey>,
    /// Writes that share one transaction, at most.
    pub group_max: usize,
    /// Queries that take longer are logged, without what was asked for; so are writes that wait longer.
    pub slow: Duration,
}

impl StoreOptions {
    pub fn new(path: PathBuf, clock: Clock) -> Self {
        Self { path, clock, key: None, group_max: GROUP_MAX, slow: Duration::from_millis(100) }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct PoolUse {
    pub readers: u32,
    pub readers_idle: u32,
    pub readers_max: u32,
    pub writes_waiting: usize,
}

/// The database. Cloning shares it.
#[derive(Clone, Debug)]
pub struct Store {
    pub(crate) readers: Pool<Db>,
    pub(crate) clock: Clock,
    pub(crate) seals: Seals,
    slow: Duration,
    writer: mpsc::Sender<Order>,
}

impl Store {
    /// Opens the database at `options.path`, making or migrating it as needed.
    pub async fn open(options: StoreOptions) -> Result<Self, StoreError> {
        let connect = connect_options(&options);
        let key = options.key;
        let failed = |error| unreadable(&options.path, key.as_ref(), &error);
        let mut connection = connect.connect().await.map_err(failed)?;
        prepare(&mut connection, key.as_ref()).await.map_err(failed)?;
        migrate(&mut connection, &options.path).await?;
        let readers_key = key.clone();
        let readers = SqlitePoolOptions::new()
            .min_connections(1)
            .max_connections(READERS)
            .acquire_timeout(Duration::from_secs(5))
            .after_connect(move |connection, _| {
                let key = readers_key.clone();
                Box::pin(async move { prepare(connection, key.as_ref()).await })
            })
            .connect_with(connect.clone().read_only(true))
            .await
            .map_err(failed)?;
        let seals = Seals::of(key.as_ref())?;
        let mut mover = connect.connect().await.map_err(failed)?;
        prepare(&mut mover, key.as_ref()).await.map_err(failed)?;
        let (written, to_move) = mpsc::channel(1);
        let moving = Arc::<Mutex<()>>::default();
        let mover = tokio::spawn(move_to_database(mover, to_move, moving.clone()));
        let (writer, waiting) = mpsc::channel(WRITES_WAITING_MAX);
        let log = Log { written, moving, mover };
        tokio::spawn(execute_orders(connection, waiting, log, options.group_max.max(1)));
        Ok(Self { readers, clock: options.clock, seals, slow: options.slow, writer })
    }

    /// Whether the database answers.
    pub async fn ping(&self) -> Result<(), StoreError> {
        sqlx::query("SELECT 1").execute(&self.readers).await?;
        Ok(())
    }

    /// Runs `work` in a transaction and returns once it is on disk: it outlives a power cut. Writes that wait at the same
    /// time share the transaction, each in its own savepoint: one that fails undoes only itself.
    pub(crate) async fn write<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    {
        self.write_to(Reach::Disk, work).await
    }

    /// The same for what need not outlive a power cut before a later write does: it is in the operating system's hands
    /// when this returns, and outlives the end of this process. What reaches the disk takes all that was written before
    /// along.
    pub(crate) async fn write_ahead<T, F>(&self, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    {
        self.write_to(Reach::System, work).await
    }

    /// Runs a script in a transaction, the fastest way to write: nothing has to be asked for in between. Returns the number that
    /// its last statement returns; when that returns none, `what` is not found, and nothing is stored.
    pub(crate) async fn write_script(
        &self,
        reach: Reach,
        what: &'static str,
        script: Script,
    ) -> Result<i64, StoreError> {
        let (reply, answer) = oneshot::channel();
        self.order(Order::Work(reach, Work::Script(ScriptWrite { script, what, reply })), answer).await
    }

    async fn write_to<T, F>(&self, reach: Reach, work: F) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: for<'c> FnOnce(&'c mut Connection) -> BoxFuture<'c, Result<T, StoreError>> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        let span = tracing::Span::current();
        let write: Write = Box::new(move |connection| {
            Box::pin(async move {
                let outcome = match connection {
                    Ok(connection) => work(connection).instrument(span).await,
                    Err(error) => Err(error),
                };
                Outcome {
                    keep: outcome.is_ok(),
                    // Sent only after the commit: what is acknowledged is there.
                    settle: Box::new(move |committed| {
                        let _ = reply.send(outcome.and_then(|value| committed.map(|()| value)));
                    }),
                }
            })
        });
        self.order(Order::Work(reach, Work::Write(write)), answer).await
    }

    async fn order<T>(
        &self,
        order: Order,
        answer: oneshot::Receiver<Result<T, StoreError>>,
    ) -> Result<T, StoreError> {
        let started = Instant::now();
        self.writer.send(order).await.map_err(|_| StoreError::Closed)?;
        let answer = answer.await.map_err(|_| StoreError::Closed)?;
        let took = started.elapsed();
        metrics::histogram!("confidant_database_write_seconds").record(took.as_secs_f64());
        if took >= self.slow {
            metrics::counter!("confidant_slow_total", "what" => "write").increment(1);
        }
        answer
    }

    /// How the database would go about a statement: a line a step. `None` where it has no such thing to say.
    pub async fn explain(&self, statement: &str) -> Option<String> {
        let mut plan = Vec::new();
        // Each of those that are sent together by itself, without parameters, which do not change the plan.
        for statement in statement.split(';') {
            let explain = sqlx::AssertSqlSafe(format!("EXPLAIN QUERY PLAN {statement}"));
            let steps: Vec<(i64, i64, i64, String)> =
                sqlx::query_as(explain).fetch_all(&self.readers).await.ok()?;
            plan.extend(steps.into_iter().map(|(_, _, _, step)| step));
        }
        Some(plan.join("; ")).filter(|plan| !plan.is_empty())
    }

    /// How much of the database's connections is in use.
    pub fn pool_use(&self) -> PoolUse {
        let connections = self.readers.size();
        PoolUse {
            readers: connections,
            readers_idle: u32::try_from(self.readers.num_idle()).unwrap_or(connections),
            readers_max: READERS,
            writes_waiting: WRITES_WAITING_MAX - self.writer.capacity(),
        }
    }

    /// Moves what the write-ahead log holds into the database and empties the log, so that deleted text is
    /// not left in it.
    pub async fn scrub_log(&self) -> Result<(), StoreError> {
        let (reply, answer) = oneshot::channel();
        self.writer.send(Order::ScrubLog(reply)).await.map_err(|_| StoreError::Closed)?;
        answer.await.map_err(|_| StoreError::Closed)?
    }
}

/// How far a commit gets before it is acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Reach {
    /// The operating system has it.
    System,
    /// The disk has it.
    Disk,
}

impl Reach {
    /// In WAL mode NORMAL writes the log without waiting for the disk, FULL waits.
    const fn begin(self) -> &'static str {
        match self {
            Self::System => "PRAGMA synchronous = NORMAL; BEGIN IMMEDIATE; SAVEPOINT one",
            Self::Disk => "PRAGMA synchronous = FULL; BEGIN IMMEDIATE; SAVEPOINT one",
        }
    }
}

enum Order {
    Work(Reach, Work),
    ScrubLog(oneshot::Sender<Result<(), StoreError>>),
}

/// Gets the connection inside a savepoint, or the reason why there is none.
type Write = Box<dyn for<'c> FnOnce(Result<&'c mut Connection, StoreError>) -> BoxFuture<'c, Outcome> + Send>;
type Settle = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// What takes part in a transaction.
enum Work {
    Write(Write),
    Script(ScriptWrite),
}

struct ScriptWrite {
    script: Script,
    /// What is not there when the script returns nothing.
    what: &'static str,
    reply: oneshot::Sender<Result<i64, StoreError>>,
}

struct Outcome {
    keep: bool,
    settle: Settle,
}

/// What holds from a connection's first moment. Nothing here reads the file, which may need its key first.
fn connect_options(options: &StoreOptions) -> SqliteConnectOptions {
    SqliteConnectOptions::new()
        .filename(&options.path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(Duration::from_secs(5))
        .optimize_on_close(false, None)
        // Statements are whole texts with parameters bound beside them: none of what people say is in a log.
        .log_statements(LevelFilter::Trace)
        .log_slow_statements(LevelFilter::Warn, options.slow)
}

/// Opens the file, with its key if it has one.
async fn prepare(connection: &mut Connection, key: Option<&EncryptionKey>) -> Result<(), sqlx::Error> {
    if let Some(key) = key {
        unlock(connection, key).await?;
    }
    // The writer sets `synchronous` anew for each group of writes.
    let settings = format!(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA temp_store = MEMORY; \
         PRAGMA cache_size = -8000; PRAGMA wal_autocheckpoint = {LOG_PAGES_MAX}"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(settings)).execute(connection).await?;
    Ok(())
}

async fn migrate(connection: &mut Connection, path: &Path) -> Result<(), StoreError> {
    sqlx::migrate!("../../migrations/sqlite").run(connection).await.map_err(|error| match error {
        sqlx::migrate::MigrateError::VersionMissing(version) => {
            StoreError::NewerDatabase { path: path.display().to_string(), version }
        }
        other => StoreError::Unreadable { path: path.display().to_string(), reason: other.to_string() },
    })
}

/// The writer: takes the first order that waits and all that came meanwhile, and commits the writes together.
async fn execute_orders(
    mut connection: Connection,
    mut waiting: mpsc::Receiver<Order>,
    log: Log,
    group_max: usize,
) {
    let mut group = Vec::with_capacity(group_max);
    while waiting.recv_many(&mut group, group_max).await > 0 {
        let mut writes = Vec::with_capacity(group.len());
        let mut scrubs = Vec::new();
        let mut reach = Reach::System;
        for order in group.drain(..) {
            match order {
                Order::Work(wanted, work) => {
                    reach = reach.max(wanted);
                    writes.push(work);
                }
                Order::ScrubLog(reply) => scrubs.push(reply),
            }
        }
        if !writes.is_empty() {
            commit_group(&mut connection, reach, writes).await;
            // One notice is enough, however much waits.
            let _ = log.written.try_send(());
        }
        for reply in scrubs {
            let _ = reply.send(scrub(&mut connection, &log.moving).await);
        }
    }
    // The last connection that closes takes the log away.
    drop(log.written);
    let _ = log.mover.await;
    if let Err(error) = connection.close().await {
        tracing::warn!(error = %StoreError::from(error), "the database did not close cleanly");
    }
}

/// What the writer knows of the connection that moves the log.
struct Log {
    /// Tells that something was written.
    written: mpsc::Sender<()>,
    /// Held while the log is moved: of two that do it at once, one would do nothing.
    moving: Arc<Mutex<()>>,
    mover: JoinHandle<()>,
}

/// Moves what was committed from the log into the database, beside the writer rather than in its way: that takes tens of
/// milliseconds on a slow disk. Ends with the writer.
async fn move_to_database(
    mut connection: Connection,
    mut written: mpsc::Receiver<()>,
    moving: Arc<Mutex<()>>,
) {
    while written.recv().await.is_some() {
        let until = tokio::time::Instant::now() + CHECKPOINT_AFTER;
        while let Ok(Some(())) = tokio::time::timeout_at(until, written.recv()).await {}
        let _moving = moving.lock().await;
        if let Err(error) = execute(&mut connection, "PRAGMA wal_checkpoint(PASSIVE)").await {
            // The writer does it when the log is long.
            tracing::warn!(%error, "the database's log could not be moved into the database");
        }
    }
    let _ = connection.close().await;
}

/// Empties the log. A reader that is in the middle of it is waited for.
async fn scrub(connection: &mut Connection, moving: &Mutex<()>) -> Result<(), StoreError> {
    let _moving = moving.lock().await;
    for _ in 0..SCRUBS_MAX {
        let (busy, _, _): (i64, i64, i64) =
            sqlx::query_as("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *connection).await?;
        if busy == 0 {
            return Ok(());
        }
        tokio::time::sleep(SCRUB_PAUSE).await;
    }
    Err(StoreError::Database("readers kept the database's log from being emptied".to_owned()))
}

async fn commit_group(connection: &mut Connection, reach: Reach, group: Vec<Work>) {
    let count = group.len();
    let mut settled = Vec::with_capacity(count);
    let mut health = Ok(());
    // Each statement is a way to the connection's thread and back: what is known to come before goes along.
    let mut before = reach.begin();
    for (number, work) in group.into_iter().enumerate() {
        let outcome = match work {
            Work::Write(write) => {
                if health.is_ok() {
                    health = execute(connection, before).await;
                }
                write(health.as_ref().map(|()| &mut *connection).map_err(shared)).await
            }
            Work::Script(ScriptWrite { script, what, reply }) => {
                let outcome = match &health {
                    Ok(()) => script.run_behind(before, connection).await,
                    Err(error) => Err(shared(error)),
                };
                let outcome = outcome.and_then(|number| number.ok_or(StoreError::NotFound(what)));
                Outcome {
                    keep: outcome.is_ok(),
                    settle: Box::new(move |committed| {
                        let _ = reply.send(outcome.and_then(|value| committed.map(|()| value)));
                    }),
                }
            }
        };
        before = "RELEASE one; SAVEPOINT one";
        if health.is_ok() {
            let end = match (outcome.keep, number + 1 == count) {
                (true, false) => None,
                (false, false) => Some("ROLLBACK TO one"),
                (true, true) => Some("RELEASE one; COMMIT"),
                (false, true) => Some("ROLLBACK TO one; RELEASE one; COMMIT"),
            };
            if let Some(end) = end {
                health = execute(connection, end).await;
            }
        }
        settled.push(outcome.settle);
    }
    if health.is_err() {
        // It fails when there is no transaction to roll back, which is just as well.
        let _ = execute(connection, "ROLLBACK").await;
    }
    for settle in settled {
        settle(match &health {
            Ok(()) => Ok(()),
            Err(error) => Err(shared(error)),
        });
    }
}

async fn execute(connection: &mut Connection, sql: &'static str) -> Result<(), StoreError> {
    sqlx::raw_sql(sql).execute(connection).await?;
    Ok(())
}

/// One failure told to every write of the group.
fn shared(error: &StoreError) -> StoreError {
    match error {
        StoreError::DiskFull => StoreError::DiskFull,
        other => StoreError::Database(other.to_string()),
    }
}
