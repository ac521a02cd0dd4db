//! Ends a stream that is late. The worker computes and looks at no clock; this stands between it and the listener.

use std::time::Duration;

use tokio::time::{Instant, timeout};

use crate::chat::{CallTimeouts, CompletionEvent, CompletionStream, EventSender};
use crate::{ModelError, TimeoutStage};

/// Passes on the events of `answer`. Gives up at the first limit that is passed, which drops `answer` and so stops
/// whoever makes it; so does dropping the returned stream.
pub(super) fn enforce(answer: CompletionStream, timeouts: CallTimeouts) -> CompletionStream {
    let (events, stream) = CompletionStream::channel();
    tokio::spawn(forward(answer, events, timeouts));
    stream
}

async fn forward(mut answer: CompletionStream, events: EventSender, timeouts: CallTimeouts) {
    let started = Instant::now();
    let mut stage = (TimeoutStage::FirstToken, timeouts.first_token);
    let late = loop {
        let (limit, late) = next_limit(started.elapsed(), stage, timeouts.total);
        let event = tokio::select! {
            biased;
            () = events.closed() => return,
            event = timeout(limit, answer.next()) => event,
        };
        let Ok(event) = event else { break late };
        let ends = !matches!(event, Ok(CompletionEvent::Delta(_)));
        // A listener that does not listen must not hold the model for ever.
        match timeout(timeouts.total.saturating_sub(started.elapsed()), events.send(event)).await {
            Ok(Ok(())) if !ends => stage = (TimeoutStage::NextToken, timeouts.next_token),
            Ok(_) => return,
            Err(_) => break timed_out(TimeoutStage::Finish, timeouts.total),
        }
    };
    drop(answer);
    // Nobody to tell is fine.
    let _ = events.send(Err(late)).await;
}

/// How long to wait for the next event, and what to say when it has not come by then.
fn next_limit(
    elapsed: Duration,
    (stage, limit): (TimeoutStage, Duration),
    total: Duration,
) -> (Duration, ModelError) {
    let left = total.saturating_sub(elapsed);
    if left < limit {
        (left, timed_out(TimeoutStage::Finish, total))
    } else {
        (limit, timed_out(stage, limit))
    }
}

fn timed_out(stage: TimeoutStage, limit: Duration) -> ModelError {
    ModelError::TimedOut { stage, limit }
}

#[cfg(test)]
mod tests {
    use domain::usage::Usage;

    use super::*;
    use crate::chat::FinishReason;

    const TIMEOUTS: CallTimeouts = CallTimeouts {
        first_token: Duration::from_secs(5),
        next_token: Duration::from_secs(2),
        total: Duration::from_secs(10),
    };

    fn delta() -> Result<CompletionEvent, ModelError> {
        Ok(CompletionEvent::Delta("a".to_owned()))
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_model_is_late_with_its_first_token() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = enforce(answer, TIMEOUTS);
        assert_eq!(stream.next().await, Err(timed_out(TimeoutStage::FirstToken, TIMEOUTS.first_token)));
        assert!(worker.is_closed(), "the worker must see that nobody waits");
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_falls_silent_is_late_with_its_next_token() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = enforce(answer, TIMEOUTS);
        worker.send(delta()).await.unwrap();
        assert_eq!(stream.next().await, delta());
        assert_eq!(stream.next().await, Err(timed_out(TimeoutStage::NextToken, TIMEOUTS.next_token)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_answer_is_cut_at_the_total() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = enforce(answer, TIMEOUTS);
        let source = tokio::spawn(async move {
            while worker.send(delta()).await.is_ok() {
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        });
        let started = Instant::now();
        let end = loop {
            if let Err(end) = stream.next().await {
                break end;
            }
        };
        assert_eq!(end, timed_out(TimeoutStage::Finish, TIMEOUTS.total));
        assert_eq!(started.elapsed(), TIMEOUTS.total);
        source.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_listener_that_does_not_listen_frees_the_worker_at_the_total() {
        let (worker, answer) = CompletionStream::channel();
        let _stream = enforce(answer, TIMEOUTS);
        let started = Instant::now();
        while worker.send(delta()).await.is_ok() {}
        assert_eq!(started.elapsed(), TIMEOUTS.total);
    }

    #[tokio::test]
    async fn a_good_answer_passes_whole_and_dropping_the_stream_stops_the_worker() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = enforce(answer, TIMEOUTS);
        let done = Ok(CompletionEvent::Done { finish: FinishReason::Stop, usage: Usage::default() });
        worker.send(delta()).await.unwrap();
        worker.send(done.clone()).await.unwrap();
        assert_eq!(stream.next().await, delta());
        assert_eq!(stream.next().await, done);

        let (worker, answer) = CompletionStream::channel();
        drop(enforce(answer, TIMEOUTS));
        worker.closed().await;
    }
}
