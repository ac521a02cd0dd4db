//! From an intent and a vector to ranked hits. In small profiles the strategies run one after the other: together they
//! take less time than handing one of them to another thread would. In large ones meaning and words are searched at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use domain::{MessageId, Timestamp};
use serde::Serialize;

use super::aliases::{aliases, may_be_same};
use super::document::Recalled;
use super::index::{ASSISTANT, Kind, NONE, NamedRelation, ProfileIndex, USER};
use super::intent::{Intent, Wanted};
use super::interplay::interplay;
use super::keyword::KeywordScores;
use super::late_interaction::{AskedWords, closeness};
use super::ranking::{Feature, Features, Scale, TYPICAL_BM25, TYPICAL_COSINE, Weights};
use super::relevance::Relevance;
use super::terms;
use crate::time_phrases::second_in;

/// Documents that are ranked with all features; the rest is out after a first, rough score.
pub const CANDIDATES: usize = 150;
/// Of those, how many are ranked anew: compared with the question word by word, and their features taken together. With 40 or all
/// of them recall is the same.
pub const RERANKED: usize = 64;
/// From so many documents on, a search by meaning takes longer than handing the one by words to another thread.
const PARALLEL_FROM: usize = 20_000;
/// How long it takes until a memory counts half as recent.
const RECENCY_HALF_LIFE_DAYS: f32 = 30.0;
/// So many times the candidates are gathered before all but the best of them are dropped.
const BEST_SPARE: usize = 8;
/// A memory counts as found by meaning from this cosine on, and by words from this coverage on.
const COSINE_MIN: f32 = 0.25;
const COVERAGE_MIN: f32 = 0.25;
/// Names that "my sister" may stand for.
const RELATED_NAMES_MAX: usize = 8;
/// The rough score that neighbours lend each other, from the next one on.
const ROUGH_LENT: [f32; 2] = [0.5, 0.2];
const ROUGH_SPEAKER: f32 = 0.75;
/// A rough score from which a document stands out.
const STANDS_OUT: f32 = 0.5;

/// The searches there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// Cosine of the query's and the document's embedding.
    Semantic,
    /// BM25 over stemmed words.
    Keyword,
    /// Said, or about something, in the time that is asked about.
    Temporal,
    /// Has the names that are asked about.
    Entity,
}

impl Strategy {
    pub const ALL: [Self; 4] = [Self::Semantic, Self::Keyword, Self::Temporal, Self::Entity];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Semantic => "semantic",
            Self::Keyword => "keyword",
            Self::Temporal => "temporal",
            Self::Entity => "entity",
        }
    }
}

/// A document that answers a query, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    pub recalled: Arc<Recalled>,
    /// The ranker's score: higher is better, comparable within one query only.
    pub score: f32,
    /// What each strategy that found it says.
    pub found_by: Vec<Evidence>,
    pub features: Features,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Evidence {
    pub strategy: Strategy,
    /// Cosine, or share of the query's word weight, of its times or of its names; all at most 1.
    pub raw: f32,
    /// In standard deviations above what a document of this profile scores on average; the raw score where there is
    /// no such mean.
    pub normalised: f32,
}

/// What to search for.
#[derive(Clone)]
pub struct Query<'a> {
    /// What is searched for: the message, with what was said just before where it does not stand alone.
    pub text: &'a str,
    /// The message by itself.
    pub message: &'a str,
    /// Absent when the embedding model failed.
    pub vector: Option<&'a [f32]>,
    /// The words of the message, where the embedding model tells of them.
    pub words: Option<&'a AskedWords>,
    pub intent: &'a Intent,
    pub count: usize,
    pub memories: bool,
    pub messages: bool,
    pub strategies: &'a [Strategy],
    /// Return no messages when none answers the question.
    pub silence: bool,
    /// Search for meaning and for words at once, where there is enough to search.
    pub parallel: bool,
    pub now: Timestamp,
}

/// A score for every document of the index, by strategy.
struct Scores {
    cosines: Vec<f32>,
    words: KeywordScores,
    times: Vec<(usize, f32)>,
    entities: Vec<(usize, f32)>,
    cosine_scale: Scale,
    bm25_scale: Scale,
    /// Meaning and words fused.
    base: Vec<f32>,
}

/// Notes how long a strategy took.
fn timed<T>(strategy: Strategy, search: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let found = search();
    metrics::histogram!("confidant_strategy_seconds", "strategy" => strategy.as_str())
        .record(started.elapsed().as_secs_f64());
    found
}

