//! `confidant import`: conversations and memories from elsewhere, into a profile. Directly, or through the server that runs.

mod over_http; // through a server

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use agents::memory_manager::is_recallable;
use anyhow::Context as _;
use clap::{Args, ValueEnum};
use domain::profile::ProfileFields;
use domain::{Clock, PrivacyMode};
use jiff::tz::TimeZone;
use memory::lifecycle::rules::Reading;
use memory::{ImportedMessage, ImportedSession, Memories, NewNames};
use privacy::Policy;
use store::{Caller, ProfileScope, Store};

use super::client::Client;
use super::memories::ProfileArgs;
use super::{WrongInput, no_such_user, say};
use crate::app::new_memories;
use crate::config::Config;
use crate::http::ImportDone;
use crate::import::{self, Archive, Conversation, Format, OwnProfile, to_session};
use crate::models::load_embedding_model;
use crate::running::{lock_data_dir, open_store};

#[derive(Debug, Args)]
pub(super) struct ImportArgs {
    /// A `.zip` as it was downloaded, the JSON in it, or dated messages as JSON lines.
    file: PathBuf,
    #[command(flatten)]
    into: ProfileArgs,
    /// The server to import through [default: the one at the configured address, if it runs on this data folder].
    #[arg(long, env = "CONFIDANT_URL", value_name = "URL")]
    server: Option<String>,
    /// A key of that server, if it asks for one.
    #[arg(long, env = "CONFIDANT_API_KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// What the file is [default: told from its form].
    #[arg(long)]
    format: Option<Format>,
    /// What is remembered of the user's messages; they can be found again in either case.
    #[arg(long, value_enum, default_value_t = Extract::Rules)]
    extract: Extract,
    /// Only show what would be imported.
    #[arg(long)]
    dry_run: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Extract {
    /// Statements that the rules find, without a model.
    Rules,
    /// Nothing.
    None,
}

impl ImportArgs {
    fn extracts(&self) -> bool {
        self.extract == Extract::Rules
    }
}

/// What was imported, in numbers.
#[derive(Debug, Default)]
struct Done {
    conversations: usize,
    messages: usize,
    new_messages: usize,
    memories: u64,
}

impl Done {
    fn add(&mut self, answer: &ImportDone) {
        self.new_messages += answer.new_messages;
        self.memories += answer.memories;
    }
}

pub(super) async fn run(config: &Config, args: ImportArgs) -> anyhow::Result<()> {
    let cannot = || WrongInput(format!("{} cannot be imported", args.file.display()));
    let (format, mut archive) = import::read(&args.file, args.format).with_context(cannot)?;
    archive.leave_out_impossible_moments(Clock::system().now());
    // What was said later counts as newer, in whatever order the archive has it.
    archive.conversations.sort_by_key(|one| one.messages.first().map(|first| first.at));
    let secret = import::leave_out_secrets(&mut archive.memories, &config.privacy.policy());
    if secret > 0 {
        archive.skipped.push(format!("{secret} memories with secrets, such as keys and card numbers"));
    }
    let Archive { conversations, memories, profiles, skipped } = &archive;
    let messages: usize = conversations.iter().map(|one| one.messages.len()).sum::<usize>()
        + profiles.iter().flat_map(|own| &own.sessions).map(|one| one.messages.len()).sum::<usize>();
    let sessions = conversations.len() + profiles.iter().map(|own| own.sessions.len()).sum::<usize>();
    let stated = memories.len() + profiles.iter().map(|own| own.memories.len()).sum::<usize>();
    say(&format!("{}: {sessions} conversations with {messages} messages, {stated} memories.", format.name()));
    for problem in skipped.iter().take(20) {
        say(&format!("  left out: {problem}"));
    }
    if args.dry_run {
        if args.extracts() && !conversations.is_empty() {
            let told = statements_told(archive.conversations, &config.privacy.policy());
            say(&format!(
                "By their words alone the rules would find {told} statements in the messages, some of them more than once."
            ));
        }
        say("Nothing was imported: this was a dry run.");
        return Ok(());
    }
    let lock = if args.server.is_none() { lock_data_dir(&config.server.data_dir).ok() } else { None };
    let done = if lock.is_some() {
        import_directly(config, &args, archive).await?
    } else {
        let url = args.server.clone().unwrap_or_else(|| format!("http://{}", config.server.addr));
        let client = Client::new(url, args.api_key.clone())?;
        let ready = client.ready().await;
        if args.server.is_none() {
            ready.context("another Confidant works on the data folder, so it has to do the import")?;
        } else {
            ready?;
        }
        over_http::import(&client, &args, archive).await?
    };
    say(&format!(
        "{} conversations, {} messages of which {} are new, {} memories added or changed.",
        done.conversations, done.messages, done.new_messages, done.memories
    ));
    Ok(())
}

/// How many statements the rules find in the messages, by their words alone.
fn statements_told(conversations: Vec<Conversation>, policy: &Policy) -> usize {
    let sessions = conversations.into_iter().map(|one| to_session(one, true, &TimeZone::UTC, policy));
    let messages = sessions.flat_map(|session| session.messages);
    let told = messages.flat_map(|message| message.told.statements(&message.content, None));
    told.filter(memory::lifecycle::Extracted::is_statement).count()
}

async fn import_directly(config: &Config, args: &ImportArgs, archive: Archive) -> anyhow::Result<Done> {
    let store = open_store(config, Clock::system()).await?;
    store.ensure_demo_user().await?;
    let embeddings = Arc::new(load_embedding_model(config).await?);
    let memories = new_memories(config, store.clone(), embeddings, Clock::system());
    import_archive(&store, &memories, args, archive, &config.privacy.policy()).await
}

async fn import_archive(
    store: &Store,
    memories: &Memories,
    args: &ImportArgs,
    archive: Archive,
    policy: &Policy,
) -> anyhow::Result<Done> {
    let mut done = Done::default();
    if !archive.profiles.is_empty() {
        for own in archive.profiles {
            restore(store, memories, &args.into, own, policy, &mut done).await?;
        }
        return Ok(done);
    }
    let scope = args.into.open(store).await?;
    let all = archive.conversations.len();
    let time_zone = memories.time_zone(scope).await?;
    for (at, conversation) in archive.conversations.into_iter().enumerate() {
        let session = to_session(conversation, args.extracts(), &time_zone, policy);
        let imported = memories.import_session(scope, session).await?;
        done.conversations += 1;
        done.messages += imported.ids.len();
        done.new_messages += imported.new_messages;
        done.memories += imported.memory_changes as u64;
        progress(at + 1, all);
    }
    done.memories += memories.import_memories(scope, archive.memories).await?;
    Ok(done)
}

/// A profile of our own export, into the one of the same name, which is made if it is not there.
async fn restore(
    store: &Store,
    memories: &Memories,
    into: &ProfileArgs,
    own: OwnProfile,
    policy: &Policy,
    done: &mut Done,
) -> anyhow::Result<()> {
    let scope = match into.profile {
        Some(_) => into.open(store).await?,
        None => open_or_make(store, &into.user, &own).await?,
    };
    let mut names = NewNames::default();
    for one in own.sessions {
        let mode = one.session.privacy_mode;
        let old: Vec<_> = one.messages.iter().map(|message| message.id).collect();
        let messages = one.messages.into_iter().map(|message| ImportedMessage {
            key: Some(message.id.to_string()),
            role: message.role,
            speaker: message.speaker,
            recallable: mode == PrivacyMode::Normal && is_recallable(&message.content, policy),
            content: message.content,
            said_at: message.created_at,
            told: Reading::default(),
        });
        let session = ImportedSession {
            key: Some(one.session.id.to_string()),
            title: one.session.title,
            mode,
            times: Some((one.session.created_at, one.session.updated_at)),
            messages: messages.collect(),
        };
        let imported = memories.import_session(scope, session).await?;
        done.conversations += 1;
        done.messages += imported.ids.len();
        done.new_messages += imported.new_messages;
        names.messages.extend(old.into_iter().zip(imported.ids));
        if let Some(id) = imported.session_id {
            names.sessions.insert(one.session.id, id);
            if let Some(analysis) = one.analysis {
                store.store_analysis(scope, id, analysis).await?;
            }
        }
    }
    done.memories += memories.restore(scope, own.memories, &names).await?;
    Ok(())
}

async fn open_or_make(store: &Store, user: &str, own: &OwnProfile) -> anyhow::Result<ProfileScope> {
    let user = store.find_user_by_name(user).await?.with_context(|| no_such_user(user))?;
    let profiles = store.list_profiles(Caller::Operator, user.id, None, u32::MAX).await?.items;
    let by_name: BTreeMap<&str, _> =
        profiles.iter().map(|profile| (profile.name.as_str(), profile.id)).collect();
    let fields = ProfileFields {
        name: None,
        description: Some(own.profile.description.clone()),
        system_prompt: Some(own.profile.system_prompt.clone()),
        personality: Some(own.profile.personality.clone()),
        is_default: None,
    };
    let id = match by_name.get(own.profile.name.as_str()) {
        Some(id) => *id,
        None => store.create_profile(Caller::Operator, user.id, own.profile.name.clone(), fields).await?.id,
    };
    Ok(store.open_profile(Caller::Operator, id).await?)
}

#[expect(clippy::print_stderr, reason = "the command line's own voice")]
fn progress(done: usize, all: usize) {
    use std::io::IsTerminal as _;
    if !std::io::stderr().is_terminal() {
        return;
    }
    let width = 30;
    let filled = done * width / all.max(1);
    eprint!("\r[{}{}] {done}/{all}", "#".repeat(filled), "-".repeat(width - filled));
    if done == all {
        eprintln!();
    }
    let _ = std::io::stderr().flush();
}
