//! `confidant bench`: how fast Confidant is, on this machine.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use domain::Optimizations;
use lab::bench::{BenchOptions, Report, SoakOptions, bench, compare, soak, to_html};

use super::say;
use crate::config::Config;
use crate::models::weights_dir;

/// Loads on a server of their own, with a simulated model.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(super) struct BenchArgs {
    #[command(subcommand)]
    soak: Option<BenchCommand>,
    /// Scenarios to run, such as memories_1000,users_64 [default: all].
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    scenarios: Vec<String>,
    /// Few turns and few memories: shows that everything works, not how fast.
    #[arg(long)]
    quick: bool,
    /// Measure what each switch of [optimizations] is worth, and the baseline with all of them off. Scenarios are run
    /// only if they are named.
    #[arg(long)]
    ablate: bool,
    /// Switches to measure with --ablate [default: all].
    #[arg(long, value_delimiter = ',', value_name = "NAMES", requires = "ablate")]
    switches: Vec<String>,
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Write report.json, report.md and report.html into this folder.
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    /// Compare with the report.json of an earlier run, turn by turn. Exit code 1 if anything became slower for certain.
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Print JSON instead of Markdown.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum BenchCommand {
    /// A long load: memory and handles have to stay flat.
    Soak {
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
        #[arg(long, default_value_t = 4)]
        users: usize,
    },
}

pub(super) async fn run(config: &Config, args: BenchArgs) -> anyhow::Result<()> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let program = std::env::current_exe().context("this program does not know where it is")?;
    let weights_dir = std::path::absolute(weights_dir(config))?;
    if let Some(BenchCommand::Soak { minutes, users }) = args.soak {
        let options = SoakOptions { program, weights_dir, minutes, users };
        say(&soak(&options, progress).await?);
        return Ok(());
    }
    // Read first: a run is long, and a wrong path should not cost one.
    let before = args.compare.as_deref().map(read).transpose()?;
    let options = BenchOptions {
        program,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        weights_dir,
        seed: args.seed,
        quick: args.quick,
        scenarios: args.scenarios,
        switches: if args.ablate { switches(&args.switches)? } else { Vec::new() },
    };
    let report = bench(&options, progress).await?;
    if let Some(folder) = &args.out {
        write(&report, folder)?;
    }
    let Some(before) = before else {
        say(&if args.json { report.to_json()? } else { report.to_string() });
        return Ok(());
    };
    let (table, slower) = compare(&before, &report);
    say(&table);
    if slower {
        bail!("something became slower");
    }
    Ok(())
}

/// The names of the switches, as the configuration has them.
fn switches(chosen: &[String]) -> anyhow::Result<Vec<String>> {
    let all = serde_json::to_value(Optimizations::default())?;
    let all: Vec<String> = all.as_object().into_iter().flatten().map(|(name, _)| name.clone()).collect();
    if let Some(unknown) = chosen.iter().find(|name| !all.contains(name)) {
        bail!("there is no switch {unknown:?}; there are {}", all.join(", "));
    }
    Ok(if chosen.is_empty() { all } else { chosen.to_vec() })
}

fn read(file: &Path) -> anyhow::Result<Report> {
    let text = fs::read_to_string(file).with_context(|| format!("{} cannot be read", file.display()))?;
    serde_json::from_str(&text)
        .with_context(|| format!("{} is no report of `confidant bench`", file.display()))
}

fn write(report: &Report, folder: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let files = [
        ("report.json", report.to_json()?),
        ("report.md", report.to_string()),
        ("report.html", to_html(report)),
    ];
    for (name, content) in files {
        fs::write(folder.join(name), content).with_context(|| format!("{name} cannot be written"))?;
    }
    Ok(())
}

#[expect(clippy::print_stderr, reason = "the command line's own voice")]
fn progress(text: &str) {
    eprintln!("{text}");
}
