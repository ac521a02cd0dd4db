//! What it costs to measure a turn: as many recordings, with as many labels, as a turn and its background job make.
//!
//!     cargo bench -p confidant --bench monitoring --no-default-features

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};

/// Counted in the code: HTTP, turn, agents, strategies, search, model call, first token, writes, job.
const HISTOGRAMS: [&str; 18] = [
    "confidant_http_seconds",
    "confidant_turn_seconds",
    "confidant_turn_own_seconds",
    "confidant_agent_seconds",
    "confidant_agent_seconds",
    "confidant_agent_seconds",
    "confidant_agent_seconds",
    "confidant_strategy_seconds",
    "confidant_strategy_seconds",
    "confidant_strategy_seconds",
    "confidant_strategy_seconds",
    "confidant_search_seconds",
    "confidant_model_call_seconds",
    "confidant_model_first_token_seconds",
    "confidant_database_write_seconds",
    "confidant_database_write_seconds",
    "confidant_database_write_seconds",
    "confidant_job_seconds",
];
/// Caches, tokens, what was recalled.
const COUNTERS: usize = 12;

criterion_group!(benches, a_turn);
criterion_main!(benches);

fn a_turn(criterion: &mut Criterion) {
    let Ok(_metrics) = confidant::monitoring::start_metrics() else { return };
    criterion.bench_function("recordings of a turn", |bencher| {
        bencher.iter(|| {
            for (at, name) in HISTOGRAMS.into_iter().enumerate() {
                metrics::histogram!(name, "of" => ["a", "b", "c", "d"][at % 4]).record(black_box(0.0012));
            }
            for at in 0..COUNTERS {
                let labels = [("role", "conversation"), ("kind", ["a", "b", "c"][at % 3])];
                metrics::counter!("confidant_tokens_total", &labels).increment(black_box(1));
            }
        });
    });
}
