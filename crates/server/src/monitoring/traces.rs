//! Traces over OTLP: a request, its turn, the turn's agents, their calls of models; and the jobs in the background. They
//! have names, times, models and tokens, never text. Of an incognito turn there are none.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;
use tracing::Subscriber;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::DynFilterFn;
use tracing_subscriber::registry::LookupSpan;

const TIMEOUT: Duration = Duration::from_secs(10);
/// Spans that begin a trace or stand in one by themselves.
const ROOTS: [&str; 3] = ["request", "turn", "job"];
/// Spans that are part of a turn or a job, and of no trace where that has none.
const PARTS: [&str; 2] = ["agent", "model_call"];

/// Sends to `endpoint`. `OTEL_EXPORTER_OTLP_HEADERS` has what it asks for to let us in. To be called within the runtime.
pub(super) fn provider(endpoint: &str) -> Result<SdkTracerProvider, String> {
    let wrong = |error: &dyn std::fmt::Display| {
        format!(
            "monitoring.otlp_endpoint is not usable (expected such as \"http://localhost:4318\"): {error}"
        )
    };
    let mut url: reqwest::Url = endpoint.parse().map_err(|error| wrong(&error))?;
    if url.path() == "/" {
        url.set_path("v1/traces");
    }
    let client = super::http_client(&url).map_err(|error| wrong(&error))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_http_client(Client { client, runtime: Handle::current(), failing: Arc::default() })
        .with_endpoint(url)
        .build()
        .map_err(|error| wrong(&error))?;
    let resource = Resource::builder().with_service_name("confidant").build();
    Ok(SdkTracerProvider::builder().with_resource(resource).with_batch_exporter(exporter).build())
}

/// Makes traces of spans.
pub(super) fn layer<S>(provider: &SdkTracerProvider) -> impl Layer<S> + use<S>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let wanted = DynFilterFn::new(|metadata, context| {
        let name = metadata.name();
        let within = || context.lookup_current().is_some_and(|span| span.name() != "request");
        metadata.is_span() && (ROOTS.contains(&name) || PARTS.contains(&name) && within())
    });
    tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("confidant"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_filter(wanted)
}

/// The exporter has a thread of its own; what it sends goes by the runtime.
#[derive(Debug)]
struct Client {
    client: reqwest::Client,
    runtime: Handle,
    /// The last ones did not get there: told once, not every few seconds.
    failing: Arc<AtomicBool>,
}

impl Client {
    async fn send(client: &reqwest::Client, request: reqwest::Request) -> Result<Response<Bytes>, HttpError> {
        let answer = tokio::time::timeout(TIMEOUT, client.execute(request)).await??.error_for_status()?;
        Ok(Response::new(answer.bytes().await?))
    }
}

#[async_trait]
impl HttpClient for Client {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let request = reqwest::Request::try_from(request)?;
        let (client, failing) = (self.client.clone(), self.failing.clone());
        let sent = self.runtime.spawn(async move {
            let sent = Self::send(&client, request).await;
            if failing.swap(sent.is_err(), Ordering::Relaxed) != sent.is_err() {
                match &sent {
                    Ok(_) => tracing::info!("traces are sent again"),
                    Err(error) => tracing::warn!(%error, "traces cannot be sent to monitoring.otlp_endpoint"),
                }
            }
            sent
        });
        sent.await?
    }
}
