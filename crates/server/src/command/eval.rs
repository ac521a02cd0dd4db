//! `confidant eval`: how good Confidant is, on given data.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::bail;
use clap::{Args, Subcommand};
use lab::memory::ReplayOptions;
use lab::privacy::{Detectors, PrivacyOptions, read_texts};
use lab::retrieval::{Dataset, EvalOptions, FitOptions, evaluate, fit};
use llm::embedding::EmbeddingModel;
use memory::retrieval::{Feature, Strategy};

use super::say;
use crate::config::{Config, Provider, SimulatedClass};
use crate::models::{choose_models, load_embedding_model, load_names_model};

#[derive(Debug, Subcommand)]
pub(super) enum EvalCommand {
    /// Does a search find what answers a question, and nothing when there is no answer?
    Retrieval(RetrievalArgs),
    /// Does the memory hold what was said, and nothing else?
    Memory(MemoryArgs),
    /// Is what is sensitive in a text found, and nothing else?
    Privacy(PrivacyArgs),
    /// Fits ranking and silence to questions with known answers, and says what the fit is worth on conversations held out.
    Fit(FitArgs),
    /// Writes what is embedded of questions and messages, and which answers which, for `scripts/fit-embeddings`.
    Pairs(PairsArgs),
    /// Fits which clauses are worth remembering where no model extracts, and prints the weights for `worth.tsv`.
    FitRules(FitRulesArgs),
    /// Fits which statements are newer values of known ones, and prints the weights for `lifecycle/outdated.rs`.
    FitOutdated(FitOutdatedArgs),
}

