//! A day beside the day before it, from the samples: as JSON, as Markdown, and as one HTML file with plots.

use std::fmt::Write as _;

use domain::Timestamp;
use jiff::civil::Date;
use lab::plot::{Line, PAGE_STYLE, escaped, lines};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::alerts::Alert;
use super::figures::Sample;

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Report {
    #[schema(value_type = String)]
    pub date: Date,
    pub day: Day,
    pub day_before: Day,
    /// Absent where no report was written yet.
    pub baseline: Option<Baseline>,
    pub alerts: Vec<Alert>,
    /// Oldest first.
    pub samples: Vec<TimedSample>,
}

/// The day that others are measured by.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Baseline {
    #[schema(value_type = String)]
    pub date: Date,
    pub day: Day,
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct TimedSample {
    #[schema(value_type = String)]
    pub at: Timestamp,
    #[serde(flatten)]
    pub sample: Sample,
}

/// A day in figures. Milliseconds are means over the day's minutes, weighted by their turns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Day {
    pub turns: f64,
    pub turns_failed: f64,
    pub turn_p50: f64,
    pub turn_p95: f64,
    pub own_p50: f64,
    pub own_p95: f64,
    pub first_token_p95: f64,
    pub model_calls: f64,
    pub model_errors: f64,
    pub prompt_tokens: f64,
    pub completion_tokens: f64,
    pub search_hit_rate: Option<f64>,
    pub jobs_done: f64,
    pub job_failures: f64,
    pub slow: f64,
    /// At the end of the day.
    pub jobs_dead: f64,
    /// The highest of the day.
    pub jobs_pending_max: f64,
    pub resident_mib_max: f64,
}

impl Day {
    pub fn of(samples: &[TimedSample]) -> Self {
        let sum = |figure: fn(&Sample) -> f64| samples.iter().map(|one| figure(&one.sample)).sum::<f64>();
        let highest =
            |figure: fn(&Sample) -> f64| samples.iter().map(|one| figure(&one.sample)).fold(0.0, f64::max);
        let turns = sum(|sample| sample.turns);
        let by_turns = |figure: fn(&Sample) -> f64| {
            let weighted = samples.iter().map(|one| figure(&one.sample) * one.sample.turns).sum::<f64>();
            if turns > 0.0 { weighted / turns } else { 0.0 }
        };
        let rates: Vec<f64> = samples.iter().filter_map(|one| one.sample.search_hit_rate).collect();
        Self {
            turns,
            turns_failed: sum(|sample| sample.turns_failed),
            turn_p50: by_turns(|sample| sample.turn_p50),
            turn_p95: by_turns(|sample| sample.turn_p95),
            own_p50: by_turns(|sample| sample.own_p50),
            own_p95: by_turns(|sample| sample.own_p95),
            first_token_p95: by_turns(|sample| sample.first_token_p95),
            model_calls: sum(|sample| sample.model_calls),
            model_errors: sum(|sample| sample.model_errors),
            prompt_tokens: sum(|sample| sample.prompt_tokens),
            completion_tokens: sum(|sample| sample.completion_tokens),
            search_hit_rate: (!rates.is_empty()).then(|| rates.iter().sum::<f64>() / rates.len() as f64),
            jobs_done: sum(|sample| sample.jobs_done),
            job_failures: sum(|sample| sample.job_failures),
            slow: sum(|sample| sample.slow),
            jobs_dead: samples.last().map_or(0.0, |one| one.sample.jobs_dead),
            jobs_pending_max: highest(|sample| sample.jobs_pending),
            resident_mib_max: highest(|sample| sample.resident_mib),
        }
    }

    /// What is told of a day, by name.
    fn rows(&self) -> [(&'static str, f64, &'static str); 17] {
        [
            ("turns", self.turns, ""),
            ("turns that failed", self.turns_failed, ""),
            ("whole turn, p50", self.turn_p50, "ms"),
            ("whole turn, p95", self.turn_p95, "ms"),
            ("own time of a turn, p50", self.own_p50, "ms"),
            ("own time of a turn, p95", self.own_p95, "ms"),
            ("first token, p95", self.first_token_p95, "ms"),
            ("model calls", self.model_calls, ""),
            ("model calls that failed", self.model_errors, ""),
            ("prompt tokens", self.prompt_tokens, ""),
            ("answer tokens", self.completion_tokens, ""),
            ("searches from the cache", self.search_hit_rate.unwrap_or_default() * 100.0, "%"),
            ("background jobs", self.jobs_done, ""),
            ("background jobs that failed", self.job_failures, ""),
            ("slow operations", self.slow, ""),
            ("jobs given up, at its end", self.jobs_dead, ""),
            ("memory, at most", self.resident_mib_max, "MiB"),
        ]
    }
}

/// A figure as people read it.
fn told(value: f64, unit: &str) -> String {
    // An empty sum is -0.
    let value = value + 0.0;
    let number =
        if value.fract() == 0.0 || value >= 100.0 { format!("{value:.0}") } else { format!("{value:.1}") };
    if unit.is_empty() { number } else { format!("{number} {unit}") }
}

