use std::sync::Arc;

use domain::message::Role;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::*;
use crate::TimeoutStage;
use crate::chat::{ChatMessage, ChatModel, Completion, CompletionEvent, ComputeTime};

const TIMEOUTS: CallTimeouts = CallTimeouts {
    first_token: Duration::from_secs(5),
    next_token: Duration::from_secs(2),
    total: Duration::from_mins(1),
};

fn ask(text: &str) -> CompletionRequest {
    CompletionRequest {
        messages: vec![ChatMessage { role: Role::User, content: text.to_owned() }],
        max_tokens: 500,
        temperature: 0.0,
        format: OutputFormat::Text,
        cache_key: None,
    }
}

fn ask_json(text: &str) -> CompletionRequest {
    let schema = json!({"type": "object", "required": ["entities"], "properties": {
        "entities": {"type": "array", "items": {"type": "string"}}
    }});
    CompletionRequest { format: OutputFormat::Json { name: "test", schema }, ..ask(text) }
}

fn model(class: ModelClass, faults: Faults) -> SimulatedChat {
    SimulatedChat::new(SimulatedOptions { class, faults, ..SimulatedOptions::default() })
}

/// What was said, and how it ended.
type Outcome = (String, Result<FinishReason, ModelError>);

async fn collect(stream: Result<CompletionStream, ModelError>) -> Outcome {
    let mut text = String::new();
    let mut stream = match stream {
        Ok(stream) => stream,
        Err(error) => return (text, Err(error)),
    };
    loop {
        match stream.next().await {
            Ok(CompletionEvent::Delta(delta)) => text.push_str(&delta),
            Ok(CompletionEvent::Done { finish, .. }) => return (text, Ok(finish)),
            Err(error) => return (text, Err(error)),
        }
    }
}

async fn run(model: &SimulatedChat, request: &CompletionRequest) -> Outcome {
    collect(model.stream(request, &TIMEOUTS).await).await
}

/// What was said, and how long the model says that took.
async fn compute_time(model: &SimulatedChat, request: &CompletionRequest) -> (String, ComputeTime) {
    let stream = model.stream(request, &TIMEOUTS).await.unwrap();
    let completion = crate::chat::collect(stream).await.unwrap();
    (completion.text, completion.computed.unwrap())
}

#[tokio::test(start_paused = true)]
async fn takes_its_time_and_says_how_much() {
    let model = model(ModelClass::Chat, Faults::default());
    let mut first = Vec::new();
    for number in 0..200 {
        let started = Instant::now();
        let mut stream = model.stream(&ask(&format!("Question {number}")), &TIMEOUTS).await.unwrap();
        stream.next().await.unwrap();
        first.push(started.elapsed().as_secs_f64());
    }
    first.sort_by(f64::total_cmp);
    assert!((0.5..0.7).contains(&first[100]), "median {}", first[100]);
    assert!(first[0] < 0.4 && first[199] > 0.9, "{} to {}", first[0], first[199]);

    let (request, started) = (ask("Once more"), Instant::now());
    let (_, computed) = compute_time(&model, &request).await;
    assert_eq!(computed.total, started.elapsed());
    assert!(computed.first_token > Duration::ZERO && computed.first_token < computed.total);
    assert_eq!(compute_time(&model, &request).await.1, computed, "the same request takes the same time");
}

// Without `enable_time` any timer would panic.
#[test]
fn an_instant_model_needs_no_timer() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let model = model(ModelClass::Instant, Faults::default());
    let long: Vec<String> = (0..300).map(|number| format!("- The user owns cat number {number}")).collect();
    let request = ask(&format!("<memories>\n{}\n</memories>\nHow many cats?", long.join("\n")));
    let (text, finish) = runtime.block_on(run(&model, &request));
    assert!(text.starts_with("From what you told me: The user owns cat number 0."), "{text}");
    assert_eq!(finish, Ok(FinishReason::Stop));
    assert_eq!(runtime.block_on(compute_time(&model, &request)), (text, ComputeTime::default()));
    assert!(model.requests().is_empty(), "only a scripted model keeps requests");
}

#[tokio::test]
async fn json_is_valid_and_an_answer_has_its_limits() {
    let model = model(ModelClass::Instant, Faults::default());
    let (text, _) = run(&model, &ask_json("My friend Anna lives in Rome.")).await;
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), json!({"entities": ["Anna", "Rome"]}));

    let short = CompletionRequest { max_tokens: 4, ..ask("My garden needs rain") };
    let (text, finish) = run(&model, &short).await;
    assert_eq!((text.as_str(), finish), ("You wrote about garden", Ok(FinishReason::Length)));

    let (_, refused) = run(&model, &ask(&"word ".repeat(20_000))).await;
    assert_eq!(refused, Err(ModelError::Refused { status: 400, code: "context_length_exceeded".to_owned() }));
}

