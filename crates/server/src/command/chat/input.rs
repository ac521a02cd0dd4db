//! Lines from a terminal, with editing and history in RAM, or from a pipe.

use std::io::{BufRead as _, IsTerminal as _};
use std::sync::{Arc, Mutex, PoisonError};

use reedline::{DefaultPrompt, DefaultPromptSegment, Reedline, Signal};

pub(super) enum Input {
    Terminal(Arc<Mutex<Reedline>>),
    Pipe,
}

impl Input {
    pub(super) fn new() -> Self {
        if std::io::stdin().is_terminal() {
            // The history stays in RAM: a file of it would keep what is said incognito.
            Self::Terminal(Arc::new(Mutex::new(Reedline::create())))
        } else {
            Self::Pipe
        }
    }

    pub(super) fn is_terminal(&self) -> bool {
        matches!(self, Self::Terminal(_))
    }

    /// The next line, or `None` at the end of the input.
    pub(super) async fn read(&mut self, prompt: String) -> anyhow::Result<Option<String>> {
        match self {
            Self::Terminal(editor) => {
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
