//! Is what is sensitive in a text found, and nothing else?

mod data; // labelled texts, read from JSONL
mod report; // what was measured, as text or JSON
mod run; // find, compare, measure

pub use data::{LabelledText, read_texts};
pub use report::Report;
pub use run::{Detectors, PrivacyOptions, evaluate};
