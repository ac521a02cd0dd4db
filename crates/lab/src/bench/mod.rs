//! How fast the product is: loads on a real server, in a process of its own, over real HTTP, with a simulated model.
//!
//! A turn's *own* time is what its client waited minus what the model says that it computed.

mod client; // the load
mod compare; // two reports: changes and chance
mod delay; // a slow network
mod goals; // what is promised
mod machine; // what it ran on
mod page; // the report as one HTML file
mod report; // what was measured
mod run; // a scenario, from an empty folder to figures
mod scenario; // what is measured
mod server; // the server's process
mod soak; // does anything grow?
mod stats; // from samples to figures
mod workload; // what is remembered and asked

use std::path::PathBuf;

use anyhow::bail;

use run::Bench;
use scenario::{SCENARIOS, Scenario};
use server::ServerSetup;

pub use compare::compare;
pub use page::to_html;
pub use report::{Ablated, Measured, Report};
pub use soak::{SoakOptions, soak};
pub use stats::Summary;

/// The loads that each switch is measured on, and with how many turns a user.
const ABLATION_LOADS: [(&str, usize); 3] = [("chat_model", 10), ("memories_1000", 100), ("users_8", 40)];

#[derive(Clone, Debug)]
pub struct BenchOptions {
    /// The server to measure.
    pub program: PathBuf,
    pub version: String,
    /// Where the embedding model's files are.
    pub weights_dir: PathBuf,
    pub seed: u64,
    /// Few turns, few memories: to see that it works.
    pub quick: bool,
    /// By name; empty: all.
    pub scenarios: Vec<String>,
    /// Also measure what each of these switches is worth.
    pub switches: Vec<String>,
}

/// Runs the benchmark. `progress` is told what is done next.
pub async fn bench(options: &BenchOptions, progress: impl Fn(&str)) -> anyhow::Result<Report> {
    let scenarios = chosen(&options.scenarios)?;
    let mut bench = Bench::new(setup(options), options.seed)?;
    let sized = |scenario: Scenario| if options.quick { scenario.quick() } else { scenario };
    let mut report = Report {
        version: options.version.clone(),
        machine: machine::Machine::this(),
        seed: options.seed,
        quick: options.quick,
        scenarios: Vec::new(),
        ablation: Vec::new(),
    };
    if options.switches.is_empty() || !options.scenarios.is_empty() {
        for scenario in scenarios {
            progress(&format!("{}: {}", scenario.name, scenario.about));
            report.scenarios.push(bench.measure(&sized(scenario), &[]).await?);
        }
    }
    for off in rows(&options.switches) {
        let settings: Vec<(String, String)> =
            off.switches.iter().map(|switch| (environment_name(switch), "false".to_owned())).collect();
        let mut measured = Vec::new();
        let loads = ABLATION_LOADS.into_iter();
        for scenario in loads.filter_map(|(name, turns)| Some(Scenario { turns, ..Scenario::find(name)? })) {
            progress(&format!("off: {}; {}", off.name, scenario.name));
            measured.push(bench.measure(&sized(scenario), &settings).await?);
        }
        report.ablation.push(Ablated { off: off.name, measured });
    }
    Ok(report)
}

fn setup(options: &BenchOptions) -> ServerSetup {
    ServerSetup {
        program: options.program.clone(),
        weights_dir: options.weights_dir.clone(),
        settings: Vec::new(),
    }
}

fn chosen(names: &[String]) -> anyhow::Result<Vec<Scenario>> {
    if names.is_empty() {
        return Ok(SCENARIOS.to_vec());
    }
    let find = |name: &String| match Scenario::find(name) {
        Some(scenario) => Ok(scenario),
        None => {
            let known: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.name).collect();
            bail!("there is no scenario {name:?}; there are {}", known.join(", "))
        }
    };
    names.iter().map(find).collect()
}

/// A row of the ablation.
struct Off {
    name: String,
    switches: Vec<String>,
}

/// All on, each switch off, all off, and all on again.
fn rows(switches: &[String]) -> Vec<Off> {
    if switches.is_empty() {
        return Vec::new();
    }
    let none = || Off { name: "none".to_owned(), switches: Vec::new() };
    let each = switches.iter().map(|switch| Off { name: switch.clone(), switches: vec![switch.clone()] });
    let all = Off { name: "all".to_owned(), switches: switches.to_vec() };
    std::iter::once(none())
        .chain(each)
        .chain([all, Off { name: "none, again".to_owned(), ..none() }])
        .collect()
}

fn environment_name(switch: &str) -> String {
    format!("CONFIDANT_OPTIMIZATIONS__{}", switch.to_uppercase())
}
