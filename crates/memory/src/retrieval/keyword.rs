//! BM25 over stems, within one profile: the weight of a word depends on this profile's words alone.

use super::shared::Layers;

/// Robertson's k1 and b. A low b, because memories are short and their length says little.
const K1: f32 = 0.9;
const B: f32 = 0.4;

/// Which documents have a term, and how often. Documents are numbered from 0 in the order they were added.
#[derive(Clone, Debug, Default)]
pub(super) struct Postings {
    by_term: Layers<Box<str>, Vec<Posting>>,
    lengths: Vec<u16>,
    total_length: u64,
}

/// That a document has a term, in four bytes: 27 bits for the document, one for whether the term is in what it says (and
/// not only in its speaker, date or tags), four for how often.
#[derive(Clone, Copy, Debug)]
struct Posting(u32);

impl Posting {
    const IN_TEXT: u32 = 1 << 4;
    /// More often than so counts as so often: BM25 hardly grows from here on.
    const COUNT_MAX: u32 = Self::IN_TEXT - 1;

    fn new(document: u32, in_text: bool) -> Self {
        debug_assert!(document >> 27 == 0, "the documents of a profile are more than RAM has room for");
        Self(document << 5 | if in_text { Self::IN_TEXT } else { 0 } | 1)
    }

    fn document(self) -> u32 {
        self.0 >> 5
    }

    fn in_text(self) -> bool {
        self.0 & Self::IN_TEXT != 0
    }

    fn count(self) -> u32 {
        self.0 & Self::COUNT_MAX
    }

    /// The same with one more of the term.
    fn again(self, in_text: bool) -> Self {
        let more = u32::from(self.count() < Self::COUNT_MAX);
        Self((self.0 + more) | if in_text { Self::IN_TEXT } else { 0 })
    }
}

/// What the words of a query found.
#[derive(Debug, Default)]
pub(super) struct KeywordScores {
    /// BM25 of each document.
    pub(super) bm25: Vec<f32>,
    /// The share of the query's weight that the document's own words cover, from 0 to 1.
    pub(super) coverage: Vec<f32>,
    /// The weight of the rarest word in common.
    pub(super) rarest: Vec<f32>,
}

impl Postings {
    /// Adds a document: the terms of its text, and those that only describe it.
    pub(super) fn add(&mut self, text: &[String], about: &[String]) {
        let document = self.lengths.len() as u32;
        let length = text.len() + about.len();
        self.lengths.push(length.min(usize::from(u16::MAX)) as u16);
        self.total_length += length as u64;
        let fields = text.iter().map(|term| (term, true)).chain(about.iter().map(|term| (term, false)));
        let by_term = self.by_term.top();
        for (term, in_text) in fields {
            match by_term.get_mut(term.as_str()) {
                Some(postings) => match postings.last_mut() {
                    Some(last) if last.document() == document => *last = last.again(in_text),
                    _ => postings.push(Posting::new(document, in_text)),
                },
                None => drop(by_term.insert(term.as_str().into(), vec![Posting::new(document, in_text)])),
            }
        }
    }

    /// Scores every document. Terms in `names` say who is asked about: they count for BM25, not for the coverage.
    pub(super) fn search(&self, query: &[String], names: &[String]) -> KeywordScores {
        let documents = self.lengths.len();
        let mut scores = KeywordScores {
            bm25: vec![0.0; documents],
            coverage: vec![0.0; documents],
            rarest: vec![0.0; documents],
        };
        let mean_length = (self.total_length as f32 / documents.max(1) as f32).max(1.0);
        let mut distinct: Vec<&String> = query.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut whole = 0.0;
        for term in distinct {
            let weight = self.rarity(term);
            let is_name = names.contains(term);
            if !is_name {
                whole += weight;
            }
            for posting in self.by_term.all(term.as_str()).flatten() {
                let place = posting.document() as usize;
                let count = posting.count() as f32;
                let length = f32::from(self.lengths[place]);
                scores.bm25[place] +=
                    weight * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean_length));
                if posting.in_text() && !is_name {
                    scores.coverage[place] += weight;
                    scores.rarest[place] = scores.rarest[place].max(weight);
                }
            }
        }
        if whole > 0.0 {
            scores.coverage.iter_mut().for_each(|coverage| *coverage /= whole);
        }
        scores
    }

    /// After a change.
    pub(super) fn settle(&mut self) {
        self.by_term.settle(Extend::extend);
    }

    /// Gives back the room that was taken for more.
    pub(super) fn shrink(&mut self) {
        self.by_term.shrink(Vec::shrink_to_fit);
        self.lengths.shrink_to_fit();
    }

    /// Whether any document has the term.
    pub(super) fn knows(&self, term: &str) -> bool {
        self.by_term.newest(term).is_some()
    }

    /// The inverse document frequency of a term.
    pub(super) fn rarity(&self, term: &str) -> f32 {
        self.weight(self.by_term.all(term).map(Vec::len).sum())
    }

    /// The same of a term that `having` documents have.
    fn weight(&self, having: usize) -> f32 {
        let (documents, having) = (self.lengths.len() as f32, having as f32);
        (1.0 + (documents - having + 0.5) / (having + 0.5)).ln()
    }

    pub(super) fn bytes(&self) -> usize {
        let posting = size_of::<Posting>();
        let terms: usize =
            self.by_term.iter().map(|(term, postings)| term.len() + 48 + postings.capacity() * posting).sum();
        terms + self.lengths.capacity() * 2
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;
    use crate::retrieval::terms;

    fn postings() -> Postings {
        let mut postings = Postings::default();
        for text in ["likes cold lakes", "likes green tea", "likes green cars", "likes old houses"] {
            postings.add(&terms(text), &terms("Anna, March"));
        }
        postings
    }

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let found = postings().search(&terms("green tea"), &[]);
        assert!(found.bm25[1] > 2.0 * found.bm25[2] && found.bm25[2] > 0.0, "{found:?}");
        assert_eq!((found.bm25[0], found.bm25[3]), (0.0, 0.0));
        assert_eq!(found.coverage[1], 1.0);
    }

    #[test]
    fn a_posting_counts_up_to_fifteen_and_remembers_where_the_term_stands() {
        let mut posting = Posting::new(100_000_000, false);
        assert_eq!((posting.document(), posting.count(), posting.in_text()), (100_000_000, 1, false));
        (0..20).for_each(|_| posting = posting.again(true));
        assert_eq!((posting.document(), posting.count(), posting.in_text()), (100_000_000, 15, true));
    }

    #[test]
    fn what_only_describes_a_document_covers_nothing() {
        let found = postings().search(&terms("Anna green"), &[]);
        assert!(found.bm25[0] > 0.0);
        assert_eq!(found.coverage[0], 0.0);
        let named = postings().search(&terms("Anna green"), &terms("Anna"));
        assert_eq!(named.coverage[1], 1.0, "a name is no word to cover");
    }
}
