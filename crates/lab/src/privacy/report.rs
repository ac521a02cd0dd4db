//! What was measured, as text or JSON.

use std::collections::BTreeMap;
use std::fmt;

use privacy::Kind;
use serde_json::{Value, json};

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub texts: usize,
    pub kinds: BTreeMap<Kind, KindCounts>,
    pub characters: Characters,
    /// Labels that no kind of ours stands for, and how often.
    pub unknown_labels: BTreeMap<String, usize>,
    pub times: Times,
    pub shown: Vec<String>,
}

/// Spans of one kind. "Exactly": from the same character to the same.
#[derive(Clone, Copy, Debug, Default)]
pub struct KindCounts {
    pub labelled: usize,
    pub recalled: usize,
    pub recalled_exactly: usize,
    pub found: usize,
    pub right: usize,
    pub right_exactly: usize,
}

/// Sensitive characters, whatever their kind.
#[derive(Clone, Copy, Debug, Default)]
pub struct Characters {
    pub both: usize,
    pub missed: usize,
    pub wrong: usize,
}

/// Microseconds a text.
#[derive(Clone, Copy, Debug, Default)]
pub struct Times {
    pub mean_us: f64,
    pub p50_us: f64,
    pub p95_us: f64,
}

impl Times {
    pub(super) fn of(mut us: Vec<f64>) -> Self {
        us.sort_by(f64::total_cmp);
        let at = |share: f64| us.get((us.len() as f64 * share) as usize).copied().unwrap_or_default();
        Self { mean_us: us.iter().sum::<f64>() / us.len().max(1) as f64, p50_us: at(0.5), p95_us: at(0.95) }
    }
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// The harmonic mean of precision and recall.
fn f1(precision: f64, recall: f64) -> f64 {
    if precision + recall == 0.0 { 0.0 } else { 2.0 * precision * recall / (precision + recall) }
}

impl KindCounts {
    fn measures(&self) -> [f64; 4] {
        let (precision, recall) = (share(self.right, self.found), share(self.recalled, self.labelled));
        let exact = f1(share(self.right_exactly, self.found), share(self.recalled_exactly, self.labelled));
        [precision, recall, f1(precision, recall), exact]
    }
}

impl Characters {
    fn measures(&self) -> [f64; 3] {
        let precision = share(self.both, self.both + self.wrong);
        let recall = share(self.both, self.both + self.missed);
        [precision, recall, f1(precision, recall)]
    }
}

impl Report {
    pub fn to_json(&self) -> Value {
        let kinds: BTreeMap<&str, Value> = self
            .kinds
            .iter()
            .map(|(kind, counts)| {
                let [precision, recall, f1, exact_f1] = counts.measures();
                let value = json!({"labelled": counts.labelled, "found": counts.found, "precision": precision,
                    "recall": recall, "f1": f1, "exact_f1": exact_f1});
                (kind.as_str(), value)
            })
            .collect();
        let [precision, recall, f1] = self.characters.measures();
        json!({
            "overall": {
                "texts": self.texts,
                "characters": {"precision": precision, "recall": recall, "f1": f1},
                "us_per_text": {"mean": self.times.mean_us, "p50": self.times.p50_us, "p95": self.times.p95_us},
            },
            "by_kind": kinds,
            "unknown_labels": self.unknown_labels,
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in &self.shown {
            writeln!(f, "{shown}\n")?;
        }
        writeln!(f, "{} texts\n", self.texts)?;
        writeln!(f, "{:<16} labelled  found  precision  recall     F1  exact F1", "kind")?;
        for (kind, counts) in &self.kinds {
            let [precision, recall, f1, exact] = counts.measures();
            writeln!(
                f,
                "{:<16} {:>8} {:>6} {precision:>10.3} {recall:>7.3} {f1:>6.3} {exact:>9.3}",
                kind.as_str(),
                counts.labelled,
                counts.found
            )?;
        }
        let [precision, recall, f1] = self.characters.measures();
        writeln!(f, "\nany kind, by characters: precision {precision:.3}, recall {recall:.3}, F1 {f1:.3}")?;
        if !self.unknown_labels.is_empty() {
            let labels: Vec<String> =
                self.unknown_labels.iter().map(|(label, count)| format!("{label} {count}")).collect();
            writeln!(f, "labels that are not looked for: {}", labels.join(", "))?;
        }
        let Times { mean_us, p50_us, p95_us } = self.times;
        write!(f, "a text takes {mean_us:.0} µs on average, {p50_us:.0} at the median, {p95_us:.0} at p95")
    }
}
