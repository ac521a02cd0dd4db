//! The ranker's weights, fitted to questions with known answers.
//!
//! A linear model, fitted so that each gold message scores above the rest of its list (a softmax over the others), by
//! Adam on standardised features; then a perceptron on top, which corrects the order of its best. Conversations are held out in turn
//! to tell what the fit is worth.

use std::sync::Arc;

use domain::message::Role;
use llm::embedding::EmbeddingModel;
use memory::SearchOptions;
use memory::retrieval::{CANDIDATES, Feature, Hit, RERANKED, Recalled, Relevance};

use crate::adam::Adam;

use super::data::Dataset;
use super::measures::{Spread, mean};
use super::perceptron::{List, Perceptron};
use super::run::{Imported, foreign};

const FOREIGN: usize = 60;
const ROUNDS: usize = 200;
const RATE: f64 = 0.03;
const DECAY: f64 = 0.002;
const FOLDS: usize = 5;
/// The weight of a question that was asked of a conversation with an assistant: they are what the product holds, and few here.
const WITH_ASSISTANT_WEIGHT: f64 = 2.0;
/// Hits among which evidence counts as found.
const RETURNED: usize = 20;
/// The share of answerable questions that may lose their evidence to silence.
const LOSS_MAX: f64 = 0.01;

#[derive(Clone, Debug)]
pub struct FitOptions {
    pub without: Vec<Feature>,
}

/// A question with its candidates.
struct Example {
    conversation: String,
    dataset: String,
    candidates: Vec<Vec<f64>>,
    gold: Vec<bool>,
    /// Gold messages in the corpus, found or not.
    gold_count: usize,
    /// In the fit.
    weight: f64,
}

/// How relevance looked, and whether there was an answer.
struct Verdict {
    dataset: String,
    values: Vec<f64>,
    answerable: bool,
    /// Its evidence is found, and silence would lose it.
    has_evidence: bool,
    kind: &'static str,
}

/// Fits the weights and the relevance, and returns them as text, with what they reach on conversations held out.
pub async fn fit(
    datasets: &[(Dataset, Arc<EmbeddingModel>)],
    options: &FitOptions,
) -> anyhow::Result<String> {
    let features: Vec<Feature> = Feature::ALL
        .into_iter()
        .filter(|feature| feature.is_fitted() && !options.without.contains(feature))
        .collect();
    let (mut examples, mut verdicts) = (Vec::new(), Vec::new());
    for (dataset, embeddings) in datasets {
        gather(dataset, embeddings.clone(), &features, &mut examples, &mut verdicts).await?;
    }
    let mut lines = held_out(&examples);
    let all: Vec<&Example> = examples.iter().collect();
    let weights = train(&all);
    lines.push("weights:".to_owned());
    for (feature, weight) in features.iter().zip(&weights.linear) {
        lines.push(format!("    (Feature::{feature:?}, {weight:.4}),"));
    }
    lines.push("interplay:".to_owned());
    lines.extend(weights.perceptron.lines(&features));
    lines.extend(fit_relevance(&verdicts));
    Ok(lines.join("\n"))
}