/// Both results; `second` is found on a thread of its own while there are cores to spare.
fn at_once<A, B: Send>(first: impl FnOnce() -> A, second: impl Fn() -> B + Send + Sync) -> (A, B) {
    static BESIDE: AtomicUsize = AtomicUsize::new(0);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let both = if BESIDE.fetch_add(1, Ordering::Relaxed) < cores / 2 {
        std::thread::scope(|scope| {
            let beside = scope.spawn(&second);
            let first = first();
            (first, beside.join().unwrap_or_else(|_| second()))
        })
    } else {
        (first(), second())
    };
    BESIDE.fetch_sub(1, Ordering::Relaxed);
    both
}

/// Whom the question is about, by number of speaker. Empty: nobody in particular.
type Asked = Vec<u16>;

impl ProfileIndex {
    /// The documents that answer the query best, best first, and how sure that the best one does.
    pub fn search(&self, query: &Query<'_>, weights: &Weights) -> (Vec<Hit>, Relevance) {
        if self.is_empty() {
            return (Vec::new(), Relevance::default());
        }
        let asked = self.asked(query.intent);
        let query_terms = terms(query.text);
        let scores = self.score(query, &query_terms, &asked);
        let wanted = |place: usize| match self.kinds[place] {
            Kind::Memory => query.memories,
            Kind::Message => query.messages,
            Kind::Gone => false,
        };
        let lent = self.lend(&scores.base);
        let rough = |place: usize| {
            let spoken = asked.contains(&self.speaker_of[place]);
            scores.base[place] + lent[place] + if spoken { ROUGH_SPEAKER } else { 0.0 }
        };
        let candidates = best(CANDIDATES.max(2 * query.count), self.documents.len(), |place| {
            wanted(place).then(|| rough(place))
        });
        let sessions = Sessions::of(self, &candidates, &scores.base);
        let mut ranked: Vec<(usize, f32, Features)> = candidates
            .into_iter()
            .map(|place| {
                let features = self.features(place, query, &scores, &sessions, &asked);
                (place, weights.score(&features), features)
            })
            .collect();
        sort(&mut ranked);
        self.rerank(&mut ranked, query, weights);
        let unknown_words = query_terms.iter().filter(|term| !self.postings.knows(term)).count();
        let of_question = Relevance {
            score: ranked.first().map_or(0.0, |best| best.1),
            known_speaker: f32::from(u8::from(!asked.is_empty())),
            unknown_names: self.unknown_names(query.intent),
            has_names: f32::from(u8::from(!query.intent.names.is_empty())),
            rarest_name: self.rarest_name(query.intent),
            unknown_words: unknown_words as f32 / query_terms.len().max(1) as f32,
            terms: query_terms.len() as f32,
            words_only: query.vector.is_none(),
            ..Relevance::default()
        };
        // An answer has no vector; what was asked before it says what it is about.
        let nearness = |place: usize| match self.before[place] {
            before if before != NONE && scores.cosines[place] == 0.0 => scores.cosines[before as usize],
            _ => 0.0,
        };
        let of_candidates = ranked.iter().map(|(place, _, features)| (features, nearness(*place)));
        let relevance = Relevance::of(of_candidates, of_question);
        let messages = !query.silence || relevance.is_enough();
        let hits = self.select(ranked, messages, query, &scores);
        (hits, relevance)
    }

    /// Ranks the best anew by what their words say one by one, and their features together.
    fn rerank(&self, ranked: &mut [(usize, f32, Features)], query: &Query<'_>, weights: &Weights) {
        let Some(words) = query.words.filter(|_| query.strategies.contains(&Strategy::Semantic)) else {
            return;
        };
        let word_weights = words.weights(|term| self.postings.rarity(term));
        let compared_len = RERANKED.min(ranked.len());
        let compared = &mut ranked[..compared_len];
        let of = |place: usize| closeness(words, &word_weights, self.vectors.words(place));
        let own: Vec<Option<f32>> = compared.iter().map(|(place, ..)| of(*place)).collect();
        let known = own.iter().flatten().count();
        if known == 0 {
            return;
        }
        let mean = own.iter().flatten().sum::<f32>() / known as f32;
        for ((_, _, features), own) in compared.iter_mut().zip(own) {
            // One without vectors of its words is neither better nor worse for it.
            features[Feature::LateInteraction as usize] = own.map_or(0.0, |own| own - mean);
        }
        // It was fitted to messages: how memories stand to messages is for the weights by hand to say.
        let mut sums = [(0.0, 0.0); 2];
        for (place, _, features) in compared.iter_mut() {
            let together = interplay(features, weights);
            features[Feature::Interplay as usize] = together;
            let (sum, count) = &mut sums[usize::from(self.kinds[*place] == Kind::Memory)];
            *sum += together;
            *count += 1.0;
        }
        for (place, score, features) in compared.iter_mut() {
            let (sum, count) = sums[usize::from(self.kinds[*place] == Kind::Memory)];
            features[Feature::Interplay as usize] -= sum / count;
            *score = weights.score(features);
        }
        sort(ranked);
    }

