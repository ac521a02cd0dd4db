//! Logs and metrics: what is measured, watched and reported. Never text of messages or memories.

mod alerts; // figures that must not pass a limit
pub(crate) mod daily; // a report a day, on disk and on demand
mod figures; // the series by what they tell of
mod log; // to stderr, and what listens beside it
mod recorder; // where metrics go
mod report; // a day, beside the one before
mod slow_statements; // how the database goes about what took long
mod traces; // over OTLP
mod watch; // samples and alerts, in the background
mod windows; // histograms over the last minute, five minutes, hour and day

use std::sync::{Arc, Mutex, PoisonError};

use metrics_exporter_prometheus::{BuildError, PrometheusBuilder, PrometheusHandle};
use recorder::BothRecorder;

pub use alerts::{Alert, Alerts, AlertsConfig};
pub use figures::{Performance, Sample};
pub use log::Log;
pub use report::{Baseline, Day, Report, TimedSample, to_html, to_markdown};
pub(crate) use slow_statements::explain_slow_statements;
pub(crate) use watch::watch;
pub use windows::{Figures, Window, Windows};

/// Seconds: from a tenth of a millisecond, where our own work is, to a minute, where models are.
const BUCKETS_S: [f64; 16] =
    [0.0001, 0.0003, 0.001, 0.002, 0.004, 0.008, 0.015, 0.03, 0.1, 0.3, 1.0, 3.0, 5.0, 10.0, 30.0, 60.0];

/// From now on a panic is logged by where it happened. What it says may quote the text that it happened on.
pub fn quiet_panics() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "a defect: something panicked");
    }));
}

/// A crash leaves no image of this process's memory on disk, and so none of what was said incognito.
pub fn forbid_core_dumps() {
    let none = rustix::process::Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = rustix::process::setrlimit(rustix::process::Resource::Core, none) {
        tracing::warn!(%error, "core dumps could not be turned off");
    }
}

/// This process's metrics.
#[derive(Clone)]
pub struct Metrics {
    pub(crate) prometheus: PrometheusHandle,
    pub(crate) windows: Arc<Windows>,
}

/// The recorder of this process's metrics: installed once, and the same for everyone who asks.
pub fn start_metrics() -> Result<Metrics, BuildError> {
    static HANDLE: Mutex<Option<Metrics>> = Mutex::new(None);
    // Held while installing, so that two who start at once do not install one recorder and read another.
    let mut handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(handle) = handle.as_ref() {
        return Ok(handle.clone());
    }
    let prometheus = PrometheusBuilder::new().set_buckets(&BUCKETS_S)?.build_recorder();
    let windows = Arc::new(Windows::default());
    let installed =
        handle.insert(Metrics { prometheus: prometheus.handle(), windows: windows.clone() }).clone();
    let recorder = BothRecorder { prometheus, windows };
    // Where a program around us has installed a recorder of its own, its metrics go there.
    let _ = metrics::set_global_recorder(recorder);
    Ok(installed)
}

/// For what is told to others: alerts and traces.
fn http_client(url: &reqwest::Url) -> reqwest::Result<reqwest::Client> {
    // A second installation, by the models' client, is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let builder = reqwest::Client::builder();
    // Plain HTTP must work on a system without certificates.
    if url.scheme() == "http" { builder.tls_certs_only([]).build() } else { builder.build() }
}
