//! Chance with a seed. Our own few lines of it: a seed must mean the same in every version.

use std::time::Duration;

/// SplitMix64 (Steele, Lea and Flood 2014).
#[derive(Clone, Debug)]
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of one occasion: a call, a request.
    pub(super) fn new(seed: u64, occasion: u64) -> Self {
        let mut dice = Self(seed);
        Self(dice.next() ^ occasion)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to, but not including, 1.
    pub(super) fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// From 0 up to, but not including, `end`.
    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.share() * end as f64) as usize
    }

    /// Log-normal: `spread` is the standard deviation of its logarithm.
    pub(super) fn around(&mut self, median: Duration, spread: f64) -> Duration {
        // Box-Muller; 1 - share is never 0, whose logarithm would be infinite.
        let radius = (-2.0 * (1.0 - self.share()).ln()).sqrt();
        let normal = radius * (std::f64::consts::TAU * self.share()).cos();
        median.mul_f64((spread * normal).exp())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_means_the_same_for_ever() {
        let mut dice = Dice(0);
        // The reference implementation's first numbers for seed 0.
        assert_eq!([dice.next(), dice.next()], [0xe220_a839_7b1d_cdaf, 0x6e78_9e6a_a1b9_65f4]);
    }

    #[test]
    fn log_normal_has_its_median_and_its_tail() {
        let mut dice = Dice::new(1, 2);
        let mut seconds: Vec<f64> =
            (0..10_000).map(|_| dice.around(Duration::from_secs(1), 0.5).as_secs_f64()).collect();
        seconds.sort_by(f64::total_cmp);
        assert!((seconds[5_000] - 1.0).abs() < 0.05, "median {}", seconds[5_000]);
        // exp(1.645 * 0.5)
        assert!((seconds[9_500] - 2.276).abs() < 0.15, "95 % {}", seconds[9_500]);
    }
}