    fn score(&self, query: &Query<'_>, query_terms: &[String], asked: &Asked) -> Scores {
        let has = |strategy| query.strategies.contains(&strategy);
        let count = self.documents.len();
        let vector = query.vector.filter(|_| has(Strategy::Semantic));
        let speaker_terms: Vec<String> =
            asked.iter().flat_map(|number| terms(&self.speakers[usize::from(*number)])).collect();
        let searched = if has(Strategy::Keyword) { query_terms } else { &[] };
        let by_meaning = || {
            timed(Strategy::Semantic, || vector.map(|vector| self.vectors.search(vector)).unwrap_or_default())
        };
        let by_words = || timed(Strategy::Keyword, || self.postings.search(searched, &speaker_terms));
        let (mut cosines, words) = if query.parallel && vector.is_some() && count >= PARALLEL_FROM {
            at_once(by_meaning, by_words)
        } else {
            (by_meaning(), by_words())
        };
        cosines.resize(count, 0.0);
        let is_alive = |place: usize| self.kinds[place] != Kind::Gone;
        let has_vector = |place: usize| is_alive(place) && cosines[place] != 0.0;
        let cosine_scale = Scale::of(&cosines, has_vector, TYPICAL_COSINE);
        let bm25_scale = Scale::of(&words.bm25, is_alive, TYPICAL_BM25);
        // A strategy without any evidence does not vote, and neither does meaning on what has no vector.
        let by_words = words.bm25.iter().any(|score| *score > 0.0);
        let base = cosines
            .iter()
            .zip(&words.bm25)
            .map(|(cosine, bm25)| {
                let meaning = if *cosine == 0.0 { 0.0 } else { 0.6 * cosine_scale.normalise(*cosine) };
                meaning + if by_words { 0.4 * bm25_scale.normalise(*bm25) } else { 0.0 }
            })
            .collect();
        let times = if has(Strategy::Temporal) {
            timed(Strategy::Temporal, || self.in_time(query))
        } else {
            Vec::new()
        };
        let entities = if has(Strategy::Entity) {
            timed(Strategy::Entity, || self.with_names(query, asked))
        } else {
            Vec::new()
        };
        Scores { cosines, words, times, entities, cosine_scale, bm25_scale, base }
    }

    fn asked(&self, intent: &Intent) -> Asked {
        let named = |speaker: &str| intent.names.iter().any(|name| has_name(speaker, name));
        let mut asked: Asked = (0..self.speakers.len() as u16)
            .filter(|number| *number > ASSISTANT && named(&self.speakers[usize::from(*number)]))
            .collect();
        if intent.about_assistant {
            asked.push(ASSISTANT);
        } else if intent.about_user && asked.is_empty() {
            asked.push(USER);
        }
        asked
    }

    /// What each document gets from those around it that stand out: the rest would lend next to nothing.
    fn lend(&self, base: &[f32]) -> Vec<f32> {
        let mut lent = vec![0.0; base.len()];
        let lenders = base.iter().enumerate().filter(|(_, score)| **score >= STANDS_OUT);
        for (place, score) in lenders {
            for neighbours in [&self.before, &self.after] {
                for (at, share) in along(neighbours, place).zip(ROUGH_LENT) {
                    lent[at] += share * score;
                }
            }
        }
        lent
    }

