//! Does the memory hold what was said, and nothing else?
//!
//! Dated conversations are replayed through the product's own turns and jobs, each in a profile of its own, and what is
//! active afterwards is compared with what should be.

mod data; // conversations and what is expected of them, read from JSONL
mod fit; // the judgement which clauses will matter
mod matching; // whether a memory is the statement that was expected
mod outdated; // the judgement what is the newer value of a known statement
mod report; // what was measured, as text or JSON
mod run; // replay and compare

pub use data::{Conversation, read_conversations, read_traps};
pub use fit::fit_worth;
pub use outdated::fit_outdated;
pub use report::Report;
pub use run::{ReplayOptions, evaluate};
