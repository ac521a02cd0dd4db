//! Answers written down beforehand, for tests, and the requests that they were given to.

use std::collections::VecDeque;

use crate::ModelError;
use crate::chat::CompletionRequest;

/// A test that asks more often than this does not look at each request.
const REQUESTS_MAX: usize = 1_000;

/// What a scripted model does with a request.
#[derive(Clone, Debug, PartialEq)]
pub enum ScriptedReply {
    /// Answers with the text, in deltas of the model's choice.
    Text(String),
    /// Answers with exactly these deltas.
    Deltas(Vec<String>),
    /// Refuses before anything is streamed.
    Error(ModelError),
    /// Never sends a token.
    Hang,
    /// Sends these deltas and then nothing more.
    HangAfter(Vec<String>),
    /// Sends these deltas, then the stream breaks off.
    CutAfter(Vec<String>),
    /// Answers with the text in one delta, whatever format was asked for.
    RawJson(String),
}

#[derive(Default)]
pub(super) struct Script {
    replies: VecDeque<ScriptedReply>,
    requests: VecDeque<CompletionRequest>,
}

impl Script {
    pub(super) fn new(replies: Vec<ScriptedReply>) -> Self {
        Self { replies: replies.into(), requests: VecDeque::new() }
    }

    /// Notes the request and gives its reply: each in turn, the last again and again. Without any, `None`.
    pub(super) fn next(&mut self, request: &CompletionRequest) -> Option<ScriptedReply> {
        if self.requests.len() == REQUESTS_MAX {
            self.requests.pop_front();
        }
        self.requests.push_back(request.clone());
        if self.replies.len() > 1 { self.replies.pop_front() } else { self.replies.front().cloned() }
    }

    pub(super) fn requests(&self) -> Vec<CompletionRequest> {
        self.requests.iter().cloned().collect()
    }
}
