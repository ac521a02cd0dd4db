//! Lines from a terminal, with editing and history in RAM, or from a pipe.

use std::io::{BufRead as _, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};

use reedline::{DefaultPrompt, DefaultPromptSegment, Reedline, Signal};
use tokio::sync::watch;

use super::drafts::Listener;

pub(super) enum Input {
    Terminal { editor: Arc<Mutex<Reedline>>, drafts: watch::Receiver<String> },
    Pipe,
}

impl Input {
    pub(super) fn new() -> Self {
        if std::io::stdin().is_terminal() {
            // The history stays in RAM: a file of it would keep what is said incognito.
            let (listener, drafts) = Listener::new();
            let editor = Reedline::create().with_hinter(Box::new(listener));
            Self::Terminal { editor: Arc::new(Mutex::new(editor)), drafts }
        } else {
            Self::Pipe
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal { .. })
    }

    /// The line as it is being typed, where that can be seen.
    pub(super) fn drafts(&self) -> Option<watch::Receiver<String>> {
        match self {
            Self::Terminal { drafts, .. } => {
                let mut drafts = drafts.clone();
                // The line before is no draft any more.
                drafts.mark_unchanged();
                Some(drafts)
            }
            Self::Pipe => None,
        }
    }

    /// The next line, or `None` at the end of the input.
    pub(super) async fn read(&mut self, prompt: String) -> anyhow::Result<Option<String>> {
        match self {
            Self::Terminal { editor, .. } => {
                let editor = editor.clone();
                let signal = tokio::task::spawn_blocking(move || {
                    let prompt =
                        DefaultPrompt::new(DefaultPromptSegment::Basic(prompt), DefaultPromptSegment::Empty);
                    editor.lock().unwrap_or_else(PoisonError::into_inner).read_line(&prompt)
                });
                Ok(match signal.await?? {
                    Signal::Success(line) => Some(line),
                    _ => None,
                })
            }
            Self::Pipe => {
                tokio::task::spawn_blocking(|| {
                    let mut line = String::new();
                    let read = std::io::stdin().lock().read_line(&mut line)?;
                    Ok((read > 0).then_some(line))
                })
                .await?
            }
        }
    }
}
