//! `confidant`: reads the command line and runs the command.

use std::process::ExitCode;

use clap::Parser as _;
use confidant::command::{self, Cli};
use mimalloc::MiMalloc;

/// Rows and messages are made on one thread and dropped on another, for which the usual allocator takes locks.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    command::run(Cli::parse())
}
