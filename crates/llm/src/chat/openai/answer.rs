//! A streamed answer, from HTTP chunks to events, under the limits of the call.

use std::time::Duration;

use domain::usage::Usage;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio::time::{Instant, timeout, timeout_at};

use super::sse::SseParser;
use super::wire::{self, WireChunk, WireCompletion, WireUsage};
use crate::ModelError;
use crate::breaker::Permit;
use crate::chat::deadlines::Deadlines;
use crate::chat::{CompletionEvent, EventSender, FinishReason};
use crate::http::{read_json, unreadable};

/// How long to wait, after the last token, for the counts and the end.
const TAIL_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Answer {
    response: Response,
    deadlines: Deadlines,
    parser: SseParser,
    text: String,
    finish: Option<FinishReason>,
    /// When the counts and the end are due; set by the last token.
    tail_due: Option<Instant>,
    usage: Option<WireUsage>,
    /// Our estimate.
    prompt_tokens: u32,
}

impl Answer {
    pub(super) fn new(response: Response, deadlines: Deadlines, prompt_tokens: u32) -> Self {
        Self {
            response,
            deadlines,
            parser: SseParser::default(),
            text: String::new(),
            finish: None,
            tail_due: None,
            usage: None,
            prompt_tokens,
        }
    }

    /// Passes the answer on until it ends or nobody listens any more. Then the response is dropped, and with it the
    /// HTTP request.
    pub(super) async fn forward(mut self, events: EventSender, permit: Permit) {
        let result = tokio::select! {
            biased;
            () = events.closed() => {
                if self.deadlines.has_begun() {
                    permit.report(&Ok(()));
                }
                return;
            }
            result = self.pass_on(&events) => result,
        };
        permit.report(&result);
        let result = result.map(|(finish, usage)| CompletionEvent::Done { finish, usage, computed: None });
        let ended_well = result.is_ok();
        // Nobody to tell is fine.
        let _ = events.send(result).await;
        if ended_well {
            self.drain().await;
        }
    }

    async fn pass_on(&mut self, events: &EventSender) -> Result<(FinishReason, Usage), ModelError> {
        let content_type = self.response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if content_type.is_some_and(|kind| kind.starts_with("application/json")) {
            return self.pass_on_whole(events).await;
        }
        match self.pass_on_stream(events).await {
            // What failed was only the tail.
            Err(_) if self.finish.is_some() => {}
            result => result?,
        }
        let finish = self.finish.unwrap_or(FinishReason::Other);
        Ok((finish, wire::usage(self.usage, self.prompt_tokens, &self.text)))
    }

    async fn pass_on_stream(&mut self, events: &EventSender) -> Result<(), ModelError> {
        loop {
            let limit = self.deadlines.next();
            let due = self.tail_due.unwrap_or(limit.at).min(limit.at);
            let read = timeout_at(due, self.response.chunk()).await.map_err(|_| limit.error)?;
            let bytes = read.map_err(|_| ModelError::CutOff)?;
            let ended = bytes.is_none();
            let all_data = match bytes {
                Some(bytes) => self.parser.push(&bytes)?,
                None => self.parser.finish()?.into_iter().collect(),
            };
            for data in all_data {
                if data.trim() == "[DONE]" {
                    return Ok(());
                }
                if let Some(text) = self.take(&data)? {
                    self.say(text, events).await?;
                }
            }
            if ended {
                return if self.finish.is_some() { Ok(()) } else { Err(ModelError::CutOff) };
            }
        }
    }

    /// Notes what an event says; returns the text that it adds.
    fn take(&mut self, data: &str) -> Result<Option<String>, ModelError> {
        if data.trim().is_empty() {
            return Ok(None);
        }
        let mut chunk: WireChunk =
            serde_json::from_str(data).map_err(|error| unreadable("an event of the answer", &error))?;
        if let Some(error) = chunk.error.take().filter(|error| !error.is_null()) {
            return Err(wire::reported_error(&error));
        }
        self.usage = chunk.usage.or(self.usage);
        let step = chunk.into_step();
        if step.alive {
            self.deadlines.token_came();
        }
        if step.finish.is_some() {
            self.finish = step.finish;
            self.tail_due.get_or_insert(Instant::now() + TAIL_TIMEOUT);
        }
        Ok(step.text)
    }

    async fn say(&mut self, text: String, events: &EventSender) -> Result<(), ModelError> {
        self.text.push_str(&text);
        let total = self.deadlines.total();
        // A listener that does not listen must not hold the connection for ever.
        match timeout_at(total.at, events.send(Ok(CompletionEvent::Delta(text)))).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return Err(ModelError::CutOff),
            Err(_) => return Err(total.error),
        }
        // The time that the listener took is not the model's.
        self.deadlines.token_came();
        Ok(())
    }

    /// For endpoints that do not stream: the answer comes as one delta.
    async fn pass_on_whole(&mut self, events: &EventSender) -> Result<(FinishReason, Usage), ModelError> {
        let total = self.deadlines.total();
        let read = timeout_at(total.at, read_json::<WireCompletion>(&mut self.response)).await;
        let completion = read.unwrap_or(Err(total.error))?.into_completion(self.prompt_tokens)?;
        if !completion.text.is_empty() {
            self.say(completion.text, events).await?;
        }
        Ok((completion.finish, completion.usage))
    }

    /// Reads what is left, so that the connection can be used again.
    async fn drain(&mut self) {
        let rest = async { while let Ok(Some(_)) = self.response.chunk().await {} };
        // A connection that is not free by then is closed.
        let _ = timeout(TAIL_TIMEOUT, rest).await;
    }
}
