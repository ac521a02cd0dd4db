use std::sync::Arc;
use std::time::Duration;

use domain::usage::Usage;
use llm::chat::openai::{OpenAiChat, OpenAiOptions, probe_ollama};
use llm::chat::{Attempted, ChatModel, Completion, FinishReason, RetryPolicy, RoleModel};
use llm::{ModelError, TimeoutStage};
use serde_json::{Value, json};
use wiremock::matchers::{method, path};
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use crate::{PATIENT, SECRET, chat, json_request, request};

fn good() -> ResponseTemplate {
    ResponseTemplate::new(200).set_body_json(json!({
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes"}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 9, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 8}}
    }))
}

/// A refusal that quotes the prompt, as real ones do.
fn refusal(status: u16, error: &Value) -> ResponseTemplate {
    let mut error = error.clone();
    let message = format!("{} in: {SECRET}", error["message"].as_str().unwrap_or_default());
    error["message"] = json!(message);
    ResponseTemplate::new(status).set_body_json(json!({"error": error}))
}

/// A server that answers completions with what `respond` makes of their bodies.
async fn server(respond: impl Fn(&Value) -> ResponseTemplate + Send + Sync + 'static) -> MockServer {
    let server = MockServer::start().await;
    Mock::given(method("POST"))
        .and(path("/v1/chat/completions"))
        .respond_with(move |request: &Request| respond(&request.body_json().unwrap()))
        .mount(&server)
        .await;
    server
}

fn base(server: &MockServer) -> String {
    format!("{}/v1", server.uri())
}

async fn bodies(server: &MockServer) -> Vec<Value> {
    let requests = server.received_requests().await.unwrap();
    requests.iter().map(|request| request.body_json().unwrap()).collect()
}

fn role(server: &MockServer) -> RoleModel {
    RoleModel {
        model: Arc::new(ChatModel::OpenAi(chat(&base(server)))),
        temperature: 0.7,
        max_tokens: 100,
        timeouts: PATIENT,
        retry: RetryPolicy {
            attempts_max: 3,
            base_delay: Duration::from_millis(1),
            delay_max: Duration::from_secs(2),
            jitter: 0.5,
        },
        hedge_after: None,
    }
}

#[tokio::test]
async fn a_whole_answer_is_read() {
    let server = server(|_| good()).await;
    let usage = Usage { prompt_tokens: 9, completion_tokens: 1, cached_tokens: 8, exact: true };
    let expected = Completion { text: "Yes".to_owned(), finish: FinishReason::Stop, usage, computed: None };
    assert_eq!(chat(&base(&server)).complete(&request(), &PATIENT).await, Ok(expected));
    let body = &bodies(&server).await[0];
    assert_eq!(body["stream"], json!(false));
    assert_eq!(body.get("stream_options"), None);
}

#[tokio::test]
async fn a_status_becomes_an_error_without_the_text() {
    let refused = |status, code: &str| ModelError::Refused { status, code: code.to_owned() };
    let unavailable = |reason: &str| ModelError::Unavailable { reason: reason.to_owned() };
    let limited = |seconds| ModelError::RateLimited { retry_after: Some(Duration::from_secs(seconds)) };
    let date = ("Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:51:37 GMT");
    let cases = [
        (refusal(401, &json!({})), ModelError::Unauthorized { status: 401 }),
        (refusal(403, &json!({})), ModelError::Unauthorized { status: 403 }),
        (refusal(429, &json!({})).insert_header("retry-after", "7"), limited(7)),
        (
            refusal(429, &json!({})).insert_header("date", date.0).insert_header("retry-after", date.1),
            limited(120),
        ),
        (refusal(500, &json!({"type": "server_error"})), unavailable("status 500, code server_error")),
        (ResponseTemplate::new(502).set_body_string(SECRET), unavailable("status 502")),
        (refusal(400, &json!({"code": "context_length_exceeded"})), refused(400, "context_length_exceeded")),
        (refusal(404, &json!({"code": "model_not_found"})), refused(404, "model_not_found")),
        (refusal(400, &json!({"code": SECRET})), refused(400, "unspecified")),
        (ResponseTemplate::new(413), refused(413, "unspecified")),
    ];
    for (answer, expected) in cases {
        let server = server(move |_| answer.clone()).await;
        let chat = chat(&base(&server));
        let error = chat.complete(&request(), &PATIENT).await.unwrap_err();
        assert_eq!(error, expected);
        assert!(!format!("{error:?} {error}").contains(SECRET));
        assert_eq!(chat.stream(&request(), &PATIENT).await.unwrap_err(), expected);
    }
}

