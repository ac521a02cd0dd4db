//! The judgement which clauses will matter, fitted to conversations with what should be remembered of them.
//!
//! A logistic regression over the signs of a clause and its meaning, as the numbers of its vector. A clause counts as worth it if
//! it says something that was expected, wanted or optional; what is true but was not thought of counts against it, so that the
//! shares told here are lower than the truth.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use domain::Timestamp;
use domain::message::Role;
use llm::embedding::EmbeddingModel;
use memory::lifecycle::rules::{self, RuleContext, WORTH_BIAS, WORTH_MEANING};

use super::data::{Conversation, Statement};
use super::matching::says;
use crate::adam::Adam;

/// Clauses that are embedded together.
const BATCH: usize = 64;
/// A sign counts that is in so many conversations.
const CONVERSATIONS_MIN: usize = 3;
const ROUNDS: usize = 400;
const RATE: f64 = 0.05;
/// Of the squares of the weights, beside the sum over the clauses.
const DECAY: f64 = 10.0;
/// The same of the weights of a vector's numbers, which are small.
const MEANING_DECAY: f64 = 2.5;
const FOLDS: usize = 5;
/// The probability from which a clause is worth it, by signs and meaning, and by signs alone, which tell it less surely.
const PROBABILITY_MIN: f64 = 0.6;
const PROBABILITY_BY_SIGNS_MIN: f64 = 0.65;
/// Smaller weights change nothing.
const WEIGHT_MIN: f64 = 0.005;

struct Clause {
    conversation: usize,
    content: String,
    signs: Vec<String>,
    /// The vector of `content`.
    meaning: Vec<f32>,
    worth_it: bool,
}

/// The signs that count, with their weights.
type Weights = BTreeMap<String, f64>;

/// Fits the weights and returns them as lines of sign and weight, after lines that name the model of the vectors and tell what the
/// weights reach on conversations held out. `traps` are messages of which nothing is to be remembered.
pub async fn fit_worth(
    conversations: &[Conversation],
    traps: &[String],
    embeddings: &EmbeddingModel,
) -> anyhow::Result<String> {
    let mut clauses: Vec<Clause> =
        conversations.iter().enumerate().flat_map(|(number, one)| clauses(number, one)).collect();
    for (at, trap) in traps.iter().enumerate() {
        let conversation = conversations.len() + at;
        let reading = rules::read(trap, Timestamp::UNIX_EPOCH, &RuleContext::default());
        clauses.extend(reading.clauses().map(|clause| Clause::of(clause, conversation, false)));
    }
    for batch in clauses.chunks_mut(BATCH) {
        let texts = batch.iter().map(|clause| clause.content.clone()).collect();
        for (clause, embedded) in batch.iter_mut().zip(embeddings.embed(texts).await?) {
            clause.meaning = embedded.vector;
        }
    }
    let mut text = format!("# model {}\n", embeddings.id());
    text += &held_out(&clauses);
    let weights = train(&clauses.iter().collect::<Vec<_>>());
    for (sign, weight) in &weights {
        // A number of a vector keeps its place, however small its weight.
        if weight.abs() >= WEIGHT_MIN || sign.starts_with(WORTH_MEANING) {
            let _ = writeln!(text, "{sign}\t{weight:.2}");
        }
    }
    Ok(text)
}

impl Clause {
    fn of(clause: rules::Clause<'_>, conversation: usize, worth_it: bool) -> Self {
        let (content, signs) = (clause.content.to_owned(), clause.signs.to_vec());
        Self { conversation, content, signs, meaning: Vec::new(), worth_it }
    }
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
        let reading = rules::read(&said.text, said.at, &context);
        found.extend(reading.clauses().map(|clause| {
            let worth_it = expected.iter().any(|statement| says(clause.content, statement));
            Clause::of(clause, number, worth_it)
        }));
        context.before.insert(0, said.text.clone());
    }
    found
}

