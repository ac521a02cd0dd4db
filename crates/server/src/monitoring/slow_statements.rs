//! The plan of a statement that was slow, in the log: what it searches, and by which index. A statement is a whole text
//! with its parameters bound beside it, so there is nothing of what people say in it.

use std::collections::HashSet;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use tokio::sync::mpsc;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::Context;

use crate::App;

/// Where the database's driver tells of statements; the slow ones as warnings.
const TARGET: &str = "sqlx::query";
/// Statements that wait for their plan; more are not explained.
const WAITING_MAX: usize = 16;

type Waiting = (mpsc::Sender<String>, Mutex<Option<mpsc::Receiver<String>>>);

/// Those of this process, which has one log.
fn waiting() -> &'static Waiting {
    static WAITING: OnceLock<Waiting> = OnceLock::new();
    WAITING.get_or_init(|| {
        let (sender, receiver) = mpsc::channel(WAITING_MAX);
        (sender, Mutex::new(Some(receiver)))
    })
}

/// Hears of slow statements.
pub(super) struct SlowStatements;

impl SlowStatements {
    pub(super) fn filter() -> Targets {
        Targets::new().with_target(TARGET, Level::WARN)
    }
}

impl<S: Subscriber> Layer<S> for SlowStatements {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut statement = Statement::default();
        event.record(&mut statement);
        // A short one is its own summary.
        let sql = if statement.whole.trim().is_empty() { statement.summary } else { statement.whole };
        let _ = waiting().0.try_send(sql.trim().to_owned());
    }
}

#[derive(Default)]
struct Statement {
    summary: String,
    whole: String,
}

impl Visit for Statement {
    fn record_str(&mut self, field: &Field, value: &str) {
        match field.name() {
            "summary" => value.clone_into(&mut self.summary),
            "db.statement" => value.clone_into(&mut self.whole),
            _ => {}
        }
    }

    fn record_debug(&mut self, _: &Field, _: &dyn Debug) {}
}

/// Logs the plan of each slow statement, once in this process, until the server stops.
pub(crate) async fn explain_slow_statements(app: Arc<App>) {
    let taken = waiting().1.lock().unwrap_or_else(PoisonError::into_inner).take();
    let Some(mut slow) = taken else { return };
    let mut explained = HashSet::new();
    loop {
        let statement = tokio::select! {
            Some(statement) = slow.recv() => statement,
            () = app.stopping.cancelled() => break,
            else => break,
        };
        if explained.contains(&statement) {
            continue;
        }
        if let Some(plan) = app.store.explain(&statement).await {
            tracing::warn!(plan, statement, "how the database goes about a slow statement");
            explained.insert(statement);
        }
    }
    // The next server of this process goes on with it.
    *waiting().1.lock().unwrap_or_else(PoisonError::into_inner) = Some(slow);
}
