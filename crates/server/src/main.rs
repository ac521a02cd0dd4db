//! `confidant`: reads the command line and runs the command.

use std::process::ExitCode;

use clap::Parser as _;
use confidant::command::{self, Cli};

fn main() -> ExitCode {
    command::run(Cli::parse())
}
