//! The features of a candidate made one score. The weights in force stand here, those of the features taken together in
//! `interplay.tsv`, and nowhere else.
//!
//! A sum: every point of a score has a name, so that each hit can explain itself. The weights were fitted by
//! `confidant eval fit` on development conversations of LoCoMo, RealTalk, BEAM and MADial (see docs/retrieval.md); those
//! marked "by hand" are about memories' lives, of which those sets know nothing.

/// What is known of a candidate, as a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(usize)]
pub enum Feature {
    /// Standard deviations by which its cosine stands out in the profile.
    Meaning,
    /// The cosine itself.
    Cosine,
    /// Standard deviations by which its BM25 stands out.
    Words,
    /// Share of the question's word weight that its own words cover.
    Coverage,
    /// Weight of the rarest word in common.
    RarestWord,
    /// How close its words are to those of the question, one by one, above the mean of the candidates.
    LateInteraction,
    /// It was said by whom the question is about.
    Speaker,
    /// It has the names of the question.
    Entity,
    /// It was said, or tells of something, in the time of the question.
    Time,
    /// What the messages before lend it, nearest first.
    Before1,
    Before2,
    Before3,
    /// What the messages after lend it.
    After1,
    After2,
    After3,
    /// How good the best of its session is, and the mean of its session.
    SessionBest,
    SessionMean,
    /// It has a question mark; it ends with one.
    Asks,
    EndsAsking,
    /// The message before it ends with a question: this may be the answer.
    AnswersQuestion,
    FirstPerson,
    /// The user says how to be answered, from now on: "Always show the formula when I ask about interest".
    Instructs,
    Length,
    /// Phrases of time, numbers and names in it.
    Times,
    Numbers,
    Names,
    /// The same, where the question asks for a time, a quantity, a person or a place.
    WantedTime,
    WantedNumber,
    WantedName,
    /// It is a memory: distilled, and checked against what was known.
    Memory,
    Importance,
    Recency,
    Mentions,
    /// What the fitted features say together (`interplay.rs`).
    Interplay,
}

impl Feature {
    pub const COUNT: usize = 34;
    pub const ALL: [Self; Self::COUNT] = [
        Self::Meaning,
        Self::Cosine,
        Self::Words,
        Self::Coverage,
        Self::RarestWord,
        Self::LateInteraction,
        Self::Speaker,
        Self::Entity,
        Self::Time,
        Self::Before1,
        Self::Before2,
        Self::Before3,
        Self::After1,
        Self::After2,
        Self::After3,
        Self::SessionBest,
        Self::SessionMean,
        Self::Asks,
        Self::EndsAsking,
        Self::AnswersQuestion,
        Self::FirstPerson,
        Self::Instructs,
        Self::Length,
        Self::Times,
        Self::Numbers,
        Self::Names,
        Self::WantedTime,
        Self::WantedNumber,
        Self::WantedName,
        Self::Memory,
        Self::Importance,
        Self::Recency,
        Self::Mentions,
        Self::Interplay,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Meaning => "meaning",
            Self::Cosine => "cosine",
            Self::Words => "words",
            Self::Coverage => "coverage",
            Self::RarestWord => "rarest_word",
            Self::LateInteraction => "late_interaction",
            Self::Speaker => "speaker",
            Self::Entity => "entity",
            Self::Time => "time",
            Self::Before1 => "before_1",
            Self::Before2 => "before_2",
            Self::Before3 => "before_3",
            Self::After1 => "after_1",
            Self::After2 => "after_2",
            Self::After3 => "after_3",
            Self::SessionBest => "session_best",
            Self::SessionMean => "session_mean",
            Self::Asks => "asks",
            Self::EndsAsking => "ends_asking",
            Self::AnswersQuestion => "answers_question",
            Self::FirstPerson => "first_person",
            Self::Instructs => "instructs",
            Self::Length => "length",
            Self::Times => "times",
            Self::Numbers => "numbers",
            Self::Names => "names",
            Self::WantedTime => "wanted_time",
            Self::WantedNumber => "wanted_number",
            Self::WantedName => "wanted_name",
            Self::Memory => "memory",
            Self::Importance => "importance",
            Self::Recency => "recency",
            Self::Mentions => "mentions",
            Self::Interplay => "interplay",
        }
    }

    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|feature| feature.name() == name)
    }

    /// Its weight is fitted. The others are set by hand: the evaluation data says nothing about them, or they are in the measure of
    /// the score already.
    pub fn is_fitted(self) -> bool {
        !matches!(self, Self::Memory | Self::Importance | Self::Recency | Self::Mentions | Self::Interplay)
    }
}

/// A number for each feature.
pub type Features = [f32; Feature::COUNT];

/// What each feature counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights(pub Features);

impl Default for Weights {
    fn default() -> Self {
        let mut weights = [0.0; Feature::COUNT];
        for (feature, weight) in IN_FORCE {
            weights[*feature as usize] = *weight;
        }
        Self(weights)
    }
}

impl Weights {
    pub fn of(&self, feature: Feature) -> f32 {
        self.0[feature as usize]
    }

