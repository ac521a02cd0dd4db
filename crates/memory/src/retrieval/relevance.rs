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
    pub late_interaction: f32,
    /// The mean cosine of those that have a vector: how much here is about what is asked.
    pub mean_cosine: f32,
    /// What the ranker says of the best.
    pub score: f32,
    /// The question is about somebody who speaks here.
    pub known_speaker: f32,
    /// The shares of the question's names and words that the profile has never heard.
    pub unknown_names: f32,
    pub unknown_words: f32,
    /// The question has names, and ln(1 + documents) that have the rarest of them.
    pub has_names: f32,
    pub rarest_name: f32,
    /// Stems of the question.
    pub terms: f32,
    /// There was no vector to search with: the words alone decide.
    pub words_only: bool,
}

/// The figures that decide.
const COUNT: usize = 16;

/// Fitted by `confidant eval fit` (see docs/retrieval.md).
const WEIGHTS: [f32; COUNT] = [
    3.774, -0.710, 1.795, -0.098, -0.295, 0.270, 0.567, -2.864, 1.558, 0.107, -0.641, 0.007, 5.544, 6.795,
    -1.749, 0.020,
];
const CONSTANT: f32 = -7.835;
/// At most one answerable question in a hundred loses its evidence by it.
const PROBABILITY_MIN: f32 = 0.163;

/// Without a vector, the best has to cover this share of the question's words.
const COVERAGE_MIN: f32 = 0.25;

/// Candidates that are looked at.
const LOOKED_AT: usize = 20;
/// In a young profile the mean of its few candidates says little: what is typical counts as much as so many of them.
const TYPICAL_COUNTS: f32 = 30.0;
/// The mean cosine of the candidates as a share of the best one.
const TYPICAL_MEAN: f32 = 0.73;
/// The late interaction of the best, above the mean of those compared.
const TYPICAL_LATE_INTERACTION: f32 = 0.23;

impl Relevance {
    /// Of the ranked candidates, each with the cosine of the question that it answers where it has none of its own.
    pub(super) fn of<'a>(
        ranked: impl ExactSizeIterator<Item = (&'a Features, f32)>,
        of_question: Self,
    ) -> Self {
        let mut best = of_question;
        let share = ranked.len() as f32 / (ranked.len() as f32 + TYPICAL_COUNTS);
        let (mut cosines, mut count, mut late_interaction) = (0.0, 0.0, None);
        for (features, answered) in ranked.take(LOOKED_AT) {
            let of = |feature: Feature| features[feature as usize];
            best.cosine = best.cosine.max(of(Feature::Cosine)).max(answered);
            best.meaning = best.meaning.max(of(Feature::Meaning));
            best.coverage = best.coverage.max(of(Feature::Coverage));
            best.words = best.words.max(of(Feature::Words));
            best.entity = best.entity.max(of(Feature::Entity));
            // 0 where the embedding model tells of whole texts only.
            let own = Some(of(Feature::LateInteraction)).filter(|own| *own != 0.0);
            late_interaction = match (own, late_interaction) {
                (Some(own), Some(known)) => Some(f32::max(own, known)),
                (own, known) => own.or(known),
            };
            if of(Feature::Cosine) != 0.0 {
                cosines += of(Feature::Cosine);
                count += 1.0;
            }
        }
        let mean = if count > 0.0 { cosines / count } else { 0.0 };
        best.mean_cosine = share * mean + (1.0 - share) * TYPICAL_MEAN * best.cosine;
        best.late_interaction = late_interaction
            .map_or(TYPICAL_LATE_INTERACTION, |own| share * own + (1.0 - share) * TYPICAL_LATE_INTERACTION);
        best
    }

    /// What each number in [`Self::values`] is. Two are of pairs: how much of a question that names somebody is covered, and words
    /// that a long question has more of by chance.
    pub const NAMES: [&'static str; COUNT] = [
        "cosine",
        "meaning",
        "coverage",
        "words",
        "entity",
        "score",
        "known_speaker",
        "unknown_names",
        "has_names",
        "rarest_name",
        "unknown_words",
        "terms",
        "late_interaction",
        "mean_cosine",
        "names_covered",
        "words_of_many",
    ];

    pub fn values(&self) -> [f32; COUNT] {
        [
            self.cosine,
            self.meaning,
            self.coverage,
            self.words,
            self.entity,
            self.score,
            self.known_speaker,
            self.unknown_names,
            self.has_names,
            self.rarest_name,
            self.unknown_words,
            self.terms,
            self.late_interaction,
            self.mean_cosine,
            self.coverage * self.has_names,
            self.words * self.terms,
        ]
    }

    /// How likely the question has its answer here, from 0 to 1 (logistic).
    pub fn probability(&self) -> f32 {
        let sum: f32 = self.values().iter().zip(WEIGHTS).map(|(value, weight)| value * weight).sum();
        1.0 / (1.0 + (-(sum + CONSTANT)).exp())
    }

    pub fn is_enough(&self) -> bool {
        if self.words_only {
            return self.coverage >= COVERAGE_MIN;
        }
        self.probability() >= PROBABILITY_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_close_in_meaning_is_enough_and_what_is_not_is_silenced() {
        let question = Relevance { terms: 3.0, known_speaker: 1.0, ..Relevance::default() };
        let close = Relevance {
            cosine: 0.6,
            meaning: 3.0,
            coverage: 0.6,
            words: 4.0,
            score: 8.0,
            late_interaction: 0.3,
            mean_cosine: 0.4,
            ..question
        };
        let far = Relevance {
            cosine: 0.15,
            meaning: 2.0,
            coverage: 0.1,
            words: 1.0,
            score: 2.0,
            late_interaction: 0.1,
            mean_cosine: 0.1,
            ..question
        };
        assert!(close.is_enough() && close.probability() > 2.0 * PROBABILITY_MIN, "{}", close.probability());
        assert!(!far.is_enough(), "{}", far.probability());
    }

    /// Of candidates with these cosines, the first of them also with words in common.
    fn of_cosines(cosines: &[f32], late_interaction: f32) -> Relevance {
        let features: Vec<Features> = cosines
            .iter()
            .map(|cosine| {
                let mut features = [0.0; Feature::COUNT];
                features[Feature::Cosine as usize] = *cosine;
                features[Feature::Meaning as usize] = cosine * 5.0;
                features[Feature::LateInteraction as usize] = late_interaction;
                features
            })
            .collect();
        let question = Relevance { terms: 2.0, known_speaker: 1.0, score: 8.0, ..Relevance::default() };
        Relevance::of(features.iter().map(|features| (features, 0.0)), question)
    }

    #[test]
    fn a_profile_of_few_messages_answers_too() {
        for count in [1, 3, 10] {
            let mut cosines = vec![0.1; count];
            cosines[0] = 0.6;
            let young = of_cosines(&cosines, 0.0);
            assert!(young.is_enough(), "{count}: {}", young.probability());
            cosines[0] = 0.15;
            assert!(!of_cosines(&cosines, 0.0).is_enough(), "{count}");
        }
    }

    #[test]
    fn without_a_vector_the_words_decide() {
        let words = Relevance { coverage: 0.5, words_only: true, ..Relevance::default() };
        assert!(words.is_enough());
        assert!(!Relevance { coverage: 0.1, ..words }.is_enough());
    }
}
