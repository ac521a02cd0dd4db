//! Our own export: profiles with their conversations, memories and histories.

use anyhow::Context as _;
use domain::analytics::Analysis;
use domain::memory::{Memory, MemoryChange};
use domain::message::Message;
use domain::profile::Profile;
use domain::session::Session;
use serde::Deserialize;
use serde_json::Value;

use super::Archive;

/// A profile and everything in it.
#[derive(Debug)]
pub(crate) struct OwnProfile {
    pub(crate) profile: Profile,
    pub(crate) sessions: Vec<OwnSession>,
    pub(crate) memories: Vec<(Memory, Vec<MemoryChange>)>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct OwnSession {
    #[serde(flatten)]
    pub(crate) session: Session,
    #[serde(default)]
    pub(crate) analysis: Option<Analysis>,
    pub(crate) messages: Vec<Message>,
}

#[derive(Deserialize)]
struct Export {
    profiles: Vec<Profile>,
    sessions: Vec<OwnSession>,
    memories: Vec<OwnMemory>,
}

#[derive(Deserialize)]
struct OwnMemory {
    #[serde(flatten)]
    memory: Memory,
    #[serde(default)]
    history: Vec<MemoryChange>,
}

pub(super) fn read(value: Value) -> anyhow::Result<Archive> {
    let export: Export = serde_json::from_value(value).context("the export is not of this version")?;
    let mut profiles: Vec<OwnProfile> = export
        .profiles
        .into_iter()
        .map(|profile| OwnProfile { profile, sessions: Vec::new(), memories: Vec::new() })
        .collect();
    for one in export.sessions {
        if let Some(owner) = profiles.iter_mut().find(|owner| owner.profile.id == one.session.profile_id) {
            owner.sessions.push(one);
        }
    }
    for OwnMemory { memory, history } in export.memories {
        if let Some(owner) = profiles.iter_mut().find(|owner| owner.profile.id == memory.profile_id) {
            owner.memories.push((memory, history));
        }
    }
    Ok(Archive { profiles, ..Archive::default() })
}
