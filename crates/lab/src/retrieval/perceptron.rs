//! The perceptron that the ranker adds to its linear model, fitted by the same loss.

use memory::retrieval::{Feature, INTERPLAY_BIAS, INTERPLAY_OUT, INTERPLAY_UNITS as UNITS};
use rand::rngs::StdRng;
use rand::seq::SliceRandom as _;
use rand::{RngExt as _, SeedableRng as _};

use super::fit::{dot, score_gradients};
use super::measures::Spread;
use crate::adam::Adam;

const EPOCHS: usize = 40;
const RATE: f64 = 3e-3;
/// Lists of one step.
const BATCH: usize = 128;
/// Of the squares of the weights of the layers.
const DECAY: f64 = 0.006;
/// The first weights are between this and its negative.
const INIT_MAX: f64 = 0.35;
const SEED: u64 = 1;

/// What one question's candidates are, and how the linear model scores them.
pub(super) struct List<'a> {
    pub(super) rows: Vec<&'a [f64]>,
    pub(super) linear: Vec<f64>,
    pub(super) gold: Vec<bool>,
    /// In the fit.
    pub(super) weight: f64,
}

pub(super) struct Perceptron {
    /// Of each input.
    spreads: Vec<Spread>,
    /// Of the standardised inputs: for each its weights to the units, then the units' biases, then what each unit counts.
    weights: Vec<f64>,
}

