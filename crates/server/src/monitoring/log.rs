//! The log, and what listens beside it: slow statements, and traces where somebody takes them.

use std::io::IsTerminal as _;

use opentelemetry_sdk::trace::SdkTracerProvider;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use super::slow_statements::SlowStatements;
use super::traces;
use crate::config::{Config, LogFormat};

/// Traces that wait to be sent. Dropping it without [`Log::finish`] loses them.
#[derive(Debug)]
pub struct Log {
    traces: Option<SdkTracerProvider>,
}

impl Log {
    /// Writes the log to stderr, and sends traces if an endpoint is set. A filter or an endpoint that cannot be read is an
    /// error in the configuration.
    pub fn start(config: &Config) -> Result<Self, String> {
        let filter = EnvFilter::try_new(&config.log.level)
            .map_err(|error| format!("log.level \"{}\" is no filter: {error}", config.log.level))?;
        let lines = tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .with_ansi(std::io::stderr().is_terminal())
            .with_target(false);
        let lines = match config.log.format {
            LogFormat::Text => lines.with_filter(filter).boxed(),
            LogFormat::Json => lines.json().with_filter(filter).boxed(),
        };
        let traces = config.monitoring.otlp_endpoint.as_deref().map(traces::provider).transpose()?;
        // A second start in one process, as tests do, keeps the first log.
        let _ = tracing_subscriber::registry()
            .with(lines)
            .with(SlowStatements.with_filter(SlowStatements::filter()))
            .with(traces.as_ref().map(traces::layer))
            .try_init();
        Ok(Self { traces })
    }

    /// Sends the last traces.
    pub fn finish(self) {
        if let Some(Err(error)) = self.traces.map(|traces| traces.shutdown()) {
            tracing::warn!(%error, "the last traces could not be sent");
        }
    }
}
