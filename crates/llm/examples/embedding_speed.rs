//! How fast the embedded embedding model is on this machine:
//! `cargo run --release --package llm --no-default-features --example embedding_speed`.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "an example talks")]

use std::path::Path;
use std::time::Instant;

use llm::embedding::minilm::{Cpu, MiniLm, MiniLmOptions, Precision};

const QUERY: &str = "what is the name of my sister's new dog again please";
const RUNS: usize = 500;

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let folder = Path::new("weights/all-MiniLM-L6-v2");
    for precision in [Precision::F32, Precision::Int8] {
        let started = Instant::now();
        let model = match MiniLm::load(folder, MiniLmOptions { precision, ..MiniLmOptions::default() }) {
            Ok(model) => model,
            Err(error) => return eprintln!("{error}"),
        };
        println!("{precision:?} on {:?}: loaded in {} ms", Cpu::detect(), started.elapsed().as_millis());
        let mut times: Vec<f64> = Vec::with_capacity(RUNS);
        for _ in 0..RUNS {
            let started = Instant::now();
            let vectors = model.embed(vec![QUERY.to_owned()]).await;
            assert!(vectors.is_ok());
            times.push(started.elapsed().as_secs_f64() * 1e3);
        }
        times.sort_by(f64::total_cmp);
        println!("  one 12-token text: p50 {:.2} ms, p95 {:.2} ms", times[RUNS / 2], times[RUNS * 95 / 100]);
        let batch: Vec<String> =
            (0..32).map(|n| format!("{QUERY} and {n} more words that make it {QUERY}")).collect();
        let started = Instant::now();
        for _ in 0..5 {
            assert!(model.embed(batch.clone()).await.is_ok());
        }
        println!("  texts of about 30 words: {:.0} a second", 160.0 / started.elapsed().as_secs_f64());
    }
}
