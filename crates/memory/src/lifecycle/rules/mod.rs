//! The extractor that needs no model: patterns over the clauses of a message, in English.
//!
//! It would rather miss a statement than make one up: questions, hypotheticals, quotations, pasted text and reported
//! speech are left alone, and what no pattern knows is not remembered.

mod clauses; // a message as clauses that may state something
mod dates; // "tomorrow", "next Friday", "on 7 May" as days
mod patterns; // what a clause can state
mod words; // relations, pets, professions and other lists

#[cfg(test)]
mod table;

use domain::Timestamp;
use domain::memory::{MemoryType, NewMemory};

use clauses::clauses;

/// What the user states about themselves in `message`, each as a sentence of its own in the third person.
pub fn extract(message: &str, said_at: Timestamp) -> Vec<NewMemory> {
    let mut found: Vec<NewMemory> = Vec::new();
    for clause in clauses(message) {
        for statement in patterns::match_clause(&clause, said_at) {
            if !found.iter().any(|one| one.content == statement.content) {
                found.push(statement.into_memory(said_at));
            }
        }
    }
    found
}

/// What a pattern makes of a clause.
#[derive(Clone, Debug, PartialEq)]
struct Statement {
    content: String,
    kind: MemoryType,
    importance: f32,
    tag: &'static str,
    attribute: Option<String>,
    /// The names in it.
    entities: Vec<String>,
    day: Option<jiff::civil::Date>,
}

impl Statement {
    fn new(kind: MemoryType, importance: f32, tag: &'static str, content: String) -> Self {
        Self { content, kind, importance, tag, attribute: None, entities: Vec::new(), day: None }
    }

    /// The fact has one value at a time, under this key.
    fn attribute(mut self, key: impl Into<String>) -> Self {
        self.attribute = Some(key.into());
        self
    }

    fn about(mut self, name: &str) -> Self {
        self.entities.push(name.to_owned());
        self
    }

    fn into_memory(self, said_at: Timestamp) -> NewMemory {
        let (valid_from, valid_to) = self.day.map(dates::bounds).unzip();
        NewMemory {
            content: self.content,
            kind: self.kind,
            importance: self.importance,
            tags: vec![self.tag.to_owned()],
            entities: self.entities,
            attribute: self.attribute,
            said_at,
            valid_from: valid_from.flatten(),
            valid_to: valid_to.flatten(),
        }
    }
}
