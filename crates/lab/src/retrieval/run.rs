//! Import, ask, measure.

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::profile::ProfileFields;
use domain::{Clock, MessageId, Optimizations, Timestamp};
use llm::embedding::EmbeddingModel;
use memory::retrieval::{Feature, Found, Recalled, Strategy, Weights};
use memory::{Memories, MemoryOptions, SearchOptions};
use store::{Caller, ProfileScope, Store, StoreOptions};

use super::data::{Dataset, Question, sessions};
use super::measures::{Measures, mean, measure};
use super::report::{Figures, Report, Silence};

/// Of a question that is shown.
const SHOWN_HITS: usize = 3;
const SHOWN_CHARS: usize = 100;
/// RAM for the indexes of all conversations of a corpus.
const INDEX_BYTES_MAX: usize = 4 << 30;

#[derive(Clone, Debug)]
pub struct EvalOptions {
    /// The lengths of list at which recall is measured.
    pub ks: Vec<usize>,
    pub strategies: Vec<Strategy>,
    /// Features of the ranking to leave out.
    pub without: Vec<Feature>,
    /// Questions to show with what was found for them, and why.
    pub show: usize,
    /// Questions of other conversations to ask in each, to measure silence.
    pub foreign: usize,
}

/// A corpus in a database of its own, ready to be asked.
pub(super) struct Imported {
    pub(super) memories: Memories,
    pub(super) scopes: BTreeMap<String, ProfileScope>,
    /// The corpus's name of each message.
    pub(super) ids: BTreeMap<MessageId, String>,
    /// The database goes when this is dropped.
    _folder: tempfile::TempDir,
}

impl Imported {
    pub(super) async fn new(dataset: &Dataset, embeddings: Arc<EmbeddingModel>) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let clock = Clock::system();
        let options = StoreOptions::new(folder.path().join("eval.db"), clock.clone());
        let store = Store::open(options).await?;
        // What is measured is the search, not that it was done before.
        let options = MemoryOptions {
            index_bytes_max: INDEX_BYTES_MAX,
            optimizations: Optimizations { caching: false, ..Optimizations::default() },
            ..MemoryOptions::default()
        };
        let memories = Memories::new(store.clone(), embeddings, options, clock);
        let user = store.create_user("evaluation".to_owned(), None).await?;
        let mut imported = Self { memories, scopes: BTreeMap::new(), ids: BTreeMap::new(), _folder: folder };
        for (name, messages) in &dataset.conversations {
            let fields = ProfileFields::default();
            let profile = store.create_profile(Caller::Operator, user.id, name.clone(), fields).await?;
            let scope = store.open_profile(Caller::Operator, profile.id).await?;
            for (session, ids) in sessions(messages)? {
                let stored = imported.memories.import_session(scope, session).await?;
                imported.ids.extend(stored.ids.into_iter().zip(ids));
            }
            imported.scopes.insert(name.clone(), scope);
        }
        Ok(imported)
    }

    pub(super) async fn ask(
        &self,
        conversation: &str,
        question: &Question,
        options: &SearchOptions,
    ) -> anyhow::Result<Found> {
        let now = question.asked_at()?;
        let context = question.said_before(now.unwrap_or(Timestamp::UNIX_EPOCH));
        let options = SearchOptions { now, context, ..options.clone() };
        Ok(self.memories.search(self.scopes[conversation], &question.question, &options).await?)
    }

    pub(super) fn names<'a>(&'a self, found: &Found) -> Vec<&'a str> {
        let name = |recalled: &Recalled| match recalled {
            Recalled::Message(message) => self.ids.get(&message.id).map(String::as_str),
            Recalled::Memory(_) => None,
        };
        found.hits.iter().filter_map(|hit| name(&hit.recalled)).collect()
    }
}

