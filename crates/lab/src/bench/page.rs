//! The report as one HTML file that needs nothing else.

use super::goals;
use super::report::{Ablated, Measured, Report, STAGES};
use crate::plot::{Bar, PAGE_STYLE, bars, escaped};

/// The stages that follow one another; the rest runs beside them.
const OWN_STAGES: [&str; 6] = ["load", "embed", "search", "store_message", "prompt", "finish"];

pub fn to_html(report: &Report) -> String {
    let mut body = format!(
        "<h1>Benchmark of Confidant {}</h1><p>{}, {} cores shared by server and load, {} MiB; seed {}.</p>",
        escaped(&report.version),
        escaped(&report.machine.cpu),
        report.machine.cores,
        report.machine.memory_mib,
        report.seed
    );
    if report.quick {
        body += "<p class=\"bad\">In little: this shows that everything works. The figures are not for quoting.</p>";
    }
    body += &goal_table(report);
    body += &scenario_plots(&report.scenarios);
    body += &ablation_plots(&report.ablation);
    body += &scenario_table(&report.scenarios);
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>Benchmark of Confidant</title><style>{PAGE_STYLE}</style>{body}</html>\n"
    )
}

fn goal_table(report: &Report) -> String {
    let goals = goals::check(report);
    if goals.is_empty() {
        return String::new();
    }
    let row = |goal: &goals::Goal| {
        let (class, word) = if goal.reached { ("good", "reached") } else { ("bad", "not reached") };
        format!(
            "<tr><td>{}</td><td>{}</td><td>{}</td><td class=\"{class}\">{word}</td></tr>",
            escaped(goal.what),
            escaped(goal.goal),
            escaped(&goal.measured)
        )
    };
    let rows: String = goals.iter().map(row).collect();
    format!("<h2>Goals</h2><table><tr><th></th><th>goal</th><th>measured</th><th></th></tr>{rows}</table>")
}

fn scenario_plots(scenarios: &[Measured]) -> String {
    if scenarios.is_empty() {
        return String::new();
    }
    let first = |one: &Measured| {
        let own = one.own_first_words_ms;
        let parts = vec![own.p50, (own.p95 - own.p50).max(0.0)];
        Bar { label: one.scenario.clone(), parts, value: format!("{:.1} / {:.1} ms", own.p50, own.p95) }
    };
    let stages = |one: &Measured| {
        let part = |stage: &&str| one.stages_ms.get(*stage).map_or(0.0, |summary| summary.p50);
        let parts: Vec<f64> = OWN_STAGES.iter().map(part).collect();
        let value = format!("{:.1} ms", parts.iter().sum::<f64>());
        Bar { label: one.scenario.clone(), parts, value }
    };
    let plot = |title: &str, parts: &[&str], bar: &dyn Fn(&Measured) -> Bar| {
        bars(title, parts, &scenarios.iter().map(bar).collect::<Vec<_>>())
    };
    let own = plot("Own time to the first words: p50, and up to p95", &["p50", "to p95"], &first);
    let by_stage = plot(
        "Where own time goes, p50 (stages that run beside one another are added up)",
        &OWN_STAGES,
        &stages,
    );
    format!("<h2>Scenarios</h2>{own}{by_stage}")
}

fn ablation_plots(ablation: &[Ablated]) -> String {
    let Some(all_on) = ablation.first() else { return String::new() };
    let mut html = "<h2>What each switch is worth</h2>\
                    <p>Every switch off by itself, and all of them: the old, sequential way.</p>"
        .to_owned();
    for (at, of) in all_on.measured.iter().enumerate() {
        let rows: Vec<(&str, &Measured)> =
            ablation.iter().filter_map(|row| Some((row.off.as_str(), row.measured.get(at)?))).collect();
        let plot = |title: &str, unit: &str, figure: fn(&Measured) -> f64| {
            let bar = |(off, one): &(&str, &Measured)| Bar {
                label: format!("off: {off}"),
                parts: vec![figure(one)],
                value: format!(
                    "{:.1}{unit} ({:.2}×)",
                    figure(one),
                    figure(one) / figure(of).max(f64::MIN_POSITIVE)
                ),
            };
            bars(&format!("{}: {title}", of.scenario), &["all"], &rows.iter().map(bar).collect::<Vec<_>>())
        };
        html += &plot("whole turn, mean", " ms", |one| one.total_ms.mean);
        html += &plot("first words, p50", " ms", |one| one.first_words_ms.p50);
        html += &plot("CPU of the server a turn", " ms", |one| one.cpu_ms_per_turn);
    }
    html
}

fn scenario_table(scenarios: &[Measured]) -> String {
    if scenarios.is_empty() {
        return String::new();
    }
    let row = |one: &Measured| {
        let stages: String = STAGES
            .iter()
            .map(|stage| {
                let ms = one.stages_ms.get(*stage);
                ms.map_or_else(|| "<td>–</td>".to_owned(), |ms| format!("<td>{:.2}</td>", ms.p50))
            })
            .collect();
        format!(
            "<tr><td>{}</td><td>{}</td><td>{:.0}</td><td>{:.1}</td><td>{:.0}</td>{stages}</tr>",
            escaped(&one.scenario),
            one.turns,
            one.turns_per_second,
            one.cpu_ms_per_turn,
            one.resident_mib
        )
    };
    let heads: String = STAGES.iter().map(|stage| format!("<th>{stage}</th>")).collect();
    let rows: String = scenarios.iter().map(row).collect();
    format!(
        "<h2>Figures</h2><p>Stages in milliseconds at p50, as the server measures them.</p><table>\
         <tr><th></th><th>turns</th><th>turns/s</th><th>CPU ms</th><th>MiB</th>{heads}</tr>{rows}</table>"
    )
}
