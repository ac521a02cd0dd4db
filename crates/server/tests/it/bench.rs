//! The benchmark runs, in little, and its report says what it should. How fast anything is, no test asks.

use std::path::Path;

use serde_json::Value;
use tokio::process::Command;

#[tokio::test]
async fn a_benchmark_in_little_measures_every_turn() {
    let folder = tempfile::tempdir().unwrap();
    let weights = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../weights");
    let out = folder.path().join("results");
    let run = async |more: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_confidant"));
        command.args([
            "bench",
            "--quick",
            "--scenarios",
            "simple_questions,repeated_questions,network_delay",
        ]);
        command.args(more).current_dir(folder.path()).env("CONFIDANT_SERVER__WEIGHTS_DIR", &weights);
        command.output().await.unwrap()
    };
    let output = run(&["--json", "--out", &out.display().to_string()]).await;
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let scenarios = report["scenarios"].as_array().unwrap();
    assert_eq!(scenarios.len(), 3);
    for one in scenarios {
        let name = &one["scenario"];
        assert_eq!(one["failures"], serde_json::json!({}), "{name}");
        assert_eq!(one["own_first_words_ms"]["count"], one["turns"], "{name}");
        assert_eq!(one["samples"]["total_ms"].as_array().unwrap().len() as u64, one["turns"], "{name}");
        assert_eq!(one["model_calls"], 1.0, "{name}");
        assert!(one["cpu_ms_per_turn"].as_f64().unwrap() > 0.0, "{name}");
    }
    let slowest = |at: usize| scenarios[at]["own_first_words_ms"]["min"].as_f64().unwrap();
    assert!(slowest(2) >= 200.0, "a network's delay is the client's to wait");
    for file in ["report.json", "report.md", "report.html"] {
        assert!(out.join(file).is_file(), "{file}");
    }
    let unknown = run(&["--compare", "nothing.json"]).await;
    assert!(String::from_utf8_lossy(&unknown.stderr).contains("nothing.json cannot be read"));
}
