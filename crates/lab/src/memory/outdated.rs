//! The judgement whether a statement is the newer value of a known one, fitted to conversations with what replaced what in them.
//!
//! A logistic regression over pairs: those that replace each other, and those that stand side by side in the end, one said before
//! the other. The message that says the newer one tells whether it speaks of a change.

use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;

use domain::message::Role;
use llm::embedding::EmbeddingModel;
use memory::lifecycle::outdated::{FIGURES, PROBABILITY_MIN, figures};

use super::data::Conversation;
use crate::adam::Adam;
use crate::retrieval::measures::Spread;

/// Texts that are embedded together.
const BATCH: usize = 64;
const ROUNDS: usize = 1_000;
const RATE: f64 = 0.05;
/// Of the squares of the weights, beside the sum over the pairs.
const DECAY: f64 = 1.0;
const FOLDS: usize = 5;

/// A statement, one that was told before it, and the message that says the newer one.
struct Pair<'a> {
    conversation: usize,
    new: &'a str,
    known: &'a str,
    said: &'a str,
    replaces: bool,
}

/// What is weighed of a pair.
struct Row {
    conversation: usize,
    figures: [f32; FIGURES.len()],
    replaces: bool,
}

/// The weights, with what they find in conversations held out.
pub async fn fit_outdated(
    conversations: &[Conversation],
    embeddings: &EmbeddingModel,
) -> anyhow::Result<String> {
    let pairs: Vec<Pair<'_>> =
        conversations.iter().enumerate().flat_map(|(number, one)| pairs(number, one)).collect();
    let texts: BTreeSet<&str> = pairs.iter().flat_map(|pair| [pair.new, pair.known]).collect();
    let texts: Vec<&str> = texts.into_iter().collect();
    let mut vectors: HashMap<&str, Vec<f32>> = HashMap::new();
    for batch in texts.chunks(BATCH) {
        let embedded = embeddings.embed(batch.iter().map(|text| (*text).to_owned()).collect()).await?;
        vectors.extend(batch.iter().copied().zip(embedded.into_iter().map(|one| one.vector)));
    }
    let cosine =
        |pair: &Pair<'_>| vectors[pair.new].iter().zip(&vectors[pair.known]).map(|(a, b)| a * b).sum();
    let row = |pair: &Pair<'_>| {
        let figures = figures(pair.new, pair.known, cosine(pair), pair.said)?;
        Some(Row { conversation: pair.conversation, figures, replaces: pair.replaces })
    };
    let rows: Vec<Row> = pairs.iter().filter_map(row).collect();
    let replaced = pairs.iter().filter(|pair| pair.replaces).count();
    let judged = rows.iter().filter(|row| row.replaces).count();
    let mut text = format!(
        "{} pairs, {replaced} of which replace each other; {} are judged, {judged} of which do\n",
        pairs.len(),
        rows.len()
    );
    let (mut found, mut right) = (0, 0);
    for fold in 0..FOLDS {
        let (test, training): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| row.conversation % FOLDS == fold);
        let weights = train(&training);
        for row in test.iter().filter(|row| probability(&weights, row) > f64::from(PROBABILITY_MIN)) {
            found += 1;
            right += usize::from(row.replaces);
        }
    }
    let share = |of: usize| right as f64 / of.max(1) as f64;
    let _ = writeln!(
        text,
        "held out: {:.2} of those found do, {:.2} of those that do are found",
        share(found),
        share(replaced)
    );
    let weights = train(&rows.iter().collect::<Vec<_>>());
    for (name, weight) in FIGURES.iter().chain(&["bias"]).zip(&weights) {
        let _ = writeln!(text, "{name}\t{weight:.2}");
    }
    Ok(text)
}

fn pairs(number: usize, conversation: &Conversation) -> Vec<Pair<'_>> {
    let said = conversation.sessions.iter().flat_map(|session| &session.messages);
    let said: Vec<(&str, String)> = said
        .filter(|said| said.role == Role::User)
        .map(|said| (said.text.as_str(), said.text.to_lowercase()))
        .collect();
    let says = |must: &[String], at: usize| must.iter().all(|word| said[at].1.contains(&word.to_lowercase()));
    let mut found = Vec::new();
    for new in &conversation.expected {
        let Some(last) = (0..said.len()).rev().find(|at| says(&new.must, *at)) else { continue };
        let pair = |known, replaces| Pair {
            conversation: number,
            new: &new.text,
            known,
            said: said[last].0,
            replaces,
        };
        found.extend(new.replaces.iter().map(|old| pair(old.text.as_str(), true)));
        let before = conversation
            .expected
            .iter()
            .filter(|other| other.text != new.text && (0..last).any(|at| says(&other.must, at)));
        found.extend(before.map(|other| pair(other.text.as_str(), false)));
    }
    found
}

fn probability(weights: &[f64], row: &Row) -> f64 {
    let figures = row.figures.iter().map(|figure| f64::from(*figure)).chain([1.0]);
    1.0 / (1.0 + (-figures.zip(weights).map(|(figure, weight)| figure * weight).sum::<f64>()).exp())
}

/// A weight for each figure, and the bias behind them.
fn train(rows: &[&Row]) -> Vec<f64> {
    let bias = FIGURES.len();
    let spread = |at: usize| Spread::of(rows.iter().map(|row| f64::from(row.figures[at])));
    let spreads: Vec<Spread> = (0..bias).map(spread).collect();
    // Figures of one scale, so that all weights arrive.
    let scaled = |row: &Row| -> Vec<f64> {
        let scaled = row
            .figures
            .iter()
            .zip(&spreads)
            .map(|(figure, spread)| (f64::from(*figure) - spread.mean) / spread.deviation);
        scaled.chain([1.0]).collect()
    };
    let inputs: Vec<(Vec<f64>, f64)> =
        rows.iter().map(|row| (scaled(row), f64::from(u8::from(row.replaces)))).collect();
    let mut adam = Adam::new(bias + 1);
    for round in 0..ROUNDS {
        let mut gradient: Vec<f64> = adam.weights.iter().map(|weight| DECAY * weight).collect();
        gradient[bias] = 0.0;
        for (input, replaces) in &inputs {
            let sum: f64 = input.iter().zip(&adam.weights).map(|(number, weight)| number * weight).sum();
            let pull = 1.0 / (1.0 + (-sum).exp()) - replaces;
            for (slope, number) in gradient.iter_mut().zip(input) {
                *slope += pull * number;
            }
        }
        adam.step(&gradient, RATE * (1.0 - round as f64 / ROUNDS as f64));
    }
    let mut weights = adam.weights;
    for (at, spread) in spreads.iter().enumerate() {
        weights[at] /= spread.deviation;
        weights[bias] -= weights[at] * spread.mean;
    }
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_close_and_tells_of_a_change_replaces() {
        let row = |n: usize| {
            let replaces = n.is_multiple_of(2);
            let near = if replaces { 0.9 } else { 0.5 };
            Row {
                conversation: n,
                figures: [near, 1.0, 0.0, 0.5, if replaces { 1.0 } else { 0.0 }],
                replaces,
            }
        };
        let rows: Vec<Row> = (0..40).map(row).collect();
        let weights = train(&rows.iter().collect::<Vec<_>>());
        assert!(weights[0] > 0.0 && weights[4] > 0.0, "{weights:?}");
        assert!(rows.iter().all(|row| (probability(&weights, row) > 0.5) == row.replaces));
    }
}
