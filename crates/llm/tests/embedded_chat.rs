//! The embedded chat model with its real weights: those in `CONFIDANT_WEIGHTS_DIR`, or else in the workspace's
//! `weights` folder, where `make weights` puts them.
#![cfg(feature = "embedded-chat")]

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use domain::message::Role;
use domain::usage::Usage;
use llm::chat::embedded::{EmbeddedChat, EmbeddedOptions, prepared_gguf, requantise};
use llm::chat::{
    CallTimeouts, ChatMessage, CompletionEvent, CompletionRequest, CompletionStream, FinishReason,
    OutputFormat,
};
use llm::{ModelError, TimeoutStage};

/// Far more than any of these answers takes, also on a busy machine.
const PATIENT: CallTimeouts = CallTimeouts {
    first_token: Duration::from_mins(2),
    next_token: Duration::from_mins(2),
    total: Duration::from_mins(4),
};

fn gguf() -> PathBuf {
    let weights = std::env::var_os("CONFIDANT_WEIGHTS_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../weights")), PathBuf::from);
    let gguf = weights.join("SmolLM2-135M-Instruct/model.gguf");
    assert!(gguf.is_file(), "these tests need `{}`: run `make weights`", gguf.display());
    gguf
}

fn options() -> EmbeddedOptions {
    EmbeddedOptions { seed: Some(1), ..EmbeddedOptions::new(gguf(), "SmolLM2-135M-Instruct") }
}

fn load() -> EmbeddedChat {
    EmbeddedChat::load(options()).unwrap()
}

fn system(content: &str) -> ChatMessage {
    ChatMessage { role: Role::System, content: content.to_owned() }
}

fn user(content: &str) -> ChatMessage {
    ChatMessage { role: Role::User, content: content.to_owned() }
}

fn assistant(content: &str) -> ChatMessage {
    ChatMessage { role: Role::Assistant, content: content.to_owned() }
}

fn request(messages: Vec<ChatMessage>, max_tokens: u32) -> CompletionRequest {
    CompletionRequest { messages, max_tokens, temperature: 0.0, format: OutputFormat::Text, cache_key: None }
}

fn keyed(key: &str, messages: Vec<ChatMessage>) -> CompletionRequest {
    CompletionRequest { cache_key: Some(key.to_owned()), ..request(messages, 8) }
}

/// A request whose prompt alone takes seconds.
fn slow() -> CompletionRequest {
    request(vec![user(&"We walked along the river. ".repeat(300))], 200)
}

async fn read(mut stream: CompletionStream) -> Result<(Vec<String>, FinishReason, Usage), ModelError> {
    let mut deltas = Vec::new();
    loop {
        match stream.next().await? {
            CompletionEvent::Delta(delta) => deltas.push(delta),
            CompletionEvent::Done { finish, usage, .. } => return Ok((deltas, finish, usage)),
        }
    }
}

async fn answer(model: &EmbeddedChat, request: &CompletionRequest) -> (String, FinishReason, Usage) {
    let (deltas, finish, usage) = read(model.stream(request, &PATIENT).await.unwrap()).await.unwrap();
    (deltas.concat(), finish, usage)
}

async fn cached_tokens(model: &EmbeddedChat, request: &CompletionRequest) -> u32 {
    answer(model, request).await.2.cached_tokens
}

fn capital_of(country: &str) -> Vec<ChatMessage> {
    vec![
        system("You are a friendly assistant."),
        user("What is the capital of France?"),
        assistant("The capital of France is Paris."),
        user(&format!("What is the capital of {country}?")),
    ]
}

#[tokio::test]
async fn an_answer_streams_and_ends_with_the_models_turn() {
    let model = load();
    let stream = model.stream(&request(capital_of("Italy"), 60), &PATIENT).await.unwrap();
    let (deltas, finish, usage) = read(stream).await.unwrap();
    let text = deltas.concat();
    assert!(deltas.len() > 3, "{deltas:?}");
    assert!(text.contains("Rome"), "{text}");
    assert!(!text.contains("<|"), "{text}");
    assert_eq!(finish, FinishReason::Stop);
    assert!(usage.exact);
    assert_eq!(usage.completion_tokens as usize, deltas.len(), "each of these words is a token");
    assert!((40..80).contains(&usage.prompt_tokens), "{usage:?}");
}

