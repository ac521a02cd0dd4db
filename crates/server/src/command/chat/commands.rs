//! What begins with a slash.

use anyhow::{Context as _, bail};
use domain::PrivacyMode;
use domain::memory::Memory;
use domain::session::Session;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::super::say;
use super::conversation::{Conversation, describe};
use super::receipt::in_words;

const HELP: &str = "\
/memories [words]   what I remember; with words, what I find for them
/receipt            what was stored, read, replaced and sent in the last turn
/why                which memories the last answer used, and how they were found
/forget NUMBER      deletes a memory of the last /memories list for good
/mode [MODE]        shows or sets the privacy mode: normal, pause_memory, incognito
/profile [NAME]     shows or switches the memory profile; a new session begins
/new                a new session
/quit               ends";

pub(super) enum Next {
    GoOn,
    Quit,
}

pub(super) async fn run(conversation: &mut Conversation, command: &str) -> anyhow::Result<Next> {
    let (name, rest) = command.split_once(char::is_whitespace).unwrap_or((command, ""));
    let rest = rest.trim();
    match name {
        "memories" if rest.is_empty() => list(conversation).await?,
        "memories" => search(conversation, rest).await?,
        "receipt" => receipt(conversation).await?,
        "why" => why(conversation),
        "forget" => forget(conversation, rest).await?,
        "mode" => mode(conversation, rest).await?,
        "profile" => profile(conversation, rest).await?,
        "new" => {
            conversation.restart(conversation.profile.clone()).await?;
            say("A new session.");
        }
        "help" => say(HELP),
        "quit" | "exit" => return Ok(Next::Quit),
        other => bail!("there is no command /{other}; /help lists them"),
    }
    Ok(Next::GoOn)
}

async fn list(conversation: &mut Conversation) -> anyhow::Result<()> {
    let path = format!("/api/profiles/{}/memories", conversation.profile.id);
    conversation.listed = conversation.client.list(&path).await?;
    if conversation.listed.is_empty() {
        say("I remember nothing yet.");
    }
    show(&conversation.listed);
    Ok(())
}

async fn search(conversation: &mut Conversation, query: &str) -> anyhow::Result<()> {
    #[derive(Deserialize)]
    struct Found {
        items: Vec<Hit>,
    }
    #[derive(Deserialize)]
    struct Hit {
        memory: Memory,
    }
    let body = json!({"profile_id": conversation.profile.id, "query": query, "kinds": ["memory"]});
    let found: Found = conversation.client.send(Method::POST, "/api/memories/search", &body).await?;
    conversation.listed = found.items.into_iter().map(|hit| hit.memory).collect();
    if conversation.listed.is_empty() {
        say("I find nothing for that.");
    }
    show(&conversation.listed);
    Ok(())
}

fn show(memories: &[Memory]) {
    for (at, memory) in memories.iter().enumerate() {
        let mentions = if memory.mention_count > 1 {
            format!(", {} times", memory.mention_count)
        } else {
            String::new()
        };
        let said = memory.said_at.strftime("%Y-%m-%d");
        say(&format!("{:3}. {}  [{}, said {said}{mentions}]", at + 1, memory.content, memory.kind.as_str()));
    }
}

async fn receipt(conversation: &Conversation) -> anyhow::Result<()> {
    let turn = conversation.last_turn.context("there was no turn yet")?;
    let receipt: Value = conversation.client.get(&format!("/api/turns/{turn}/receipt")).await?;
    for line in in_words(&receipt) {
        say(&format!("  {line}"));
    }
    Ok(())
}

fn why(conversation: &Conversation) {
    if conversation.last_used.is_empty() {
        say("The last answer used no memories.");
    }
    for used in &conversation.last_used {
        let found_by: Vec<&str> = used
            .strategies
            .iter()
            .map(|strategy| match strategy.as_str() {
                "semantic" => "close in meaning",
                "keyword" => "same words",
                "temporal" => "of that time",
                "entity" => "same names",
                other => other,
            })
            .collect();
        say(&format!("  {}  [{}; score {:.2}]", used.content, found_by.join(", "), used.score));
    }
}

async fn forget(conversation: &mut Conversation, number: &str) -> anyhow::Result<()> {
    let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
    let memory = at.and_then(|at| conversation.listed.get(at));
    let memory = memory.with_context(|| match (at, conversation.listed.len()) {
        (Some(at), listed @ 1..) => format!("there is no {}: the list has {listed}", at + 1),
        _ => "say which: /memories lists them with numbers, then /forget NUMBER".to_owned(),
    })?;
    conversation.client.delete(&format!("/api/memories/{}", memory.id)).await?;
    say(&format!("Forgotten for good: {}", memory.content));
    let id = memory.id;
    conversation.last_used.clear();
    // The numbers of the others stay as they were shown until the next list.
    if let Some(place) = conversation.listed.iter().position(|memory| memory.id == id) {
        conversation.listed[place].content = "(forgotten)".to_owned();
    }
    Ok(())
}

async fn mode(conversation: &mut Conversation, name: &str) -> anyhow::Result<()> {
    if !name.is_empty() {
        let name = if name == "pause" { "pause_memory" } else { name };
        let mode = PrivacyMode::parse("mode", name)?;
        let path = format!("/api/sessions/{}/privacy-mode", conversation.session.id);
        let turn_count = conversation.session.turn_count;
        let changed: Session =
            conversation.client.send(Method::PUT, &path, &json!({"privacy_mode": mode})).await?;
        conversation.session = Session { turn_count, ..changed };
    }
    say(describe(conversation.session.privacy_mode));
    Ok(())
}

async fn profile(conversation: &mut Conversation, name: &str) -> anyhow::Result<()> {
    if name.is_empty() {
        say(&format!("Profile “{}”.", conversation.profile.name));
        return Ok(());
    }
    let profile = conversation.find_profile(name).await?;
    conversation.restart(profile).await?;
    say(&format!("Profile “{}”, a new session.", conversation.profile.name));
    Ok(())
}