impl Perceptron {
    pub(super) fn train(lists: &[List<'_>]) -> Self {
        let usable: Vec<&List<'_>> = lists.iter().filter(|list| list.gold.contains(&true)).collect();
        let rows = || usable.iter().flat_map(|list| &list.rows);
        let width = rows().next().map_or(0, |row| row.len());
        let spreads: Vec<Spread> = (0..width).map(|at| Spread::of(rows().map(|row| row[at]))).collect();
        let mut chance = StdRng::seed_from_u64(SEED);
        let mut adam = Adam::new((width + 2) * UNITS);
        for weight in &mut adam.weights[..width * UNITS] {
            *weight = chance.random_range(-INIT_MAX..INIT_MAX);
        }
        let mut net = Self { spreads, weights: Vec::new() };
        let standardised: Vec<Vec<Vec<f64>>> =
            usable.iter().map(|list| list.rows.iter().map(|row| net.standardised(row)).collect()).collect();
        let mut order: Vec<usize> = (0..usable.len()).collect();
        let steps = EPOCHS * usable.len().div_ceil(BATCH);
        let mut step = 0_usize;
        for _ in 0..EPOCHS {
            order.shuffle(&mut chance);
            for batch in order.chunks(BATCH) {
                let weights_sum: f64 = batch.iter().map(|at| usable[*at].weight).sum();
                let mut gradient: Vec<f64> = adam.weights.iter().map(|weight| DECAY * weight).collect();
                gradient[width * UNITS..(width + 1) * UNITS].fill(0.0);
                for at in batch {
                    add_gradient(usable[*at], &standardised[*at], &adam.weights, weights_sum, &mut gradient);
                }
                adam.step(&gradient, RATE * (1.0 - step as f64 / steps as f64));
                step += 1;
            }
        }
        net.weights = adam.weights;
        net
    }

    fn standardised(&self, row: &[f64]) -> Vec<f64> {
        row.iter().zip(&self.spreads).map(|(value, of)| (value - of.mean) / of.deviation).collect()
    }

    pub(super) fn of(&self, row: &[f64]) -> f64 {
        let row = self.standardised(row);
        dot(&units(&row, &self.weights), &self.weights[(row.len() + 1) * UNITS..])
    }

    /// The lines of `interplay.tsv`, for inputs as they are.
    pub(super) fn lines(&self, features: &[Feature]) -> Vec<String> {
        let line = |name: &str, mean: f64, weights: &mut dyn Iterator<Item = f64>| {
            let weights: Vec<String> = weights.map(|weight| format!("{weight:.3}")).collect();
            format!("{name}\t{mean:.3}\t{}", weights.join("\t"))
        };
        let of = |at: usize| self.weights[at * UNITS..(at + 1) * UNITS].iter().copied();
        let of_input = |(at, (feature, spread)): (usize, (&Feature, &Spread))| {
            // What is always the same says nothing.
            let scale = if spread.deviation > Spread::DEVIATION_MIN { 1.0 / spread.deviation } else { 0.0 };
            line(feature.name(), spread.mean, &mut of(at).map(|weight| weight * scale))
        };
        let mut lines: Vec<String> = features.iter().zip(&self.spreads).enumerate().map(of_input).collect();
        lines.push(line(INTERPLAY_BIAS, 0.0, &mut of(features.len())));
        lines.push(line(INTERPLAY_OUT, 0.0, &mut of(features.len() + 1)));
        lines
    }
}

/// What the hidden units say of a standardised row.
fn units(row: &[f64], weights: &[f64]) -> [f64; UNITS] {
    let (of_inputs, rest) = weights.split_at(row.len() * UNITS);
    let mut units = [0.0; UNITS];
    units.copy_from_slice(&rest[..UNITS]);
    for (value, weights) in row.iter().zip(of_inputs.chunks_exact(UNITS)) {
        for (unit, weight) in units.iter_mut().zip(weights) {
            *unit += value * weight;
        }
    }
    units.map(|unit| unit.max(0.0))
}

fn add_gradient(list: &List<'_>, rows: &[Vec<f64>], weights: &[f64], weights_sum: f64, gradient: &mut [f64]) {
    let width = weights.len() / UNITS - 2;
    let out = &weights[(width + 1) * UNITS..];
    let hidden: Vec<[f64; UNITS]> = rows.iter().map(|row| units(row, weights)).collect();
    let scores: Vec<f64> =
        hidden.iter().zip(&list.linear).map(|(units, linear)| linear + dot(units, out)).collect();
    let share = list.weight / weights_sum;
    for ((row, units), pull) in rows.iter().zip(&hidden).zip(score_gradients(&scores, &list.gold)) {
        let pull = pull * share;
        for (slope, unit) in gradient[(width + 1) * UNITS..].iter_mut().zip(units) {
            *slope += pull * unit;
        }
        let mut back = [0.0; UNITS];
        for ((back, unit), out) in back.iter_mut().zip(units).zip(out) {
            *back = if *unit > 0.0 { pull * out } else { 0.0 };
        }
        for (slope, back) in gradient[width * UNITS..].iter_mut().zip(&back) {
            *slope += back;
        }
        for (value, slopes) in row.iter().zip(gradient.chunks_exact_mut(UNITS)) {
            for (slope, back) in slopes.iter_mut().zip(&back) {
                *slope += value * back;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Only the two numbers together tell which is gold: a linear model cannot.
    fn rows() -> Vec<[f64; 2]> {
        [(0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (1.0, 1.0)].map(|(a, b)| [a, b]).to_vec()
    }

    #[test]
    fn what_only_two_features_together_tell_is_learned() {
        let rows = rows();
        let lists: Vec<List<'_>> = (0..400)
            .map(|_| List {
                rows: rows.iter().map(<[f64; 2]>::as_slice).collect(),
                linear: vec![0.0; 4],
                gold: vec![true, false, false, true],
                weight: 1.0,
            })
            .collect();
        let net = Perceptron::train(&lists);
        let of: Vec<f64> = rows.iter().map(|row| net.of(row)).collect();
        assert!(of[0].min(of[3]) > of[1].max(of[2]) + 0.5, "{of:?}");
        let lines = net.lines(&[Feature::Cosine, Feature::Words]);
        assert_eq!(lines.len(), 4);
        assert!(lines.iter().all(|line| line.split('\t').count() == UNITS + 2), "{lines:?}");
    }
}