/// The head of the table, and a row for each figure.
fn table(report: &Report) -> (Vec<String>, Vec<Vec<String>>) {
    let mut head = vec!["this day".to_owned(), "the day before".to_owned()];
    let mut days = vec![report.day.rows(), report.day_before.rows()];
    if let Some(baseline) = &report.baseline {
        head.push(format!("the baseline, {}", baseline.date));
        days.push(baseline.day.rows());
    }
    let row = |(at, (name, _, unit)): (usize, (&str, f64, &str))| {
        let figures = days.iter().map(|rows| told(rows[at].1, unit));
        std::iter::once(name.to_owned()).chain(figures).collect()
    };
    (head, report.day.rows().into_iter().enumerate().map(row).collect())
}

pub fn to_markdown(report: &Report) -> String {
    let (head, rows) = table(report);
    let mut text = format!(
        "# Confidant on {}\n\n| | {} |\n| ---{} |\n",
        report.date,
        head.join(" | "),
        " | ---".repeat(head.len())
    );
    for row in rows {
        let _ = writeln!(text, "| {} |", row.join(" | "));
    }
    text += "\n## Alerts\n\n";
    if report.alerts.iter().all(|alert| !alert.firing) {
        text += "None fires.\n";
    }
    for alert in report.alerts.iter().filter(|alert| alert.firing) {
        let value = alert.value.map(|value| told(value, "")).unwrap_or_default();
        let _ =
            writeln!(text, "- {}: {} ({value}, limit {})", alert.name, alert.about, told(alert.limit, ""));
    }
    text
}

pub fn to_html(report: &Report) -> String {
    let (head, rows) = table(report);
    let cells = |tag: &str, cells: &[String]| -> String {
        cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", escaped(cell))).collect()
    };
    let rows: String = rows.iter().map(|row| format!("<tr>{}</tr>", cells("td", row))).collect();
    let firing: Vec<&Alert> = report.alerts.iter().filter(|alert| alert.firing).collect();
    let alerts = if firing.is_empty() {
        "<p class=\"good\">No alert fires.</p>".to_owned()
    } else {
        let item =
            |alert: &&Alert| format!("<li class=\"bad\">{}: {}</li>", alert.name, escaped(alert.about));
        format!("<ul>{}</ul>", firing.iter().map(item).collect::<String>())
    };
    let plots = [
        plot(report, "Own time of turns", "ms", &[("p50", |one| one.own_p50), ("p95", |one| one.own_p95)]),
        plot(report, "Whole turns", "ms", &[("p50", |one| one.turn_p50), ("p95", |one| one.turn_p95)]),
        plot(
            report,
            "Turns and model calls",
            "a minute",
            &[("turns", |one| one.turns), ("calls", |one| one.model_calls)],
        ),
        plot(
            report,
            "Background jobs waiting",
            "",
            &[("pending", |one| one.jobs_pending), ("dead", |one| one.jobs_dead)],
        ),
        plot(report, "Memory", "MiB", &[("resident", |one| one.resident_mib)]),
    ]
    .concat();
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Confidant on {date}</title><style>{PAGE_STYLE}</style><h1>Confidant on {date}</h1>{alerts}\
         <table><tr><th></th>{head}</tr>{rows}</table>{plots}</html>\n",
        head = cells("th", &head),
        date = report.date
    )
}

/// A name and which figure it is of.
type Plotted<'a> = (&'a str, fn(&Sample) -> f64);

fn plot(report: &Report, title: &str, unit: &str, plotted: &[Plotted<'_>]) -> String {
    let (Some(first), Some(last)) = (report.samples.first(), report.samples.last()) else {
        return String::new();
    };
    let second = |one: &TimedSample| one.at.as_second() as f64;
    let span = (second(last) - second(first)).max(1.0);
    let line = |(label, figure): &Plotted<'_>| Line {
        label: (*label).to_owned(),
        points: report
            .samples
            .iter()
            .map(|one| ((second(one) - second(first)) / span, figure(&one.sample)))
            .collect(),
    };
    let time = |one: &TimedSample| one.at.strftime("%H:%M UTC").to_string();
    lines(title, unit, (&time(first), &time(last)), &plotted.iter().map(line).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::from_micros;

    fn report() -> Report {
        let sample = |minute: i64, turns: f64, own_p50: f64| TimedSample {
            at: from_micros(minute * 60_000_000),
            sample: Sample { turns, own_p50, jobs_dead: turns, ..Sample::default() },
        };
        let samples = vec![sample(1, 1.0, 10.0), sample(2, 0.0, 0.0), sample(3, 3.0, 2.0)];
        Report {
            date: Date::constant(2026, 5, 7),
            day: Day::of(&samples),
            day_before: Day::default(),
            baseline: Some(Baseline {
                date: Date::constant(2026, 1, 1),
                day: Day { turns: 7.0, ..Day::default() },
            }),
            alerts: Vec::new(),
            samples,
        }
    }

    #[test]
    fn a_day_weighs_its_minutes_by_their_turns() {
        let day = report().day;
        assert_eq!((day.turns, day.own_p50, day.jobs_dead), (4.0, 4.0, 3.0));
        assert_eq!(Day::of(&[]), Day::default());
    }

    #[test]
    fn the_page_needs_nothing_else() {
        let html = to_html(&report());
        assert!(html.contains("<polyline") && html.contains("No alert fires."));
        assert!(!html.contains("http") && !html.contains("<script"), "nothing is fetched, nothing runs");
        assert!(to_markdown(&report()).contains("| own time of a turn, p50 | 4 ms | 0 ms | 0 ms |"));
        assert!(to_markdown(&report()).contains("| turns | 4 | 0 | 7 |"));
    }
}