#[tokio::test]
async fn max_tokens_is_kept_to_the_token() {
    let model = load();
    let story = vec![user("Tell me a long story about a river.")];
    let (_, finish, usage) = answer(&model, &request(story.clone(), 5)).await;
    assert_eq!((finish, usage.completion_tokens), (FinishReason::Length, 5));
    let (text, finish, usage) = answer(&model, &request(story, 0)).await;
    assert_eq!((text.as_str(), finish, usage.completion_tokens), ("", FinishReason::Length, 0));
}

#[tokio::test]
async fn a_seed_makes_drawn_answers_repeatable() {
    let model = load();
    let story = CompletionRequest { temperature: 1.2, ..request(vec![user("Tell me a story.")], 30) };
    let first = answer(&model, &story).await;
    assert_eq!(answer(&model, &story).await.0, first.0);

    let other = EmbeddedChat::load(EmbeddedOptions { seed: Some(2), ..options() }).unwrap();
    assert_ne!(answer(&other, &story).await.0, first.0);
}

#[tokio::test]
async fn dropping_a_stream_frees_the_model() {
    let model = load();
    let mut stream =
        model.stream(&request(vec![user("Tell me a very long story.")], 1500), &PATIENT).await.unwrap();
    assert!(matches!(stream.next().await, Ok(CompletionEvent::Delta(_))));
    let dropped = Instant::now();
    drop(stream);
    answer(&model, &request(vec![user("hello")], 1)).await;
    assert!(dropped.elapsed() < Duration::from_secs(10), "the whole story would have taken longer than that");
}

#[tokio::test]
async fn a_late_first_token_is_a_timeout_and_the_prompt_is_left_alone() {
    let model = load();
    let hurried = CallTimeouts { first_token: Duration::from_millis(50), ..PATIENT };
    let late = read(model.stream(&slow(), &hurried).await.unwrap()).await.unwrap_err();
    assert_eq!(late, ModelError::TimedOut { stage: TimeoutStage::FirstToken, limit: hurried.first_token });
    let (_, _, usage) = answer(&model, &request(vec![user("hello")], 4)).await;
    assert!(usage.completion_tokens > 0);
}

#[tokio::test]
async fn waiting_in_the_queue_counts_as_waiting() {
    let model = load();
    let running = model.stream(&slow(), &PATIENT).await.unwrap();
    let hurried = CallTimeouts { first_token: Duration::from_millis(50), ..PATIENT };
    let waiting = model.stream(&request(vec![user("hello")], 4), &hurried).await.unwrap();
    let late = read(waiting).await.unwrap_err();
    assert!(matches!(late, ModelError::TimedOut { stage: TimeoutStage::FirstToken, .. }), "{late:?}");
    drop(running);
}

#[tokio::test]
async fn the_total_ends_an_answer() {
    let model = load();
    let brief = CallTimeouts { total: Duration::from_millis(700), ..PATIENT };
    let story = request(vec![user("Tell me a very long story.")], 1500);
    let late = read(model.stream(&story, &brief).await.unwrap()).await.unwrap_err();
    assert_eq!(late, ModelError::TimedOut { stage: TimeoutStage::Finish, limit: brief.total });
}

#[tokio::test]
async fn a_full_queue_says_so() {
    let model = load();
    let mut waiting = Vec::new();
    let refused = loop {
        match model.stream(&slow(), &PATIENT).await {
            Ok(stream) => waiting.push(stream),
            Err(error) => break error,
        }
        assert!(waiting.len() < 100, "the queue has no end");
    };
    assert!(matches!(&refused, ModelError::Unavailable { reason } if reason.contains("wait")), "{refused:?}");
    assert!(refused.is_retryable());
}

