use std::sync::atomic::Ordering;
use std::time::Duration;

use domain::usage::Usage;
use llm::chat::openai::{OpenAiChat, OpenAiOptions};
use llm::chat::{CallTimeouts, CompletionEvent, CompletionRequest, CompletionStream, FinishReason};
use llm::{ModelError, TimeoutStage};
use serde_json::json;
use tokio::sync::{mpsc, oneshot};

use crate::server::{Connection, start};
use crate::{PATIENT, SECRET, chat, json_request, request};

const STOP: &str = r#"{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

/// All deltas, and how the stream ended.
async fn read(mut stream: CompletionStream) -> (Vec<String>, Result<(FinishReason, Usage), ModelError>) {
    let mut deltas = Vec::new();
    loop {
        match stream.next().await {
            Ok(CompletionEvent::Delta(delta)) => deltas.push(delta),
            Ok(CompletionEvent::Done { finish, usage, .. }) => return (deltas, Ok((finish, usage))),
            Err(error) => return (deltas, Err(error)),
        }
    }
}

/// What a client reads when the server answers every request with `answer`.
async fn answered<F>(
    timeouts: CallTimeouts,
    answer: impl Fn(Connection) -> F + Clone + Send + Sync + 'static,
) -> (Vec<String>, Result<(FinishReason, Usage), ModelError>)
where
    F: Future<Output = ()> + Send + 'static,
{
    let (base, _) = start(move |mut connection| {
        let answer = answer.clone();
        async move {
            if connection.receive().await.is_some() {
                answer(connection).await;
            }
        }
    })
    .await;
    read(chat(&base).stream(&request(), &timeouts).await.unwrap()).await
}

fn timed_out(stage: TimeoutStage, limit: Duration) -> ModelError {
    ModelError::TimedOut { stage, limit }
}

#[tokio::test]
async fn an_answer_arrives_however_the_network_cuts_it() {
    let body = [
        ": keep-alive\r\n\r\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"}}],\"usage\":null}\r\n\r\n",
        "data:{\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Gr\u{fc}\u{df}e \"}}]}\n\n",
        "event: message\ndata: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"\u{1f642}!\"}}],\"x\":1}\n\n",
        "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"length\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":30,\"completion_tokens\":4,\"total_tokens\":34,",
        "\"prompt_tokens_details\":{\"cached_tokens\":16}}}\n\n",
        "data: [DONE]\n\n",
    ]
    .concat();
    for size in [1, 7, body.len()] {
        let body = body.clone();
        let (deltas, end) = answered(PATIENT, move |mut connection| {
            let body = body.clone();
            async move {
                connection.start_stream().await;
                for piece in body.as_bytes().chunks(size) {
                    connection.chunk(piece).await;
                }
                connection.end_stream().await;
            }
        })
        .await;
        assert_eq!(deltas, ["Grüße ", "🙂!"], "in pieces of {size}");
        let usage = Usage { prompt_tokens: 30, completion_tokens: 4, cached_tokens: 16, exact: true };
        assert_eq!(end, Ok((FinishReason::Length, usage)));
    }
}

#[tokio::test]
async fn the_request_says_what_it_should() {
    let (sender, mut requests) = mpsc::channel(10);
    let (base, _) = start(move |mut connection| {
        let sender = sender.clone();
        async move {
            while let Some(received) = connection.receive().await {
                sender.send(received).await.unwrap();
                connection.start_stream().await;
                connection.event("[DONE]").await;
                connection.end_stream().await;
            }
        }
    })
    .await;
    let mut options = OpenAiOptions::new(format!("{base}/"), "test-model");
    options.api_key = Some("key-1".to_owned().into());
    options.organisation = Some("org-1".to_owned());
    options.headers.insert("x-extra".to_owned(), "extra-1".to_owned());
    let chat = OpenAiChat::new(options).unwrap();
    let request = CompletionRequest { cache_key: Some("session-1".to_owned()), ..json_request() };
    read(chat.stream(&request, &PATIENT).await.unwrap()).await.1.unwrap();

    let received = requests.recv().await.unwrap();
    for header in [
        "post /v1/chat/completions http/1.1",
        "authorization: bearer key-1",
        "openai-organization: org-1",
        "x-extra: extra-1",
        "content-type: application/json",
    ] {
        assert!(received.head.contains(header), "{header} is not in {}", received.head);
    }
    let schema = json!({"type": "object", "properties": {"marker": {"type": "string"}}});
    let format = json!({"name": "extraction", "schema": schema, "strict": true});
    let mut body = received.body;
    let temperature = body["temperature"].take().as_f64().unwrap();
    assert!((temperature - 0.7).abs() < 1e-6);
    assert_eq!(
        body,
        json!({
            "model": "test-model",
            "messages": [{"role": "system", "content": "Be kind."}, {"role": "user", "content": SECRET}],
            "stream": true,
            "stream_options": {"include_usage": true},
            "max_tokens": 100,
            "temperature": null,
            "response_format": {"type": "json_schema", "json_schema": format},
            "prompt_cache_key": "session-1"
        })
    );
}

