//! Whether the best that was found answers the question at all.

use super::ranking::{Feature, Features};

/// What speaks for and against the hits of one query.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Relevance {
    /// The best of the candidates in each respect.
    pub cosine: f32,
    pub meaning: f32,
    pub coverage: f32,
    pub words: f32,
    pub entity: f32,
    /// What the ranker says of the best.
    pub score: f32,
    /// The question is about somebody who speaks here.
    pub known_speaker: f32,
    /// The shares of the question's names and words that the profile has never heard.
    pub unknown_names: f32,
    pub unknown_words: f32,
    /// Stems of the question.
    pub terms: f32,
}

/// Fitted by `confidant eval fit` (see docs/retrieval.md).
const WEIGHTS: [f32; 10] = [13.481, -0.873, -0.636, 0.173, 0.071, 0.0, 0.0, -3.870, 0.0, -0.054];
const CONSTANT: f32 = -3.37;
/// At most one answerable question in a hundred is below it.
const PROBABILITY_MIN: f32 = 0.083;

/// Candidates that are looked at.
const LOOKED_AT: usize = 20;

impl Relevance {
    pub(super) fn of<'a>(ranked: impl Iterator<Item = &'a Features>, of_question: Self) -> Self {
        let mut best = of_question;
        for features in ranked.take(LOOKED_AT) {
            let of = |feature: Feature| features[feature as usize];
            best.cosine = best.cosine.max(of(Feature::Cosine));
            best.meaning = best.meaning.max(of(Feature::Meaning));
            best.coverage = best.coverage.max(of(Feature::Coverage));
            best.words = best.words.max(of(Feature::Words));
            best.entity = best.entity.max(of(Feature::Entity));
        }
        best
    }

    /// What each number in [`Self::values`] is.
    pub const NAMES: [&'static str; 10] = [
        "cosine",
        "meaning",
        "coverage",
        "words",
        "entity",
        "score",
        "known_speaker",
        "unknown_names",
        "unknown_words",
        "terms",
    ];

    pub fn values(&self) -> [f32; 10] {
        [
            self.cosine,
            self.meaning,
            self.coverage,
            self.words,
            self.entity,
            self.score,
            self.known_speaker,
            self.unknown_names,
            self.unknown_words,
            self.terms,
        ]
    }

    /// How likely the question has its answer here, from 0 to 1 (logistic).
    pub fn probability(&self) -> f32 {
        let sum: f32 = self.values().iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + (-(sum + CONSTANT)).exp())
    }

    pub fn is_enough(&self) -> bool {
        self.probability() >= PROBABILITY_MIN
    }
}
