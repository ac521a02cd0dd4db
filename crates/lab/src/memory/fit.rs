//! The judgement which clauses will matter, fitted to conversations with what should be remembered of them.
//!
//! A logistic regression over the signs of a clause. A clause counts as worth it if it says something that was expected, wanted or
//! optional; what is true but was not thought of counts against it, so that the shares told here are lower than the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use domain::Timestamp;
use domain::message::Role;
use memory::lifecycle::rules::{RuleContext, WORTH_BIAS, clauses_told};

use super::data::{Conversation, Statement};
use super::matching::says;
use crate::adam::Adam;

/// A sign counts that is in so many conversations.
const CONVERSATIONS_MIN: usize = 3;
const ROUNDS: usize = 400;
const RATE: f64 = 0.05;
/// Of the squares of the weights, beside the sum over the clauses.
const DECAY: f64 = 10.0;
const FOLDS: usize = 5;
/// The probability from which a clause is worth it.
const PROBABILITY_MIN: f64 = 0.65;
/// Smaller weights change nothing.
const WEIGHT_MIN: f64 = 0.005;

struct Clause {
    conversation: usize,
    signs: Vec<String>,
    worth_it: bool,
}

/// The signs that count, with their weights.
type Weights = BTreeMap<String, f64>;

/// Fits the weights and returns them as lines of sign and weight, after a line that tells what they reach on conversations held
/// out. `traps` are messages of which nothing is to be remembered.
pub fn fit_worth(conversations: &[Conversation], traps: &[String]) -> String {
    let mut clauses: Vec<Clause> =
        conversations.iter().enumerate().flat_map(|(number, one)| clauses(number, one)).collect();
    for (at, trap) in traps.iter().enumerate() {
        let told = clauses_told(trap, Timestamp::UNIX_EPOCH, &RuleContext::default());
        let conversation = conversations.len() + at;
        clauses.extend(told.into_iter().map(|(_, signs)| Clause { conversation, signs, worth_it: false }));
    }
    let mut text = held_out(&clauses);
    let weights = train(&clauses.iter().collect::<Vec<_>>());
    for (sign, weight) in weights.iter().filter(|(_, weight)| weight.abs() >= WEIGHT_MIN) {
        let _ = writeln!(text, "{sign}\t{weight:.2}");
    }
    text
}

fn clauses(number: usize, conversation: &Conversation) -> Vec<Clause> {
    let mut context = RuleContext::default();
    let expected: Vec<Statement> = conversation
        .expected
        .iter()
        .flat_map(|one| [one.statement()].into_iter().chain(one.replaces.iter().cloned()))
        .collect();
    let mut found = Vec::new();
    let said = conversation.sessions.iter().flat_map(|session| &session.messages);
    for said in said.filter(|said| said.role == Role::User) {
        for (memory, signs) in clauses_told(&said.text, said.at, &context) {
            let worth_it = expected.iter().any(|statement| says(&memory.content, statement));
            found.push(Clause { conversation: number, signs, worth_it });
        }
        context.before.insert(0, said.text.clone());
    }
    found
}

fn held_out(clauses: &[Clause]) -> String {
    let (mut kept, mut right, mut all) = (0, 0, 0);
    for fold in 0..FOLDS {
        let (test, training): (Vec<&Clause>, Vec<&Clause>) =
            clauses.iter().partition(|clause| clause.conversation % FOLDS == fold);
        let weights = train(&training);
        for clause in test {
            let is_kept = sum(&weights, &clause.signs) > 0.0;
            kept += usize::from(is_kept);
            right += usize::from(is_kept && clause.worth_it);
            all += usize::from(clause.worth_it);
        }
    }
    let share = |of: usize| right as f64 / of.max(1) as f64;
    format!(
        "# {} clauses, {all} of them worth it; held out, {:.2} of those kept are, and {:.2} of those that are are kept\n",
        clauses.len(),
        share(kept),
        share(all)
    )
}

fn sum(weights: &Weights, signs: &[String]) -> f64 {
    let weight = |sign: &str| weights.get(sign).copied().unwrap_or(0.0);
    weight(WORTH_BIAS) + signs.iter().map(|sign| weight(sign)).sum::<f64>()
}

fn train(clauses: &[&Clause]) -> Weights {
    let mut places: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
    for clause in clauses {
        for sign in &clause.signs {
            places.entry(sign).or_default().insert(clause.conversation);
        }
    }
    places.retain(|_, conversations| conversations.len() >= CONVERSATIONS_MIN);
    let number: BTreeMap<&str, usize> = places.keys().enumerate().map(|(at, sign)| (*sign, at)).collect();
    let rows: Vec<Vec<usize>> = clauses
        .iter()
        .map(|clause| clause.signs.iter().filter_map(|sign| number.get(sign.as_str()).copied()).collect())
        .collect();
    let bias = number.len();
    let mut adam = Adam::new(bias + 1);
    for round in 0..ROUNDS {
        let mut gradient: Vec<f64> = adam.weights.iter().map(|weight| DECAY * weight).collect();
        gradient[bias] = 0.0;
        for (row, clause) in rows.iter().zip(clauses) {
            let sum: f64 = adam.weights[bias] + row.iter().map(|at| adam.weights[*at]).sum::<f64>();
            let pull = 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(clause.worth_it));
            for at in row {
                gradient[*at] += pull;
            }
            gradient[bias] += pull;
        }
        adam.step(&gradient, RATE * (1.0 - round as f64 / ROUNDS as f64));
    }
    let threshold = (PROBABILITY_MIN / (1.0 - PROBABILITY_MIN)).ln();
    let mut weights: Weights =
        number.iter().map(|(sign, at)| ((*sign).to_owned(), adam.weights[*at])).collect();
    weights.insert(WORTH_BIAS.to_owned(), adam.weights[bias] - threshold);
    weights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_is_found_and_what_is_rare_is_not_learned() {
        let clause = |n: usize| {
            let worth_it = n.is_multiple_of(2);
            let tells = if worth_it { "verb=keep" } else { "verb=need" };
            let signs = vec![tells.to_owned(), format!("word={}", n % 3), format!("rare={n}")];
            Clause { conversation: n, signs, worth_it }
        };
        let clauses: Vec<Clause> = (0..60).map(clause).collect();
        let weights = train(&clauses.iter().collect::<Vec<_>>());
        assert!(weights["verb=keep"] > 0.3 && weights["verb=need"] < -0.3, "{weights:?}");
        assert!(weights.keys().all(|sign| !sign.starts_with("rare")));
        assert!(held_out(&clauses).contains("1.00 of those kept are"), "{}", held_out(&clauses));
    }
}
