//! Streams the answer of the model.

use std::time::Duration;

use domain::turn::ModelCall;
use domain::usage::Usage;
use llm::ModelError;
use llm::chat::{ChatModels, CompletionEvent, CompletionRequest, CompletionStream, ComputeTime, RoleModel};
use tracing::Instrument as _;

use crate::model_metrics::MeasuredCall;

#[derive(Clone, Debug)]
pub struct Conversation {
    models: ChatModels,
}

/// An answer as far as it has come. It outlives a call that is cancelled.
#[derive(Debug, Default)]
pub struct Exchange {
    /// What the model said, as it said it.
    pub text: String,
    pub calls: Vec<ModelCall>,
    pub usage: Usage,
    /// From the start of the first call.
    pub first_token_ms: Option<f64>,
}

/// How a call ended well.
#[derive(Clone, Copy, Default)]
struct Answered {
    usage: Usage,
    computed: Option<ComputeTime>,
}

impl Conversation {
    pub fn new(models: ChatModels) -> Self {
        Self { models }
    }

    /// Asks the model and gives each piece of the answer to `publish` as it comes. A stream that breaks before its
    /// first token is asked again for the whole answer; then the fallback model is tried. Once something was
    /// published, a failure is final: an answer does not start twice.
    pub async fn execute(
        &self,
        request: &CompletionRequest,
        exchange: &mut Exchange,
        mut publish: impl FnMut(&str),
    ) -> Result<(), ModelError> {
        let first = stream(&self.models.conversation, request, exchange, &mut publish).await;
        let Err(error) = first else { return Ok(()) };
        if !exchange.text.is_empty() {
            return Err(error);
        }
        let broke_off = matches!(error, ModelError::CutOff | ModelError::Malformed { .. });
        if broke_off && whole(&self.models.conversation, request, exchange, &mut publish).await.is_ok() {
            return Ok(());
        }
        match &self.models.fallback {
            Some(fallback) => stream(fallback, request, exchange, &mut publish).await,
            None => Err(error),
        }
    }
}

async fn stream(
    role: &RoleModel,
    request: &CompletionRequest,
    exchange: &mut Exchange,
    publish: &mut impl FnMut(&str),
) -> Result<(), ModelError> {
    let measured = MeasuredCall::start("conversation", role);
    // The call is on record before it is made: one that is cancelled was made all the same.
    exchange.calls.push(call(role));
    let answering = async {
        let attempted = role.stream(request).await;
        record(exchange).attempts = attempted.attempts;
        read(attempted.result?, &measured, exchange, publish).await
    };
    let result = answering.instrument(measured.span.clone()).await;
    finish(measured, exchange, result)
}

async fn read(
    mut stream: CompletionStream,
    measured: &MeasuredCall<'_>,
    exchange: &mut Exchange,
    publish: &mut impl FnMut(&str),
) -> Result<Answered, ModelError> {
    loop {
        match stream.next().await? {
            CompletionEvent::Delta(delta) => {
                if exchange.text.is_empty() {
                    note_first_token(exchange, measured.took());
                }
                exchange.text.push_str(&delta);
                publish(&delta);
            }
            CompletionEvent::Done { usage, computed, .. } => return Ok(Answered { usage, computed }),
        }
    }
}

async fn whole(
    role: &RoleModel,
    request: &CompletionRequest,
    exchange: &mut Exchange,
    publish: &mut impl FnMut(&str),
) -> Result<(), ModelError> {
    let measured = MeasuredCall::start("conversation", role);
    exchange.calls.push(call(role));
    let attempted = role.complete(request).instrument(measured.span.clone()).await;
    record(exchange).attempts = attempted.attempts;
    let result = attempted.result.map(|completion| {
        note_first_token(exchange, measured.took());
        exchange.text.push_str(&completion.text);
        publish(&completion.text);
        Answered { usage: completion.usage, computed: completion.computed }
    });
    finish(measured, exchange, result)
}

fn call(role: &RoleModel) -> ModelCall {
    ModelCall {
        role: "conversation".to_owned(),
        model: role.model.name().to_owned(),
        host: role.model.host(),
        remote: role.model.is_remote(),
        usage: Usage::default(),
        first_token_ms: None,
        total_ms: 0.0,
        computed_ms: None,
        computed_first_token_ms: None,
        attempts: 1,
        succeeded: false,
    }
}

/// The call under way.
fn record(exchange: &mut Exchange) -> &mut ModelCall {
    let last = exchange.calls.len() - 1;
    &mut exchange.calls[last]
}

fn note_first_token(exchange: &mut Exchange, after: Duration) {
    let first_token_ms = after.as_secs_f64() * 1_000.0;
    record(exchange).first_token_ms = Some(first_token_ms);
    exchange.first_token_ms.get_or_insert(first_token_ms);
}

fn finish(
    measured: MeasuredCall<'_>,
    exchange: &mut Exchange,
    result: Result<Answered, ModelError>,
) -> Result<(), ModelError> {
    let Answered { usage, computed } = result.as_ref().ok().copied().unwrap_or_default();
    let record = record(exchange);
    let first_token = record.first_token_ms.map(|ms| Duration::from_secs_f64(ms / 1_000.0));
    let took = measured.end(record.attempts, first_token, result.as_ref().map(|answered| answered.usage));
    record.total_ms = took.as_secs_f64() * 1_000.0;
    record.succeeded = result.is_ok();
    record.usage = usage;
    record.computed_ms = computed.map(|computed| computed.total.as_secs_f64() * 1_000.0);
    record.computed_first_token_ms = computed.map(|computed| computed.first_token.as_secs_f64() * 1_000.0);
    if result.is_ok() {
        exchange.usage = usage;
    }
    result.map(|_| ())
}
