//! A memory's life: from a message to candidates ([`extract`] with a model, [`rules`] without), and from
//! candidates to changes ([`reconcile`]).

pub mod extract; // the prompt, the schema, and reading what the model answers
mod reconcile; // candidates against what is known
pub mod rules; // the extractor that needs no model
#[cfg(test)]
pub(crate) mod testing; // memories for tests
mod undo; // taking back the last change

pub(crate) use reconcile::{Candidate, Source, add_as_given, reconcile, same_statement};
pub(crate) use undo::undo;
