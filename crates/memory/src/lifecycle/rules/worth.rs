//! Whether a clause that no pattern foresees will matter another day: a linear model over signs of its words.
//!
//! The weights stand in `worth.tsv`, a sign and its weight a line; `confidant eval fit-rules` fits them on conversations with
//! what should be remembered of them.

use std::collections::HashMap;
use std::sync::LazyLock;

static WEIGHTS: LazyLock<HashMap<&'static str, f32>> = LazyLock::new(|| {
    let lines = include_str!("worth.tsv").lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(sign, weight)| Some((sign, weight.parse().ok()?)))
        .collect()
});

/// The weight that every clause has.
pub const BIAS: &str = "bias";

pub(super) fn is_worth_it(signs: &[String]) -> bool {
    let weight = |sign: &str| WEIGHTS.get(sign).copied().unwrap_or(0.0);
    weight(BIAS) + signs.iter().map(|sign| weight(sign)).sum::<f32>() > 0.0
}
