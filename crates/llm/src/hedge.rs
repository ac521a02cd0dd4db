//! A second call beside a first one that is slow to speak. Off unless asked for: it costs tokens twice.

use std::pin::pin;
use std::time::Duration;

use crate::chat::{CompletionRequest, CompletionStream, RoleModel};
use crate::retry::Attempted;

/// The stream that speaks first, of one call or, from `after` on, of two. The other call is cancelled.
pub(crate) async fn hedged(
    role: &RoleModel,
    request: &CompletionRequest,
    after: Duration,
) -> Attempted<CompletionStream> {
    let mut first = pin!(speaking(role, request));
    tokio::select! {
        answer = &mut first => return answer,
        () = tokio::time::sleep(after) => {}
    }
    let mut second = pin!(speaking(role, request));
    // One that fails does not win against one that may still speak.
    let (early, other) = tokio::select! {
        answer = &mut first => (answer, second),
        answer = &mut second => (answer, first),
    };
    let answer = if early.result.is_ok() { early } else { other.await };
    Attempted { attempts: answer.attempts + 1, ..answer }
}

/// A stream once it has said something.
async fn speaking(role: &RoleModel, request: &CompletionRequest) -> Attempted<CompletionStream> {
    let attempted = role.start(request).await;
    let spoken = match attempted.result {
        Ok(stream) => stream.spoken().await,
        Err(error) => Err(error),
    };
    Attempted { result: spoken, attempts: attempted.attempts }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::ModelError;
    use crate::chat::simulated::{ScriptedReply, SimulatedChat};
    use crate::chat::{CallTimeouts, ChatMessage, ChatModel, CompletionEvent, OutputFormat, RetryPolicy};
    use domain::message::Role;

    async fn answer(replies: Vec<ScriptedReply>) -> (Result<String, ModelError>, u32) {
        let limit = Duration::from_secs(5);
        let role = RoleModel {
            model: Arc::new(ChatModel::Simulated(SimulatedChat::scripted(replies))),
            temperature: 0.0,
            max_tokens: 10,
            timeouts: CallTimeouts { first_token: limit, next_token: limit, total: limit },
            retry: RetryPolicy::NONE,
            hedge_after: Some(Duration::from_millis(20)),
        };
        let request = CompletionRequest {
            messages: vec![ChatMessage { role: Role::User, content: "Hi".to_owned() }],
            max_tokens: 10,
            temperature: 0.0,
            format: OutputFormat::Text,
            cache_key: None,
        };
        let Attempted { result, attempts } = role.stream(&request).await;
        let mut stream = match result {
            Ok(stream) => stream,
            Err(error) => return (Err(error), attempts),
        };
        let mut text = String::new();
        while let Ok(CompletionEvent::Delta(delta)) = stream.next().await {
            text.push_str(&delta);
        }
        (Ok(text), attempts)
    }

    fn says(text: &str) -> ScriptedReply {
        ScriptedReply::Deltas(vec![text.to_owned()])
    }

    #[tokio::test]
    async fn a_call_that_speaks_in_time_is_the_only_one() {
        assert_eq!(answer(vec![says("first"), says("second")]).await, (Ok("first".to_owned()), 1));
    }

    #[tokio::test]
    async fn where_the_first_is_silent_the_second_answers() {
        assert_eq!(answer(vec![ScriptedReply::Hang, says("second")]).await, (Ok("second".to_owned()), 2));
    }

    #[tokio::test(start_paused = true)]
    async fn where_both_fail_the_failure_is_told() {
        let (result, attempts) = answer(vec![ScriptedReply::Hang, ScriptedReply::Hang]).await;
        assert!(matches!(result, Err(ModelError::TimedOut { .. })), "{result:?}");
        assert_eq!(attempts, 2);
    }
}
