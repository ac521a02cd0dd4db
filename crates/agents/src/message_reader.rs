//! What a model reads in a message before it is answered: only where the rules are turned off. It costs a model call on
//! the way to the answer, so it is there to be compared with, and for languages that the rules do not know.

use domain::message::Role;
use domain::turn::ModelCall;
use llm::chat::{ChatMessage, Completion, CompletionRequest, OutputFormat, RoleModel};
use privacy::{Finding, Kind};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tracing::Instrument as _;

use crate::model_metrics::MeasuredCall;

/// Tokens of an answer, at most: it is a short list.
const TOKENS_MAX: u32 = 300;

/// What a message asks for.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ModelIntent {
    /// Nothing that is remembered can help: "thanks!".
    pub(crate) no_memory_needed: bool,
    pub(crate) entities: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Sensitive {
    sensitive: Vec<Quoted>,
}

#[derive(Debug, Deserialize)]
struct Quoted {
    kind: Kind,
    text: String,
}

/// What the message asks for; nothing in particular when the model fails.
pub(crate) async fn read_intent(role: &RoleModel, message: &str) -> (ModelIntent, ModelCall) {
    let instructions = "Say what a user's message is about, as JSON. entities: the names of people, places and things \
                        in it, as they are written. no_memory_needed: true if knowing the user's past cannot help to \
                        answer, as for thanks or small talk.";
    let schema = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["no_memory_needed", "entities"],
        "properties": {
            "no_memory_needed": {"type": "boolean"},
            "entities": {"type": "array", "items": {"type": "string"}},
        }
    });
    let (intent, call) = ask(role, "intent", instructions, message, schema).await;
    (intent.unwrap_or_default(), call)
}

/// What the model finds sensitive, where its quotes stand in the message. What it made up is not there.
pub(crate) async fn read_sensitive(role: &RoleModel, message: &str) -> (Vec<Finding>, ModelCall) {
    let instructions = "List what is sensitive in a user's message, as JSON: its kind, and its text exactly as it is \
                        written.";
    let kinds: Vec<&str> = Kind::ALL.into_iter().map(Kind::as_str).collect();
    let schema = json!({
        "type": "object",
        "additionalProperties": false,
        "required": ["sensitive"],
        "properties": {
            "sensitive": {"type": "array", "items": {
                "type": "object",
                "additionalProperties": false,
                "required": ["kind", "text"],
                "properties": {"kind": {"enum": kinds}, "text": {"type": "string"}}
            }}
        }
    });
    let (found, call) = ask::<Sensitive>(role, "privacy", instructions, message, schema).await;
    let place = |quoted: Quoted| {
        let start = message.find(&quoted.text).filter(|_| !quoted.text.is_empty())?;
        Some(Finding::of_model(quoted.kind, start..start + quoted.text.len(), 1.0))
    };
    (found.unwrap_or_default().sensitive.into_iter().filter_map(place).collect(), call)
}

async fn ask<T: DeserializeOwned>(
    role: &RoleModel,
    name: &'static str,
    instructions: &str,
    message: &str,
    schema: Value,
) -> (Option<T>, ModelCall) {
    let say = |role, content: &str| ChatMessage { role, content: content.to_owned() };
    let request = CompletionRequest {
        messages: vec![say(Role::System, instructions), say(Role::User, message)],
        max_tokens: TOKENS_MAX.min(role.max_tokens),
        temperature: 0.0,
        format: OutputFormat::Json { name, schema },
        cache_key: None,
    };
    let call = MeasuredCall::start(name, role);
    let attempted = role.complete(&request).instrument(call.span.clone()).await;
    let took =
        call.end(attempted.attempts, None, attempted.result.as_ref().map(|completion| completion.usage));
    let completion = attempted.result.as_ref().ok();
    if let Err(error) = &attempted.result {
        tracing::warn!(role = name, code = error.code(), "a model could not be asked; the rules have to do");
    }
    let ms = |time: std::time::Duration| time.as_secs_f64() * 1_000.0;
    let computed = completion.and_then(|completion| completion.computed);
    let call = ModelCall {
        role: name.to_owned(),
        model: role.model.name().to_owned(),
        host: role.model.host(),
        remote: role.model.is_remote(),
        usage: completion.map(|completion| completion.usage).unwrap_or_default(),
        first_token_ms: None,
        total_ms: ms(took),
        computed_ms: computed.map(|computed| ms(computed.total)),
        computed_first_token_ms: computed.map(|computed| ms(computed.first_token)),
        attempts: attempted.attempts,
        succeeded: completion.is_some(),
    };
    (completion.and_then(|Completion { text, .. }| serde_json::from_str(text).ok()), call)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use llm::chat::simulated::{ScriptedReply, SimulatedChat};
    use llm::chat::{CallTimeouts, ChatModel, RetryPolicy};

    fn role(reply: &str) -> RoleModel {
        let limit = Duration::from_secs(5);
        RoleModel {
            model: Arc::new(ChatModel::Simulated(SimulatedChat::scripted(vec![ScriptedReply::Text(
                reply.to_owned(),
            )]))),
            temperature: 0.0,
            max_tokens: 100,
            timeouts: CallTimeouts { first_token: limit, next_token: limit, total: limit },
            retry: RetryPolicy {
                attempts_max: 1,
                base_delay: Duration::ZERO,
                delay_max: Duration::ZERO,
                jitter: 0.0,
            },
            hedge_after: None,
        }
    }

    #[tokio::test]
    async fn only_what_stands_in_the_message_is_found() {
        let answer =
            r#"{"sensitive": [{"kind": "health", "text": "lupus"}, {"kind": "card", "text": "4111"}]}"#;
        let (found, call) = read_sensitive(&role(answer), "My aunt has lupus.").await;
        let spans: Vec<_> = found.iter().map(|one| (one.kind, one.start, one.end)).collect();
        assert_eq!(spans, [(Kind::Health, 12, 17)]);
        assert!(call.succeeded && call.role == "privacy");
    }

    #[tokio::test]
    async fn an_answer_that_cannot_be_read_says_nothing() {
        let (intent, _) = read_intent(&role("Sorry, no."), "Thanks!").await;
        assert!(!intent.no_memory_needed && intent.entities.is_empty());
        let (intent, _) =
            read_intent(&role(r#"{"no_memory_needed": true, "entities": ["Anna"]}"#), "Hi").await;
        assert!(intent.no_memory_needed && intent.entities == ["Anna"]);
    }
}
