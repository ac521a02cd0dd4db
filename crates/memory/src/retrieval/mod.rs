//! From a query to ranked memories. Everything here is arithmetic in memory; [`crate::Memories`] does the IO.

mod context; // the few best as text for the prompt
mod fusion; // the scores of the strategies made one
mod index; // one profile's memories, ready to search
mod keyword; // BM25 over stems
mod loaded; // the indexes of the profiles in use
mod query; // a query in the words in which memories are kept
mod semantic; // cosine over vectors
mod terms; // words, stop words, stems

pub use context::{format_context, format_memory};
pub use fusion::Weights;
pub use index::ProfileIndex;
pub(crate) use loaded::{LoadedIndex, LoadedIndexes};
pub(crate) use query::in_third_person;
pub use terms::terms;

use domain::memory::Memory;
use serde::Serialize;

/// The searches there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Cosine of the query's and the memory's embedding.
    Semantic,
    /// BM25 over stemmed words.
    Keyword,
}

impl Strategy {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Semantic => "semantic",
            Self::Keyword => "keyword",
        }
    }
}

/// A memory that answers a query, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub memory: Memory,
    /// The fused score: higher is better, comparable within one query only.
    pub score: f32,
    /// What each strategy that found it says.
    pub found_by: Vec<Evidence>,
    /// What importance, recency and mentions added.
    pub prior: f32,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evidence {
    pub strategy: Strategy,
    /// Cosine, or share of the query's word weight that the memory covers; both at most 1.
    pub raw: f32,
    /// In standard deviations above what a memory of this profile scores on average.
    pub normalised: f32,
}

/// A search's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// The embedding model failed: the words alone were searched.
    pub keyword_only: bool,
    pub embed_us: u64,
    pub search_us: u64,
}
