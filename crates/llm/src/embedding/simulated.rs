//! Hashed words: instant, needs no weights.

#[derive(Clone, Debug)]
pub struct SimulatedEmbedding {
    dimensions: usize,
}

impl Default for SimulatedEmbedding {
    fn default() -> Self {
        Self::new(384)
    }
}

impl SimulatedEmbedding {
    pub fn new(dimensions: usize) -> Self {
        Self { dimensions }
    }

    pub fn id(&self) -> &'static str {
        "simulated"
    }

    pub fn dimensions(&self) -> usize {
        self.dimensions
    }

    pub fn embed(&self, texts: &[String]) -> Vec<Vec<f32>> {
        texts.iter().map(|_| vec![0.0; self.dimensions]).collect()
    }
}
