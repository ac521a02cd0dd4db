//! What was measured, as text or JSON.

use std::fmt;

use serde_json::{Value, json};

/// Counts over conversations.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub conversations: usize,
    pub turns: usize,
    /// Active memories in the end.
    pub active: usize,
    /// Of them, those that were expected, required or not.
    pub right: usize,
    /// Active memories beyond the first that say the same expected statement.
    pub duplicates: usize,
    pub required: usize,
    pub found: usize,
    pub replaced: usize,
    /// The new statement stands and the old one does not.
    pub resolved: usize,
    /// The old statement stands.
    pub stale: usize,
    /// Statements that must not be there, and those that are.
    pub forbidden: usize,
    pub kept: usize,
    /// Found statements about a day or a period, and those with just that.
    pub dated: usize,
    pub dated_right: usize,
}

#[derive(Clone, Debug, Default)]
pub struct Report {
    pub easy: Counts,
    pub hard: Counts,
    /// Milliseconds of a turn's memory work: p50 and p99.
    pub job_ms: (f64, f64),
    /// p50 of the last tenth of the longest conversation over that of its first tenth.
    pub growth: f64,
    /// What went wrong, conversation by conversation, as far as it was asked for.
    pub shown: Vec<String>,
}

fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}

impl Counts {
    pub(super) fn sum(self, other: Self) -> Self {
        Self {
            conversations: self.conversations + other.conversations,
            turns: self.turns + other.turns,
            active: self.active + other.active,
            right: self.right + other.right,
            duplicates: self.duplicates + other.duplicates,
            required: self.required + other.required,
            found: self.found + other.found,
            replaced: self.replaced + other.replaced,
            resolved: self.resolved + other.resolved,
            stale: self.stale + other.stale,
            forbidden: self.forbidden + other.forbidden,
            kept: self.kept + other.kept,
            dated: self.dated + other.dated,
            dated_right: self.dated_right + other.dated_right,
        }
    }

    fn to_json(self) -> Value {
        json!({
            "conversations": self.conversations,
            "turns": self.turns,
            "memories": self.active,
            "precision": share(self.right, self.active),
            "recall": share(self.found, self.required),
            "duplicates": self.duplicates as f64 / self.active.max(1) as f64,
            "junk": 1.0 - share(self.right, self.active),
            "contradictions": self.replaced,
            "contradictions_resolved": share(self.resolved, self.replaced),
            "contradictions_stale": self.stale,
            "forbidden": self.forbidden,
            "forbidden_kept": self.kept,
            "times_right": share(self.dated_right, self.dated),
        })
    }

    fn line(self, name: &str) -> String {
        format!(
            "{name:8} {:5} {:6} {:9} {:10.3} {:7.3} {:11.3} {:5} of {:3} {:6} {:5} of {:3} {:5} of {:3}",
            self.conversations,
            self.turns,
            self.active,
            share(self.right, self.active),
            share(self.found, self.required),
            self.duplicates as f64 / self.active.max(1) as f64,
            self.resolved,
            self.replaced,
            self.stale,
            self.kept,
            self.forbidden,
            self.dated_right,
            self.dated,
        )
    }
}

impl Report {
    pub fn to_json(&self) -> Value {
        json!({
            "overall": self.easy.sum(self.hard).to_json(),
            "easy": self.easy.to_json(),
            "hard": self.hard.to_json(),
            "job_ms": {"p50": self.job_ms.0, "p99": self.job_ms.1, "growth": self.growth},
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for shown in &self.shown {
            writeln!(f, "{shown}")?;
        }
        writeln!(
            f,
            "          conv.  turns  memories  precision  recall  duplicates  contradictions  stale  forbidden    times"
        )?;
        writeln!(f, "{:90} resolved {:13} kept {:8} right", "", "", "")?;
        writeln!(f, "{}", self.easy.line("easy"))?;
        writeln!(f, "{}", self.hard.line("hard"))?;
        writeln!(f, "{}", self.easy.sum(self.hard).line("all"))?;
        write!(
            f,
            "memory work of a turn: p50 {:.2} ms, p99 {:.2} ms; last tenth of the longest conversation over its first: {:.2}",
            self.job_ms.0, self.job_ms.1, self.growth
        )
    }
}
