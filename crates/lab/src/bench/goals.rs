//! What the product promises, beside what was measured.

use serde::Serialize;

use super::report::{Measured, Report};

#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Goal {
    pub(super) what: &'static str,
    pub(super) goal: &'static str,
    pub(super) measured: String,
    pub(super) reached: bool,
}

/// A goal, the scenario that shows it, and how.
type Check = (&'static str, &'static str, &'static str, fn(&Measured) -> (String, bool));

const CHECKS: [Check; 10] = [
    ("whole answer of a chat model, mean", "model time + 1 %", "chat_model", |one| {
        let computed = one.stages_ms.get("computed").map_or(0.0, |summary| summary.mean);
        let over = (one.total_ms.mean / computed - 1.0) * 100.0;
        (format!("{:.0} ms, + {over:.2} %", one.total_ms.mean), over <= 1.0)
    }),
    ("first words of a chat model after its first token, p95", "10 ms", "chat_model", |one| {
        let own = one.own_first_words_ms.p95;
        (format!("{own:.1} ms"), own <= 10.0)
    }),
    ("model calls on the way to an answer", "1", "chat_model", |one| {
        (format!("{:.2}", one.model_calls), one.model_calls <= 1.0)
    }),
    ("CPU of the server a turn, new question, 1,000 memories", "8 ms", "memories_1000", |one| {
        (format!("{:.1} ms", one.cpu_ms_per_turn), one.cpu_ms_per_turn <= 8.0)
    }),
    ("job that remembers a turn, mean, without model time", "15 ms", "memories_1000", |one| {
        (format!("{:.1} ms", one.job_ms_per_turn), one.job_ms_per_turn <= 15.0)
    }),
    ("own time to the first words, known question, p50 / p99", "1.0 / 4 ms", "memories_1000_warm", |one| {
        let own = one.own_first_words_ms;
        (format!("{:.1} / {:.1} ms", own.p50, own.p99), own.p50 <= 1.0 && own.p99 <= 4.0)
    }),
    ("own time to the first words, new question, p50 / p99", "6 / 15 ms", "memories_1000", |one| {
        let own = one.own_first_words_ms;
        (format!("{:.1} / {:.1} ms", own.p50, own.p99), own.p50 <= 6.0 && own.p99 <= 15.0)
    }),
    ("turns a second, 64 users", "800", "users_64", |one| {
        (format!("{:.0}", one.turns_per_second), one.turns_per_second >= 800.0)
    }),
    ("memories from a cache where questions recur", "60 %", "repeated_questions", |one| {
        (format!("{:.0} %", one.cached_share * 100.0), one.cached_share > 0.6)
    }),
    ("start until it listens, 10,000 memories", "400 ms", "memories_10000", |one| {
        (format!("{:.0} ms", one.start_ms), one.start_ms <= 400.0)
    }),
];

/// The goals whose scenarios were run.
pub(super) fn check(report: &Report) -> Vec<Goal> {
    let checked = CHECKS.iter().filter_map(|(what, goal, scenario, check)| {
        let (measured, reached) = check(report.find(scenario)?);
        Some(Goal { what, goal, measured, reached })
    });
    checked.collect()
}
