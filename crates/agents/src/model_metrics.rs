//! What is measured of a model call: counts and times by role and model, and a span with the names of OpenTelemetry's
//! conventions for generative models.

use std::time::{Duration, Instant};

use domain::usage::Usage;
use llm::ModelError;
use llm::chat::RoleModel;
use tracing::Span;
use tracing::field::Empty;

/// A call under way. What is awaited for it runs in its `span`.
pub(crate) struct MeasuredCall<'a> {
    role: &'static str,
    model: &'a RoleModel,
    pub(crate) span: Span,
    started: Instant,
}

impl<'a> MeasuredCall<'a> {
    pub(crate) fn start(role: &'static str, model: &'a RoleModel) -> Self {
        let name = model.model.name();
        let span = tracing::info_span!(
            "model_call",
            otel.name = format!("chat {name}"),
            otel.kind = "client",
            otel.status_code = Empty,
            "error.type" = Empty,
            role,
            gen_ai.operation.name = "chat",
            gen_ai.request.model = name,
            gen_ai.request.max_tokens = model.max_tokens,
            gen_ai.request.temperature = f64::from(model.temperature),
            gen_ai.usage.input_tokens = Empty,
            gen_ai.usage.output_tokens = Empty,
            server.address = model.model.host(),
        );
        Self { role, model, span, started: Instant::now() }
    }

    pub(crate) fn took(&self) -> Duration {
        self.started.elapsed()
    }

    /// Ends the call. `first_token` is when it came, where it was waited for.
    pub(crate) fn end(
        self,
        attempts: u32,
        first_token: Option<Duration>,
        result: Result<Usage, &ModelError>,
    ) -> Duration {
        let took = self.took();
        let (role, model) = (self.role, self.model.model.name().to_owned());
        metrics::histogram!("confidant_model_call_seconds", "role" => role, "model" => model.clone())
            .record(took.as_secs_f64());
        if let Some(first_token) = first_token {
            metrics::histogram!("confidant_model_first_token_seconds", "role" => role, "model" => model.clone())
                .record(first_token.as_secs_f64());
        }
        if attempts > 1 {
            metrics::counter!("confidant_model_retries_total", "role" => role)
                .increment(u64::from(attempts - 1));
        }
        match result {
            Ok(usage) => {
                self.span.record("gen_ai.usage.input_tokens", usage.prompt_tokens);
                self.span.record("gen_ai.usage.output_tokens", usage.completion_tokens);
                let kinds = [
                    ("prompt", usage.prompt_tokens),
                    ("cached", usage.cached_tokens),
                    ("completion", usage.completion_tokens),
                ];
                for (kind, tokens) in kinds {
                    metrics::counter!("confidant_tokens_total", "role" => role, "model" => model.clone(), "kind" => kind)
                        .increment(u64::from(tokens));
                }
            }
            Err(error) => {
                self.span.record("otel.status_code", "ERROR");
                self.span.record("error.type", error.code());
                metrics::counter!("confidant_model_errors_total", "role" => role, "code" => error.code())
                    .increment(1);
            }
        }
        took
    }
}
