//! A memory's life: from a message to candidates ([`extract`] with a model, [`rules`] without), and from
//! candidates to changes ([`reconcile`]).

mod consolidate; // near-duplicates merged, what nobody needs faded
pub mod extract; // the prompt, the schema, and reading what the model answers
mod gist; // what a statement says, in a form that can be compared
mod near_json; // JSON as models write it
pub mod outdated; // whether a statement is the newer value of a known one
mod reconcile; // candidates against what is known
pub mod rules; // the extractor that needs no model
#[cfg(test)]
pub(crate) mod testing; // memories for tests
mod undo; // taking back the last change

use domain::MemoryId;
use domain::memory::NewMemory;

pub(crate) use consolidate::plan_merges;
pub use consolidate::{ConsolidationPlan, Merge};
pub(crate) use gist::{Correction, Gist, Relation, correction};
pub(crate) use reconcile::{Candidate, Source, add_as_given, reconcile, same_statement};
pub(crate) use undo::{last_standing, reinstate, undo};

/// How far what a message says stands by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bearing {
    /// It tells something, whatever is known.
    Statement,
    /// It tells that something is no more, and nothing where that is not known: "I deleted Instagram".
    Ending { of: String, ended: Ended },
    /// It tells the new day of a known plan, which the stems tell from others: "it's Tuesday now".
    NewDay { about: Vec<String> },
    /// Its content takes the place of `from` in a plan, or in anything that is known: "Madeira instead of Lisbon".
    Swap { from: String, of_plans: bool },
    /// Its content is how the name `of` is written.
    Spelling { of: String },
}

/// What an ending ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    Anything,
    /// What is had: who sells the piano may play still.
    Possession,
    /// What has that name: a town, a club, an employer.
    Named,
    Plan,
}

/// A statement that a message makes, not compared yet with what is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Extracted {
    pub memory: NewMemory,
    /// The user's words that support it, as they stand in the message.
    pub evidence: String,
    /// It ends what was true before: "I no longer eat meat".
    pub retracts: bool,
    pub bearing: Bearing,
    /// Known memories that it makes untrue, in the eyes of the model that was shown them.
    pub replaces: Vec<MemoryId>,
}

impl Extracted {
    /// Whether it tells something by itself.
    pub fn is_statement(&self) -> bool {
        self.bearing == Bearing::Statement
    }
}
