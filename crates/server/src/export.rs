//! Everything held about a user, for people to read.

use std::fmt::Write as _;

use domain::memory::MemoryState;
use domain::message::Role;
use store::UserExport;

/// The same as the JSON export, as Markdown: profiles with their memories, then the conversations.
pub(crate) fn markdown(held: &UserExport) -> String {
    let mut page = format!("# What Confidant holds about {}\n", held.user.name);
    for profile in &held.profiles {
        line(&mut page, &format!("\n## Profile “{}”\n", profile.name));
        if !profile.description.is_empty() {
            line(&mut page, &format!("{}\n", profile.description));
        }
        let memories = held.memories.iter().filter(|memory| memory.memory.profile_id == profile.id);
        for memory in memories.map(|one| &one.memory) {
            let state = if memory.state == MemoryState::Active { "" } else { memory.state.as_str() };
            let note =
                format!("{}, said {} {state}", memory.kind.as_str(), memory.said_at.strftime("%Y-%m-%d"));
            line(&mut page, &format!("- {} ({})", memory.content, note.trim_end()));
        }
        for session in held.sessions.iter().filter(|session| session.session.profile_id == profile.id) {
            let started = session.session.created_at.strftime("%Y-%m-%d %H:%M UTC");
            line(&mut page, &format!("\n### Conversation of {started} {}\n", session.session.title));
            for message in &session.messages {
                let who = if message.role == Role::User { held.user.name.as_str() } else { "assistant" };
                line(&mut page, &format!("**{who}**: {}\n", message.content));
            }
        }
    }
    page
}

fn line(page: &mut String, text: &str) {
    // Writing to a string does not fail.
    let _ = writeln!(page, "{text}");
}
