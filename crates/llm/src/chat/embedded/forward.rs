//! Stands between the worker, which computes and looks at no clock, and the listener: ends a stream that is late.

use tokio::time::timeout_at;

use crate::chat::deadlines::Deadlines;
use crate::chat::{CallTimeouts, CompletionEvent, CompletionStream, EventSender};

/// Passes on the events of `answer`. Gives up at the first limit that is passed, which drops `answer` and so stops
/// whoever makes it; so does dropping the returned stream.
pub(super) fn forward(answer: CompletionStream, timeouts: CallTimeouts) -> CompletionStream {
    let (events, stream) = CompletionStream::channel();
    tokio::spawn(pass_on(answer, events, Deadlines::start(timeouts)));
    stream
}

async fn pass_on(mut answer: CompletionStream, events: EventSender, mut deadlines: Deadlines) {
    let late = loop {
        let limit = deadlines.next();
        let event = tokio::select! {
            biased;
            () = events.closed() => return,
            event = timeout_at(limit.at, answer.next()) => event,
        };
        let Ok(event) = event else { break limit.error };
        let ends = !matches!(event, Ok(CompletionEvent::Delta(_)));
        // A listener that does not listen must not hold the model for ever.
        let total = deadlines.total();
        match timeout_at(total.at, events.send(event)).await {
            Ok(Ok(())) if !ends => deadlines.token_came(),
            Ok(_) => return,
            Err(_) => break total.error,
        }
    };
    drop(answer);
    // Nobody to tell is fine.
    let _ = events.send(Err(late)).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::usage::Usage;
    use tokio::time::Instant;

    use super::*;
    use crate::chat::FinishReason;
    use crate::{ModelError, TimeoutStage};

    const TIMEOUTS: CallTimeouts = CallTimeouts {
        first_token: Duration::from_secs(5),
        next_token: Duration::from_secs(2),
        total: Duration::from_secs(10),
    };

    fn delta() -> Result<CompletionEvent, ModelError> {
        Ok(CompletionEvent::Delta("a".to_owned()))
    }

    fn timed_out(stage: TimeoutStage, limit: Duration) -> ModelError {
        ModelError::TimedOut { stage, limit }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_model_is_late_with_its_first_token() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = forward(answer, TIMEOUTS);
        assert_eq!(stream.next().await, Err(timed_out(TimeoutStage::FirstToken, TIMEOUTS.first_token)));
        assert!(worker.is_closed(), "the worker must see that nobody waits");
    }

    #[tokio::test(start_paused = true)]
    async fn a_model_that_falls_silent_is_late_with_its_next_token() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = forward(answer, TIMEOUTS);
        worker.send(delta()).await.unwrap();
        assert_eq!(stream.next().await, delta());
        assert_eq!(stream.next().await, Err(timed_out(TimeoutStage::NextToken, TIMEOUTS.next_token)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_endless_answer_is_cut_at_the_total() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = forward(answer, TIMEOUTS);
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
        let _stream = forward(answer, TIMEOUTS);
        let started = Instant::now();
        while worker.send(delta()).await.is_ok() {}
        assert_eq!(started.elapsed(), TIMEOUTS.total);
    }

    #[tokio::test]
    async fn a_good_answer_passes_whole_and_dropping_the_stream_stops_the_worker() {
        let (worker, answer) = CompletionStream::channel();
        let mut stream = forward(answer, TIMEOUTS);
        let done =
            Ok(CompletionEvent::Done { finish: FinishReason::Stop, usage: Usage::default(), computed: None });
        worker.send(delta()).await.unwrap();
        worker.send(done.clone()).await.unwrap();
        assert_eq!(stream.next().await, delta());
        assert_eq!(stream.next().await, done);

        let (worker, answer) = CompletionStream::channel();
        drop(forward(answer, TIMEOUTS));
        worker.closed().await;
    }
}