    fn features(
        &self,
        place: usize,
        query: &Query<'_>,
        scores: &Scores,
        sessions: &Sessions,
        asked: &Asked,
    ) -> Features {
        let signs = &self.signs[place];
        let cosine = match query.vector {
            Some(vector) if scores.cosines[place] != 0.0 => self.vectors.cosine(place, vector),
            _ => 0.0,
        };
        let flag = |set: bool| f32::from(u8::from(set));
        let mut features = [0.0; Feature::COUNT];
        let mut set = |feature: Feature, value: f32| features[feature as usize] = value;
        if cosine != 0.0 {
            set(Feature::Meaning, scores.cosine_scale.normalise(cosine));
            set(Feature::Cosine, cosine);
        }
        set(Feature::Words, scores.bm25_scale.normalise(scores.words.bm25[place]));
        set(Feature::Coverage, scores.words.coverage[place]);
        set(Feature::RarestWord, scores.words.rarest[place]);
        let speaker = if asked.is_empty() { 0.5 } else { flag(asked.contains(&self.speaker_of[place])) };
        set(Feature::Speaker, speaker);
        set(Feature::Entity, score_at(&scores.entities, place));
        set(Feature::Time, score_at(&scores.times, place));
        let around = [
            (&self.before, [Feature::Before1, Feature::Before2, Feature::Before3]),
            (&self.after, [Feature::After1, Feature::After2, Feature::After3]),
        ];
        for (neighbours, names) in around {
            for (at, name) in along(neighbours, place).zip(names) {
                set(name, scores.base[at]);
            }
        }
        let (best, mean) = sessions.around(self.session_of[place], scores.base[place]);
        set(Feature::SessionBest, best);
        set(Feature::SessionMean, mean);
        set(Feature::Asks, flag(signs.asks));
        set(Feature::EndsAsking, flag(signs.ends_asking));
        let before = self.before[place];
        set(Feature::AnswersQuestion, flag(before != NONE && self.signs[before as usize].ends_asking));
        set(Feature::FirstPerson, flag(signs.first_person));
        set(Feature::Instructs, flag(signs.instructs));
        set(Feature::Length, signs.length);
        set(Feature::Times, signs.times);
        set(Feature::Numbers, signs.numbers);
        set(Feature::Names, signs.names);
        match query.intent.wanted {
            Wanted::Time => set(Feature::WantedTime, signs.times),
            Wanted::Quantity => set(Feature::WantedNumber, signs.numbers),
            Wanted::Person | Wanted::Place => set(Feature::WantedName, signs.names),
            _ => {}
        }
        if let Some(memory) = self.documents[place].as_ref().and_then(|document| document.as_memory()) {
            let age_days = (query.now.as_second() - memory.said_at.as_second()).max(0) as f32 / 86_400.0;
            set(Feature::Memory, 1.0);
            set(Feature::Importance, memory.importance);
            set(Feature::Recency, (-age_days / RECENCY_HALF_LIFE_DAYS).exp2());
            set(Feature::Mentions, (memory.mention_count.max(1) as f32).ln());
        }
        features
    }

    /// Takes the best that say something of their own, up to the count. Memories stand alone and need evidence of their
    /// own; messages are taken if there is an answer among them at all.
    fn select(
        &self,
        ranked: Vec<(usize, f32, Features)>,
        messages: bool,
        query: &Query<'_>,
        scores: &Scores,
    ) -> Vec<Hit> {
        let has_evidence = |features: &Features| {
            let of = |feature: Feature| features[feature as usize];
            of(Feature::Cosine) >= COSINE_MIN
                || of(Feature::Coverage) >= COVERAGE_MIN
                || of(Feature::Entity) > 0.0
                || of(Feature::Time) > 0.0
        };
        // What a memory was made of tells nothing that the memory does not.
        let sources: Vec<MessageId> = ranked
            .iter()
            .take(2 * query.count)
            .filter(|(_, _, features)| has_evidence(features))
            .filter_map(|(place, _, _)| self.documents[*place].as_ref()?.as_memory()?.source_message_id)
            .collect();
        let tells_something = |recalled: &Recalled, features: &Features| match recalled {
            Recalled::Memory(_) => has_evidence(features),
            // Nor does a question that the user asked before in the same words.
            Recalled::Message(message) => {
                messages && !sources.contains(&message.id) && message.content.trim() != query.message.trim()
            }
        };
        let hits = ranked.into_iter().filter_map(|(place, score, features)| {
            let recalled = self.documents[place].as_ref().filter(|one| tells_something(one, &features))?;
            let found_by = self.evidence(place, &features, scores);
            Some(Hit { recalled: recalled.clone(), score, found_by, features })
        });
        hits.take(query.count).collect()
    }