#[tokio::test]
async fn the_next_turn_goes_on_where_the_last_ended() {
    let model = load();
    let first =
        vec![system("You are a friendly assistant."), user("My dog is called Biscuit. Is that a good name?")];
    let (text, _, usage) = answer(&model, &keyed("a", first.clone())).await;
    assert_eq!(usage.cached_tokens, 0);

    let mut second = first.clone();
    second.extend([assistant(&text), user("What is my dog called?")]);
    let next = answer(&model, &keyed("a", second.clone())).await;
    assert!(next.2.cached_tokens >= usage.prompt_tokens, "{usage:?}, then {:?}", next.2);
    assert!(next.2.cached_tokens < next.2.prompt_tokens);

    assert_eq!(cached_tokens(&model, &keyed("b", second.clone())).await, 0, "another conversation's");
    let anew = answer(&model, &request(second, 8)).await;
    assert_eq!(anew.2.cached_tokens, 0, "no key");
    assert_eq!(anew.0, next.0, "what is re-used is what would have been computed");
    assert_eq!(anew.2.prompt_tokens, next.2.prompt_tokens);
}

#[tokio::test]
async fn a_request_without_a_key_leaves_nothing() {
    let model = load();
    assert_eq!(cached_tokens(&model, &request(capital_of("Italy"), 8)).await, 0);
    assert_eq!(cached_tokens(&model, &request(capital_of("Italy"), 8)).await, 0);
    assert_eq!(cached_tokens(&model, &keyed("a", capital_of("Italy"))).await, 0);
}

#[tokio::test]
async fn forgotten_prompts_are_gone() {
    let model = load();
    cached_tokens(&model, &keyed("a", capital_of("Italy"))).await;
    assert!(cached_tokens(&model, &keyed("a", capital_of("Italy"))).await > 0);
    model.forget_prompts();
    assert_eq!(cached_tokens(&model, &keyed("a", capital_of("Italy"))).await, 0);
}

#[tokio::test]
async fn a_prompt_that_is_forgotten_while_it_runs_is_not_kept() {
    let model = load();
    let story =
        CompletionRequest { cache_key: Some("a".to_owned()), ..request(vec![user("Tell me a story.")], 40) };
    let mut stream = model.stream(&story, &PATIENT).await.unwrap();
    assert!(matches!(stream.next().await, Ok(CompletionEvent::Delta(_))));
    model.forget_prompts();
    read(stream).await.unwrap();
    assert_eq!(cached_tokens(&model, &story).await, 0);
}

#[tokio::test]
async fn shared_prefixes_serve_everyone_and_outlive_forgetting() {
    let prompt = capital_of("Italy");
    let shared_prefixes = vec![vec![system("You are curt.")], prompt[..3].to_vec()];
    let model = EmbeddedChat::load(EmbeddedOptions { shared_prefixes, ..options() }).unwrap();
    let plain = answer(&load(), &request(prompt.clone(), 20)).await;

    let (text, _, usage) = answer(&model, &request(prompt.clone(), 20)).await;
    assert!(usage.cached_tokens > usage.prompt_tokens / 2, "{usage:?}");
    assert_eq!((text.as_str(), usage.prompt_tokens), (plain.0.as_str(), plain.2.prompt_tokens));
    model.forget_prompts();
    let (after, _, after_usage) = answer(&model, &request(prompt, 20)).await;
    assert_eq!((after, after_usage), (text, usage));
}

#[tokio::test]
async fn a_prompt_longer_than_the_context_is_shortened() {
    let model = EmbeddedChat::load(EmbeddedOptions { context_tokens: 256, ..options() }).unwrap();
    assert_eq!(model.context_tokens(), 256);
    let filler = "The river is long and the bridge is old. ".repeat(1000);
    let (text, _, usage) = answer(&model, &request(vec![user(&format!("{filler} hello"))], 40)).await;
    assert_eq!(usage.prompt_tokens, 256 - 40);
    assert!(!text.is_empty());

    let mut long_talk = vec![system("You are a friendly assistant.")];
    for _ in 0..100 {
        long_talk.extend([user("The river is long and the bridge is old."), assistant("So it is.")]);
    }
    long_talk.extend_from_slice(&capital_of("Italy")[1..]);
    let (text, _, usage) = answer(&model, &request(long_talk, 40)).await;
    assert!(usage.prompt_tokens <= 256 - 40, "{usage:?}");
    assert!(text.contains("Rome"), "{text}");
}

