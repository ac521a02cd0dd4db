//! A report a day, written to `reports` in the data folder once the day is over, and made on demand. The first that was
//! written is the baseline of those after it, unless the configuration names another day.

use std::io;
use std::path::{Path, PathBuf};

use domain::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::Deserialize;
use store::StoreError;

use super::report::{Baseline, Day, Report, TimedSample, to_html, to_markdown};
use crate::App;

const FOLDER: &str = "reports";
/// Samples of a day.
pub(crate) const SAMPLES_MAX: u32 = 1_440;
/// Reports on disk; the baseline stays however old it is.
const KEPT: usize = 30;

#[derive(Debug, thiserror::Error)]
pub(crate) enum ReportError {
    #[error("the date is beyond the calendar")]
    Date,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error("the report could not be written: {0}")]
    File(#[from] io::Error),
}

/// A day, beside the day before and the baseline.
pub(crate) async fn report(app: &App, date: Date) -> Result<Report, ReportError> {
    let before = date.checked_sub(1.day()).map_err(|_| ReportError::Date)?;
    let ((from, _), (start, end)) = (hours_of(app, before)?, hours_of(app, date)?);
    let (day, day_before, baseline) = tokio::join!(
        samples(app, start, end, SAMPLES_MAX),
        samples(app, from, start, SAMPLES_MAX),
        baseline(app)
    );
    let day = day?;
    Ok(Report {
        date,
        day: Day::of(&day),
        day_before: Day::of(&day_before?),
        baseline,
        alerts: app.alerts.list(),
        samples: day,
    })
}

/// Its first moment, and the one after its last.
fn hours_of(app: &App, date: Date) -> Result<(Timestamp, Timestamp), ReportError> {
    let zone = app.config.server.time_zone();
    let midnight =
        |date: Date| date.to_zoned(zone.clone()).map(|at| at.timestamp()).map_err(|_| ReportError::Date);
    Ok((midnight(date)?, midnight(date.checked_add(1.day()).map_err(|_| ReportError::Date)?)?))
}

pub(crate) async fn samples(
    app: &App,
    from: Timestamp,
    until: Timestamp,
    limit: u32,
) -> Result<Vec<TimedSample>, StoreError> {
    let rows = app.store.list_metrics_samples(from, until, limit).await?;
    // A sample of another version may lack figures; one that cannot be read at all is left out.
    let read = |(at, sample): (Timestamp, String)| {
        Some(TimedSample { at, sample: serde_json::from_str(&sample).ok()? })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

/// The day whose report is still to be written: yesterday, if the server ran then.
pub(crate) async fn due(app: &App) -> Option<Date> {
    let today = app.clock.now().to_zoned(app.config.server.time_zone()).date();
    let yesterday = today.yesterday().ok()?;
    let written = tokio::fs::try_exists(path(app, yesterday, "json")).await.unwrap_or(true);
    if written {
        return None;
    }
    let (from, until) = hours_of(app, yesterday).ok()?;
    let ran = !samples(app, from, until, 1).await.ok()?.is_empty();
    ran.then_some(yesterday)
}

/// Writes a day's report in its three forms, and removes those that are old.
pub(crate) async fn write(app: &App, date: Date) -> Result<(), ReportError> {
    let report = report(app, date).await?;
    tokio::fs::create_dir_all(folder(app)).await?;
    let json = serde_json::to_string_pretty(&report).map_err(io::Error::from)?;
    tokio::fs::write(path(app, date, "md"), to_markdown(&report)).await?;
    tokio::fs::write(path(app, date, "html"), to_html(&report)).await?;
    // Last: it says that the report is there.
    tokio::fs::write(path(app, date, "json"), json).await?;
    let baseline = report.baseline.map(|baseline| baseline.date);
    let dates = dates(&folder(app)).await;
    for old in &dates[..dates.len().saturating_sub(KEPT)] {
        if Some(*old) != baseline {
            for form in ["json", "md", "html"] {
                tokio::fs::remove_file(path(app, *old, form)).await?;
            }
        }
    }
    Ok(())
}

/// What the figures of a day are measured by.
async fn baseline(app: &App) -> Option<Baseline> {
    #[derive(Deserialize)]
    struct Written {
        day: Day,
    }
    let date = match app.config.monitoring.baseline_date {
        Some(date) => date,
        None => *dates(&folder(app)).await.first()?,
    };
    let json = tokio::fs::read_to_string(path(app, date, "json")).await.ok()?;
    Some(Baseline { date, day: serde_json::from_str::<Written>(&json).ok()?.day })
}

/// The days that have a report, oldest first.
async fn dates(folder: &Path) -> Vec<Date> {
    let mut dates = Vec::new();
    let Ok(mut entries) = tokio::fs::read_dir(folder).await else { return dates };
    while let Ok(Some(entry)) = entries.next_entry().await {
        let name = entry.file_name();
        let date = name.to_str().and_then(|name| name.strip_suffix(".json")?.parse::<Date>().ok());
        dates.extend(date);
    }
    dates.sort_unstable();
    dates
}

fn folder(app: &App) -> PathBuf {
    app.config.server.data_dir.join(FOLDER)
}

fn path(app: &App, date: Date, form: &str) -> PathBuf {
    folder(app).join(format!("{date}.{form}"))
}
