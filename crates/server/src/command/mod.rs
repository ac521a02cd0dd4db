//! The command line: one file per command.

mod bench; // how fast it is, on this machine
mod chat; // a conversation in the terminal
mod client; // the API, from the other side
mod config; // show or check the configuration
mod doctor; // what works and what does not
mod encrypt; // the database gets a key, or another one
mod eval; // how good retrieval is, on given data
mod export; // everything held about a user
mod import; // conversations and memories from elsewhere
mod jobs; // background work that waits, runs, or was given up
mod keys; // who may call
mod memories; // tidying memories up, and back
mod serve; // the server

use std::io::{ErrorKind, Write as _};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};
use toml::Value;

use crate::config::{Config, ConfigError};
use crate::monitoring;

const WRONG_INPUT: u8 = 2;

/// A self-hosted chat server with a long memory that you control.
#[derive(Debug, Parser)]
#[command(version, about, after_help = "Start with `confidant serve`, then talk with `confidant chat`.")]
pub struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the server: the API, the memory and the background jobs.
    Serve,
    /// Talks in the terminal: with a running server, or by itself.
    Chat(chat::ChatArgs),
    /// Checks models, weights, database and port, and says what to do about what is wrong.
    Doctor,
    /// Measures how fast Confidant is on this machine, and what each optimisation is worth.
    Bench(bench::BenchArgs),
    /// Measures how good Confidant is, on data that you give.
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Imports conversations and memories: ChatGPT, Claude, mem0, Open WebUI, dated messages, or an export of our own.
    Import(import::ImportArgs),
    /// Encrypts the database with the key that the configuration names, or changes its key.
    Encrypt(encrypt::EncryptArgs),
    /// Writes everything held about a user, as JSON or Markdown.
    Export(export::ExportArgs),
    /// Tidies up a profile's memories, or takes that back.
    #[command(subcommand)]
    Memories(memories::MemoriesCommand),
    /// Lists the background work, tries again what was given up, or deletes it.
    #[command(subcommand)]
    Jobs(jobs::JobsCommand),
    /// Shows or checks the configuration.
    #[command(subcommand)]
    Config(config::ConfigCommand),
    /// Makes, lists and revokes the API keys of a server that is not only on loopback.
    #[command(subcommand)]
    Keys(keys::KeysCommand),
}

/// Flags of every command. Each wins over the environment, which wins over the file.
#[derive(Debug, Args)]
struct Settings {
    /// The configuration file [default: confidant.toml, if it is there].
    #[arg(long, global = true, env = "CONFIDANT_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where to listen [default: 127.0.0.1:8080].
    #[arg(long, global = true, env = "CONFIDANT_ADDR")]
    addr: Option<SocketAddr>,
    /// Where the database lives [default: ./data].
    #[arg(long, global = true, env = "CONFIDANT_DATA_DIR", value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Who runs the chat model: auto, openai, embedded or simulated [default: auto].
    #[arg(long, global = true)]
    provider: Option<String>,
    /// An OpenAI-compatible endpoint, such as http://127.0.0.1:11434/v1.
    #[arg(long, global = true, value_name = "URL")]
    base_url: Option<String>,
    /// The chat model's name at the endpoint.
    #[arg(long, global = true)]
    model: Option<String>,
    /// What is logged: error, warn, info, debug or trace [default: info; warn in `chat`].
    #[arg(long, global = true, value_name = "LEVEL")]
    log: Option<String>,
}

impl Settings {
    fn load(&self) -> Result<Config, ConfigError> {
        let text = |value: &Option<String>| value.clone().map(Value::String);
        let path =
            |value: &Option<PathBuf>| value.as_ref().map(|path| Value::String(path.display().to_string()));
        let flags = [
            ("server.addr", self.addr.map(|addr| Value::String(addr.to_string()))),
            ("server.data_dir", path(&self.data_dir)),
            ("models.provider", text(&self.provider)),
            ("models.base_url", text(&self.base_url)),
            ("models.model", text(&self.model)),
            ("log.level", text(&self.log)),
        ];
        let flags = flags.into_iter().filter_map(|(key, value)| Some((key, value?))).collect();
        crate::config::load(self.config.as_deref(), std::env::vars(), flags)
    }
}

/// Runs the command. Exit codes: 0 done, 1 failed, 2 the input or the configuration is wrong.
pub fn run(cli: Cli) -> ExitCode {
    let mut config = match cli.settings.load() {
        Ok(config) => config,
        Err(error) => return fail(WRONG_INPUT, &format!("{error}")),
    };
    if !matches!(cli.command, Command::Serve) && cli.settings.log.is_none() {
        // The terminal is for the conversation.
        config.log.level = "error".to_owned();
    }
    monitoring::quiet_panics();
    monitoring::forbid_core_dumps();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(1, &format!("the async runtime cannot start: {error}")),
    };
    let log = {
        let _runtime = runtime.enter();
        match monitoring::Log::start(&config) {
            Ok(log) => log,
            Err(problem) => return fail(WRONG_INPUT, &problem),
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve => serve::run(config).await,
            Command::Chat(args) => chat::run(config, args).await,
            Command::Doctor => doctor::run(config).await,
            Command::Bench(args) => bench::run(&config, args).await,
            Command::Encrypt(args) => encrypt::run(&config, args).await,
            Command::Eval(command) => eval::run(&config, command).await,
            Command::Config(command) => config::run(&config, &command),
            Command::Jobs(command) => jobs::run(&config, command).await,
            Command::Keys(command) => keys::run(&config, command).await,
            Command::Import(args) => import::run(&config, args).await,
            Command::Export(args) => export::run(&config, args).await,
            Command::Memories(command) => memories::run(&config, command).await,
        }
    });
    log.finish();
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if error.is::<WrongInput>() => fail(WRONG_INPUT, &format!("{error:#}")),
        Err(error) => fail(1, &format!("{error:#}")),
    }
}

/// What was given cannot be used, whatever the machine does: the context of such an error, for the exit code.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct WrongInput(String);

fn no_such_user(name: &str) -> String {
    format!("there is no user `{name}`; make one with POST /api/users, or leave --user out for `demo`")
}

#[expect(clippy::print_stderr, reason = "the command line's own voice")]
fn fail(code: u8, problem: &str) -> ExitCode {
    eprintln!("confidant: {problem}");
    ExitCode::from(code)
}

/// Says it on stdout. Whoever reads it may have seen enough, as `head` does: then there is nothing left to do.
fn say(text: &str) {
    match writeln!(std::io::stdout(), "{text}") {
        Ok(()) => {}
        Err(error) if error.kind() == ErrorKind::BrokenPipe => std::process::exit(0),
        Err(error) => {
            fail(1, &format!("stdout cannot be written: {error}"));
            std::process::exit(1);
        }
    }
}

/// Says it on stdout if somebody reads it: for commands that go on without.
fn announce(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}
