//! What is being typed: the server looks for memories while the user thinks, so that they are found when it is sent.

use std::time::Duration;

use domain::SessionId;
use reedline::{Hinter, History};
use tokio::sync::watch;

use crate::command::client::Client;

/// A pause in typing after which the draft is worth a search.
const PAUSE: Duration = Duration::from_millis(250);
const LENGTH_MIN: usize = 8;

/// The editor asks it for a hint at every change of the line. It has none, but it hears of the line.
pub(super) struct Listener(watch::Sender<String>);

impl Listener {
    pub(super) fn new() -> (Self, watch::Receiver<String>) {
        let (sender, drafts) = watch::channel(String::new());
        (Self(sender), drafts)
    }
}

impl Hinter for Listener {
    fn handle(&mut self, line: &str, _: usize, _: &dyn History, _: bool, _: &str) -> String {
        self.0.send_if_modified(|draft| {
            let differs = draft != line;
            if differs {
                line.clone_into(draft);
            }
            differs
        });
        String::new()
    }

    fn complete_hint(&self) -> String {
        String::new()
    }

    fn next_hint_token(&self) -> String {
        String::new()
    }
}

/// Sends each draft that stands still for a moment, until it is aborted. A failure costs nothing but the advance.
pub(super) async fn prefetch(client: Client, session_id: SessionId, mut drafts: watch::Receiver<String>) {
    while drafts.changed().await.is_ok() {
        while let Ok(changed) = tokio::time::timeout(PAUSE, drafts.changed()).await {
            if changed.is_err() {
                return;
            }
        }
        let draft = drafts.borrow_and_update().trim().to_owned();
        if draft.len() >= LENGTH_MIN && !draft.starts_with('/') {
            let _ = client.prefetch(session_id, &draft).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reedline::FileBackedHistory;

    #[tokio::test]
    async fn a_line_is_heard_once_however_often_it_is_painted() {
        let (mut listener, mut drafts) = Listener::new();
        let history = FileBackedHistory::new(1).unwrap();
        for line in ["Where", "Where", "Where do I live?"] {
            assert_eq!(listener.handle(line, 0, &history, true, ""), "");
        }
        assert_eq!(*drafts.borrow_and_update(), "Where do I live?");
        listener.handle("Where do I live?", 0, &history, true, "");
        assert!(!drafts.has_changed().unwrap());
    }
}
