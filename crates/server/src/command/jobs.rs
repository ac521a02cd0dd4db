//! `confidant jobs`: the background work that waits, runs, or was given up. The server may run meanwhile.

use clap::{Subcommand, ValueEnum};
use domain::{Clock, JobId};

use super::say;
use crate::config::Config;
use crate::running::open_store;

const LISTED_MAX: u32 = 1_000;

#[derive(Debug, Subcommand)]
pub(super) enum JobsCommand {
    /// Lists jobs: what kind, since when, how often tried, and why they failed.
    List {
        /// Only those in this state.
        #[arg(long)]
        state: Option<State>,
    },
    /// Gives jobs that were given up another round of tries.
    Retry {
        /// One job [default: all that were given up].
        id: Option<String>,
    },
    /// Deletes jobs that were given up. What they were to remember is not remembered; the messages stay.
    Purge {
        /// One job [default: all that were given up].
        id: Option<String>,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum State {
    Pending,
    Running,
    Dead,
}

pub(super) async fn run(config: &Config, command: JobsCommand) -> anyhow::Result<()> {
    let store = open_store(config, Clock::system()).await?;
    let parsed = |id: Option<String>| id.map(|id| id.parse::<JobId>()).transpose();
    match command {
        JobsCommand::List { state } => {
            let state = state.map(|state| match state {
                State::Pending => "pending",
                State::Running => "running",
                State::Dead => "dead",
            });
            let jobs = store.list_jobs(state, LISTED_MAX).await?;
            if jobs.is_empty() {
                say("There are no such jobs.");
            }
            for job in jobs {
                let due = job.run_at.strftime("%Y-%m-%d %H:%M:%S UTC");
                let failed = job.error_code.map(|code| format!("  {code}")).unwrap_or_default();
                say(&format!(
                    "{}  {:8} {:20} due {due}  {} tries{failed}",
                    job.id, job.state, job.kind, job.attempts
                ));
            }
        }
        JobsCommand::Retry { id } => {
            let count = store.retry_dead_jobs(parsed(id)?).await?;
            say(&format!("{count} jobs will be tried again; a running server begins within a second."));
        }
        JobsCommand::Purge { id } => {
            let count = store.purge_dead_jobs(parsed(id)?).await?;
            say(&format!("{count} jobs were deleted."));
        }
    }
    Ok(())
}
