//! Texts to vectors. Every vector is of length 1, so the dot product of two is their cosine.

pub mod minilm; // all-MiniLM-L6-v2 in this process
pub mod openai; // any OpenAI-compatible endpoint
pub mod simulated; // hashed words: instant, needs no weights

use std::ops::Range;

use crate::ModelError;

/// Numbers of a word's vector.
pub const WORD_NUMBERS: usize = 48;
/// What they are rounded to: so many steps are 1. With numbers of at most 7 little is cut off, as 48 numbers of a vector of
/// length 1 are .14 on average.
pub const WORD_STEPS: f32 = 40.0 / 3.0;

/// What a model makes of a text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embedded {
    /// Of length 1.
    pub vector: Vec<f32>,
    /// Its words, in order. None where the model tells of whole texts only.
    pub words: Vec<WordVector>,
}

/// What a word means where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct WordVector {
    /// Where it stands in the text, in bytes.
    pub place: Range<usize>,
    /// Between -7 and 7, in [`WORD_STEPS`].
    pub numbers: [i8; WORD_NUMBERS],
}

impl From<Vec<f32>> for Embedded {
    fn from(vector: Vec<f32>) -> Self {
        Self { vector, words: Vec::new() }
    }
}

/// An embedding model, whoever runs it.
#[derive(Debug)]
pub enum EmbeddingModel {
    MiniLm(minilm::MiniLm),
    OpenAi(openai::OpenAiEmbedding),
    Simulated(simulated::SimulatedEmbedding),
}

impl EmbeddingModel {
    /// Names the vectors: those of different ids are never compared. Two precisions of the same weights share
    /// an id, since their vectors are interchangeable.
    pub fn id(&self) -> &str {
        match self {
            Self::MiniLm(model) => model.id(),
            Self::OpenAi(model) => model.id(),
            Self::Simulated(model) => model.id(),
        }
    }

    pub fn dimensions(&self) -> usize {
        match self {
            Self::MiniLm(model) => model.dimensions(),
            Self::OpenAi(model) => model.dimensions(),
            Self::Simulated(model) => model.dimensions(),
        }
    }

    /// Whether text sent to the model leaves this machine.
    pub fn is_remote(&self) -> bool {
        match self {
            Self::OpenAi(model) => model.is_remote(),
            Self::MiniLm(_) | Self::Simulated(_) => false,
        }
    }

    /// Where the model runs: the endpoint's host, or `this process`.
    pub fn host(&self) -> String {
        match self {
            Self::OpenAi(model) => model.host(),
            Self::MiniLm(_) | Self::Simulated(_) => "this process".to_owned(),
        }
    }

    /// A text that somebody waits for: it goes before batches.
    pub async fn embed_query(&self, text: String) -> Result<Embedded, ModelError> {
        match self {
            Self::MiniLm(model) => model.embed_query(text).await,
            Self::OpenAi(_) | Self::Simulated(_) => {
                Ok(self.embed(vec![text]).await?.pop().unwrap_or_default())
            }
        }
    }

    /// Every text, in order; vectors have [`Self::dimensions`] numbers.
    pub async fn embed(&self, texts: Vec<String>) -> Result<Vec<Embedded>, ModelError> {
        let vectors = match self {
            Self::MiniLm(model) => return model.embed(texts).await,
            Self::OpenAi(model) => model.embed(texts).await?,
            Self::Simulated(model) => model.embed_in_time(&texts).await,
        };
        Ok(vectors.into_iter().map(Embedded::from).collect())
    }
}

/// Brings a vector to length 1; false if it has no direction.
pub fn normalise(vector: &mut [f32]) -> bool {
    let length = vector.iter().map(|number| f64::from(*number).powi(2)).sum::<f64>().sqrt();
    if !length.is_normal() {
        return false;
    }
    for number in vector {
        *number = (f64::from(*number) / length) as f32;
    }
    true
}
