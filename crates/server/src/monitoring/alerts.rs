//! What is watched: figures that must not pass a limit for long. An alert fires after two checks beyond its limit and
//! clears after two on the good side of a milder one, so that a figure at the limit does not ring all day.

use std::sync::{Mutex, PoisonError};

use domain::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::figures::Sample;

/// Checks in a row that it takes to change an alert's state.
const CHECKS: u32 = 2;
/// An alert clears when its figure is back by this share of its limit.
const BACK: f64 = 0.1;
/// Fewer calls or searches than this tell nothing of a rate.
const RATE_OF_AT_LEAST: f64 = 10.0;

/// Limits; 0 turns an alert off.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlertsConfig {
    /// Milliseconds without the model, p95 of the last five minutes.
    pub turn_own_p95_ms: f64,
    /// Shares, from 0 to 1.
    pub model_error_rate: f64,
    pub job_failure_rate: f64,
    /// Not below this share of searches from the cache.
    pub search_hit_rate_min: f64,
    /// Slow operations in five minutes.
    pub slow_operations: f64,
    pub oldest_job_s: f64,
    pub dead_jobs: f64,
    /// Is sent a POST with JSON when an alert fires or clears.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub webhook: Option<String>,
}

impl Default for AlertsConfig {
    fn default() -> Self {
        Self {
            turn_own_p95_ms: 500.0,
            model_error_rate: 0.1,
            job_failure_rate: 0.1,
            search_hit_rate_min: 0.0,
            slow_operations: 10.0,
            oldest_job_s: 300.0,
            dead_jobs: 1.0,
            webhook: None,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Alert {
    pub name: &'static str,
    pub about: &'static str,
    pub firing: bool,
    /// Absent where there is too little to tell.
    pub value: Option<f64>,
    pub limit: f64,
    /// Since when it fires, or does not.
    #[schema(value_type = Option<String>)]
    pub since: Option<Timestamp>,
}

/// A figure and its limit.
struct Rule {
    name: &'static str,
    about: &'static str,
    limit: f64,
    /// The figure must not fall below the limit, rather than rise above it.
    at_least: bool,
    value: fn(&Sample) -> Option<f64>,
}

#[derive(Clone, Copy, Debug, Default)]
struct State {
    firing: bool,
    value: Option<f64>,
    since: Option<Timestamp>,
    /// Checks in a row that speak for the other state.
    against: u32,
}

pub struct Alerts {
    rules: Vec<Rule>,
    states: Mutex<Vec<State>>,
}

impl Alerts {
    pub fn new(config: &AlertsConfig) -> Self {
        let rule = |name, about, limit, value| Rule { name, about, limit, at_least: false, value };
        let mut rules = vec![
            rule(
                "turn_own_p95",
                "own time of turns, ms at p95 over 5 minutes",
                config.turn_own_p95_ms,
                |sample| (sample.turns > 0.0).then_some(sample.own_p95),
            ),
            rule(
                "model_errors",
                "share of model calls that fail, over 5 minutes",
                config.model_error_rate,
                |sample| share(sample.model_errors, sample.model_calls),
            ),
            rule(
                "job_failures",
                "share of background jobs that fail, over 5 minutes",
                config.job_failure_rate,
                |sample| share(sample.job_failures, sample.jobs_done),
            ),
            rule(
                "slow_operations",
                "slow queries and turns in 5 minutes",
                config.slow_operations,
                |sample| Some(sample.slow),
            ),
            rule("oldest_job", "seconds that the oldest due job waits", config.oldest_job_s, |sample| {
                Some(sample.oldest_job_s)
            }),
            rule("dead_jobs", "background jobs that were given up", config.dead_jobs, |sample| {
                Some(sample.jobs_dead)
            }),
        ];
        rules.push(Rule {
            name: "search_hit_rate",
            about: "share of searches from the cache, over 5 minutes",
            limit: config.search_hit_rate_min,
            at_least: true,
            value: |sample| sample.search_hit_rate,
        });
        rules.retain(|rule| rule.limit > 0.0);
        let states = Mutex::new(vec![State::default(); rules.len()]);
        Self { rules, states }
    }

    /// Looks at the figures; returns the alerts that changed.
    pub fn check(&self, sample: &Sample, now: Timestamp) -> Vec<Alert> {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = Vec::new();
        for (rule, state) in self.rules.iter().zip(states.iter_mut()) {
            state.value = (rule.value)(sample);
            let against = match state.value {
                Some(value) if state.firing => rule.is_back(value),
                Some(value) => rule.is_beyond(value),
                // With nothing to tell, nothing is wrong.
                None => state.firing,
            };
            state.against = if against { state.against + 1 } else { 0 };
            if state.against >= CHECKS {
                *state = State { firing: !state.firing, since: Some(now), against: 0, ..*state };
                changed.push(rule.alert(*state));
            }
        }
        changed
    }

    /// All alerts, those that fire first.
    pub fn list(&self) -> Vec<Alert> {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let mut alerts: Vec<Alert> =
            self.rules.iter().zip(states.iter()).map(|(rule, state)| rule.alert(*state)).collect();
        alerts.sort_by_key(|alert| !alert.firing);
        alerts
    }
}

impl Rule {
    fn is_beyond(&self, value: f64) -> bool {
        if self.at_least { value < self.limit } else { value >= self.limit }
    }

    fn is_back(&self, value: f64) -> bool {
        if self.at_least { value > self.limit * (1.0 + BACK) } else { value < self.limit * (1.0 - BACK) }
    }

    fn alert(&self, state: State) -> Alert {
        let State { firing, value, since, .. } = state;
        Alert { name: self.name, about: self.about, firing, value, limit: self.limit, since }
    }
}

fn share(part: f64, whole: f64) -> Option<f64> {
    (whole >= RATE_OF_AT_LEAST).then(|| part / whole)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::clock::from_micros;

    fn errors(share: f64) -> Sample {
        Sample { model_calls: 100.0, model_errors: 100.0 * share, ..Sample::default() }
    }

    #[test]
    fn an_alert_fires_and_clears_with_hysteresis() {
        let alerts = Alerts::new(&AlertsConfig::default());
        let now = from_micros(0);
        let names = |changed: Vec<Alert>| {
            changed.into_iter().map(|alert| (alert.name, alert.firing)).collect::<Vec<_>>()
        };
        assert!(alerts.check(&errors(0.2), now).is_empty(), "once is chance");
        assert!(alerts.check(&errors(0.0), now).is_empty());
        assert!(alerts.check(&errors(0.2), now).is_empty(), "not twice in a row");
        assert_eq!(names(alerts.check(&errors(0.2), now)), [("model_errors", true)]);
        assert_eq!(alerts.list()[0].name, "model_errors");
        for _ in 0..5 {
            assert!(alerts.check(&errors(0.095), now).is_empty(), "at its limit it does not flap");
        }
        assert!(alerts.check(&errors(0.02), now).is_empty());
        assert_eq!(names(alerts.check(&errors(0.02), now)), [("model_errors", false)]);
    }

    #[test]
    fn few_calls_tell_nothing_and_zero_turns_off() {
        let alerts = Alerts::new(&AlertsConfig { dead_jobs: 0.0, ..AlertsConfig::default() });
        let few = Sample { model_calls: 3.0, model_errors: 3.0, jobs_dead: 9.0, ..Sample::default() };
        for _ in 0..5 {
            assert!(alerts.check(&few, from_micros(0)).is_empty());
        }
        assert!(alerts.list().iter().all(|alert| alert.name != "dead_jobs"));
    }
}
