//! `confidant chat`: a conversation in the terminal, with a running server or by itself.

mod commands; // what begins with a slash
mod conversation; // messages, answers, what was remembered
mod drafts; // what is being typed
mod input; // lines from a terminal or a pipe
mod receipt; // a turn's receipt in words

use clap::Args;
use domain::{Clock, PrivacyMode};

use super::client::Client;
use super::say;
use crate::config::Config;
use crate::http::hash_key;
use crate::{RunningServer, choose_models, running};
use conversation::Conversation;
use drafts::prefetch;
use input::Input;

#[derive(Debug, Args)]
pub(super) struct ChatArgs {
    /// The server to talk with [default: the one at the configured address; without one, chat runs by itself].
    #[arg(long, env = "CONFIDANT_URL", value_name = "URL")]
    server: Option<String>,
    /// A key of that server, if it asks for one.
    #[arg(long, env = "CONFIDANT_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// Whose memory.
    #[arg(long, default_value = "demo")]
    user: String,
    /// Which of the user's profiles [default: the default one].
    #[arg(long, value_name = "NAME")]
    profile: Option<String>,
    /// Nothing is read from memory, and nothing of the conversation is stored.
    #[arg(long, conflicts_with = "pause_memory")]
    incognito: bool,
    /// Memories are read, but none are made.
    #[arg(long)]
    pause_memory: bool,
}

pub(super) async fn run(config: Config, args: ChatArgs) -> anyhow::Result<()> {
    let (client, own_server) = connect(config, &args).await?;
    let mode = match (args.incognito, args.pause_memory) {
        (true, _) => PrivacyMode::Incognito,
        (_, true) => PrivacyMode::PauseMemory,
        _ => PrivacyMode::Normal,
    };
    let result = talk(client, &args, mode).await;
    if let Some(server) = own_server {
        server.shut_down().await;
    }
    result
}

async fn talk(client: Client, args: &ChatArgs, mode: PrivacyMode) -> anyhow::Result<()> {
    let mut conversation = Conversation::begin(client, &args.user, args.profile.as_deref(), mode).await?;
    let mut input = Input::new();
    conversation.greet(input.is_terminal());
    loop {
        let drafts = input.drafts().filter(|_| conversation.session.privacy_mode.reads_memories());
        let (client, session_id) = (conversation.client.clone(), conversation.session.id);
        let prefetching = drafts.map(|drafts| tokio::spawn(prefetch(client, session_id, drafts)));
        let line = input.read(conversation.prompt()).await;
        if let Some(prefetching) = prefetching {
            prefetching.abort();
        }
        let Some(line) = line? else { break };
        let line = line.trim();
        let done = match line.strip_prefix('/') {
            _ if line.is_empty() => continue,
            Some(command) => match commands::run(&mut conversation, command).await {
                Ok(commands::Next::Quit) => break,
                Ok(commands::Next::GoOn) => Ok(()),
                Err(error) => Err(error),
            },
            None => conversation.say(line).await,
        };
        // A message or command that failed is no reason to end the conversation.
        if let Err(error) = done {
            say(&format!("! {error:#}"));
        }
    }
    conversation.end().await;
    Ok(())
}

/// A client of the server that answers, or of one that runs in this process for as long as the conversation.
async fn connect(mut config: Config, args: &ChatArgs) -> anyhow::Result<(Client, Option<RunningServer>)> {
    let wanted = args.server.clone();
    let url = wanted.clone().unwrap_or_else(|| format!("http://{}", config.server.addr));
    let client = Client::new(url, args.api_key.clone())?;
    match client.ready().await {
        Ok(()) => return Ok((client, None)),
        Err(error) if wanted.is_some() => return Err(error),
        Err(_) => {}
    }
    config.server.addr.set_port(0);
    config.server.addr.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
    let key = uuid::Uuid::from_bytes(rand::random()).simple().to_string();
    let models = choose_models(&config).await?;
    say("No server is running, so this conversation runs one by itself.");
    for line in &models.described {
        say(&format!("  {line}"));
    }
    let server = running::start(config, Clock::system(), models, Some(hash_key(&key))).await?;
    Ok((Client::new(format!("http://{}", server.addr), Some(key))?, Some(server)))
}
