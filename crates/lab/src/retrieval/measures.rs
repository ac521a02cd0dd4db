//! Recall, NDCG and the like, of one ranked list.

/// How well a ranked list finds the gold ids of a question.
#[derive(Clone, Debug, Default)]
pub(super) struct Measures {
    /// For each k: the share of the gold ids among the first k.
    pub(super) recall: Vec<f64>,
    /// For each k: whether any gold id is among the first k.
    pub(super) hit: Vec<f64>,
    pub(super) ndcg_10: f64,
    /// 1 / the rank of the first gold id.
    pub(super) reciprocal_rank: f64,
}

pub(super) fn measure(ranked: &[&str], gold: &[String], ks: &[usize]) -> Measures {
    let is_gold = |id: &&str| gold.iter().any(|gold| gold == id);
    let found = |k: usize| ranked.iter().take(k).filter(|id| is_gold(id)).count() as f64;
    let gain = |rank: usize| 1.0 / ((rank + 2) as f64).log2();
    let reached: f64 =
        ranked.iter().take(10).enumerate().filter(|(_, id)| is_gold(id)).map(|(rank, _)| gain(rank)).sum();
    let ideal: f64 = (0..gold.len().min(10)).map(gain).sum();
    let first = ranked.iter().position(is_gold);
    Measures {
        recall: ks.iter().map(|k| found(*k) / gold.len().max(1) as f64).collect(),
        hit: ks.iter().map(|k| found(*k).min(1.0)).collect(),
        ndcg_10: if ideal > 0.0 { reached / ideal } else { 0.0 },
        reciprocal_rank: first.map_or(0.0, |rank| 1.0 / (rank + 1) as f64),
    }
}

/// The value below which the given share of `values` lies.
pub(super) fn percentile(values: &[f64], share: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().saturating_sub(1);
    sorted.get((last as f64 * share).round() as usize).copied().unwrap_or(0.0)
}

/// The mean of some numbers and how far they deviate from it.
pub(crate) struct Spread {
    pub(crate) mean: f64,
    pub(crate) deviation: f64,
}

impl Spread {
    /// The least deviation: below it the numbers are all the same.
    pub(crate) const DEVIATION_MIN: f64 = 1e-6;

    pub(crate) fn of(values: impl Iterator<Item = f64> + Clone) -> Self {
        let mean_of = mean(values.clone());
        let deviation = mean(values.map(|value| (value - mean_of).powi(2))).sqrt();
        Self { mean: mean_of, deviation: deviation.max(Self::DEVIATION_MIN) }
    }
}

pub(super) fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0_u32), |(sum, count), value| (sum + value, count + 1));
    if count == 0 { 0.0 } else { sum / f64::from(count) }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    #[test]
    fn a_list_is_measured_as_the_definitions_say() {
        let gold = ["b".to_owned(), "d".to_owned()];
        let measured = measure(&["a", "b", "c", "d"], &gold, &[1, 2, 4]);
        assert_eq!(measured.recall, [0.0, 0.5, 1.0]);
        assert_eq!(measured.hit, [0.0, 1.0, 1.0]);
        assert_eq!(measured.reciprocal_rank, 0.5);
        // (1/log2(3) + 1/log2(5)) / (1 + 1/log2(3))
        assert!((measured.ndcg_10 - 0.6509).abs() < 1e-4, "{}", measured.ndcg_10);
        assert_eq!(measure(&[], &gold, &[5]).recall, [0.0]);
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<f64> = (1..=101).map(f64::from).collect();
        assert_eq!(percentile(&values, 0.5), 51.0);
        assert_eq!(percentile(&values, 0.99), 100.0);
        assert_eq!(percentile(&[], 0.5), 0.0);
    }
}
