//! `confidant config`: the configuration in force.

use clap::Subcommand;

use super::say;
use crate::config::{self, Config};

#[derive(Debug, Subcommand)]
pub(super) enum ConfigCommand {
    /// Prints the configuration in force as TOML, secrets hidden.
    Show,
    /// Says whether the configuration can be used, and what is wrong if not.
    Check,
}

// A configuration that cannot be used has been refused before this.
#[expect(clippy::unnecessary_wraps, reason = "all commands have one form")]
pub(super) fn run(config: &Config, command: &ConfigCommand) -> anyhow::Result<()> {
    match command {
        ConfigCommand::Show => say(config::show(config).trim_end()),
        ConfigCommand::Check => say("The configuration is fine."),
    }
    Ok(())
}
