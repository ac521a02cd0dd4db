//! Every test's log, at the most verbose level, and the promise that nothing of what was said is in it.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer};

/// What all tests of this process have logged.
static LOG: Mutex<Vec<u8>> = Mutex::new(Vec::new());
/// Shorter messages may stand in a log by chance.
const TELLING_BYTES: usize = 12;

/// The texts that one test has sent, and where in the log it began.
#[derive(Debug)]
pub(crate) struct Watched {
    from: usize,
    said: Mutex<Vec<String>>,
}

struct Writer;

impl Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        log().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Counts the database's statements by the request that they are for.
struct Statements;

struct RequestId(String);

static STATEMENTS: Mutex<BTreeMap<String, usize>> = Mutex::new(BTreeMap::new());

/// How many statements a request has made so far.
pub(crate) fn statements_of(request_id: &str) -> usize {
    STATEMENTS.lock().unwrap().get(request_id).copied().unwrap_or_default()
}

impl<S: Subscriber + for<'span> LookupSpan<'span>> Layer<S> for Statements {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        struct Find(Option<String>);
        impl Visit for Find {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() == "request.id" {
                    self.0 = Some(format!("{value:?}"));
                }
            }
        }
        let mut find = Find(None);
        attributes.record(&mut find);
        if let (Some(request_id), Some(span)) = (find.0, context.span(id)) {
            span.extensions_mut().insert(RequestId(request_id));
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        if event.metadata().target() != "sqlx::query" {
            return;
        }
        for span in context.event_scope(event).into_iter().flatten() {
            if let Some(RequestId(id)) = span.extensions().get() {
                *STATEMENTS.lock().unwrap().entry(id.clone()).or_default() += 1;
            }
        }
    }
}

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    pub(crate) fn start() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let all = EnvFilter::new("trace,hyper=debug,h2=debug,mio=off,tokio=debug");
            let lines = tracing_subscriber::fmt::layer().with_writer(|| Writer).with_ansi(false);
            tracing_subscriber::registry().with(lines.with_filter(all)).with(Statements).init();
        });
        Self { from: log().len(), said: Mutex::default() }
    }

    pub(crate) fn note(&self, text: &str) {
        if text.len() >= TELLING_BYTES {
            self.said.lock().unwrap().push(text.to_owned());
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        let said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        let log = log();
        let since = String::from_utf8_lossy(&log[self.from..]);
        for text in said.iter() {
            let line = since.lines().find(|line| line.contains(text.as_str()));
            assert!(line.is_none(), "the log has what was said: {}", line.unwrap_or_default());
        }
    }
}

#[test]
#[should_panic(expected = "the log has what was said")]
fn a_log_line_with_what_was_said_is_noticed() {
    let watched = Watched::start();
    watched.note("a very private sentence");
    tracing::trace!(text = "a very private sentence", "said");
}
