//! Cosine over vectors of length 1: a dot product with each.

/// The vectors of one profile, one after the other in memory.
#[derive(Debug, Default)]
pub(super) struct Vectors {
    numbers: Vec<f32>,
    dimensions: usize,
}

impl Vectors {
    /// A document without a vector gets zeros: it is similar to nothing.
    pub(super) fn add(&mut self, vector: Option<&[f32]>, dimensions: usize) {
        self.dimensions = dimensions;
        match vector {
            Some(vector) if vector.len() == dimensions => self.numbers.extend_from_slice(vector),
            _ => self.numbers.extend(std::iter::repeat_n(0.0, dimensions)),
        }
    }

    pub(super) fn get(&self, document: usize) -> &[f32] {
        &self.numbers[document * self.dimensions..(document + 1) * self.dimensions]
    }

    /// The cosine of each document with `query`.
    pub(super) fn search(&self, query: &[f32]) -> Vec<f32> {
        if self.dimensions == 0 || query.len() != self.dimensions {
            return Vec::new();
        }
        self.numbers.chunks_exact(self.dimensions).map(|vector| dot(vector, query)).collect()
    }

    pub(super) fn bytes(&self) -> usize {
        self.numbers.capacity() * 4
    }
}

/// Sixteen running sums, so that the compiler uses vector instructions.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (a_blocks, a_rest) = a.as_chunks::<16>();
    let (b_blocks, b_rest) = b.as_chunks::<16>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vector_is_most_similar_to_itself() {
        let mut vectors = Vectors::default();
        vectors.add(Some(&[1.0, 0.0, 0.0]), 3);
        vectors.add(None, 3);
        vectors.add(Some(&[0.6, 0.8, 0.0]), 3);
        assert_eq!(vectors.search(&[1.0, 0.0, 0.0]), [1.0, 0.0, 0.6]);
        assert!(vectors.search(&[1.0, 0.0]).is_empty(), "another model's dimensions never match");
    }
}
