//! Cosine over vectors of length 1: a scan in 8-bit integers over all, exact floats for the best. Beside them the
//! vectors of single words, for the best, too.

use std::ops::Range;
use std::sync::Arc;

use store::Embedding;

use super::kernels::{dot, dot_rows_i8, prefetch};

/// Vectors that are copied together when one of them changes.
const BLOCK: usize = 32;

/// The vectors of one profile, in blocks that copies share.
#[derive(Clone, Debug, Default)]
pub(super) struct Vectors {
    blocks: Vec<Arc<Block>>,
    count: usize,
    dimensions: usize,
}

/// Vectors one after the other in memory, as floats and rounded to 8 bits with a scale each.
#[derive(Clone, Debug, Default)]
struct Block {
    exact: Vec<f32>,
    rounded: Vec<i8>,
    /// Here rather than somewhere else in memory: a scan waits for each place that it does not know of.
    scales: [f32; BLOCK],
    /// The words of all, and where those of each end.
    words: Vec<u8>,
    words_end: Vec<u16>,
}

impl Block {
    /// Where the words of the document at this place of the block are.
    fn words_of(&self, at: usize) -> Range<usize> {
        let start = at.checked_sub(1).map_or(0, |before| self.words_end[before]);
        usize::from(start)..usize::from(self.words_end[at])
    }

    fn set_words(&mut self, at: usize, words: &[u8]) {
        let place = self.words_of(at);
        let (more, less) = (words.len() as u16, place.len() as u16);
        self.words.splice(place, words.iter().copied());
        self.words_end[at..].iter_mut().for_each(|end| *end = *end + more - less);
    }
}

impl Vectors {
    /// A document without a vector gets zeros: it is similar to nothing.
    pub(super) fn add(&mut self, embedding: Option<&Embedding>, dimensions: usize) {
        self.dimensions = dimensions;
        if self.count.is_multiple_of(BLOCK) {
            self.blocks.push(Arc::default());
        }
        let Some(last) = self.blocks.last_mut() else { return };
        let at = self.count % BLOCK;
        self.count += 1;
        let block = Arc::make_mut(last);
        if let Some(embedding) = embedding.filter(|one| one.vector.len() == dimensions) {
            block.exact.extend_from_slice(&embedding.vector);
            block.scales[at] = round(&embedding.vector, &mut block.rounded);
            block.words.extend_from_slice(&embedding.words);
        } else {
            block.exact.extend(std::iter::repeat_n(0.0, dimensions));
            block.rounded.extend(std::iter::repeat_n(0, dimensions));
        }
        block.words_end.push(block.words.len() as u16);
        if self.count.is_multiple_of(BLOCK) {
            block.words.shrink_to_fit();
        }
    }

    /// Gives a document another embedding.
    pub(super) fn set(&mut self, document: usize, embedding: &Embedding) {
        let Embedding { vector, words } = embedding;
        if vector.len() == self.dimensions {
            let (block, place) = self.place(document);
            let block = Arc::make_mut(&mut self.blocks[block]);
            let mut rounded = Vec::with_capacity(self.dimensions);
            block.scales[document % BLOCK] = round(vector, &mut rounded);
            block.exact[place.clone()].copy_from_slice(vector);
            block.rounded[place].copy_from_slice(&rounded);
            block.set_words(document % BLOCK, words);
        }
    }

    pub(super) fn get(&self, document: usize) -> &[f32] {
        let (block, place) = self.place(document);
        &self.blocks[block].exact[place]
    }

    /// The words of a document, packed.
    pub(super) fn words(&self, document: usize) -> &[u8] {
        let block = &self.blocks[document / BLOCK];
        &block.words[block.words_of(document % BLOCK)]
    }

    pub(super) fn embedding(&self, document: usize) -> Embedding {
        Embedding { vector: self.get(document).to_vec(), words: self.words(document).to_vec() }
    }

    /// The block of a document, and where its numbers are in it.
    fn place(&self, document: usize) -> (usize, Range<usize>) {
        let start = document % BLOCK * self.dimensions;
        (document / BLOCK, start..start + self.dimensions)
    }

