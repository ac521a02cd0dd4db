//! Whether a clause that no pattern foresees will matter another day: a linear model over signs of its words
//! and, where there is a vector of it, its meaning.
//!
//! The weights stand in `worth.tsv`, a sign and its weight a line; `confidant eval fit-rules` fits them on conversations with
//! what should be remembered of them.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The weight that every clause has.
pub const BIAS: &str = "bias";
/// The weight of every clause whose meaning is known; those of the numbers of its vector are called `meaning.0` and on.
pub const MEANING: &str = "meaning";

struct Weights {
    of_signs: HashMap<&'static str, f32>,
    /// One for each number of a clause's vector.
    of_meaning: Vec<f32>,
    /// The id of the model that these vectors are by.
    model: &'static str,
}

static WEIGHTS: LazyLock<Weights> = LazyLock::new(|| {
    let text = include_str!("worth.tsv");
    let model = text.lines().find_map(|line| line.strip_prefix("# model ")).unwrap_or_default();
    let lines = text.lines().filter(|line| !line.starts_with('#'));
    let mut of_signs: HashMap<&str, f32> = lines
        .filter_map(|line| line.split_once('\t'))
        .filter_map(|(sign, weight)| Some((sign, weight.parse().ok()?)))
        .collect();
    let number = |at: usize| of_signs.remove(format!("{MEANING}.{at}").as_str());
    let of_meaning = (0..).map_while(number).collect();
    Weights { of_signs, of_meaning, model }
});

/// The id of the embedding model whose vectors tell the meaning of clauses.
pub fn meaning_model() -> &'static str {
    WEIGHTS.model
}

/// `meaning`: the clause's vector, where it has one by [`meaning_model`].
pub(super) fn is_worth_it(signs: &[String], meaning: Option<&[f32]>) -> bool {
    let Weights { of_signs, of_meaning, .. } = &*WEIGHTS;
    let weight = |sign: &str| of_signs.get(sign).copied().unwrap_or(0.0);
    let by_signs = weight(BIAS) + signs.iter().map(|sign| weight(sign)).sum::<f32>();
    let by_meaning = meaning.map_or(0.0, |vector| {
        weight(MEANING) + of_meaning.iter().zip(vector).map(|(weight, number)| weight * number).sum::<f32>()
    });
    by_signs + by_meaning > 0.0
}
