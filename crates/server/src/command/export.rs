//! `confidant export`: everything held about a user.

use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Args, ValueEnum};
use domain::Clock;
use store::Caller;

use super::{no_such_user, say};
use crate::config::Config;
use crate::export::markdown;
use crate::running::open_store;

#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// The user's name.
    #[arg(long, default_value = "demo")]
    user: String,
    #[arg(long, value_enum, default_value_t = Form::Json)]
    format: Form,
    /// Where to write it [default: standard output].
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Form {
    /// For `confidant import`, with histories.
    Json,
    /// For people.
    Markdown,
}

pub(super) async fn run(config: &Config, args: ExportArgs) -> anyhow::Result<()> {
    // Not locked: a running server does not mind.
    let store = open_store(config, Clock::system()).await?;
    let user = store.find_user_by_name(&args.user).await?;
    let user = user.with_context(|| no_such_user(&args.user))?;
    let held = store.export_user(Caller::Operator, user.id).await?;
    let text = match args.format {
        Form::Json => serde_json::to_string_pretty(&held)?,
        Form::Markdown => markdown(&held),
    };
    match args.out {
        Some(path) => {
            std::fs::write(&path, text).with_context(|| format!("{} cannot be written", path.display()))
        }
        None => {
            say(&text);
            Ok(())
        }
    }
}