#[tokio::test]
async fn tokens_are_estimated_when_the_endpoint_does_not_count() {
    let (deltas, end) = answered(PATIENT, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.delta("Hello there").await;
        // No [DONE] either: the reason to finish is enough.
        connection.event(STOP).await;
        connection.end_stream().await;
    })
    .await;
    assert_eq!(deltas, ["Hello there"]);
    let (finish, usage) = end.unwrap();
    assert_eq!((finish, usage.completion_tokens, usage.exact), (FinishReason::Stop, 2, false));
    assert!((10..25).contains(&usage.prompt_tokens), "{usage:?}");
}

#[tokio::test]
async fn an_error_inside_the_stream_is_an_error_without_its_text() {
    let cases = [
        (
            json!({"error": {"message": SECRET, "type": "server_error", "code": null}}),
            ModelError::Unavailable {
                reason: "the answer broke off with an error, code server_error".to_owned(),
            },
        ),
        (json!({"error": {"message": SECRET, "code": 429}}), ModelError::RateLimited { retry_after: None }),
        (
            json!({"error": {"message": SECRET, "code": "context_length_exceeded"}}),
            ModelError::Refused { status: 400, code: "context_length_exceeded".to_owned() },
        ),
        (
            json!({"error": SECRET}),
            ModelError::Unavailable {
                reason: "the answer broke off with an error, code unspecified".to_owned(),
            },
        ),
    ];
    for (event, expected) in cases {
        let event = event.to_string();
        let (deltas, end) = answered(PATIENT, move |mut connection| {
            let event = event.clone();
            async move {
                connection.start_stream().await;
                connection.delta("Hel").await;
                connection.event(&event).await;
                connection.end_stream().await;
            }
        })
        .await;
        assert_eq!((deltas, end), (vec!["Hel".to_owned()], Err(expected)));
    }
}

#[tokio::test]
async fn nonsense_is_reported_without_quoting_it() {
    let (_, end) = answered(PATIENT, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.event(&format!("{{\"choices\": \"{SECRET}\"}}")).await;
        connection.end_stream().await;
    })
    .await;
    let error = end.unwrap_err();
    assert!(matches!(error, ModelError::Malformed { .. }), "{error:?}");
    assert!(!format!("{error:?} {error}").contains(SECRET), "{error:?}");
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_cut() {
    let (deltas, end) = answered(PATIENT, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.delta("Hel").await;
        // Closed without the last chunk.
    })
    .await;
    assert_eq!((deltas, end), (vec!["Hel".to_owned()], Err(ModelError::CutOff)));

    let (deltas, end) = answered(PATIENT, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.delta("Hel").await;
        // An end that HTTP finds in order, but no reason to finish and no [DONE].
        connection.end_stream().await;
    })
    .await;
    assert_eq!((deltas, end), (vec!["Hel".to_owned()], Err(ModelError::CutOff)));
}