/// What is kept of conversations that the weights were not fitted on: by signs and meaning, and by signs alone.
fn held_out(clauses: &[Clause]) -> String {
    let all = clauses.iter().filter(|clause| clause.worth_it).count();
    // Clauses kept, and those of them that are worth it.
    let mut kept = [[0_usize; 2]; 2];
    for fold in 0..FOLDS {
        let (test, training): (Vec<&Clause>, Vec<&Clause>) =
            clauses.iter().partition(|clause| clause.conversation % FOLDS == fold);
        let weights = train(&training);
        for clause in test {
            for (way, meaning) in [Some(clause.meaning.as_slice()), None].into_iter().enumerate() {
                if sum(&weights, &clause.signs, meaning) > 0.0 {
                    kept[way][0] += 1;
                    kept[way][1] += usize::from(clause.worth_it);
                }
            }
        }
    }
    let mut text = format!("# {} clauses, {all} of them worth it; held out:\n", clauses.len());
    for (way, [kept, right]) in ["signs and meaning", "signs alone"].into_iter().zip(kept) {
        let share = |of: usize| right as f64 / of.max(1) as f64;
        let _ = writeln!(
            text,
            "# {way}: {:.2} of those kept are, and {:.2} of those that are are kept",
            share(kept),
            share(all)
        );
    }
    text
}

fn sum(weights: &Weights, signs: &[String], meaning: Option<&[f32]>) -> f64 {
    let weight = |sign: &str| weights.get(sign).copied().unwrap_or(0.0);
    let of_meaning = meaning.map_or(0.0, |vector| {
        let numbers = vector.iter().enumerate();
        weight(WORTH_MEANING)
            + numbers.map(|(at, number)| weight(&number_name(at)) * f64::from(*number)).sum::<f64>()
    });
    weight(WORTH_BIAS) + signs.iter().map(|sign| weight(sign)).sum::<f64>() + of_meaning
}

fn number_name(at: usize) -> String {
    format!("{WORTH_MEANING}.{at}")
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
    let (with_meaning, numbers) = (bias + 1, bias + 2);
    let mut adam = Adam::new(numbers + clauses.first().map_or(0, |clause| clause.meaning.len()));
    for round in 0..ROUNDS {
        let decay = |at: usize| match at {
            at if at < bias => DECAY,
            at if at < numbers => 0.0,
            _ => MEANING_DECAY,
        };
        let weights = adam.weights.iter().enumerate();
        let mut gradient: Vec<f64> = weights.map(|(at, weight)| decay(at) * weight).collect();
        for (row, clause) in rows.iter().zip(clauses) {
            let by_signs = adam.weights[bias] + row.iter().map(|at| adam.weights[*at]).sum::<f64>();
            let of_numbers = adam.weights[numbers..].iter().zip(&clause.meaning);
            let by_meaning = adam.weights[with_meaning]
                + of_numbers.map(|(weight, number)| weight * f64::from(*number)).sum::<f64>();
            let pull = |sum: f64| 1.0 / (1.0 + (-sum).exp()) - f64::from(u8::from(clause.worth_it));
            // Each clause counts twice, once without its meaning: the same weights have to do where there is no vector.
            let (known, unknown) = (pull(by_signs + by_meaning), pull(by_signs));
            for at in row {
                gradient[*at] += known + unknown;
            }
            gradient[bias] += known + unknown;
            gradient[with_meaning] += known;
            for (gradient, number) in gradient[numbers..].iter_mut().zip(&clause.meaning) {
                *gradient += known * f64::from(*number);
            }
        }
        adam.step(&gradient, RATE * (1.0 - round as f64 / ROUNDS as f64));
    }
    let threshold = |probability: f64| (probability / (1.0 - probability)).ln();
    let (known, unknown) = (threshold(PROBABILITY_MIN), threshold(PROBABILITY_BY_SIGNS_MIN));
    let mut weights: Weights =
        number.iter().map(|(sign, at)| ((*sign).to_owned(), adam.weights[*at])).collect();
    weights.insert(WORTH_BIAS.to_owned(), adam.weights[bias] - unknown);
    weights.insert(WORTH_MEANING.to_owned(), adam.weights[with_meaning] + unknown - known);
    let of_numbers = adam.weights[numbers..].iter().enumerate();
    weights.extend(of_numbers.map(|(at, weight)| (number_name(at), *weight)));
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
            let meaning = vec![if n.is_multiple_of(2) { 1.0 } else { 0.0 }, 0.5];
            Clause { conversation: n, content: String::new(), signs, meaning, worth_it }
        };
        let clauses: Vec<Clause> = (0..60).map(clause).collect();
        let weights = train(&clauses.iter().collect::<Vec<_>>());
        assert!(weights["verb=keep"] > 0.3 && weights["verb=need"] < -0.3, "{weights:?}");
        assert!(weights["meaning.0"] > 0.3 && weights["meaning.1"].abs() < 0.1, "{weights:?}");
        assert!(weights.keys().all(|sign| !sign.starts_with("rare")));
        let told = held_out(&clauses);
        assert!(told.contains("meaning: 1.00 of") && told.contains("alone: 1.00 of"), "{told}");
    }
}
