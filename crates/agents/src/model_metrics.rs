//! What is counted of a model call, by role and model.

use std::time::Duration;

use domain::usage::Usage;
use llm::ModelError;
use llm::chat::RoleModel;

pub(crate) struct CallMetrics<'a> {
    pub(crate) role: &'static str,
    pub(crate) model: &'a RoleModel,
    pub(crate) took: Duration,
    pub(crate) first_token: Option<Duration>,
    pub(crate) attempts: u32,
}

impl CallMetrics<'_> {
    pub(crate) fn record(&self, result: Result<Usage, &ModelError>) {
        let (role, model) = (self.role, self.model.model.name().to_owned());
        metrics::histogram!("confidant_model_call_seconds", "role" => role, "model" => model.clone())
            .record(self.took.as_secs_f64());
        if let Some(first_token) = self.first_token {
            metrics::histogram!("confidant_model_first_token_seconds", "role" => role, "model" => model.clone())
                .record(first_token.as_secs_f64());
        }
        if self.attempts > 1 {
            metrics::counter!("confidant_model_retries_total", "role" => role)
                .increment(u64::from(self.attempts - 1));
        }
        match result {
            Ok(usage) => {
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
                metrics::counter!("confidant_model_errors_total", "role" => role, "code" => error.code())
                    .increment(1);
            }
        }
    }
}
