//! Through a server that runs: it alone writes to its database.

use anyhow::bail;
use domain::profile::Profile;
use memory::ImportedMemory;
use reqwest::Method;
use serde_json::{Value, json};

use super::{Done, ImportArgs, progress};
use crate::command::client::Client;
use crate::command::memories::ProfileArgs;
use crate::http::ImportDone;
use crate::import::{Archive, Conversation};

/// Of one request.
const MEMORIES_MAX: usize = 500;

pub(super) async fn import(client: &Client, args: &ImportArgs, archive: Archive) -> anyhow::Result<Done> {
    if !archive.profiles.is_empty() {
        bail!(
            "the server is running: stop it for an import of an export of Confidant, which brings back whole \
             profiles with their histories"
        );
    }
    let profile = find_profile(client, &args.into).await?;
    let path = format!("/api/profiles/{}/import", profile.id);
    let mut done = Done::default();
    let extract = args.extracts();
    let all = archive.conversations.len();
    for (at, conversation) in archive.conversations.iter().enumerate() {
        let body = json!({"extract": extract, "conversations": [given(conversation)]});
        let answer: ImportDone = client.send(Method::POST, &path, &body).await?;
        done.conversations += 1;
        done.messages += conversation.messages.len();
        done.add(&answer);
        progress(at + 1, all);
    }
    for memories in archive.memories.chunks(MEMORIES_MAX) {
        let memories: Vec<Value> = memories.iter().map(given_memory).collect();
        let answer: ImportDone = client.send(Method::POST, &path, &json!({"memories": memories})).await?;
        done.add(&answer);
    }
    Ok(done)
}

async fn find_profile(client: &Client, wanted: &ProfileArgs) -> anyhow::Result<Profile> {
    let user = client.find_user(&wanted.user).await?;
    let profiles: Vec<Profile> = client.list(&format!("/api/users/{}/profiles", user.id)).await?;
    wanted.choose(profiles)
}

fn given(conversation: &Conversation) -> Value {
    let messages: Vec<Value> = conversation
        .messages
        .iter()
        .map(|said| {
            json!({"key": said.key, "role": said.role, "speaker": said.speaker, "content": said.text, "said_at": said.at})
        })
        .collect();
    json!({"key": conversation.key, "title": conversation.title, "messages": messages})
}

fn given_memory(ImportedMemory { key, memory }: &ImportedMemory) -> Value {
    json!({"key": key, "memory": {
        "content": memory.content, "type": memory.kind, "importance": memory.importance, "tags": memory.tags,
        "entities": memory.entities, "said_at": memory.said_at, "valid_from": memory.valid_from,
        "valid_to": memory.valid_to,
    }})
}
