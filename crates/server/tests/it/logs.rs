//! Every test's log, at the most verbose level, and the promise that nothing of what was said is in it.

use std::io::Write;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing_subscriber::EnvFilter;

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

fn log() -> MutexGuard<'static, Vec<u8>> {
    LOG.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Watched {
    pub(crate) fn start() -> Self {
        static INSTALLED: Once = Once::new();
        INSTALLED.call_once(|| {
            let all = EnvFilter::new("trace,hyper=debug,h2=debug,mio=off,tokio=debug");
            tracing_subscriber::fmt().with_env_filter(all).with_writer(|| Writer).with_ansi(false).init();
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
