//! What was measured, as text or JSON.

use std::collections::BTreeMap;
use std::fmt;

use serde_json::{Value, json};

use super::measures::percentile;

#[derive(Clone, Debug)]
pub struct Report {
    pub dataset: String,
    pub conversations: usize,
    pub messages: usize,
    pub ks: Vec<usize>,
    pub all: Figures,
    pub by_category: BTreeMap<String, Figures>,
    /// Milliseconds a query, for each query.
    pub embed_ms: Vec<f64>,
    pub search_ms: Vec<f64>,
    pub silence: Silence,
    /// Questions with what was found for them, and why.
    pub shown: Vec<String>,
}

/// Means over questions.
#[derive(Clone, Debug)]
pub struct Figures {
    pub questions: usize,
    pub recall: Vec<f64>,
    pub hit: Vec<f64>,
    pub ndcg_10: f64,
    pub mrr: f64,
}

/// For each question of a kind, whether it got nothing back.
#[derive(Clone, Debug, Default)]
pub struct Silence {
    /// Has an answer here.
    pub answerable: Vec<bool>,
    /// Has an answer here, and its evidence would have been found.
    pub lost: Vec<bool>,
    /// Asked about this conversation, which does not tell.
    pub unanswerable: Vec<bool>,
    /// Asked in a conversation it does not belong to.
    pub foreign: Vec<bool>,
    /// Those of them that ask about nobody who speaks in the conversation.
    pub strangers: Vec<bool>,
}

fn share(silent: &[bool]) -> Option<f64> {
    let count = silent.iter().filter(|silent| **silent).count();
    (!silent.is_empty()).then(|| count as f64 / silent.len() as f64)
}

impl Report {
    pub fn to_json(&self) -> Value {
        let figures = |figures: &Figures| {
            let by_k = |values: &[f64]| -> BTreeMap<String, f64> {
                self.ks.iter().zip(values).map(|(k, value)| (k.to_string(), *value)).collect()
            };
            json!({
                "questions": figures.questions, "recall": by_k(&figures.recall), "hit": by_k(&figures.hit),
                "ndcg@10": figures.ndcg_10, "mrr": figures.mrr,
            })
        };
        let times = |values: &[f64]| json!({"p50": percentile(values, 0.5), "p95": percentile(values, 0.95), "p99": percentile(values, 0.99)});
        let categories: BTreeMap<&String, Value> =
            self.by_category.iter().map(|(name, one)| (name, figures(one))).collect();
        json!({
            "dataset": self.dataset, "conversations": self.conversations, "messages": self.messages,
            "all": figures(&self.all), "by_category": categories,
            "embed_ms": times(&self.embed_ms), "search_ms": times(&self.search_ms),
            "silence": {
                "answerable_silenced": share(&self.silence.answerable),
                "answerable_losing_evidence": share(&self.silence.lost),
                "unanswerable_silenced": share(&self.silence.unanswerable),
                "foreign_silenced": share(&self.silence.foreign),
                "strangers_silenced": share(&self.silence.strangers),
            },
        })
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for question in &self.shown {
            writeln!(f, "{question}\n")?;
        }
        writeln!(f, "{}: {} conversations, {} messages", self.dataset, self.conversations, self.messages)?;
        write!(f, "{:26}{:>9}", "", "questions")?;
        for k in &self.ks {
            write!(f, "{:>8}", format!("R@{k}"))?;
        }
        for k in &self.ks {
            write!(f, "{:>8}", format!("hit@{k}"))?;
        }
        writeln!(f, "{:>9}{:>7}", "NDCG@10", "MRR")?;
        let named = self.by_category.iter().map(|(name, figures)| (name.as_str(), figures));
        for (name, figures) in std::iter::once(("all", &self.all)).chain(named) {
            write!(f, "{name:26}{:>9}", figures.questions)?;
            for value in figures.recall.iter().chain(&figures.hit) {
                write!(f, "{value:>8.3}")?;
            }
            writeln!(f, "{:>9.3}{:>7.3}", figures.ndcg_10, figures.mrr)?;
        }
        for (name, values) in [("embedding", &self.embed_ms), ("search", &self.search_ms)] {
            let at = |share| percentile(values, share);
            writeln!(
                f,
                "{name}: p50 {:.3} ms, p95 {:.3} ms, p99 {:.3} ms a query",
                at(0.5),
                at(0.95),
                at(0.99)
            )?;
        }
        let kinds = [
            ("answerable questions silenced", &self.silence.answerable),
            ("of which would have found evidence", &self.silence.lost),
            ("unanswerable questions silenced", &self.silence.unanswerable),
            ("foreign questions silenced", &self.silence.foreign),
            ("of which about nobody here", &self.silence.strangers),
        ];
        for (name, silent) in kinds {
            if let Some(share) = share(silent) {
                writeln!(f, "{name}: {:.1} % of {}", share * 100.0, silent.len())?;
            }
        }
        Ok(())
    }
}
