//! In the background: a sample a minute into the database, and a look at the alerts every ten seconds.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::alerts::Alert;
use super::figures::Sample;
use super::windows::Window;
use crate::App;

const LOOK_EVERY: Duration = Duration::from_secs(10);
const LOOKS_A_SAMPLE: u32 = 6;
const WEBHOOK_TIMEOUT: Duration = Duration::from_secs(10);

/// Watches until the server stops.
pub(crate) async fn watch(app: Arc<App>) {
    let mut looks = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOOK_EVERY) => {}
            () = app.stopping.cancelled() => return,
        }
        looks += 1;
        let changed = app.alerts.check(&sample(&app, Window::FiveMinutes).await, app.clock.now());
        for alert in changed {
            tell(&app, &alert);
        }
        if looks % LOOKS_A_SAMPLE == 0 {
            store(&app).await;
        }
    }
}

/// The figures of a window, with those of now.
pub(crate) async fn sample(app: &App, window: Window) -> Sample {
    let (jobs, oldest) = tokio::join!(app.store.count_jobs(), app.store.oldest_job_wait());
    let jobs = jobs.unwrap_or_default();
    Sample {
        jobs_pending: jobs.pending as f64,
        jobs_dead: jobs.dead as f64,
        oldest_job_s: oldest.unwrap_or_default().as_secs_f64(),
        resident_mib: resident_mib(),
        ..Sample::of(&app.metrics.windows, window)
    }
}

async fn store(app: &App) {
    let stored = match serde_json::to_string(&sample(app, Window::Minute).await) {
        Ok(json) => app.store.insert_metrics_sample(app.clock.now(), json).await,
        Err(_) => return,
    };
    if let Err(error) = stored {
        tracing::warn!(%error, "a sample of the figures could not be stored");
    }
}

fn tell(app: &App, alert: &Alert) {
    let Alert { name, about, value, limit, .. } = *alert;
    if alert.firing {
        tracing::warn!(alert = name, about, value, limit, "an alert fires");
    } else {
        tracing::info!(alert = name, about, value, limit, "an alert has cleared");
    }
    let Some(webhook) = app.config.monitoring.alerts.webhook.as_deref() else { return };
    let Ok(url) = webhook.parse::<reqwest::Url>() else {
        tracing::warn!("monitoring.alerts.webhook is no URL: nobody is told");
        return;
    };
    let body = json!({"alert": alert, "status": if alert.firing { "firing" } else { "resolved" }});
    tokio::spawn(async move {
        let sent = async {
            super::http_client(&url)?
                .post(url)
                .timeout(WEBHOOK_TIMEOUT)
                .json(&body)
                .send()
                .await?
                .error_for_status()
        };
        if let Err(error) = sent.await {
            // Without the URL: it may hold a token.
            tracing::warn!(error = %error.without_url(), "the alerts' webhook does not take them");
        }
    });
}

/// Of this process; 0 where the system does not tell.
fn resident_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}
