//! From a query to ranked memories. Everything here is arithmetic in memory; [`crate::Memories`] does the IO.

mod aliases; // names that stand for each other
mod context; // the few best as text for the prompt
mod document; // what can be recalled, and the signs of it that are read once
mod index; // one profile's memories and messages, ready to search
mod intent; // what a message asks for
mod interplay; // what features say together
mod kernels; // dot products
mod keyword; // BM25 over stems
mod late_interaction; // texts compared word by word
mod loaded; // the indexes of the profiles in use
mod query; // a query in the words in which memories are kept
mod ranking; // the features of a candidate made one score
mod relevance; // whether the best answers the question at all
mod search; // the four strategies, and what they come to
mod semantic; // cosine over vectors
mod shared; // lists and maps whose copies share what did not change
mod terms; // words, stop words, stems

pub use context::{format_context, format_recalled};
pub use document::{PastMessage, Recalled, RecalledId, embedded_text, is_embedded};
pub use index::ProfileIndex;
pub(crate) use intent::needs_no_memory;
pub use intent::{Intent, Wanted};
pub use interplay::{BIAS as INTERPLAY_BIAS, OUT as INTERPLAY_OUT, UNITS as INTERPLAY_UNITS};
pub use late_interaction::AskedWords;
pub(crate) use late_interaction::packed_words;
pub(crate) use loaded::{Basis, Changing, LoadedIndex, LoadedIndexes, rows};
pub(crate) use query::{as_asked, plainly};
pub use ranking::{Feature, Features, Weights};
pub use relevance::Relevance;
pub use search::{CANDIDATES, Evidence, Hit, Query, RERANKED, Strategy};
pub use terms::terms;

/// A search's answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// Best first.
    pub hits: Vec<Hit>,
    /// The embedding model failed: the words alone were searched.
    pub keyword_only: bool,
    /// A large profile is being loaded: only its newest memories and messages were searched.
    pub partial: bool,
    /// It was found a while ago, and nothing has changed since.
    pub cached: bool,
    pub relevance: Relevance,
    pub embed_us: u64,
    pub search_us: u64,
}

impl Found {
    /// RAM, about.
    pub(crate) fn bytes(&self) -> usize {
        let hit = |hit: &Hit| size_of::<Hit>() + 300 + hit.recalled.content().len();
        size_of::<Self>() + self.hits.iter().map(hit).sum::<usize>()
    }
}