/// Imports the corpus, asks the questions and measures.
pub async fn evaluate(
    dataset: &Dataset,
    embeddings: Arc<EmbeddingModel>,
    options: &EvalOptions,
) -> anyhow::Result<Report> {
    let imported = Imported::new(dataset, embeddings).await?;
    let count = options.ks.iter().copied().max().unwrap_or(10).max(10);
    let search = SearchOptions {
        count,
        strategies: options.strategies.clone(),
        weights: Weights::default().without(&options.without),
        silence: false,
        ..SearchOptions::default()
    };
    let (mut measured, mut embed_ms, mut search_ms) = (Vec::new(), Vec::new(), Vec::new());
    let mut silence = Silence::default();
    let mut shown = Vec::new();
    let every = dataset.questions.len().checked_div(options.show).unwrap_or(usize::MAX).max(1);
    for (at, question) in dataset.questions.iter().enumerate() {
        let found = imported.ask(&question.conversation_id, question, &search).await?;
        if at % every == every / 2 && shown.len() < options.show {
            shown.push(shown_question(question, &found, &imported.names(&found), &search.weights));
        }
        embed_ms.push(found.embed_us as f64 / 1e3);
        search_ms.push(found.search_us as f64 / 1e3);
        let silent = imported.is_silent(&question.conversation_id, question, &found).await?;
        if question.gold_memory_ids.is_empty() {
            silence.unanswerable.push(silent);
            continue;
        }
        if question.is_adversarial() {
            continue;
        }
        silence.answerable.push(silent);
        let names = imported.names(&found);
        silence.lost.push(
            silent && names.iter().any(|name| question.gold_memory_ids.iter().any(|gold| gold == name)),
        );
        let measures = measure(&names, &question.gold_memory_ids, &options.ks);
        measured.push((question.category.clone(), measures));
    }
    for (conversation, question) in foreign(dataset, options.foreign) {
        let found = imported.ask(conversation, question, &search).await?;
        let silent = imported.is_silent(conversation, question, &found).await?;
        silence.foreign.push(silent);
        if found.relevance.known_speaker == 0.0 {
            silence.strangers.push(silent);
        }
    }
    Ok(Report { shown, ..report(dataset, options, &measured, embed_ms, search_ms, silence) })
}

impl Imported {
    /// Whether the product would have returned nothing.
    async fn is_silent(
        &self,
        conversation: &str,
        question: &Question,
        found: &Found,
    ) -> anyhow::Result<bool> {
        if !found.relevance.is_enough() {
            return Ok(true);
        }
        // The verdict that no search is needed is taken before a search.
        let options = SearchOptions { count: 1, ..SearchOptions::default() };
        Ok(self.ask(conversation, question, &options).await?.hits.is_empty())
    }
}

/// For each conversation, `count` questions of the others, evenly spread.
pub(super) fn foreign(dataset: &Dataset, count: usize) -> Vec<(&str, &Question)> {
    let mut chosen = Vec::new();
    for conversation in dataset.conversations.keys() {
        let others: Vec<&Question> =
            dataset.questions.iter().filter(|asked| asked.conversation_id != *conversation).collect();
        let taken = count.min(others.len());
        chosen.extend((0..taken).map(|at| (conversation.as_str(), others[at * others.len() / taken])));
    }
    chosen
}

/// A question, the rank of what answers it, and the first hits with what made their scores.
fn shown_question(question: &Question, found: &Found, names: &[&str], weights: &Weights) -> String {
    let rank = |gold: &String| match names.iter().position(|name| name == gold) {
        Some(at) => format!("{gold} at {}", at + 1),
        None => format!("{gold} not found"),
    };
    let ranks: Vec<String> = question.gold_memory_ids.iter().map(rank).collect();
    let mut lines =
        vec![format!("{}  [{}; answers: {}]", question.question, question.category, ranks.join(", "))];
    for (hit, name) in found.hits.iter().zip(names).take(SHOWN_HITS) {
        let said: String = hit.recalled.content().chars().take(SHOWN_CHARS).collect();
        let mut parts: Vec<(f32, Feature)> = Feature::ALL
            .into_iter()
            .map(|feature| (hit.features[feature as usize] * weights.of(feature), feature))
            .collect();
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        let parts: Vec<String> =
            parts.iter().take(4).map(|(added, feature)| format!("{} {added:+.1}", feature.name())).collect();
        let found_by: Vec<&str> = hit.found_by.iter().map(|one| one.strategy.as_str()).collect();
        lines.push(format!(
            "  {name:7} {:5.2}  {}  ({}; {})",
            hit.score,
            said.replace('\n', " "),
            found_by.join(", "),
            parts.join(", ")
        ));
    }
    lines.join("\n")
}