#[tokio::test]
async fn more_conversations_than_fit_evict_each_other_and_all_are_answered() {
    let options = EmbeddedOptions { context_tokens: 256, prompts_kept_max: 4, ..options() };
    let model = EmbeddedChat::load(options).unwrap();
    for round in 0..3 {
        for key in ["a", "b", "c", "d", "e", "f"] {
            let (text, _, _) = answer(&model, &keyed(key, capital_of("Italy"))).await;
            assert!(text.contains("Rome"), "round {round}, {key}: {text}");
        }
    }
}

fn reason(result: Result<EmbeddedChat, ModelError>) -> String {
    match result {
        Err(ModelError::Unusable { reason }) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn missing_and_damaged_files_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing.gguf");
    let said = reason(EmbeddedChat::load(EmbeddedOptions::new(&missing, "x")));
    assert!(said.contains("missing.gguf") && said.contains("make weights"), "{said}");

    let whole = fs::read(gguf()).unwrap();
    let half = &whole[..whole.len() / 2];
    for (name, bytes) in [("empty", b"".as_slice()), ("text", b"not a model at all"), ("half", half)] {
        let damaged = folder.path().join(name);
        fs::write(&damaged, bytes).unwrap();
        let said = reason(EmbeddedChat::load(EmbeddedOptions::new(&damaged, "x")));
        assert!(said.contains(name) && said.contains("make weights"), "{said}");
    }
}

fn files(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test]
async fn a_faster_copy_is_made_once_and_answers() {
    let folder = tempfile::tempdir().unwrap();
    symlink(fs::canonicalize(gguf()).unwrap(), folder.path().join("model.gguf")).unwrap();
    let prepared = prepared_gguf(folder.path()).unwrap();
    assert_eq!(prepared, folder.path().join("model-q8_0.gguf"));
    assert_eq!(files(folder.path()), ["model-q8_0.gguf", "model.gguf"], "nothing unfinished is left");
    let made = fs::metadata(&prepared).unwrap().modified().unwrap();
    assert_eq!(prepared_gguf(folder.path()).unwrap(), prepared);
    assert_eq!(fs::metadata(&prepared).unwrap().modified().unwrap(), made);

    let model = EmbeddedChat::load(EmbeddedOptions::new(prepared, "q8")).unwrap();
    assert!(answer(&model, &request(capital_of("Italy"), 20)).await.0.contains("Rome"));
}

#[test]
fn where_no_copy_can_be_made_the_shipped_file_is_used() {
    let folder = tempfile::tempdir().unwrap();
    let shipped = folder.path().join("model.gguf");
    assert!(matches!(prepared_gguf(folder.path()), Err(ModelError::Unusable { .. })), "no file at all");

    symlink(fs::canonicalize(gguf()).unwrap(), &shipped).unwrap();
    // A folder in the way stands for a disk that cannot be written.
    fs::create_dir(folder.path().join("model-q8_0.gguf")).unwrap();
    fs::write(folder.path().join("model-q8_0.gguf/in the way"), "").unwrap();
    assert_eq!(prepared_gguf(folder.path()).unwrap(), shipped);
    assert_eq!(files(folder.path()), ["model-q8_0.gguf", "model.gguf"], "nothing unfinished is left");
}

#[test]
fn a_damaged_file_is_not_requantised() {
    let folder = tempfile::tempdir().unwrap();
    let (from, to) = (folder.path().join("from.gguf"), folder.path().join("to.gguf"));
    fs::write(&from, "not a model").unwrap();
    assert!(matches!(requantise(&from, &to), Err(ModelError::Unusable { .. })));
    assert_eq!(files(folder.path()), ["from.gguf"]);
}