#[derive(Debug, Args)]
pub(super) struct RetrievalArgs {
    /// Messages, one JSON object a line: conversation_id, memory_id, timestamp, speaker, text.
    #[arg(long, value_name = "FILE")]
    corpus: PathBuf,
    /// Questions, one JSON object a line: conversation_id, question, gold_memory_ids, query_time, category.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// Lengths of list at which recall is measured.
    #[arg(long, value_delimiter = ',', default_values_t = [5, 10, 20])]
    k: Vec<usize>,
    /// Searches to run: semantic, keyword, temporal, entity [default: all].
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    strategies: Vec<String>,
    /// Features of the ranking to leave out, such as speaker or before_1.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    without: Vec<String>,
    /// Also ask in each conversation this many questions that belong to others, to measure silence.
    #[arg(long, default_value_t = 0, value_name = "N")]
    foreign: usize,
    /// Show this many questions with what was found for them, and why.
    #[arg(long, default_value_t = 0, value_name = "N")]
    show: usize,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct MemoryArgs {
    /// Conversations, one JSON object a line: id, sessions of dated messages, expected, gone.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Who extracts: `rules`, or the configured memory `model`.
    #[arg(long, default_value = "rules", value_parser = ["rules", "model"])]
    extractor: String,
    /// Show of this many conversations what went wrong.
    #[arg(long, default_value_t = 0, value_name = "N")]
    show: usize,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct PrivacyArgs {
    /// Labelled texts, one JSON object a line: text, spans of start, end (in characters) and type.
    #[arg(long, value_name = "FILE")]
    data: PathBuf,
    /// Who looks: the `rules`, the names `model` or `both` [default: both where the model's files are there].
    #[arg(long, value_parser = ["rules", "model", "both"])]
    detectors: Option<String>,
    /// Show of this many texts what was missed or wrong.
    #[arg(long, default_value_t = 0, value_name = "N")]
    show: usize,
    /// Print one JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

#[derive(Debug, Args)]
pub(super) struct FitArgs {
    /// Folders with a corpus.jsonl and a queries.jsonl each, and, where the built-in fit of the embedding model knows
    /// their conversations, a fitted.safetensors that does not.
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Features to leave out.
    #[arg(long, value_delimiter = ',', value_name = "NAMES")]
    without: Vec<String>,
}

#[derive(Debug, Args)]
pub(super) struct PairsArgs {
    /// Folders with a corpus.jsonl and a queries.jsonl each.
    #[arg(required = true, value_name = "FOLDER")]
    folders: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct FitRulesArgs {
    /// Conversations, as for `eval memory`.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Messages of which nothing is to be remembered, one a line.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    traps: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct FitOutdatedArgs {
    /// Conversations, as for `eval memory`.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
}

pub(super) async fn run(config: &Config, command: EvalCommand) -> anyhow::Result<()> {
    match command {
        EvalCommand::Retrieval(args) => retrieval(config, args).await,
        EvalCommand::Memory(args) => memory(config, args).await,
        EvalCommand::Privacy(args) => privacy(config, &args),
        EvalCommand::Fit(args) => {
            let options = FitOptions { without: features(&args.without)? };
            let built_in = embeddings(config).await?;
            let mut datasets = Vec::new();
            for folder in &args.folders {
                let fitted = Some(folder.join("fitted.safetensors")).filter(|file| file.exists());
                let embeddings = match &fitted {
                    Some(file) => embeddings_fitted(config, file).await?,
                    None => built_in.clone(),
                };
                let fit =
                    fitted.map_or_else(|| "as configured".to_owned(), |file| file.display().to_string());
                say(&format!("{}: embeddings {fit}", folder.display()));
                datasets.push((dataset(folder)?, embeddings));
            }
            say(&fit(&datasets, &options).await?);
            Ok(())
        }
        EvalCommand::Pairs(args) => {
            for folder in &args.folders {
                for pairs in dataset(folder)?.pairs() {
                    say(&serde_json::to_string(&pairs)?);
                }
            }
            Ok(())
        }
        EvalCommand::FitRules(args) => {
            let read = |file: &PathBuf| lab::memory::read_conversations(file);
            let conversations = args.files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            let read = |file: &PathBuf| lab::memory::read_traps(file);
            let traps = args.traps.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            let embeddings = embeddings(config).await?;
            let weights =
                lab::memory::fit_worth(&conversations.concat(), &traps.concat(), &embeddings).await?;
            say(weights.trim_end());
            Ok(())
        }
        EvalCommand::FitOutdated(args) => {
            let read = |file: &PathBuf| lab::memory::read_conversations(file);
            let conversations = args.files.iter().map(read).collect::<anyhow::Result<Vec<_>>>()?;
            let embeddings = embeddings(config).await?;
            let weights = lab::memory::fit_outdated(&conversations.concat(), &embeddings).await?;
            say(weights.trim_end());
            Ok(())
        }
    }
}

fn dataset(folder: &Path) -> anyhow::Result<Dataset> {
    Dataset::read(&folder.join("corpus.jsonl"), &folder.join("queries.jsonl"))
}

/// With another fit of the embedding model, which does not know the conversations at hand.
async fn embeddings_fitted(config: &Config, file: &Path) -> anyhow::Result<Arc<EmbeddingModel>> {
    let mut config = config.clone();
    config.embeddings.fitted = Some(file.to_owned());
    embeddings(&config).await
}

async fn retrieval(config: &Config, args: RetrievalArgs) -> anyhow::Result<()> {
    if args.k.is_empty() || args.k.iter().any(|k| !(1..=100).contains(k)) {
        bail!("--k takes numbers from 1 to 100, such as 5,10,20");
    }
    let options = EvalOptions {
        ks: args.k.clone(),
        strategies: strategies(&args.strategies)?,
        without: features(&args.without)?,
        show: args.show,
        foreign: args.foreign,
    };
    let dataset = Dataset::read(&args.corpus, &args.queries)?;
    let report = evaluate(&dataset, embeddings(config).await?, &options).await?;
    say(&if args.json { report.to_json().to_string() } else { report.to_string() });
    Ok(())
}

async fn memory(config: &Config, args: MemoryArgs) -> anyhow::Result<()> {
    let conversations = lab::memory::read_conversations(&args.data)?;
    let rules = args.extractor == "rules";
    let mut config = config.clone();
    if rules {
        // Nothing depends on what the assistant answers.
        config.models.provider = Provider::Simulated;
        config.models.simulated.class = SimulatedClass::Instant;
    }
    let models = choose_models(&config).await?;
    let options =
        ReplayOptions { models: models.chat, embeddings: models.embeddings, rules, show: args.show };
    let report = lab::memory::evaluate(&conversations, &options).await?;
    say(&if args.json { report.to_json().to_string() } else { report.to_string() });
    Ok(())
}

fn privacy(config: &Config, args: &PrivacyArgs) -> anyhow::Result<()> {
    let texts = read_texts(&args.data)?;
    let names = load_names_model(config)?;
    let detectors = match args.detectors.as_deref() {
        Some("rules") => Detectors::Rules,
        Some("model") => Detectors::Model,
        Some(_) => Detectors::Both,
        None if names.is_some() => Detectors::Both,
        None => Detectors::Rules,
    };
    let options = PrivacyOptions { detectors, names: names.as_ref(), show: args.show };
    let report = lab::privacy::evaluate(&texts, &options)?;
    say(&if args.json { report.to_json().to_string() } else { report.to_string() });
    Ok(())
}

async fn embeddings(config: &Config) -> anyhow::Result<Arc<EmbeddingModel>> {
    Ok(Arc::new(load_embedding_model(config).await?))
}

fn strategies(names: &[String]) -> anyhow::Result<Vec<Strategy>> {
    if names.is_empty() {
        return Ok(Strategy::ALL.to_vec());
    }
    let parse = |name: &String| match Strategy::ALL.into_iter().find(|strategy| strategy.as_str() == name) {
        Some(strategy) => Ok(strategy),
        None => {
            let known: Vec<&str> = Strategy::ALL.into_iter().map(Strategy::as_str).collect();
            bail!("there is no strategy {name:?}; there are {}", known.join(", "))
        }
    };
    names.iter().map(parse).collect()
}

fn features(names: &[String]) -> anyhow::Result<Vec<Feature>> {
    let parse = |name: &String| match Feature::parse(name) {
        Some(feature) => Ok(feature),
        None => {
            let known: Vec<&str> = Feature::ALL.into_iter().map(Feature::name).collect();
            bail!("there is no feature {name:?}; there are {}", known.join(", "))
        }
    };
    names.iter().map(parse).collect()
}
