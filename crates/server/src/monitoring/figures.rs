//! How the server does: the series by what they tell of, as the API shows them, and a sample of the most telling ones.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::windows::{Figures, Series, SeriesName, Window, Windows};

/// Figures by window: `1m`, `5m`, `1h`, `24h`.
pub(super) type ByWindow<T> = BTreeMap<&'static str, T>;

/// One of a kind: an endpoint, an agent, a cache.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Timed {
    pub name: String,
    /// Milliseconds.
    #[schema(value_type = BTreeMap<String, Figures>)]
    pub windows: ByWindow<Figures>,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Counted {
    pub name: String,
    #[schema(value_type = BTreeMap<String, f64>)]
    pub windows: ByWindow<f64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct CacheUse {
    pub hits: f64,
    pub misses: f64,
    /// From 0 to 1; absent where nobody asked.
    pub hit_rate: Option<f64>,
    pub evictions: f64,
}

#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CacheUsed {
    pub name: String,
    #[schema(value_type = BTreeMap<String, CacheUse>)]
    pub windows: ByWindow<CacheUse>,
}

/// Everything that is measured.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Performance {
    /// Whole turns, by how they ended; and their time without the model.
    pub turns: Vec<Timed>,
    pub endpoints: Vec<Timed>,
    pub agents: Vec<Timed>,
    pub strategies: Vec<Timed>,
    /// By the kind of answer that a question wants.
    pub query_kinds: Vec<Timed>,
    /// How often each strategy found what went into a prompt.
    pub used: Vec<Counted>,
    /// By role and model.
    pub model_calls: Vec<Timed>,
    pub first_tokens: Vec<Timed>,
    /// By role, model and kind: prompt, cached, completion.
    pub tokens: Vec<Counted>,
    /// By role and code.
    pub model_errors: Vec<Counted>,
    pub model_retries: Vec<Counted>,
    pub caches: Vec<CacheUsed>,
    pub job_kinds: Vec<Timed>,
    pub job_failures: Vec<Counted>,
    /// From asking for a write until it is on disk.
    pub database: Vec<Timed>,
    pub slow: Vec<Counted>,
}

impl Performance {
    pub fn of(windows: &Windows) -> Self {
        let timed = |name: &str| timed(windows, name);
        let counted = |name: &str| counted(windows, name);
        let turns = [timed("confidant_turn_seconds"), timed("confidant_turn_own_seconds")].concat();
        Self {
            turns,
            endpoints: timed("confidant_http_seconds"),
            agents: timed("confidant_agent_seconds"),
            strategies: timed("confidant_strategy_seconds"),
            query_kinds: timed("confidant_search_seconds"),
            used: counted("confidant_recalled_total"),
            model_calls: timed("confidant_model_call_seconds"),
            first_tokens: timed("confidant_model_first_token_seconds"),
            tokens: counted("confidant_tokens_total"),
            model_errors: counted("confidant_model_errors_total"),
            model_retries: counted("confidant_model_retries_total"),
            caches: caches(windows),
            job_kinds: timed("confidant_job_seconds"),
            job_failures: counted("confidant_job_failures_total"),
            database: timed("confidant_database_write_seconds"),
            slow: counted("confidant_slow_total"),
        }
    }
}

/// What a series is called among its kind: its labels, or "all".
fn title(name: &SeriesName) -> String {
    if name.labels.is_empty() {
        return if name.name.contains("own") { "own".to_owned() } else { "all".to_owned() };
    }
    name.labels.values().cloned().collect::<Vec<_>>().join(" ")
}

fn by_window<T>(figure: impl Fn(Window) -> T) -> ByWindow<T> {
    Window::ALL.into_iter().map(|window| (window.name(), figure(window))).collect()
}

fn timed(windows: &Windows, name: &str) -> Vec<Timed> {
    let all = each(windows, name, Series::figures);
    all.into_iter().map(|(name, windows)| Timed { name, windows }).collect()
}

fn counted(windows: &Windows, name: &str) -> Vec<Counted> {
    let all = each(windows, name, Series::sum);
    all.into_iter().map(|(name, windows)| Counted { name, windows }).collect()
}