fn report(
    dataset: &Dataset,
    options: &EvalOptions,
    measured: &[(String, Measures)],
    embed_ms: Vec<f64>,
    search_ms: Vec<f64>,
    silence: Silence,
) -> Report {
    let figures = |chosen: Vec<&Measures>| Figures {
        questions: chosen.len(),
        recall: (0..options.ks.len()).map(|at| mean(chosen.iter().map(|one| one.recall[at]))).collect(),
        hit: (0..options.ks.len()).map(|at| mean(chosen.iter().map(|one| one.hit[at]))).collect(),
        ndcg_10: mean(chosen.iter().map(|one| one.ndcg_10)),
        mrr: mean(chosen.iter().map(|one| one.reciprocal_rank)),
    };
    let mut categories: BTreeMap<String, Vec<&Measures>> = BTreeMap::new();
    for (category, measures) in measured {
        categories.entry(category.clone()).or_default().push(measures);
    }
    Report {
        dataset: dataset.name.clone(),
        conversations: dataset.conversations.len(),
        messages: dataset.conversations.values().map(Vec::len).sum(),
        ks: options.ks.clone(),
        all: figures(measured.iter().map(|(_, measures)| measures).collect()),
        by_category: categories.into_iter().map(|(name, chosen)| (name, figures(chosen))).collect(),
        embed_ms,
        search_ms,
        silence,
        shown: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;
    use llm::embedding::simulated::SimulatedEmbedding;
    use serde_json::json;

    fn dataset() -> (tempfile::TempDir, Dataset) {
        let folder = tempfile::tempdir().unwrap();
        let said = [
            ("a", "1", "Anna", "I adopted a grey kitten last week."),
            ("a", "2", "Ben", "Lovely! What is it called?"),
            ("a", "3", "Anna", "Its name is Pepper."),
            ("b", "1", "Carl", "My bicycle was stolen in Hamburg."),
            ("b", "2", "Dora", "How awful."),
        ];
        let messages = said.map(|(conversation, id, speaker, text)| {
            json!({"conversation_id": conversation, "memory_id": id, "timestamp": "2024-05-01T10:00:00",
                   "speaker": speaker, "text": text, "session": 1})
        });
        let asked = [
            json!({"conversation_id": "a", "question": "When did Anna adopt the kitten?", "gold_memory_ids": ["1"],
                   "category": "when", "query_time": "2024-06-01"}),
            json!({"conversation_id": "b", "question": "Where was Carl's bicycle stolen?", "gold_memory_ids": ["1"]}),
            json!({"conversation_id": "b", "question": "Which opera does Zelda sing?", "gold_memory_ids": []}),
        ];
        let write = |name: &str, lines: &[serde_json::Value]| {
            let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (corpus, queries) = (write("corpus.jsonl", &messages), write("queries.jsonl", &asked));
        let dataset = Dataset::read(&corpus, &queries).unwrap();
        (folder, dataset)
    }

    #[tokio::test]
    async fn a_small_corpus_is_imported_asked_and_measured() {
        let (_folder, dataset) = dataset();
        let embeddings = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
        let options = EvalOptions {
            ks: vec![1, 5],
            strategies: Strategy::ALL.to_vec(),
            without: Vec::new(),
            show: 1,
            foreign: 1,
        };
        let report = evaluate(&dataset, embeddings, &options).await.unwrap();
        assert_eq!((report.conversations, report.messages, report.all.questions), (2, 5, 2));
        assert_eq!(report.all.recall[1], 1.0, "{report}");
        assert_eq!(report.by_category["when"].questions, 1);
        assert_eq!(report.silence.unanswerable, [true], "a name and words that nobody said");
        assert_eq!(report.silence.foreign.len(), 2);
        assert!(report.shown[0].contains("answers: 1 at 1"), "{}", report.shown[0]);
        assert_eq!(report.to_json()["all"]["recall"]["5"], 1.0);
    }
}