    fn evidence(&self, place: usize, features: &Features, scores: &Scores) -> Vec<Evidence> {
        let of = |feature: Feature| features[feature as usize];
        let found = [
            (Strategy::Semantic, of(Feature::Cosine), of(Feature::Meaning), COSINE_MIN),
            (Strategy::Keyword, scores.words.coverage[place], of(Feature::Words), f32::MIN_POSITIVE),
            (Strategy::Temporal, of(Feature::Time), of(Feature::Time), f32::MIN_POSITIVE),
            (Strategy::Entity, of(Feature::Entity), of(Feature::Entity), f32::MIN_POSITIVE),
        ];
        let voted = found.into_iter().filter(|(_, raw, _, least)| raw >= least);
        voted.map(|(strategy, raw, normalised, _)| Evidence { strategy, raw, normalised }).collect()
    }

    /// Documents that were said in the time that is asked about (1), or tell of something then (0.8).
    fn in_time(&self, query: &Query<'_>) -> Vec<(usize, f32)> {
        let second = |moment| second_in(&self.time_zone, moment).unwrap_or(i64::MIN);
        let mut asked: Vec<(i64, i64)> = query
            .intent
            .intervals
            .iter()
            .map(|interval| (second(interval.from), second(interval.to)))
            .collect();
        for event in &query.intent.since_events {
            asked.extend(self.time_of_event(event).map(|from| (from, query.now.as_second() + 1)));
        }
        if asked.is_empty() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for (place, document) in self.documents.iter().enumerate() {
            let Some(document) = document else { continue };
            let said = document.said_at().as_second();
            let then = |from: i64, to: i64| asked.iter().any(|(a, b)| from < *b && *a < to);
            if then(said, said + 1) {
                found.push((place, 1.0));
            } else if self.signs[place].happened.iter().any(|(from, to)| then(*from, *to)) {
                found.push((place, 0.8));
            }
        }
        found
    }

    /// When an event was told of: "since I moved".
    fn time_of_event(&self, event: &[String]) -> Option<i64> {
        let coverage = self.postings.search(event, &[]).coverage;
        let told = coverage
            .iter()
            .enumerate()
            .filter(|(place, share)| **share > 0.5 && self.documents[*place].is_some());
        let (place, _) = told.max_by(|a, b| a.1.total_cmp(b.1))?;
        let said = self.documents[place].as_ref()?.said_at().as_second();
        Some(self.signs[place].happened.first().map_or(said, |(from, _)| *from))
    }

    /// Documents with names of the question, and the share of them that each has. Speakers are asked for otherwise.
    fn with_names(&self, query: &Query<'_>, asked: &Asked) -> Vec<(usize, f32)> {
        let is_speaker =
            |name: &&str| asked.iter().any(|number| has_name(&self.speakers[usize::from(*number)], name));
        let mut related: Vec<&str> = self.names_of_relations(query.message).collect();
        related.sort_unstable();
        related.dedup();
        // Where there are so many, none of them is meant.
        if related.len() > RELATED_NAMES_MAX {
            related.clear();
        }
        let names = query.intent.names.iter().map(String::as_str).filter(|name| !is_speaker(name));
        let names: Vec<&str> = names.chain(related).collect();
        let mut found: Vec<(usize, f32)> = Vec::new();
        for name in &names {
            let mut places: Vec<u32> = self.places_of(name).collect();
            places.sort_unstable();
            places.dedup();
            found.extend(places.into_iter().map(|place| (place as usize, 1.0 / names.len() as f32)));
        }
        found.sort_unstable_by_key(|(place, _)| *place);
        found.dedup_by(|next, kept| {
            let same = next.0 == kept.0;
            if same {
                kept.1 += next.1;
            }
            same
        });
        found
    }