/// A figure of every series of a name, by window.
fn each<T>(
    windows: &Windows,
    name: &str,
    figure: fn(&Series, Window, u64) -> T,
) -> Vec<(String, ByWindow<T>)> {
    let now_s = windows.now_s();
    let found = windows.find(name).into_iter();
    found.map(|(name, series)| (title(&name), by_window(|window| figure(&series, window, now_s)))).collect()
}

const CACHE_REQUESTS: &str = "confidant_cache_requests_total";

fn caches(windows: &Windows) -> Vec<CacheUsed> {
    let mut names: Vec<String> =
        windows.find(CACHE_REQUESTS).iter().map(|(name, _)| name.label("cache").to_owned()).collect();
    names.dedup();
    let one = |name: String| CacheUsed {
        windows: by_window(|window| cache_use(windows, window, |series| series.label("cache") == name)),
        name,
    };
    names.into_iter().map(one).collect()
}

fn cache_use(windows: &Windows, window: Window, wanted: impl Fn(&SeriesName) -> bool) -> CacheUse {
    let asked = |outcome| {
        windows.sum(CACHE_REQUESTS, window, |series| wanted(series) && series.label("outcome") == outcome)
    };
    let (hits, misses) = (asked("hit"), asked("miss"));
    CacheUse {
        hits,
        misses,
        hit_rate: (hits + misses > 0.0).then(|| hits / (hits + misses)),
        evictions: windows.sum("confidant_cache_evictions_total", window, wanted),
    }
}

/// The most telling figures of a minute: what is kept, plotted and watched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Sample {
    pub turns: f64,
    pub turns_failed: f64,
    /// Milliseconds, at p50 and p95.
    pub turn_p50: f64,
    pub turn_p95: f64,
    /// Without the model.
    pub own_p50: f64,
    pub own_p95: f64,
    pub first_token_p95: f64,
    pub requests: f64,
    pub request_p95: f64,
    pub model_calls: f64,
    pub model_errors: f64,
    pub prompt_tokens: f64,
    pub completion_tokens: f64,
    /// From 0 to 1; absent where nobody asked.
    pub search_hit_rate: Option<f64>,
    pub jobs_done: f64,
    pub job_failures: f64,
    pub job_p95: f64,
    pub slow: f64,
    /// At the end of the minute.
    pub jobs_pending: f64,
    pub jobs_dead: f64,
    pub oldest_job_s: f64,
    pub resident_mib: f64,
}

impl Sample {
    /// What the windows tell; the last four figures are for the caller to add.
    pub fn of(windows: &Windows, window: Window) -> Self {
        let all = |_: &SeriesName| true;
        let turns = windows.figures("confidant_turn_seconds", window, all);
        let failed = |series: &SeriesName| series.label("status") == "failed";
        let own = windows.figures("confidant_turn_own_seconds", window, all);
        let requests = windows.figures("confidant_http_seconds", window, all);
        let jobs = windows.figures("confidant_job_seconds", window, all);
        let tokens = |kind: &'static str| {
            windows.sum("confidant_tokens_total", window, move |series| series.label("kind") == kind)
        };
        Self {
            turns: turns.count as f64,
            turns_failed: windows.figures("confidant_turn_seconds", window, failed).count as f64,
            turn_p50: turns.p50,
            turn_p95: turns.p95,
            own_p50: own.p50,
            own_p95: own.p95,
            first_token_p95: windows.figures("confidant_model_first_token_seconds", window, all).p95,
            requests: requests.count as f64,
            request_p95: requests.p95,
            model_calls: windows.figures("confidant_model_call_seconds", window, all).count as f64,
            model_errors: windows.sum("confidant_model_errors_total", window, all),
            prompt_tokens: tokens("prompt"),
            completion_tokens: tokens("completion"),
            search_hit_rate: cache_use(windows, window, |series| series.label("cache") == "searches")
                .hit_rate,
            jobs_done: jobs.count as f64,
            job_failures: windows.sum("confidant_job_failures_total", window, all),
            job_p95: jobs.p95,
            slow: windows.sum("confidant_slow_total", window, all),
            ..Self::default()
        }
    }
}