#[tokio::test]
async fn silence_is_late() {
    let short = Duration::from_millis(150);
    // Not even headers.
    let (base, _) = start(async |mut connection: Connection| connection.closed().await).await;
    let timeouts = CallTimeouts { first_token: short, ..PATIENT };
    let end = chat(&base).stream(&request(), &timeouts).await.unwrap_err();
    assert_eq!(end, timed_out(TimeoutStage::FirstToken, short));

    // Headers and comments, but no token.
    let (_, end) = answered(timeouts, async |mut connection: Connection| {
        connection.start_stream().await;
        for _ in 0..1_000 {
            connection.chunk(b": keep-alive\n\n").await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert_eq!(end, Err(timed_out(TimeoutStage::FirstToken, short)));

    let timeouts = CallTimeouts { next_token: short, ..PATIENT };
    let (deltas, end) = answered(timeouts, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.delta("Hel").await;
        connection.closed().await;
    })
    .await;
    assert_eq!((deltas, end), (vec!["Hel".to_owned()], Err(timed_out(TimeoutStage::NextToken, short))));

    let timeouts = CallTimeouts { total: short, ..PATIENT };
    let (deltas, end) = answered(timeouts, async |mut connection: Connection| {
        connection.start_stream().await;
        for _ in 0..1_000 {
            connection.delta("on and ").await;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    assert!(!deltas.is_empty());
    assert_eq!(end, Err(timed_out(TimeoutStage::Finish, short)));
}

#[tokio::test]
async fn thoughts_are_not_shown_but_count_as_life() {
    let timeouts =
        CallTimeouts { first_token: Duration::from_secs(1), next_token: Duration::from_secs(1), ..PATIENT };
    let (deltas, end) = answered(timeouts, async |mut connection: Connection| {
        connection.start_stream().await;
        for _ in 0..15 {
            let thought = json!({"choices": [{"delta": {"reasoning_content": SECRET, "reasoning": SECRET}}]});
            connection.event(&thought.to_string()).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        connection.delta("Yes").await;
        connection.event(STOP).await;
        connection.event("[DONE]").await;
        connection.end_stream().await;
    })
    .await;
    assert_eq!(deltas, ["Yes"]);
    assert!(end.is_ok(), "{end:?}");
}

#[tokio::test]
async fn an_answer_that_only_lacks_its_end_is_whole() {
    let (deltas, end) = answered(PATIENT, async |mut connection: Connection| {
        connection.start_stream().await;
        connection.delta("Yes").await;
        connection.event(STOP).await;
        connection.closed().await;
    })
    .await;
    assert_eq!(deltas, ["Yes"]);
    assert!(matches!(end, Ok((FinishReason::Stop, Usage { exact: false, .. }))), "{end:?}");
}

#[tokio::test]
async fn an_endpoint_that_does_not_stream_answers_in_one_delta() {
    let (deltas, end) = answered(PATIENT, async |mut connection: Connection| {
        let body = json!({
            "choices": [{"message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 9, "completion_tokens": 1}
        });
        let body = body.to_string();
        let length = body.len();
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        connection.send(&(head + &body)).await;
    })
    .await;
    assert_eq!(deltas, ["Yes"]);
    let usage = Usage { prompt_tokens: 9, completion_tokens: 1, cached_tokens: 0, exact: true };
    assert_eq!(end, Ok((FinishReason::Stop, usage)));
}

#[tokio::test]
async fn dropping_the_stream_ends_the_request() {
    let (closed, seen) = oneshot::channel();
    let closed = std::sync::Mutex::new(Some(closed));
    let (base, _) = start(move |mut connection| {
        let closed = closed.lock().unwrap().take();
        async move {
            connection.receive().await.unwrap();
            connection.start_stream().await;
            connection.delta("Hel").await;
            connection.closed().await;
            closed.unwrap().send(()).unwrap();
        }
    })
    .await;
    let mut stream = chat(&base).stream(&request(), &PATIENT).await.unwrap();
    assert_eq!(stream.next().await, Ok(CompletionEvent::Delta("Hel".to_owned())));
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), seen).await.unwrap().unwrap();
}

#[tokio::test]
async fn dropping_the_call_before_an_answer_ends_the_request() {
    let (sender, mut seen) = mpsc::channel(2);
    let (base, _) = start(move |mut connection| {
        let sender = sender.clone();
        async move {
            connection.receive().await.unwrap();
            sender.send("received").await.unwrap();
            connection.closed().await;
            sender.send("closed").await.unwrap();
        }
    })
    .await;
    let call = tokio::spawn(async move { chat(&base).stream(&request(), &PATIENT).await.is_ok() });
    assert_eq!(seen.recv().await, Some("received"));
    call.abort();
    let closed = tokio::time::timeout(Duration::from_secs(10), seen.recv()).await;
    assert_eq!(closed.unwrap(), Some("closed"));
}

#[tokio::test]
async fn the_next_call_uses_the_same_connection() {
    let (base, connections) = start(async |mut connection: Connection| {
        while connection.receive().await.is_some() {
            connection.start_stream().await;
            connection.delta("Yes").await;
            connection.event(STOP).await;
            connection.event("[DONE]").await;
            // The end of the body comes later than the end of the answer.
            tokio::time::sleep(Duration::from_millis(20)).await;
            connection.end_stream().await;
        }
    })
    .await;
    let chat = chat(&base);
    for _ in 0..3 {
        let (deltas, _) = read(chat.stream(&request(), &PATIENT).await.unwrap()).await;
        assert_eq!(deltas, ["Yes"]);
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[cfg(unix)]
#[tokio::test]
async fn a_socket_in_the_file_system_is_an_endpoint_too() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    let path = std::env::temp_dir().join(format!("llm-test-{}.sock", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let listener = tokio::net::UnixListener::bind(&path).unwrap();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut bytes = vec![0; 4096];
        let length = stream.read(&mut bytes).await.unwrap();
        assert!(bytes[..length].starts_with(b"GET /v1/models "));
        let body = r#"{"data":[{"id":"a"},{"id":"b"}]}"#;
        let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        stream.write_all(answer.as_bytes()).await.unwrap();
    });
    let chat = chat(&format!("unix:{}:/v1", path.display()));
    assert!(!chat.is_remote());
    assert_eq!(chat.list_models().await.unwrap(), ["a", "b"]);
    std::fs::remove_file(&path).unwrap();
}