#[tokio::test]
async fn an_answer_of_another_shape_is_malformed() {
    for body in [json!(SECRET), json!({"choices": []}), json!({"choices": SECRET})] {
        let server = server(move |_| ResponseTemplate::new(200).set_body_json(&body)).await;
        let error = chat(&base(&server)).complete(&request(), &PATIENT).await.unwrap_err();
        assert!(matches!(error, ModelError::Malformed { .. }), "{error:?}");
        assert!(!format!("{error:?}").contains(SECRET), "{error:?}");
    }
}

#[tokio::test]
async fn nobody_there_is_unavailable_and_opens_the_breaker() {
    // A port that was free a moment ago.
    let address = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let chat = chat(&format!("http://{address}/v1"));
    for _ in 0..5 {
        let error = chat.stream(&request(), &PATIENT).await.unwrap_err();
        assert!(
            matches!(&error, ModelError::Unavailable { reason } if reason.contains("refused")),
            "{error:?}"
        );
    }
    assert!(matches!(chat.stream(&request(), &PATIENT).await, Err(ModelError::BreakerOpen { .. })));
    assert!(matches!(chat.complete(&request(), &PATIENT).await, Err(ModelError::BreakerOpen { .. })));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_connection_that_is_not_accepted_is_late() {
    // A full queue: the system leaves further connections unanswered.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let wait = Duration::from_millis(200);
    let mut queued = Vec::new();
    while let Ok(connected) = tokio::time::timeout(wait, tokio::net::TcpStream::connect(address)).await {
        queued.push(connected.unwrap());
        assert!(queued.len() < 100);
    }
    let options =
        OpenAiOptions { connect_timeout: wait, ..OpenAiOptions::new(format!("http://{address}/v1"), "m") };
    let error = OpenAiChat::new(options).unwrap().complete(&request(), &PATIENT).await.unwrap_err();
    assert_eq!(error, ModelError::TimedOut { stage: TimeoutStage::Connect, limit: wait });
}

#[tokio::test]
async fn nothing_is_passed_on_to_another_server() {
    let other = server(|_| good()).await;
    let elsewhere = format!("{}/chat/completions", base(&other));
    let redirects =
        server(move |_| ResponseTemplate::new(307).insert_header("location", elsewhere.as_str())).await;
    let error = chat(&base(&redirects)).complete(&request(), &PATIENT).await.unwrap_err();
    assert_eq!(error, ModelError::Refused { status: 307, code: "unspecified".to_owned() });
    assert!(bodies(&other).await.is_empty());
}

#[tokio::test]
async fn parameters_that_the_endpoint_does_not_take_are_left_out_from_then_on() {
    let server = server(|body| {
        if body.get("max_tokens").is_some() {
            let message = "Unsupported parameter: use 'max_completion_tokens' instead of 'max_tokens'";
            refusal(400, &json!({"message": message, "code": "unsupported_parameter", "param": "max_tokens"}))
        } else if body.get("temperature").is_some() {
            refusal(400, &json!({"message": "Unsupported value: 'temperature'", "code": "unsupported_value"}))
        } else if body.get("prompt_cache_key").is_some() {
            ResponseTemplate::new(422)
                .set_body_json(json!({"detail": [{"loc": ["body", "prompt_cache_key"]}]}))
        } else {
            good()
        }
    })
    .await;
    let chat = chat(&base(&server));
    let request = llm::chat::CompletionRequest { cache_key: Some("session-1".to_owned()), ..request() };
    chat.complete(&request, &PATIENT).await.unwrap();
    assert_eq!(bodies(&server).await.len(), 4);
    chat.complete(&request, &PATIENT).await.unwrap();
    let bodies = bodies(&server).await;
    assert_eq!(bodies.len(), 5, "what was learned is not asked again");
    assert_eq!(bodies[4]["max_completion_tokens"], json!(100));
}

#[tokio::test]
async fn formats_that_the_endpoint_does_not_know_are_given_up_one_by_one() {
    let server = server(|body| match body.get("response_format") {
        Some(_) => refusal(400, &json!({"message": "bad grammar", "type": "invalid_request_error"})),
        None => good(),
    })
    .await;
    let chat = chat(&base(&server));
    chat.complete(&json_request(), &PATIENT).await.unwrap();
    chat.complete(&json_request(), &PATIENT).await.unwrap();
    let bodies = bodies(&server).await;
    let formats: Vec<&Value> = bodies.iter().map(|body| &body["response_format"]["type"]).collect();
    assert_eq!(formats, [&json!("json_schema"), &json!("json_object"), &Value::Null, &Value::Null]);
    let system = |body: &Value| body["messages"][0]["content"].as_str().unwrap().to_owned();
    assert_eq!(system(&bodies[0]), "Be kind.");
    assert!(
        bodies[1..].iter().all(|body| system(body).contains("marker")),
        "an endpoint not held to it sees the schema"
    );
}

#[tokio::test]
async fn a_refusal_for_another_reason_teaches_nothing() {
    let server = server(|_| refusal(400, &json!({"type": "invalid_request_error"}))).await;
    let chat = chat(&base(&server));
    chat.complete(&json_request(), &PATIENT).await.unwrap_err();
    chat.complete(&json_request(), &PATIENT).await.unwrap_err();
    let bodies = bodies(&server).await;
    assert_eq!(bodies[3]["response_format"]["type"], json!("json_schema"), "the second call starts afresh");
    assert_eq!(bodies.len(), 6);
}

#[tokio::test]
async fn a_role_tries_again_while_that_may_help() {
    let mounted = MockServer::start().await;
    Mock::given(method("POST"))
        .respond_with(ResponseTemplate::new(503))
        .up_to_n_times(2)
        .mount(&mounted)
        .await;
    Mock::given(method("POST")).respond_with(good()).mount(&mounted).await;
    let Attempted { result, attempts } = role(&mounted).complete(&request()).await;
    assert_eq!((result.unwrap().text.as_str(), attempts), ("Yes", 3));

    let limited = server(|_| ResponseTemplate::new(429).insert_header("retry-after", "60")).await;
    let Attempted { result, attempts } = role(&limited).stream(&request()).await;
    let expected = ModelError::RateLimited { retry_after: Some(Duration::from_mins(1)) };
    assert_eq!((result.unwrap_err(), attempts), (expected, 1), "nobody waits a minute");
}

#[tokio::test]
async fn models_are_listed() {
    let server = MockServer::start().await;
    let answer = |body| ResponseTemplate::new(200).set_body_json(body);
    Mock::given(method("GET"))
        .and(path("/v1/models"))
        .respond_with(answer(
            json!({"object": "list", "data": [{"id": "a", "object": "model"}, {"id": "b"}]}),
        ))
        .mount(&server)
        .await;
    Mock::given(method("GET"))
        .and(path("/api/tags"))
        .respond_with(answer(json!({"models": [{"name": "llama3.2:3b", "size": 1}]})))
        .mount(&server)
        .await;
    assert_eq!(chat(&base(&server)).list_models().await.unwrap(), ["a", "b"]);
    let second = Duration::from_secs(10);
    assert_eq!(probe_ollama(&server.uri(), second).await, Some(vec!["llama3.2:3b".to_owned()]));
    assert_eq!(probe_ollama(&base(&server), second).await, None);
    assert_eq!(probe_ollama("nonsense", second).await, None);
}