    /// The same without some features, to measure what they are worth.
    pub fn without(mut self, dropped: &[Feature]) -> Self {
        for feature in dropped {
            self.0[*feature as usize] = 0.0;
        }
        self
    }

    pub(super) fn score(&self, features: &Features) -> f32 {
        self.0.iter().zip(features).map(|(weight, value)| weight * value).sum()
    }
}

const IN_FORCE: &[(Feature, f32)] = &[
    (Feature::Meaning, 0.5662),
    (Feature::Cosine, 3.3392),
    (Feature::Words, 0.0815),
    (Feature::Coverage, 0.5213),
    (Feature::RarestWord, 0.0210),
    (Feature::LateInteraction, 4.3973),
    (Feature::Speaker, 1.2739),
    (Feature::Entity, 0.9344),
    (Feature::Time, 2.4730),
    (Feature::Before1, 0.2458),
    (Feature::Before2, 0.1379),
    (Feature::Before3, 0.0129),
    (Feature::After1, 0.0903),
    (Feature::After2, 0.0550),
    (Feature::After3, 0.0262),
    (Feature::SessionBest, 0.4219),
    (Feature::SessionMean, 0.5417),
    (Feature::Asks, -0.2664),
    (Feature::EndsAsking, -0.0932),
    (Feature::AnswersQuestion, 0.3458),
    (Feature::FirstPerson, 0.5789),
    (Feature::Instructs, 1.8057),
    (Feature::Length, -0.1736),
    (Feature::Times, 0.1909),
    (Feature::Numbers, 0.0964),
    (Feature::Names, 0.1556),
    (Feature::WantedTime, 0.9036),
    (Feature::WantedNumber, 0.1609),
    (Feature::WantedName, 0.2012),
    // By hand.
    (Feature::Memory, 1.5),
    (Feature::Importance, 0.3),
    (Feature::Recency, 0.2),
    (Feature::Mentions, 0.1),
    (Feature::Interplay, 1.0),
];

/// What a strategy's scores look like in a typical profile, worth as much as `WEIGHT` documents of its own: a young
/// profile has too few for a mean and a deviation of its own.
#[derive(Clone, Copy)]
pub(super) struct Typical {
    mean: f32,
    deviation: f32,
}

const WEIGHT: f32 = 30.0;
/// MiniLM's cosine between a question and a statement picked at random.
pub(super) const TYPICAL_COSINE: Typical = Typical { mean: 0.1, deviation: 0.11 };
pub(super) const TYPICAL_BM25: Typical = Typical { mean: 0.3, deviation: 1.2 };

/// Mean and deviation that turn a strategy's raw scores into comparable ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    mean: f32,
    deviation: f32,
}

impl Scale {
    /// From the raw scores of those documents that count.
    pub(super) fn of(scores: &[f32], counts: impl Fn(usize) -> bool, typical: Typical) -> Self {
        // In lanes, since each addition waits for the one before it.
        const LANES: usize = 4;
        let (mut count, mut sums, mut squares) = (0_u32, [0.0_f64; LANES], [0.0_f64; LANES]);
        for (place, score) in scores.iter().enumerate() {
            let counted = counts(place);
            let score = if counted { f64::from(*score) } else { 0.0 };
            count += u32::from(counted);
            sums[place % LANES] += score;
            squares[place % LANES] += score * score;
        }
        let (sum, squares): (f64, f64) = (sums.iter().sum(), squares.iter().sum());
        let count = f64::from(count);
        let weight = f64::from(WEIGHT);
        let (typical_mean, typical_deviation) = (f64::from(typical.mean), f64::from(typical.deviation));
        let mean = (sum + weight * typical_mean) / (count + weight);
        // Var = E[x²] - E[x]², of the profile's and the typical documents together.
        let typical_square = typical_deviation.powi(2) + typical_mean.powi(2);
        let mean_square = (squares + weight * typical_square) / (count + weight);
        let deviation = (mean_square - mean * mean).max(1e-6).sqrt();
        Self { mean: mean as f32, deviation: deviation as f32 }
    }

    pub(super) fn normalise(self, raw: f32) -> f32 {
        (raw - self.mean) / self.deviation
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_memory_gets_a_finite_score() {
        let scale = Scale::of(&[0.5], |_| true, TYPICAL_COSINE);
        assert!(scale.normalise(0.5) > 2.0);
        assert!(scale.normalise(0.5).is_finite());
    }

    #[test]
    fn a_large_profile_speaks_for_itself() {
        let scores: Vec<f32> = (0..20_000).map(|n| 0.2 + 0.1 * (n % 4) as f32).collect();
        let scale = Scale::of(&scores, |place| place % 4 > 1, TYPICAL_COSINE);
        assert!((scale.normalise(0.45)).abs() < 0.05);
    }

    #[test]
    fn features_are_numbered_as_they_are_listed_and_found_by_name() {
        for (at, feature) in Feature::ALL.into_iter().enumerate() {
            assert_eq!(feature as usize, at);
            assert_eq!(Feature::parse(feature.name()), Some(feature));
        }
    }
}
