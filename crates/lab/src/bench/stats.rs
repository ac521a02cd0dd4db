//! From samples to figures.

use serde::{Deserialize, Serialize};

/// What is said of many samples. Milliseconds, where nothing else is said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    pub count: usize,
    pub mean: f64,
    pub min: f64,
    pub p50: f64,
    pub p95: f64,
    pub p99: f64,
    pub max: f64,
}

impl Summary {
    pub(super) fn of(samples: impl IntoIterator<Item = f64>) -> Self {
        let mut sorted: Vec<f64> = samples.into_iter().collect();
        sorted.sort_by(f64::total_cmp);
        let (Some(min), Some(max)) = (sorted.first(), sorted.last()) else { return Self::default() };
        Self {
            count: sorted.len(),
            mean: mean(&sorted),
            min: *min,
            p50: percentile(&sorted, 0.5),
            p95: percentile(&sorted, 0.95),
            p99: percentile(&sorted, 0.99),
            max: *max,
        }
    }
}

/// The smallest sample that so large a share of all is not above: the nearest rank.
fn percentile(sorted: &[f64], share: f64) -> f64 {
    let rank = (share * sorted.len() as f64).ceil() as usize;
    sorted[rank.clamp(1, sorted.len()) - 1]
}

pub(super) fn mean(samples: &[f64]) -> f64 {
    samples.iter().sum::<f64>() / samples.len().max(1) as f64
}

/// Resamples for a confidence interval.
const RESAMPLES: usize = 2_000;

/// The interval that holds the mean of what `samples` were drawn from, with 95 % confidence: the percentile bootstrap.
pub(super) fn confidence_interval(samples: &[f64], seed: u64) -> (f64, f64) {
    let mut random = Random::new(seed);
    let draw = |random: &mut Random| samples[random.below(samples.len())];
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| (0..samples.len()).map(|_| draw(&mut random)).sum::<f64>() / samples.len() as f64)
        .collect();
    means.sort_by(f64::total_cmp);
    (percentile(&means, 0.025), percentile(&means, 0.975))
}

/// Chance that is the same for the same seed: SplitMix64.
#[derive(Clone, Debug)]
pub(super) struct Random(u64);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Below `end`, or 0 where that is 0.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end.max(1) as u64) as usize
    }

    /// True for this share of calls.
    pub(super) fn chance(&mut self, share: f64) -> bool {
        ((self.next() >> 11) as f64 / (1u64 << 53) as f64) < share
    }

    pub(super) fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_samples() {
        let summary = Summary::of((1..=200).rev().map(f64::from));
        assert_eq!((summary.p50, summary.p95, summary.p99, summary.max), (100.0, 190.0, 198.0, 200.0));
        assert_eq!((summary.count, summary.mean, summary.min), (200, 100.5, 1.0));
        assert_eq!(
            Summary::of([7.0]),
            Summary { count: 1, mean: 7.0, min: 7.0, p50: 7.0, p95: 7.0, p99: 7.0, max: 7.0 }
        );
        assert_eq!(Summary::of([]), Summary::default());
    }

    #[test]
    fn an_interval_holds_the_mean_and_narrows_with_samples() {
        let mut random = Random::new(3);
        let mut samples =
            |count: usize| -> Vec<f64> { (0..count).map(|_| random.below(1_000) as f64).collect() };
        let (few, many) = (samples(20), samples(2_000));
        let (low, high) = confidence_interval(&few, 1);
        let (lower, higher) = confidence_interval(&many, 1);
        assert!(low < mean(&few) && mean(&few) < high);
        assert!(lower < 500.0 && 500.0 < higher && higher - lower < (high - low) / 4.0);
    }
}
