//! Does a search find what answers the question, and nothing when there is no answer?
//!
//! A corpus of conversations is imported into a database of its own, each conversation as one profile, and the
//! questions are asked through the product's own search.

mod data; // corpora and questions, read from JSONL
mod fit; // the ranker's weights, fitted to questions with known answers
pub(crate) mod measures; // recall, NDCG and the like
mod perceptron; // what the ranker adds to its linear model, fitted
mod report; // what was measured, as text or JSON
mod run; // import, ask, measure

pub use data::{CorpusMessage, Dataset, Question};
pub use fit::{FitOptions, fit};
pub use report::Report;
pub use run::{EvalOptions, evaluate};