    /// Where a name stands, in any of its forms.
    fn places_of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = u32> + 'a {
        let forms = std::iter::once(name).chain(aliases(name).iter().copied());
        forms.flat_map(|form| self.entities.all(form)).flatten().copied()
    }

    /// "my sister" is Marta, where a memory says so.
    fn names_of_relations<'a>(&'a self, message: &'a str) -> impl Iterator<Item = &'a str> {
        let lower = message.to_lowercase();
        let owned: Vec<String> = lower.split("my ").skip(1).map(str::to_owned).collect();
        let says = move |known: &&Arc<NamedRelation>| {
            owned.iter().any(|rest| {
                let after = rest.strip_prefix(&*known.relation);
                after.is_some_and(|after| !after.starts_with(char::is_alphanumeric))
            })
        };
        let stands = |known: &&Arc<NamedRelation>| self.kinds[known.place as usize] != Kind::Gone;
        self.relations.iter().filter(says).filter(stands).map(|known| &*known.first_name)
    }

    /// ln(1 + documents) that have the rarest name of the question, or whose speaker has it.
    fn rarest_name(&self, intent: &Intent) -> f32 {
        let documents = |name: &String| {
            let named = self.places_of(name).count();
            let spoken =
                self.speakers.iter().zip(&self.spoken).filter(|(speaker, _)| has_name(speaker, name));
            named + spoken.map(|(_, count)| *count as usize).sum::<usize>()
        };
        intent.names.iter().map(documents).min().map_or(0.0, |documents| (documents as f32).ln_1p())
    }

    /// The share of the question's names that this profile has never heard.
    fn unknown_names(&self, intent: &Intent) -> f32 {
        let known = |name: &String| {
            self.places_of(name).next().is_some()
                || self.speakers.iter().any(|speaker| has_name(speaker, name))
                || terms(name).iter().any(|term| self.postings.knows(term))
        };
        let unknown = intent.names.iter().filter(|name| !known(name)).count();
        unknown as f32 / intent.names.len().max(1) as f32
    }
}

/// The places next to `place` in one direction, nearest first.
fn along(neighbours: &[u32], place: usize) -> impl Iterator<Item = usize> {
    let next = |place: &usize| Some(neighbours[*place]).filter(|at| *at != NONE).map(|at| at as usize);
    std::iter::successors(next(&place), next)
}

/// Whether a speaker's name has the word, or another form of it.
fn has_name(speaker: &str, name: &str) -> bool {
    speaker.split_whitespace().any(|word| may_be_same(word, name))
}

/// Best first.
fn sort(ranked: &mut [(usize, f32, Features)]) {
    ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
}

/// The `kept` places of the highest scores, in no order.
fn best(kept: usize, places: usize, score: impl Fn(usize) -> Option<f32>) -> Vec<usize> {
    let mut found: Vec<(usize, f32)> = Vec::with_capacity(kept * BEST_SPARE);
    // The lowest score that can still be among them.
    let mut least = f32::MIN;
    for place in 0..places {
        match score(place) {
            Some(score) if score >= least => found.push((place, score)),
            _ => continue,
        }
        if found.len() == kept * BEST_SPARE {
            least = keep_best(&mut found, kept);
        }
    }
    keep_best(&mut found, kept);
    found.into_iter().map(|(place, _)| place).collect()
}

/// Drops all but the `kept` highest scores. Where there were more, returns the lowest of those.
fn keep_best(found: &mut Vec<(usize, f32)>, kept: usize) -> f32 {
    if found.len() > kept {
        found.select_nth_unstable_by(kept - 1, |a, b| b.1.total_cmp(&a.1));
        found.truncate(kept);
    }
    found.last().map_or(f32::MIN, |(_, score)| *score)
}

fn score_at(scores: &[(usize, f32)], place: usize) -> f32 {
    scores.binary_search_by_key(&place, |(place, _)| *place).map_or(0.0, |at| scores[at].1)
}

/// The best and the mean score of the sessions in which candidates were said.
struct Sessions {
    best: Vec<f32>,
    mean: Vec<f32>,
}

impl Sessions {
    fn of(index: &ProfileIndex, candidates: &[usize], base: &[f32]) -> Self {
        let count = index.session_count();
        let mut has_candidate = vec![false; count];
        for place in candidates {
            if let Some(has_candidate) = has_candidate.get_mut(index.session_of[*place] as usize) {
                *has_candidate = true;
            }
        }
        let mut best = vec![f32::MIN; count];
        let mut sums = vec![(0.0_f32, 0_u32); count];
        for (place, session) in index.session_of.iter().enumerate() {
            let at = *session as usize;
            // A memory is in none.
            if has_candidate.get(at) == Some(&true) && index.kinds[place] != Kind::Gone {
                best[at] = best[at].max(base[place]);
                sums[at] = (sums[at].0 + base[place], sums[at].1 + 1);
            }
        }
        let mean = sums.into_iter().map(|(sum, count)| sum / count.max(1) as f32).collect();
        Self { best, mean }
    }

    /// A memory is a session of its own.
    fn around(&self, session: u32, own: f32) -> (f32, f32) {
        if session == NONE {
            return (own, 0.0);
        }
        (self.best[session as usize], self.mean[session as usize])
    }
}