async fn gather(
    dataset: &Dataset,
    embeddings: Arc<EmbeddingModel>,
    features: &[Feature],
    examples: &mut Vec<Example>,
    verdicts: &mut Vec<Verdict>,
) -> anyhow::Result<()> {
    let imported = Imported::new(dataset, embeddings).await?;
    let search = SearchOptions { count: CANDIDATES, silence: false, ..SearchOptions::default() };
    for question in &dataset.questions {
        let found = imported.ask(&question.conversation_id, question, &search).await?;
        let answerable = !question.gold_memory_ids.is_empty();
        let kind = if answerable { "answerable" } else { "unanswerable" };
        let is_gold = |recalled: &Recalled| match recalled {
            Recalled::Message(message) => {
                imported.ids.get(&message.id).is_some_and(|id| question.gold_memory_ids.contains(id))
            }
            Recalled::Memory(_) => false,
        };
        if question.is_adversarial() {
            continue;
        }
        let has_evidence = found.hits.iter().take(RETURNED).any(|hit| is_gold(&hit.recalled));
        verdicts.push(Verdict { has_evidence, ..verdict(dataset, &found.relevance, kind) });
        if !answerable {
            continue;
        }
        let is_answer =
            |hit: &Hit| matches!(&*hit.recalled, Recalled::Message(said) if said.role == Role::Assistant);
        let values = |hit: &Hit| -> Vec<f64> {
            features.iter().map(|feature| f64::from(hit.features[*feature as usize])).collect()
        };
        examples.push(Example {
            conversation: question.conversation_id.clone(),
            dataset: dataset.name.clone(),
            candidates: found.hits.iter().map(values).collect(),
            gold: found.hits.iter().map(|hit| is_gold(&hit.recalled)).collect(),
            gold_count: question.gold_memory_ids.len(),
            weight: if found.hits.iter().any(is_answer) { WITH_ASSISTANT_WEIGHT } else { 1.0 },
        });
    }
    for (conversation, question) in foreign(dataset, FOREIGN) {
        let found = imported.ask(conversation, question, &search).await?;
        verdicts.push(verdict(dataset, &found.relevance, "foreign"));
    }
    Ok(())
}

fn verdict(dataset: &Dataset, relevance: &Relevance, kind: &'static str) -> Verdict {
    let values = relevance.values().iter().map(|value| f64::from(*value)).collect();
    Verdict {
        dataset: dataset.name.clone(),
        values,
        answerable: kind == "answerable",
        has_evidence: false,
        kind,
    }
}

/// Recall with the weights of the other conversations, by dataset.
fn held_out(examples: &[Example]) -> Vec<String> {
    let mut conversations: Vec<&String> = examples.iter().map(|example| &example.conversation).collect();
    conversations.sort();
    conversations.dedup();
    let fold_of =
        |example: &Example| conversations.binary_search(&&example.conversation).unwrap_or(0) % FOLDS;
    let mut reached: Vec<(&str, [f64; 3])> = Vec::new();
    for fold in 0..FOLDS {
        let (test, training): (Vec<&Example>, Vec<&Example>) =
            examples.iter().partition(|example| fold_of(example) == fold);
        // A set of one conversation cannot be held out.
        let training = if training.is_empty() { test.clone() } else { training };
        let weights = train(&training);
        reached.extend(test.iter().map(|example| (example.dataset.as_str(), recall(example, &weights))));
    }
    let mut names: Vec<&str> = reached.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names.dedup();
    let line = |name: &&str| {
        let of =
            |at: usize| mean(reached.iter().filter(|(set, _)| set == name).map(|(_, recall)| recall[at]));
        format!("{name}, held out: R@5 {:.3}  R@10 {:.3}  R@20 {:.3}", of(0), of(1), of(2))
    };
    names.iter().map(line).collect()
}

/// Shares of the gold messages among the first 5, 10 and 20.
fn recall(example: &Example, ranker: &Ranker) -> [f64; 3] {
    let list = list(example, &ranker.linear);
    let scores = list.rows.iter().zip(&list.linear).map(|(row, linear)| linear + ranker.perceptron.of(row));
    let mut order: Vec<(f64, bool)> = scores.zip(list.gold).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    [5, 10, 20]
        .map(|k| order.iter().take(k).filter(|(_, gold)| *gold).count() as f64 / example.gold_count as f64)
}

pub(super) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

struct Ranker {
    /// Weights of the raw features.
    linear: Vec<f64>,
    perceptron: Perceptron,
}

fn train(examples: &[&Example]) -> Ranker {
    let linear = train_linear(examples);
    let lists: Vec<List<'_>> = examples.iter().map(|example| list(example, &linear)).collect();
    Ranker { perceptron: Perceptron::train(&lists), linear }
}

