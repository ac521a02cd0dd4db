//! Hashed words: instant, needs no weights. Texts that share words are near each other; meaning does not matter.

use std::time::Duration;

use super::normalise;

/// Numbers that each word moves. With one, two words that meet in it would look the same.
const FEATURES_PER_WORD: usize = 4;

#[derive(Clone, Debug)]
pub struct SimulatedEmbedding {
    dimensions: usize,
    /// What a call takes, as one over a network would.
    delay: Duration,
}

impl Default for SimulatedEmbedding {
    /// As many numbers as all-MiniLM-L6-v2 has.
    fn default() -> Self {
        Self::new(384)
    }
}

impl SimulatedEmbedding {
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions: dimensions.max(1), delay: Duration::ZERO }
    }

    #[must_use]
    pub fn with_delay(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }

    pub fn id(&self) -> &'static str {
        "simulated"
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    /// The vectors, after the delay.
    pub async fn embed_in_time(&self, texts: &[String]) -> Vec<Vec<f32>> {
        if !self.delay.is_zero() {
            tokio::time::sleep(self.delay).await;
        }
        self.embed(texts)
    }

    /// The same text gives the same vector, on any machine.
    pub fn embed(&self, texts: &[String]) -> Vec<Vec<f32>> {
        texts.iter().map(|text| self.embed_one(text)).collect()
    }

    fn embed_one(&self, text: &str) -> Vec<f32> {
        let mut vector = vec![0.0; self.dimensions];
        for word in text.split(|character: char| !character.is_alphanumeric()).filter(|word| !word.is_empty())
        {
            let hash = blake3::hash(word.to_lowercase().as_bytes());
            for feature in hash.as_bytes().chunks_exact(8).take(FEATURES_PER_WORD) {
                let feature = feature.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
                let sign = if feature & 1 == 0 { 1.0 } else { -1.0 };
                vector[(feature >> 1) as usize % self.dimensions] += sign;
            }
        }
        if !normalise(&mut vector) {
            // No words, or words that cancel out: some direction it must have.
            vector.fill(0.0);
            vector[0] = 1.0;
        }
        vector
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cosine(a: &str, b: &str) -> f32 {
        let vectors = SimulatedEmbedding::default().embed(&[a.to_owned(), b.to_owned()]);
        vectors[0].iter().zip(&vectors[1]).map(|(x, y)| x * y).sum()
    }

    #[test]
    fn shared_words_make_texts_near() {
        assert!((cosine("Anna lives in Oslo", "anna LIVES in oslo!") - 1.0).abs() < 1e-6);
        assert!(cosine("Anna lives in Oslo", "Bob lives in Oslo") > 0.6);
        assert!(cosine("Anna lives in Oslo", "Tea is better than coffee").abs() < 0.3);
    }

    #[test]
    fn every_vector_has_length_one() {
        for dimensions in [1, 3, 384] {
            let model = SimulatedEmbedding::new(dimensions);
            for text in ["", "...", "word", "many different words 日本 and more"] {
                let vector = &model.embed(&[text.to_owned()])[0];
                assert_eq!(vector.len(), dimensions);
                let length = vector.iter().map(|x| x * x).sum::<f32>().sqrt();
                assert!((length - 1.0).abs() < 1e-6, "{text}: {length}");
            }
        }
    }
}
