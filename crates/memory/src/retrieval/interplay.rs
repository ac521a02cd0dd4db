//! What the features of a document say together and a sum of them does not: that somebody has a date in what they say helps
//! where a time is asked for and the words are near, and nowhere else.
//!
//! A perceptron with one hidden layer. Its weights stand in `interplay.tsv`; `confidant eval fit` fits them.

use std::array;
use std::sync::LazyLock;

use super::ranking::{Feature, Features, Weights};

/// Hidden units.
pub const UNITS: usize = 32;

type Units = [f32; UNITS];

/// The name of the line of [`Net::bias`] in `interplay.tsv`.
pub const BIAS: &str = "bias";
/// The same of [`Net::out`].
pub const OUT: &str = "out";

struct Net {
    inputs: Vec<Input>,
    bias: Units,
    out: Units,
}

struct Input {
    feature: Feature,
    /// What the feature mostly is: of that nothing follows.
    mean: f32,
    weights: Units,
}

static NET: LazyLock<Net> = LazyLock::new(|| Net::read(include_str!("interplay.tsv")));

impl Net {
    /// A line for each input, with its name, its mean and its weights; then `bias` and `out`, with a 0 in place of the mean.
    fn read(text: &str) -> Self {
        let mut net = Self { inputs: Vec::new(), bias: [0.0; UNITS], out: [0.0; UNITS] };
        for line in text.lines().filter(|line| !line.starts_with('#')) {
            let mut cells = line.split('\t');
            let name = cells.next().unwrap_or_default();
            let mut numbers = cells.filter_map(|cell| cell.parse::<f32>().ok());
            let mean = numbers.next().unwrap_or_default();
            let weights = array::from_fn(|_| numbers.next().unwrap_or_default());
            match (name, Feature::parse(name)) {
                (BIAS, _) => net.bias = weights,
                (OUT, _) => net.out = weights,
                (_, Some(feature)) => net.inputs.push(Input { feature, mean, weights }),
                _ => {}
            }
        }
        net
    }

    fn of(&self, features: &Features, weights: &Weights) -> f32 {
        let mut units = self.bias;
        for input in &self.inputs {
            // A feature that is left out says what it mostly says.
            if weights.of(input.feature) == 0.0 {
                continue;
            }
            let above = features[input.feature as usize] - input.mean;
            for (unit, weight) in units.iter_mut().zip(&input.weights) {
                *unit += above * weight;
            }
        }
        units.iter().zip(&self.out).map(|(unit, out)| unit.max(0.0) * out).sum()
    }
}

/// What the features of one document say together, in the measure of the ranker's score; comparable within one query only.
pub(super) fn interplay(features: &Features, weights: &Weights) -> f32 {
    NET.of(features, weights)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    #[test]
    fn a_sum_of_features_is_not_all_they_say() {
        let line = |name: &str, mean: f32, first: f32| {
            let rest = "\t0".repeat(UNITS - 1);
            format!("{name}\t{mean}\t{first}{rest}\n")
        };
        let text = line("cosine", 0.5, 2.0)
            + &line("times", 0.0, 1.0)
            + &line(BIAS, 0.0, -1.0)
            + &line(OUT, 0.0, 3.0);
        let net = Net::read(&text);
        let of = |cosine: f32, times: f32, weights: &Weights| {
            let mut features = [0.0; Feature::COUNT];
            features[Feature::Cosine as usize] = cosine;
            features[Feature::Times as usize] = times;
            net.of(&features, weights)
        };
        let weights = Weights::default();
        assert_eq!([of(1.0, 0.0, &weights), of(0.5, 1.0, &weights), of(1.0, 1.0, &weights)], [0.0, 0.0, 3.0]);
        let without = weights.without(&[Feature::Cosine]);
        assert_eq!(of(1.0, 1.0, &without), 0.0, "as if its cosine were the mean");
    }

    #[test]
    fn what_is_built_in_knows_all_features_that_were_fitted() {
        let known: Vec<Feature> = NET.inputs.iter().map(|input| input.feature).collect();
        let fitted: Vec<Feature> = Feature::ALL.into_iter().filter(|feature| feature.is_fitted()).collect();
        assert_eq!(known, fitted);
        assert!(NET.out.iter().any(|weight| *weight != 0.0));
        let weights = Weights::default();
        assert!(
            fitted.iter().all(|feature| weights.of(*feature) != 0.0),
            "a weight of 0 would leave an input out"
        );
    }
}
