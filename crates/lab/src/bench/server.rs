//! The server that is measured: a process of its own, as users run it.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

const START_TIMEOUT: Duration = Duration::from_secs(60);
const STOP_TIMEOUT: Duration = Duration::from_secs(30);
/// Of `/proc/<pid>/stat`, on every Linux.
const TICKS_PER_SECOND: f64 = 100.0;

/// How a server is started.
#[derive(Clone, Debug)]
pub(super) struct ServerSetup {
    pub(super) program: PathBuf,
    pub(super) weights_dir: PathBuf,
    /// Configuration by environment, such as `CONFIDANT_OPTIMIZATIONS__CACHING`.
    pub(super) settings: Vec<(String, String)>,
}

pub(super) struct ServerProcess {
    child: Child,
    pub(super) url: String,
    /// From the start of the process until it listened.
    pub(super) start_ms: f64,
    /// Kept, so that the server can go on writing.
    _output: Lines<BufReader<ChildStdout>>,
}

/// What a process uses.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Usage {
    /// Of all its threads, since it started.
    pub(super) cpu_ms: f64,
    pub(super) resident_mib: f64,
    pub(super) peak_mib: f64,
    pub(super) handles: usize,
    pub(super) threads: usize,
}

impl ServerProcess {
    pub(super) async fn start(setup: &ServerSetup, data_dir: &Path) -> anyhow::Result<Self> {
        let started = Instant::now();
        let mut command = Command::new(&setup.program);
        command.args(["serve", "--addr", "127.0.0.1:0", "--provider", "simulated", "--log", "error"]);
        // What is set around the benchmark is not what it measures.
        let ours = |name: &str| name.starts_with("CONFIDANT_") || name.starts_with("OPENAI_");
        for (name, _) in std::env::vars().filter(|(name, _)| ours(name)) {
            command.env_remove(name);
        }
        command.env("CONFIDANT_SERVER__WEIGHTS_DIR", &setup.weights_dir).arg("--data-dir").arg(data_dir);
        command.envs(setup.settings.iter().map(|(name, value)| (name, value)));
        command.current_dir(data_dir).stdin(Stdio::null()).stdout(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().with_context(|| format!("cannot run {}", setup.program.display()))?;
        let output = child.stdout.take().context("the server has no output")?;
        let mut output = BufReader::new(output).lines();
        let listens = async {
            while let Some(line) = output.next_line().await? {
                if let Some(url) = line.strip_prefix("Confidant listens on ") {
                    return Ok(url.to_owned());
                }
            }
            bail!("the server ended before it listened")
        };
        let url =
            tokio::time::timeout(START_TIMEOUT, listens).await.context("the server does not start")??;
        Ok(Self { child, url, start_ms: started.elapsed().as_secs_f64() * 1_000.0, _output: output })
    }

    pub(super) fn usage(&self) -> anyhow::Result<Usage> {
        let id = self.child.id().context("the server has ended")?;
        let read = |file: &str| std::fs::read_to_string(format!("/proc/{id}/{file}"));
        let stat = read("stat").context("what a process uses can be read on Linux only")?;
        // Behind the name, which is in parentheses and may hold anything.
        let fields: Vec<&str> =
            stat.rsplit_once(')').map_or("", |(_, rest)| rest).split_whitespace().collect();
        let number =
            |at: usize| fields.get(at).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
        let status = read("status")?;
        let mib = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).unwrap_or_default();
            let kib = line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok());
            kib.unwrap_or_default() / 1_024.0
        };
        Ok(Usage {
            cpu_ms: (number(11) + number(12)) * 1_000.0 / TICKS_PER_SECOND,
            resident_mib: mib("VmRSS:"),
            peak_mib: mib("VmHWM:"),
            threads: number(17) as usize,
            handles: std::fs::read_dir(format!("/proc/{id}/fd"))?.count(),
        })
    }

    /// Ends the server as a service manager would.
    pub(super) async fn stop(mut self) -> anyhow::Result<()> {
        if let Some(id) = self.child.id().and_then(|id| rustix::process::Pid::from_raw(id as i32)) {
            rustix::process::kill_process(id, rustix::process::Signal::TERM)?;
        }
        let ended = tokio::time::timeout(STOP_TIMEOUT, self.child.wait()).await;
        let status = ended.context("the server does not stop")??;
        if !status.success() {
            bail!("the server ended with {status}");
        }
        Ok(())
    }
}