    /// The cosine of each document with `query`, to two decimals or better.
    pub(super) fn search(&self, query: &[f32]) -> Vec<f32> {
        if self.dimensions == 0 || query.len() != self.dimensions {
            return Vec::new();
        }
        let mut rounded = Vec::with_capacity(query.len());
        let scale = round(query, &mut rounded);
        let mut cosines = Vec::with_capacity(self.count);
        let mut products = Vec::with_capacity(BLOCK);
        for (at, block) in self.blocks.iter().enumerate() {
            if let [next, .., behind] = &self.blocks[at + 1..self.blocks.len().min(at + 3)] {
                prefetch(next.rounded.as_ptr());
                prefetch(Arc::as_ptr(behind));
            }
            products.clear();
            dot_rows_i8(&block.rounded, &rounded, &mut products);
            let scaled = products.iter().zip(&block.scales);
            cosines.extend(scaled.map(|(product, own)| *product as f32 * own * scale));
        }
        cosines
    }

    /// The exact cosine of one document.
    pub(super) fn cosine(&self, document: usize, query: &[f32]) -> f32 {
        dot(self.get(document), query)
    }

    /// Gives back the room that was taken for more.
    pub(super) fn shrink(&mut self) {
        if let Some(last) = self.blocks.last_mut() {
            let block = Arc::make_mut(last);
            block.exact.shrink_to_fit();
            block.rounded.shrink_to_fit();
            block.words.shrink_to_fit();
            block.words_end.shrink_to_fit();
        }
    }

    pub(super) fn bytes(&self) -> usize {
        let bytes = |block: &Arc<Block>| {
            let words = block.words.capacity() + block.words_end.capacity() * 2;
            block.exact.capacity() * 4 + block.rounded.capacity() + size_of::<Block>() + words
        };
        self.blocks.iter().map(bytes).sum()
    }
}

/// Appends `vector` in 127ths of its greatest number, and returns what one step is worth.
fn round(vector: &[f32], rounded: &mut Vec<i8>) -> f32 {
    let greatest = vector.iter().fold(0.0_f32, |greatest, number| greatest.max(number.abs()));
    // Half a step and 127 are added, so that cutting the rest off rounds: `round` is a call for each number.
    let steps = 127.0 / greatest;
    if !steps.is_finite() {
        rounded.extend(std::iter::repeat_n(0, vector.len()));
        return 0.0;
    }
    rounded.extend(vector.iter().map(|number| ((number * steps + 127.5) as i32 - 127) as i8));
    greatest / 127.0
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    #[test]
    fn a_vector_is_most_similar_to_itself() {
        let mut vectors = Vectors::default();
        vectors.add(Some(&vec![1.0, 0.0, 0.0].into()), 3);
        vectors.add(None, 3);
        vectors.add(Some(&vec![0.6, 0.8, 0.0].into()), 3);
        let found = vectors.search(&[1.0, 0.0, 0.0]);
        let expected = [1.0, 0.0, 0.6];
        assert!(
            found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 0.01),
            "{found:?}"
        );
        assert_eq!(vectors.cosine(2, &[1.0, 0.0, 0.0]), 0.6);
        assert!(vectors.search(&[1.0, 0.0]).is_empty(), "another model's dimensions never match");
    }

    #[test]
    fn words_stay_with_their_text_when_others_get_more_or_fewer() {
        let mut vectors = Vectors::default();
        let embedding =
            |vector: [f32; 3], words: &[u8]| Embedding { vector: vector.to_vec(), words: words.to_vec() };
        vectors.add(Some(&embedding([1.0, 0.0, 0.0], &[1, 2])), 3);
        vectors.add(None, 3);
        vectors.add(Some(&embedding([0.6, 0.8, 0.0], &[3])), 3);
        vectors.set(1, &embedding([0.0, 0.0, 1.0], &[4, 5, 6]));
        vectors.set(0, &embedding([1.0, 0.0, 0.0], &[]));
        let words: Vec<&[u8]> = (0..3).map(|document| vectors.words(document)).collect();
        assert_eq!(words, [&[][..], &[4, 5, 6], &[3]]);
    }

    #[test]
    fn rounding_costs_less_than_half_a_hundredth() {
        let unit = |seed: usize| {
            let numbers: Vec<f32> =
                (0..384).map(|n| ((n * 7919 + seed * 104_729) % 2_003) as f32 / 1_001.5 - 1.0).collect();
            let length = dot(&numbers, &numbers).sqrt();
            numbers.into_iter().map(|number| number / length).collect::<Vec<f32>>()
        };
        let mut vectors = Vectors::default();
        (0..50).for_each(|seed| vectors.add(Some(&unit(seed).into()), 384));
        let query = unit(3);
        for (document, cosine) in vectors.search(&query).into_iter().enumerate() {
            assert!((cosine - vectors.cosine(document, &query)).abs() < 0.005);
        }
    }
}
