//! `confidant memories`: tidying up, and taking it back.

use std::sync::Arc;

use anyhow::{Context as _, bail};
use clap::{Args, Subcommand};
use domain::memory::Memory;
use domain::profile::Profile;
use domain::{Clock, RunId};
use memory::Memories;
use store::{Caller, ProfileScope, Store};

use super::{no_such_user, say};
use crate::app::new_memories;
use crate::config::Config;
use crate::models::load_embedding_model;
use crate::running::{lock_data_dir, open_store};

#[derive(Debug, Subcommand)]
pub(super) enum MemoriesCommand {
    /// Merges near-duplicates, and fades what is old, of little importance and never used. Nothing is deleted.
    Consolidate {
        #[command(flatten)]
        profile: ProfileArgs,
        /// Only show what would be changed.
        #[arg(long)]
        dry_run: bool,
    },
    /// Lists the consolidations that changed something.
    Runs(ProfileArgs),
    /// Takes a whole consolidation back.
    Undo {
        /// The id of the run, as `memories runs` lists it.
        run: String,
        #[command(flatten)]
        profile: ProfileArgs,
    },
}

/// Whose memories.
#[derive(Debug, Args)]
pub(super) struct ProfileArgs {
    /// The user's name.
    #[arg(long, default_value = "demo")]
    pub(super) user: String,
    /// The profile's name [default: the user's default profile].
    #[arg(long)]
    pub(super) profile: Option<String>,
}

impl ProfileArgs {
    pub(super) async fn open(&self, store: &Store) -> anyhow::Result<ProfileScope> {
        let user = store.find_user_by_name(&self.user).await?;
        let user = user.with_context(|| no_such_user(&self.user))?;
        let profiles = store.list_profiles(Caller::Operator, user.id, None, u32::MAX).await?.items;
        Ok(store.open_profile(Caller::Operator, self.choose(profiles)?.id).await?)
    }

    pub(super) fn choose(&self, profiles: Vec<Profile>) -> anyhow::Result<Profile> {
        let names = profiles.iter().map(|profile| profile.name.as_str()).collect::<Vec<_>>().join(", ");
        let wanted = profiles.into_iter().find(|profile| match &self.profile {
            Some(name) => profile.name == *name,
            None => profile.is_default,
        });
        wanted.with_context(|| format!("the user `{}` has no such profile; there are: {names}", self.user))
    }
}

pub(super) async fn run(config: &Config, command: MemoriesCommand) -> anyhow::Result<()> {
    // Not locked for reading: a running server does not mind.
    let store = open_store(config, Clock::system()).await?;
    match command {
        MemoriesCommand::Consolidate { profile, dry_run } => {
            consolidate(config, &store, profile.open(&store).await?, dry_run).await
        }
        MemoriesCommand::Runs(profile) => {
            let runs = store.list_consolidation_runs(profile.open(&store).await?, 100).await?;
            if runs.is_empty() {
                say("No consolidation has changed anything yet.");
            }
            for run in runs {
                let at = run.at.strftime("%Y-%m-%d %H:%M UTC");
                say(&format!("{}  {at}  {} merged, {} faded", run.id, run.merged, run.faded));
            }
            Ok(())
        }
        MemoriesCommand::Undo { run, profile } => {
            let run: RunId = run.parse()?;
            let scope = profile.open(&store).await?;
            let Ok(_lock) = lock_data_dir(&config.server.data_dir) else {
                bail!(
                    "the server is running: use POST /api/profiles/{}/consolidations/{run}/undo",
                    scope.profile_id()
                );
            };
            let restored = memories(config, store).await?.undo_run(scope, run).await?;
            say(&format!("{restored} memories are as they were before."));
            Ok(())
        }
    }
}

async fn memories(config: &Config, store: Store) -> anyhow::Result<Memories> {
    let embeddings = Arc::new(load_embedding_model(config).await?);
    Ok(new_memories(config, store, embeddings, Clock::system()))
}

async fn consolidate(
    config: &Config,
    store: &Store,
    scope: ProfileScope,
    dry_run: bool,
) -> anyhow::Result<()> {
    let lock = lock_data_dir(&config.server.data_dir).ok();
    if lock.is_none() && !dry_run {
        store.enqueue_consolidation(scope).await?;
        say("The server is running and does it in the background; see `confidant memories runs`.");
        return Ok(());
    }
    let memories = memories(config, store.clone()).await?;
    let rules = config.memory.consolidation();
    let run_id = RunId::new(Clock::system().now());
    let plan = memories.consolidate_all(scope, rules, (!dry_run).then_some(run_id)).await?;
    for merge in &plan.merges {
        say(&format!("merge into: {}", merge.kept.content));
        merge.merged.iter().for_each(|one| say(&format!("            {}", one.content)));
    }
    for memory in &plan.fades {
        say(&format!("fade:       {}  ({})", memory.content, since(memory)));
    }
    let merged: usize = plan.merges.iter().map(|merge| merge.merged.len()).sum();
    let faded = plan.fades.len();
    let (would, undo) = match (dry_run, merged + faded) {
        (true, _) => ("would be ", String::new()),
        (false, 0) => ("", String::new()),
        (false, _) => ("", format!(" Take it back with `confidant memories undo {run_id}`.")),
    };
    say(&format!("{merged} {would}merged, {faded} {would}faded.{undo}"));
    Ok(())
}

fn since(memory: &Memory) -> String {
    format!("said on {}, importance {:.1}", memory.said_at.strftime("%Y-%m-%d"), memory.importance)
}
