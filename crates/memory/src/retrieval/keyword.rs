//! BM25 over stems, within one profile: the weight of a word depends on this profile's words alone.

use std::collections::HashMap;

/// Robertson's k1 and b. A low b, because memories are short and their length says little.
const K1: f32 = 0.9;
const B: f32 = 0.4;

/// Which documents have a term, and how often. Documents are numbered from 0 in the order they were added.
#[derive(Debug, Default)]
pub(super) struct Postings {
    by_term: HashMap<Box<str>, Vec<Posting>>,
    lengths: Vec<u32>,
    total_length: u64,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    document: u32,
    count: u32,
}

impl Postings {
    pub(super) fn add(&mut self, terms: Vec<String>) {
        let document = self.lengths.len() as u32;
        self.lengths.push(terms.len() as u32);
        self.total_length += terms.len() as u64;
        for term in terms {
            let postings = self.by_term.entry(term.into_boxed_str()).or_default();
            match postings.last_mut() {
                Some(last) if last.document == document => last.count += 1,
                _ => postings.push(Posting { document, count: 1 }),
            }
        }
    }

    /// How much of the query's weight each document covers, from 0 to 1, for the documents that have a word of
    /// it. BM25 divided by the score of a document that had every word of the query in plenty.
    pub(super) fn search(&self, query: &[String]) -> Vec<(u32, f32)> {
        let documents = self.lengths.len() as f32;
        let mean_length = (self.total_length as f32 / documents.max(1.0)).max(1.0);
        let mut distinct: Vec<&String> = query.iter().collect();
        distinct.sort_unstable();
        distinct.dedup();
        let mut scores: HashMap<u32, f32> = HashMap::new();
        let mut best_possible = 0.0;
        for term in distinct {
            let postings = self.by_term.get(term.as_str()).map_or(&[][..], Vec::as_slice);
            let having = postings.len() as f32;
            let weight = (1.0 + (documents - having + 0.5) / (having + 0.5)).ln();
            best_possible += weight * (K1 + 1.0);
            for posting in postings {
                let count = posting.count as f32;
                let length = self.lengths[posting.document as usize] as f32;
                let saturated = count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * length / mean_length));
                *scores.entry(posting.document).or_default() += weight * saturated;
            }
        }
        if best_possible <= 0.0 {
            return Vec::new();
        }
        scores.into_iter().map(|(document, score)| (document, score / best_possible)).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        let terms: usize =
            self.by_term.iter().map(|(term, postings)| term.len() + 48 + postings.capacity() * 8).sum();
        terms + self.lengths.capacity() * 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retrieval::terms;

    #[test]
    fn rare_words_weigh_more_than_common_ones() {
        let mut postings = Postings::default();
        for text in ["likes cold lakes", "likes green tea", "likes green cars", "likes old houses"] {
            postings.add(terms(text));
        }
        let mut found = postings.search(&terms("green tea"));
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        assert_eq!(found.iter().map(|hit| hit.0).collect::<Vec<_>>(), [1, 2]);
        assert!(found[0].1 > 2.0 * found[1].1);
        assert!(found[0].1 <= 1.0);
    }
}
