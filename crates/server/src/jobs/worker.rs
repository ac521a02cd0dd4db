//! Claims due jobs, runs a few at a time, and puts those that fail back with a growing pause, or among the dead.

use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::job::{ClaimedJob, JobPayload};
use domain::{Clock, Timestamp};
use jiff::SignedDuration;
use jiff::civil::Date;
use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;
use tracing::Instrument as _;

use crate::App;
use crate::monitoring::daily::{self, ReportError};

/// How often the queue is looked at when nobody says that there is something: retries come due by themselves.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long the first new jobs gather: what turns that follow each other quickly left to do is claimed together, and not done
/// while the next is answered.
const GATHER: Duration = Duration::from_millis(50);
/// A lease outlives the longest job by this much.
const LEASE_SPARE: Duration = Duration::from_secs(60);
const PAUSE_MAX_MS: i64 = 3_600_000;
const TIDY_EVERY: Duration = Duration::from_secs(30);
const AGENT_LOG_DAYS: i64 = 30;
/// How often it is asked what is due by the day: consolidations, of which so many begin at once, and reports.
const LOOK_FOR_DUE_EVERY: Duration = Duration::from_secs(600);
const CONSOLIDATIONS_AT_ONCE: u32 = 50;

/// Works until the server stops; then finishes the jobs under way and leaves the others for the next start.
pub(crate) async fn work(app: Arc<App>) {
    let free = Arc::new(Semaphore::new(app.config.jobs.concurrency.max(1) as usize));
    let running = TaskTracker::new();
    let mut tidied = Instant::now();
    let mut looked: Option<Instant> = None;
    while !app.stopping.is_cancelled() {
        let is_busy = free.available_permits() == 0;
        let jobs = claim(&app, &free).await;
        let found_some = !jobs.is_empty();
        for job in jobs {
            let Ok(permit) = free.clone().acquire_owned().await else { return };
            let app = app.clone();
            let span = tracing::info_span!("job", job.id = %job.id, job.kind = job.payload.kind());
            let run = async move {
                run(&app, job).await;
                app.jobs_waiting.notify_one();
                drop(permit);
            };
            running.spawn(run.instrument(span));
        }
        if tidied.elapsed() >= TIDY_EVERY {
            app.coordinator.tidy();
            tidied = Instant::now();
        }
        if looked.is_none_or(|at| at.elapsed() >= LOOK_FOR_DUE_EVERY) {
            looked = Some(Instant::now());
            if let Err(error) = enqueue_due(&app).await {
                tracing::error!(%error, "consolidations and reports could not be enqueued");
            }
        }
        if !found_some {
            tokio::select! {
                () = app.jobs_waiting.notified() => {
                    if !is_busy {
                        tokio::time::sleep(GATHER).await;
                    }
                }
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = app.stopping.cancelled() => {}
            }
        }
    }
    running.close();
    running.wait().await;
}

async fn claim(app: &App, free: &Semaphore) -> Vec<ClaimedJob> {
    let count = free.available_permits() as u32;
    if count == 0 {
        return Vec::new();
    }
    let lease = Duration::from_millis(app.config.jobs.timeout_ms) + LEASE_SPARE;
    match app.store.claim_jobs(count, lease.as_millis() as i64).await {
        Ok(jobs) => jobs,
        Err(error) => {
            tracing::error!(%error, "the job queue cannot be read");
            Vec::new()
        }
    }
}

async fn run(app: &App, job: ClaimedJob) {
    let started = Instant::now();
    let (kind, attempts) = (job.payload.kind(), job.attempts);
    let result = match &job.payload {
        JobPayload::PruneSessions => prune(app, job.clone()).await,
        JobPayload::DailyReport { date } => report(app, *date, job.clone()).await,
        _ => app.memory_manager.execute(job.clone()).await,
    };
    let took = started.elapsed();
    metrics::histogram!("confidant_job_seconds", "kind" => kind).record(took.as_secs_f64());
    let Err(error) = result else {
        tracing::debug!(job.id = %job.id, kind, duration_ms = took.as_millis() as u64, "job done");
        return;
    };
    let retry_at = retry_at(app, attempts);
    metrics::counter!("confidant_job_failures_total", "kind" => kind, "code" => error.code()).increment(1);
    tracing::warn!(job.id = %job.id, kind, attempts, code = error.code(), dead = retry_at.is_none(), "job failed");
    if let Err(error) = app.store.fail_job(job, error.code().to_owned(), retry_at).await {
        // Its lease runs out, and it is tried again.
        tracing::error!(%error, "a failed job could not be put back");
    }
}

/// When to try again after `attempts` tries: the pause doubles, with up to half of it added at random, so that jobs
/// that failed together do not come back together. `None` when there is no try left.
fn retry_at(app: &App, attempts: u32) -> Option<Timestamp> {
    if attempts >= app.config.jobs.attempts_max {
        return None;
    }
    let doubled = (app.config.jobs.backoff_ms as i64).saturating_mul(1 << attempts.saturating_sub(1).min(20));
    let pause_ms = doubled.min(PAUSE_MAX_MS);
    let jitter_ms = rand::random_range(0..=pause_ms / 2);
    Some(later(&app.clock, pause_ms + jitter_ms))
}

/// A job for yesterday's report, and one for each profile that had no consolidation for long enough.
async fn enqueue_due(app: &App) -> Result<(), store::StoreError> {
    if let Some(date) = daily::due(app).await {
        app.store.enqueue_once(JobPayload::DailyReport { date }).await?;
    }
    let hours = app.config.memory.consolidate_every_hours;
    if hours == 0 {
        return Ok(());
    }
    let before = later(&app.clock, -i64::from(hours) * 3_600_000);
    for scope in app.store.list_profiles_to_consolidate(before, CONSOLIDATIONS_AT_ONCE).await? {
        app.store.enqueue_consolidation(scope).await?;
    }
    Ok(())
}

async fn prune(app: &App, job: ClaimedJob) -> Result<(), agents::memory_manager::JobError> {
    let before = later(&app.clock, -AGENT_LOG_DAYS * 24 * 3_600_000);
    app.store.delete_agent_logs_before(before).await?;
    app.store.complete_job(job).await?;
    Ok(())
}

async fn report(app: &App, date: Date, job: ClaimedJob) -> Result<(), agents::memory_manager::JobError> {
    match daily::write(app, date).await {
        Ok(()) => {}
        Err(ReportError::Store(error)) => return Err(error.into()),
        // Another try would end the same.
        Err(error) => tracing::error!(%error, %date, "there is no report of a day"),
    }
    app.store.complete_job(job).await?;
    Ok(())
}

fn later(clock: &Clock, ms: i64) -> Timestamp {
    clock.now().checked_add(SignedDuration::from_millis(ms)).unwrap_or(Timestamp::MAX)
}