/// The best of the candidates by the linear model.
fn list<'a>(example: &'a Example, weights: &[f64]) -> List<'a> {
    let mut best: Vec<(f64, usize)> =
        example.candidates.iter().enumerate().map(|(at, row)| (dot(row, weights), at)).collect();
    best.sort_by(|a, b| b.0.total_cmp(&a.0));
    best.truncate(RERANKED);
    List {
        rows: best.iter().map(|(_, at)| example.candidates[*at].as_slice()).collect(),
        linear: best.iter().map(|(score, _)| *score).collect(),
        gold: best.iter().map(|(_, at)| example.gold[*at]).collect(),
        weight: example.weight,
    }
}

fn train_linear(examples: &[&Example]) -> Vec<f64> {
    let usable: Vec<&&Example> = examples.iter().filter(|example| example.gold.contains(&true)).collect();
    let rows = || usable.iter().flat_map(|example| example.candidates.iter());
    let width = rows().next().map_or(0, Vec::len);
    let deviations: Vec<f64> = (0..width).map(|at| Spread::of(rows().map(|row| row[at])).deviation).collect();
    let weights_sum: f64 = usable.iter().map(|example| example.weight).sum();
    let mut adam = Adam::new(width);
    for round in 0..ROUNDS {
        let mut gradient: Vec<f64> = adam.weights.iter().map(|weight| DECAY * weight).collect();
        for example in &usable {
            add_gradient(example, &deviations, &adam.weights, weights_sum, &mut gradient);
        }
        adam.step(&gradient, RATE * (1.0 - round as f64 / ROUNDS as f64));
    }
    adam.weights.iter().zip(&deviations).map(|(weight, deviation)| weight / deviation).collect()
}

/// Of the weights, from one question.
fn add_gradient(
    example: &Example,
    deviations: &[f64],
    weights: &[f64],
    weights_sum: f64,
    gradient: &mut [f64],
) {
    let scaled: Vec<f64> =
        weights.iter().zip(deviations).map(|(weight, deviation)| weight / deviation).collect();
    let scores: Vec<f64> = example.candidates.iter().map(|values| dot(values, &scaled)).collect();
    let share = example.weight / weights_sum;
    for (values, pull) in example.candidates.iter().zip(score_gradients(&scores, &example.gold)) {
        for ((slope, value), deviation) in gradient.iter_mut().zip(values).zip(deviations) {
            *slope += share * pull * value / deviation;
        }
    }
}

/// The gradient of ln(1 + Σ exp(other - gold)), mean over the gold messages of a question, by the scores.
pub(super) fn score_gradients(scores: &[f64], gold: &[bool]) -> Vec<f64> {
    let others: Vec<usize> = (0..scores.len()).filter(|at| !gold[*at]).collect();
    let greatest = others.iter().map(|at| scores[*at]).fold(f64::MIN, f64::max);
    let sum: f64 = others.iter().map(|at| (scores[*at] - greatest).exp()).sum();
    let log_sum = greatest + sum.ln();
    let gold: Vec<usize> = (0..scores.len()).filter(|at| gold[*at]).collect();
    let share = 1.0 / gold.len() as f64;
    let mut gradients = vec![0.0; scores.len()];
    for at in &gold {
        let missed = share / (1.0 + (scores[*at] - log_sum).exp());
        gradients[*at] -= missed;
        for other in &others {
            gradients[*other] += missed * (scores[*other] - greatest).exp() / sum;
        }
    }
    gradients
}