#[tokio::test(start_paused = true)]
async fn faults_come_as_often_as_asked_and_the_same_each_time() {
    let faults = Faults {
        error_rate: 0.1,
        rate_limit_rate: 0.1,
        retry_after: Some(Duration::from_secs(3)),
        hang_rate: 0.1,
        cut_rate: 0.1,
        malformed_json_rate: 0.2,
    };
    let mut outcomes = Vec::new();
    for _ in 0..2 {
        let model = model(ModelClass::Instant, faults);
        let mut outcome = Vec::new();
        for _ in 0..1_000 {
            outcome.push(run(&model, &ask_json("Anna and Bob met Carl in Rome")).await);
        }
        outcomes.push(outcome);
    }
    assert_eq!(outcomes[0], outcomes[1]);
    let share = |matches: &dyn Fn(&Outcome) -> bool| {
        outcomes[0].iter().filter(|outcome| matches(outcome)).count() as f64 / 1_000.0
    };
    let hung = ModelError::TimedOut { stage: TimeoutStage::FirstToken, limit: TIMEOUTS.first_token };
    let limited = ModelError::RateLimited { retry_after: faults.retry_after };
    let shares = [
        share(&|outcome| matches!(outcome.1, Err(ModelError::Unavailable { .. }))),
        share(&|outcome| outcome.1 == Err(limited.clone())),
        share(&|outcome| outcome.1 == Err(hung.clone())),
        share(&|outcome| outcome.1 == Err(ModelError::CutOff)),
    ];
    assert!(shares.iter().all(|share| (0.07..0.13).contains(share)), "{shares:?}");
    let malformed = share(&|(text, end)| end.is_ok() && serde_json::from_str::<Value>(text).is_err());
    assert!((0.08..0.16).contains(&malformed), "{malformed}");
}

#[tokio::test(start_paused = true)]
async fn a_script_is_followed_line_by_line() {
    let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
    let down = ModelError::Unavailable { reason: "status 503".to_owned() };
    let model = SimulatedChat::scripted(vec![
        ScriptedReply::Text("Hello there, friend".to_owned()),
        ScriptedReply::Deltas(vec!["x".to_owned(); 200]),
        ScriptedReply::Error(down.clone()),
        ScriptedReply::Hang,
        ScriptedReply::HangAfter(words(&["a"])),
        ScriptedReply::CutAfter(words(&["a", "b"])),
        ScriptedReply::RawJson("{}".to_owned()),
    ]);
    let late = |stage, limit| Err(ModelError::TimedOut { stage, limit });
    let expected = [
        ("Hello there, friend".to_owned(), Ok(FinishReason::Stop)),
        ("x".repeat(200), Ok(FinishReason::Stop)),
        (String::new(), Err(down)),
        (String::new(), late(TimeoutStage::FirstToken, TIMEOUTS.first_token)),
        ("a".to_owned(), late(TimeoutStage::NextToken, TIMEOUTS.next_token)),
        ("ab".to_owned(), Err(ModelError::CutOff)),
        ("{}".to_owned(), Ok(FinishReason::Stop)),
        ("{}".to_owned(), Ok(FinishReason::Stop)),
    ];
    for (number, expected) in expected.into_iter().enumerate() {
        assert_eq!(run(&model, &ask(&number.to_string())).await, expected, "reply {number}");
    }
    let requests = model.requests();
    assert_eq!(requests.len(), 8);
    assert_eq!(requests[7].messages[0].content, "7");
    assert!(!format!("{model:?}").contains("content"), "Debug shows no request");
}

#[tokio::test(start_paused = true)]
async fn late_answers_end_at_the_limits() {
    let model = model(ModelClass::Chat, Faults::default());
    let limits = |first_token, total| CallTimeouts {
        first_token: Duration::from_millis(first_token),
        total: Duration::from_millis(total),
        ..TIMEOUTS
    };
    let (_, end) = collect(model.stream(&ask("Hi"), &limits(100, 60_000)).await).await;
    let first_token = Duration::from_millis(100);
    assert_eq!(end, Err(ModelError::TimedOut { stage: TimeoutStage::FirstToken, limit: first_token }));
    let request = ask("My garden needs rain");
    let (text, end) = collect(model.stream(&request, &limits(60_000, 500)).await).await;
    let total = Duration::from_millis(500);
    assert_eq!(end, Err(ModelError::TimedOut { stage: TimeoutStage::Finish, limit: total }), "{text}");
}

#[tokio::test(start_paused = true)]
async fn a_role_tries_again() {
    use crate::chat::{Attempted, RetryPolicy, RoleModel};

    let model = SimulatedChat::scripted(vec![
        ScriptedReply::Error(ModelError::CutOff),
        ScriptedReply::CutAfter(vec!["a".to_owned()]),
        ScriptedReply::Text("b".to_owned()),
    ]);
    let role = RoleModel {
        model: Arc::new(ChatModel::Simulated(model)),
        temperature: 0.0,
        max_tokens: 10,
        timeouts: TIMEOUTS,
        retry: RetryPolicy::default(),
        hedge_after: None,
    };
    let Attempted { result, attempts } = role.stream(&ask("Hi")).await;
    assert_eq!(attempts, 2);
    assert_eq!(
        collect(result).await,
        ("a".to_owned(), Err(ModelError::CutOff)),
        "a stream that began is not repeated"
    );
    let Attempted { result, attempts } = role.complete(&ask("Hi")).await;
    assert_eq!(attempts, 1);
    assert!(matches!(result, Ok(Completion { text, .. }) if text == "b"));
    can_be_spawned(&role.stream(&ask("Hi")));
    can_be_spawned(&role.complete(&ask("Hi")));
}

fn can_be_spawned<T: Send>(_: &T) {}
