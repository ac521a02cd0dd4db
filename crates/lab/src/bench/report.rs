//! What was measured, as JSON and as Markdown; the page with plots is made of the same.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::goals::{self, Goal};
use super::machine::Machine;
use super::stats::Summary;

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Report {
    pub version: String,
    pub machine: Machine,
    pub seed: u64,
    /// In little: to see that it works, not to quote.
    pub quick: bool,
    pub scenarios: Vec<Measured>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ablation: Vec<Ablated>,
}

/// A scenario's figures. "Own" is what the model did not take.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Measured {
    pub scenario: String,
    pub about: String,
    pub turns: usize,
    /// Turns without an answer, by problem code.
    pub failures: BTreeMap<String, usize>,
    pub seconds: f64,
    pub turns_per_second: f64,
    pub first_words_ms: Summary,
    pub own_first_words_ms: Summary,
    pub total_ms: Summary,
    pub own_total_ms: Summary,
    /// As the server says.
    pub stages_ms: BTreeMap<String, Summary>,
    /// Means of a turn.
    pub model_calls: f64,
    pub prompt_tokens: f64,
    /// The share of turns whose memories came from a cache.
    pub cached_share: f64,
    /// Of the server, its background work included.
    pub cpu_ms_per_turn: f64,
    /// From the last answer until the background work was done.
    pub drain_ms: f64,
    /// Of the background jobs that remember turns, at p50 and p95.
    pub job_p50_ms: f64,
    /// A job learns from several turns where they wait.
    #[serde(default)]
    pub job_ms_per_turn: f64,
    pub job_p95_ms: f64,
    pub start_ms: f64,
    pub resident_mib: f64,
    pub peak_mib: f64,
    /// Of each turn in its order, for comparisons.
    pub samples: Samples,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Samples {
    pub own_first_words_ms: Vec<f64>,
    pub total_ms: Vec<f64>,
}

/// The same loads with one switch off, or with all.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ablated {
    /// The switch that is off; `none`, or `all` for the baseline.
    pub off: String,
    pub measured: Vec<Measured>,
}

impl Report {
    pub fn find(&self, scenario: &str) -> Option<&Measured> {
        self.scenarios.iter().find(|measured| measured.scenario == scenario)
    }

    pub fn to_json(&self) -> serde_json::Result<String> {
        serde_json::to_string_pretty(self)
    }
}

/// Markdown.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Machine { cpu, cores, memory_mib, system } = &self.machine;
        writeln!(f, "# Benchmark of Confidant {}\n", self.version)?;
        writeln!(
            f,
            "{cpu}, {cores} cores shared by server and load, {memory_mib} MiB, Linux {system}; seed {}.",
            self.seed
        )?;
        if self.quick {
            writeln!(
                f,
                "\n**In little: this shows that everything works. The figures are not for quoting.**"
            )?;
        }
        if !self.scenarios.is_empty() {
            write_goals(f, &goals::check(self))?;
            write_scenarios(f, &self.scenarios)?;
            write_stages(f, &self.scenarios)?;
        }
        write_ablation(f, &self.ablation)
    }
}

fn write_goals(f: &mut fmt::Formatter<'_>, goals: &[Goal]) -> fmt::Result {
    if goals.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n## Goals\n\n| | goal | measured | |\n| --- | --- | --- | --- |")?;
    for Goal { what, goal, measured, reached } in goals {
        writeln!(
            f,
            "| {what} | {goal} | {measured} | {} |",
            if *reached { "reached" } else { "**not reached**" }
        )?;
    }
    Ok(())
}

fn write_scenarios(f: &mut fmt::Formatter<'_>, scenarios: &[Measured]) -> fmt::Result {
    writeln!(
        f,
        "\n## Scenarios\n\nMilliseconds. \"Own\" is without the model's time; first words are at the client.\n"
    )?;
    writeln!(
        f,
        "| scenario | turns | own first words p50 / p95 / p99 | whole turn, own p50 / p95 | turns a second | CPU a turn | \
         job p50 / p95 | from a cache | MiB | failed |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |"
    )?;
    for one in scenarios {
        let (first, total) = (&one.own_first_words_ms, &one.own_total_ms);
        let failed: Vec<String> =
            one.failures.iter().map(|(code, count)| format!("{count} {code}")).collect();
        writeln!(
            f,
            "| {}: {} | {} | {:.1} / {:.1} / {:.1} | {:.1} / {:.1} | {:.0} | {:.1} | {:.1} / {:.1} | {:.0} % | {:.0} | {} |",
            one.scenario,
            one.about,
            one.turns,
            first.p50,
            first.p95,
            first.p99,
            total.p50,
            total.p95,
            one.turns_per_second,
            one.cpu_ms_per_turn,
            one.job_p50_ms,
            one.job_p95_ms,
            one.cached_share * 100.0,
            one.resident_mib,
            if failed.is_empty() { "0".to_owned() } else { failed.join(", ") },
        )?;
    }
    Ok(())
}

/// The stages that are ours.
pub(super) const STAGES: [&str; 8] =
    ["load", "guardian", "embed", "search", "store_message", "prompt", "own", "finish"];

fn write_stages(f: &mut fmt::Formatter<'_>, scenarios: &[Measured]) -> fmt::Result {
    writeln!(f, "\n## Stages\n\nMilliseconds at p50 / p95, as the server measures them.\n")?;
    writeln!(f, "| scenario | {} |", STAGES.join(" | "))?;
    writeln!(f, "| --- |{}", " --- |".repeat(STAGES.len()))?;
    for one in scenarios {
        let cell = |stage: &&str| match one.stages_ms.get(*stage) {
            Some(summary) => format!("{:.2} / {:.2}", summary.p50, summary.p95),
            None => "–".to_owned(),
        };
        let cells: Vec<String> = STAGES.iter().map(cell).collect();
        writeln!(f, "| {} | {} |", one.scenario, cells.join(" | "))?;
    }
    Ok(())
}

fn write_ablation(f: &mut fmt::Formatter<'_>, ablation: &[Ablated]) -> fmt::Result {
    let Some(all_on) = ablation.first() else { return Ok(()) };
    writeln!(
        f,
        "\n## What each switch is worth\n\nEvery switch of `[optimizations]` off by itself, and all of them: the \
         baseline. In brackets: times the value with all on. The second run with all on shows what is chance."
    )?;
    for (at, of) in all_on.measured.iter().enumerate() {
        writeln!(f, "\n**{}**: {}\n", of.scenario, of.about)?;
        writeln!(
            f,
            "| off | whole turn, mean | first words, p50 | own first words, p50 / p95 | model calls | prompt tokens | \
             CPU a turn | turns a second |\n| --- | --- | --- | --- | --- | --- | --- | --- |"
        )?;
        for row in ablation {
            let Some(one) = row.measured.get(at) else { continue };
            let times =
                |value: f64, with: f64| format!("{value:.1} ({:.2})", value / with.max(f64::MIN_POSITIVE));
            writeln!(
                f,
                "| {} | {} | {} | {:.1} / {:.1} | {:.2} | {:.0} | {} | {} |",
                row.off,
                times(one.total_ms.mean, of.total_ms.mean),
                times(one.first_words_ms.p50, of.first_words_ms.p50),
                one.own_first_words_ms.p50,
                one.own_first_words_ms.p95,
                one.model_calls,
                one.prompt_tokens,
                times(one.cpu_ms_per_turn, of.cpu_ms_per_turn),
                times(one.turns_per_second, of.turns_per_second),
            )?;
        }
    }
    Ok(())
}