/// A logistic regression of "there is an answer", and the threshold that costs few answerable questions.
fn fit_relevance(verdicts: &[Verdict]) -> Vec<String> {
    let width = Relevance::NAMES.len();
    let mut adam = Adam::new(width + 1);
    let positives = verdicts.iter().filter(|verdict| verdict.answerable).count() as f64;
    let negatives = verdicts.len() as f64 - positives;
    let sum = |verdict: &Verdict, weights: &[f64]| dot(&verdict.values, weights) + weights[width];
    for round in 0..3_000 {
        let mut gradient: Vec<f64> = adam.weights.iter().map(|weight| 1e-4 * weight).collect();
        for verdict in verdicts {
            let probability = 1.0 / (1.0 + (-sum(verdict, &adam.weights)).exp());
            // Both kinds count the same, however many there are.
            let (target, share) =
                if verdict.answerable { (1.0, 0.5 / positives) } else { (0.0, 0.5 / negatives) };
            let pull = (probability - target) * share;
            for (slope, value) in gradient.iter_mut().zip(verdict.values.iter().chain(&[1.0])) {
                *slope += pull * value;
            }
        }
        adam.step(&gradient, 0.05 * (1.0 - f64::from(round) / 3_000.0));
    }
    let mut sums: Vec<f64> = verdicts
        .iter()
        .filter(|verdict| verdict.has_evidence)
        .map(|verdict| sum(verdict, &adam.weights))
        .collect();
    sums.sort_by(f64::total_cmp);
    let threshold = sums.get((positives * LOSS_MAX) as usize).copied().unwrap_or(0.0);
    let named = Relevance::NAMES.iter().zip(&adam.weights);
    let mut lines = vec![format!("relevance: least sum {threshold:.3}, constant {:.3}", adam.weights[width])];
    lines.extend(named.map(|(name, weight)| format!("    {name}: {weight:.3}")));
    let mut groups: Vec<(&str, &str)> =
        verdicts.iter().map(|verdict| (verdict.dataset.as_str(), verdict.kind)).collect();
    groups.sort_unstable();
    groups.dedup();
    for (dataset, kind) in groups {
        let of = verdicts.iter().filter(|verdict| verdict.dataset == dataset && verdict.kind == kind);
        let silent = |verdict: &&Verdict| sum(verdict, &adam.weights) < threshold;
        let share = |counted: &dyn Fn(&&Verdict) -> bool| {
            mean(of.clone().map(|verdict| f64::from(u8::from(counted(&verdict))))) * 100.0
        };
        let lost = match kind {
            "answerable" => {
                format!(", {:.1} % lose their evidence", share(&|one| silent(one) && one.has_evidence))
            }
            _ => String::new(),
        };
        lines.push(format!("    {dataset}, {kind}: {:.1} % silenced{lost}", share(&silent)));
    }
    lines
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    /// A question whose last two candidates are gold.
    fn example(candidate: impl Fn(f64) -> Vec<f64>, weight: f64) -> Example {
        Example {
            conversation: "c".to_owned(),
            dataset: "d".to_owned(),
            candidates: (0..20).map(|n| candidate(f64::from(n))).collect(),
            gold: (0..20).map(|n| n >= 18).collect(),
            gold_count: 2,
            weight,
        }
    }

    #[test]
    fn the_fit_finds_which_feature_tells_the_gold_ones() {
        // The second number tells; the first is noise.
        let examples: Vec<Example> =
            (0..10).map(|shift| example(|n| vec![n * 7.0 % 20.0 + f64::from(shift), n], 1.0)).collect();
        let ranker = train(&examples.iter().collect::<Vec<_>>());
        assert!(ranker.linear[1] > 3.0 * ranker.linear[0].abs(), "{:?}", ranker.linear);
        assert_eq!(recall(&examples[0], &ranker), [1.0; 3]);
    }

    #[test]
    fn of_questions_that_disagree_the_heavier_one_decides() {
        let fitted =
            |weight: f64| train_linear(&[&example(|n| vec![n], weight), &example(|n| vec![-n], 1.0)])[0];
        assert!(fitted(2.0) > 0.0 && fitted(0.5) < 0.0, "{} {}", fitted(2.0), fitted(0.5));
    }
}
