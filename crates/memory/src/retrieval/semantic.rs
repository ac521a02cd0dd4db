//! Cosine over vectors of length 1: a scan in 8-bit integers over all, exact floats for the best.

use super::kernels::{dot, dot_rows_i8};

/// The vectors of one profile, one after the other in memory, as floats and rounded to 8 bits with a scale each.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    exact: Vec<f32>,
    rounded: Vec<i8>,
    scales: Vec<f32>,
    dimensions: usize,
}

impl Vectors {
    /// Makes room for so many more documents.
    pub(super) fn reserve(&mut self, documents: usize, dimensions: usize) {
        self.exact.reserve_exact(documents * dimensions);
        self.rounded.reserve_exact(documents * dimensions);
        self.scales.reserve_exact(documents);
    }

    /// A document without a vector gets zeros: it is similar to nothing.
    pub(super) fn add(&mut self, vector: Option<&[f32]>, dimensions: usize) {
        self.dimensions = dimensions;
        if self.exact.len() == self.exact.capacity() {
            // An eighth more, not twice as much: vectors are most of what a profile takes.
            self.reserve(self.scales.len() / 8 + 16, dimensions);
        }
        let Some(vector) = vector.filter(|vector| vector.len() == dimensions) else {
            self.exact.extend(std::iter::repeat_n(0.0, dimensions));
            self.rounded.extend(std::iter::repeat_n(0, dimensions));
            self.scales.push(0.0);
            return;
        };
        self.exact.extend_from_slice(vector);
        self.scales.push(round(vector, &mut self.rounded));
    }

    /// Gives a document another vector.
    pub(super) fn set(&mut self, document: usize, vector: &[f32]) {
        if vector.len() == self.dimensions {
            let place = document * self.dimensions..(document + 1) * self.dimensions;
            let mut rounded = Vec::with_capacity(self.dimensions);
            self.scales[document] = round(vector, &mut rounded);
            self.exact[place.clone()].copy_from_slice(vector);
            self.rounded[place].copy_from_slice(&rounded);
        }
    }

    pub(super) fn get(&self, document: usize) -> &[f32] {
        &self.exact[document * self.dimensions..(document + 1) * self.dimensions]
    }

    /// The cosine of each document with `query`, to two decimals or better.
    pub(super) fn search(&self, query: &[f32]) -> Vec<f32> {
        if self.dimensions == 0 || query.len() != self.dimensions {
            return Vec::new();
        }
        let mut rounded = Vec::with_capacity(query.len());
        let scale = round(query, &mut rounded);
        let mut products = Vec::with_capacity(self.scales.len());
        dot_rows_i8(&self.rounded, &rounded, &mut products);
        products.iter().zip(&self.scales).map(|(product, own)| *product as f32 * own * scale).collect()
    }

    /// The exact cosine of one document.
    pub(super) fn cosine(&self, document: usize, query: &[f32]) -> f32 {
        dot(self.get(document), query)
    }

    pub(super) fn bytes(&self) -> usize {
        self.exact.capacity() * 4 + self.rounded.capacity() + self.scales.capacity() * 4
    }
}

/// Appends `vector` in 127ths of its greatest number, and returns what one step is worth.
fn round(vector: &[f32], rounded: &mut Vec<i8>) -> f32 {
    let greatest = vector.iter().fold(0.0_f32, |greatest, number| greatest.max(number.abs()));
    if greatest == 0.0 {
        rounded.extend(std::iter::repeat_n(0, vector.len()));
        return 0.0;
    }
    rounded.extend(vector.iter().map(|number| (number / greatest * 127.0).round() as i8));
    greatest / 127.0
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    #[test]
    fn a_vector_is_most_similar_to_itself() {
        let mut vectors = Vectors::default();
        vectors.add(Some(&[1.0, 0.0, 0.0]), 3);
        vectors.add(None, 3);
        vectors.add(Some(&[0.6, 0.8, 0.0]), 3);
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
    fn rounding_costs_less_than_half_a_hundredth() {
        let unit = |seed: usize| {
            let numbers: Vec<f32> =
                (0..384).map(|n| ((n * 7919 + seed * 104_729) % 2_003) as f32 / 1_001.5 - 1.0).collect();
            let length = dot(&numbers, &numbers).sqrt();
            numbers.into_iter().map(|number| number / length).collect::<Vec<f32>>()
        };
        let mut vectors = Vectors::default();
        (0..50).for_each(|seed| vectors.add(Some(&unit(seed)), 384));
        let query = unit(3);
        for (document, cosine) in vectors.search(&query).into_iter().enumerate() {
            assert!((cosine - vectors.cosine(document, &query)).abs() < 0.005);
        }
    }
}
