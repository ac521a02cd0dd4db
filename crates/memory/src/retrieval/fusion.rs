//! The scores of the strategies made one.
//!
//! Scores are fused by how far they stand out among the profile's memories (z-scores), not by rank: measured on
//! LoCoMo, that finds ten points more than reciprocal-rank fusion. A young profile has too few memories for a mean
//! and a deviation of its own, so each is blended with those of a typical one.

use super::Evidence;
use super::Strategy;

/// What each strategy's vote counts, and below which evidence a memory is not relevant at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Weights {
    pub semantic: f32,
    pub keyword: f32,
    /// A memory counts as found by meaning from this cosine on.
    pub cosine_min: f32,
    /// A memory counts as found by words when it covers this share of the query's weight.
    pub coverage_min: f32,
    pub importance: f32,
    pub mentions: f32,
    pub recency: f32,
}

impl Default for Weights {
    /// The 0.6 : 0.4 of meaning and words was fitted on LoCoMo. The thresholds were set by hand on a dozen memories and
    /// thirty questions: answerable ones had cosines of 0.39 and more but for one (0.25), others up to 0.32.
    fn default() -> Self {
        Self {
            semantic: 0.6,
            keyword: 0.4,
            cosine_min: 0.25,
            coverage_min: 0.25,
            importance: 0.15,
            mentions: 0.05,
            recency: 0.1,
        }
    }
}

/// What a strategy's scores look like in a typical profile, worth as much as `WEIGHT` memories of its own.
#[derive(Clone, Copy)]
pub(super) struct Typical {
    mean: f32,
    deviation: f32,
}

const WEIGHT: f32 = 30.0;
/// MiniLM's cosine between a question and a statement picked at random.
pub(super) const TYPICAL_COSINE: Typical = Typical { mean: 0.1, deviation: 0.11 };
pub(super) const TYPICAL_COVERAGE: Typical = Typical { mean: 0.02, deviation: 0.1 };

/// Mean and deviation that turn a strategy's raw scores into comparable ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scale {
    mean: f32,
    deviation: f32,
}

impl Scale {
    /// From the raw scores of `count` memories, of which those not in `scores` are 0.
    pub(super) fn of(scores: impl Iterator<Item = f32> + Clone, count: usize, typical: Typical) -> Self {
        let count = count as f32;
        let sum: f32 = scores.clone().sum();
        let mean = (sum + WEIGHT * typical.mean) / (count + WEIGHT);
        let squares: f32 = scores.map(|score| score * score).sum();
        // Var = E[x²] - E[x]², of the profile's and the typical memories together.
        let typical_square = typical.deviation.powi(2) + typical.mean.powi(2);
        let mean_square = (squares + WEIGHT * typical_square) / (count + WEIGHT);
        let deviation = (mean_square - mean * mean).max(1e-6).sqrt();
        Self { mean, deviation }
    }

    pub(super) fn normalise(self, raw: f32) -> f32 {
        (raw - self.mean) / self.deviation
    }
}

/// The vote of one strategy, if its evidence is enough to vote at all.
pub(super) fn evidence(strategy: Strategy, raw: f32, scale: Scale, raw_min: f32) -> Option<Evidence> {
    (raw >= raw_min).then(|| Evidence { strategy, raw, normalised: scale.normalise(raw) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_memory_gets_a_finite_score() {
        let scale = Scale::of([0.5].into_iter(), 1, TYPICAL_COSINE);
        assert!(scale.normalise(0.5) > 2.0);
        assert!(scale.normalise(0.5).is_finite());
    }

    #[test]
    fn a_large_profile_speaks_for_itself() {
        let scores = (0..10_000).map(|n| 0.4 + 0.1 * (n % 2) as f32);
        let scale = Scale::of(scores, 10_000, TYPICAL_COSINE);
        assert!((scale.normalise(0.45)).abs() < 0.05);
    }
}
