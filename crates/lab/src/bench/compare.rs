//! Two reports of the same scenarios: what became slower or faster, and what is chance. Runs are paired turn by turn: the
//! seed makes the same questions in the same order.

use std::fmt::Write as _;

use super::report::{Measured, Report};
use super::stats::{confidence_interval, mean};

/// Changes below this share are not worth a word.
const WORTH_SAYING: f64 = 0.05;

/// A figure's name, and where its samples are.
type Figure = (&'static str, fn(&Measured) -> &[f64]);

/// Returns a Markdown table, and whether anything became worse for certain.
pub fn compare(before: &Report, after: &Report) -> (String, bool) {
    let mut text = "| scenario | figure | before | after | change of the mean, 95 % | |\n| --- | --- | --- | --- | --- | --- |\n".to_owned();
    let mut worse = false;
    if before.seed != after.seed || before.quick != after.quick {
        text.insert_str(
            0,
            "The reports were made with different seeds or sizes: their turns are not the same.\n\n",
        );
    }
    for new in &after.scenarios {
        let Some(old) = before.find(&new.scenario) else { continue };
        let figures: [Figure; 2] = [
            ("own first words, ms", |one| &one.samples.own_first_words_ms),
            ("whole turn, ms", |one| &one.samples.total_ms),
        ];
        for (figure, samples) in figures {
            let change = Change::between(samples(old), samples(new));
            let Some(change) = change else { continue };
            worse |= change.verdict() == "slower";
            let _ = writeln!(
                text,
                "| {} | {figure} | {:.2} | {:.2} | {:+.2} to {:+.2} | {} |",
                new.scenario,
                change.before,
                change.after,
                change.low,
                change.high,
                change.verdict()
            );
        }
    }
    (text, worse)
}

/// The means, and where the mean of the differences lies.
struct Change {
    before: f64,
    after: f64,
    low: f64,
    high: f64,
}

impl Change {
    fn between(before: &[f64], after: &[f64]) -> Option<Self> {
        let differences: Vec<f64> = before.iter().zip(after).map(|(before, after)| after - before).collect();
        if differences.is_empty() {
            return None;
        }
        let (low, high) = confidence_interval(&differences, 1);
        Some(Self { before: mean(before), after: mean(after), low, high })
    }

    fn verdict(&self) -> &'static str {
        let worth_saying = self.before.abs() * WORTH_SAYING;
        if self.low > worth_saying {
            "slower"
        } else if self.high < -worth_saying {
            "faster"
        } else {
            "no certain change"
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::bench::stats::Random;

    #[test]
    fn noise_is_no_change_and_a_change_is_none() {
        let mut random = Random::new(5);
        let mut noisy =
            |base: f64| -> Vec<f64> { (0..200).map(|_| base + random.below(100) as f64 / 50.0).collect() };
        let (first, second, slow) = (noisy(10.0), noisy(10.0), noisy(13.0));
        let verdict = |before: &[f64], after: &[f64]| Change::between(before, after).unwrap().verdict();
        assert_eq!(verdict(&first, &second), "no certain change");
        assert_eq!(verdict(&first, &slow), "slower");
        assert_eq!(verdict(&slow, &first), "faster");
    }
}
