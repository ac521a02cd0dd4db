//! From a plan to events, in the time that the plan takes and inside the limits of the call.

use std::time::Duration;

use domain::usage::Usage;
use tokio::time::{Instant, sleep_until, timeout_at};

use crate::ModelError;
use crate::chat::deadlines::Deadlines;
use crate::chat::{
    CallTimeouts, CompletionEvent, CompletionStream, ComputeTime, EventSender, FinishReason, STREAM_BUFFER,
};
use crate::tokens::estimate;

/// What the model will say, when, and how it ends.
pub(super) struct Plan {
    pub(super) deltas: Vec<String>,
    pub(super) ending: Ending,
    pub(super) prompt_tokens: u32,
    pub(super) first_token: Duration,
    pub(super) per_token: Duration,
}

#[derive(Clone, Copy)]
pub(super) enum Ending {
    Done(FinishReason),
    CutOff,
    /// Neither more nor an end, until the call's limits are passed.
    Hang,
}

impl Plan {
    pub(super) fn play(self, timeouts: CallTimeouts) -> CompletionStream {
        let (events, stream) = CompletionStream::channel();
        if self.takes_no_time() {
            self.say_all(&events);
        } else {
            tokio::spawn(self.say_in_time(events, Deadlines::start(timeouts)));
        }
        stream
    }

    fn takes_no_time(&self) -> bool {
        let instant = self.first_token.is_zero() && self.per_token.is_zero();
        instant && self.deltas.len() < STREAM_BUFFER && !matches!(self.ending, Ending::Hang)
    }

    fn say_all(self, events: &EventSender) {
        let end = self.end(ComputeTime::default());
        let deltas = self.deltas.into_iter().map(|delta| Ok(CompletionEvent::Delta(delta)));
        for event in deltas.chain(end) {
            // There is room for all, and somebody who listens.
            let _ = events.try_send(event);
        }
    }

    async fn say_in_time(self, events: EventSender, mut deadlines: Deadlines) {
        let end = tokio::select! {
            biased;
            () = events.closed() => return,
            end = self.say_until_the_end(&events, &mut deadlines) => end,
        };
        // Nobody to tell is fine.
        let _ = events.send(end).await;
    }

    async fn say_until_the_end(
        &self,
        events: &EventSender,
        deadlines: &mut Deadlines,
    ) -> Result<CompletionEvent, ModelError> {
        let computed = self.say_deltas(events, deadlines).await?;
        if let Some(end) = self.end(computed) {
            return end;
        }
        let limit = deadlines.next();
        sleep_until(limit.at).await;
        Err(limit.error)
    }

    async fn say_deltas(
        &self,
        events: &EventSender,
        deadlines: &mut Deadlines,
    ) -> Result<ComputeTime, ModelError> {
        let mut computed = ComputeTime::default();
        // Absolute times, so that the timer's own lateness does not add up.
        let mut due = Instant::now() + self.first_token;
        for delta in &self.deltas {
            let limit = deadlines.next();
            computed.total += wait_until(due.min(limit.at)).await;
            if computed.first_token.is_zero() {
                computed.first_token = computed.total;
            }
            if limit.at < due {
                return Err(limit.error);
            }
            let total = deadlines.total();
            let sent = timeout_at(total.at, events.send(Ok(CompletionEvent::Delta(delta.clone())))).await;
            // A listener that is gone ends this elsewhere.
            let _ = sent.map_err(|_| total.error)?;
            deadlines.token_came();
            due += self.per_token * estimate(delta);
        }
        Ok(computed)
    }

    /// The last event, unless there is none.
    fn end(&self, computed: ComputeTime) -> Option<Result<CompletionEvent, ModelError>> {
        match self.ending {
            Ending::Done(finish) => {
                let usage = Usage {
                    prompt_tokens: self.prompt_tokens,
                    completion_tokens: estimate(&self.deltas.concat()),
                    cached_tokens: 0,
                    exact: false,
                };
                Some(Ok(CompletionEvent::Done { finish, usage, computed: Some(computed) }))
            }
            Ending::CutOff => Some(Err(ModelError::CutOff)),
            Ending::Hang => None,
        }
    }
}

/// Returns the time that passed, not the time that was meant to: what the timer adds is not the caller's either.
async fn wait_until(due: Instant) -> Duration {
    let before = Instant::now();
    if due > before {
        sleep_until(due).await;
    }
    before.elapsed()
}
