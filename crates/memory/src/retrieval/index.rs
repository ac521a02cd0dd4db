//! One profile's memories, ready to search. The database is the truth; this is built from its rows and kept in
//! step with every write.

use std::collections::HashMap;

use domain::memory::{Memory, MemoryState};
use domain::{MemoryId, Timestamp};

use super::fusion::{Scale, TYPICAL_COSINE, TYPICAL_COVERAGE, evidence};
use super::keyword::Postings;
use super::semantic::Vectors;
use super::{Hit, Strategy, Weights, terms};

/// Rebuild when more than this share of the places holds memories that are gone.
const DEAD_SHARE_MAX: f32 = 0.25;
const DEAD_MIN: usize = 64;
/// How long it takes until a memory counts half as recent.
const RECENCY_HALF_LIFE_DAYS: f32 = 30.0;

#[derive(Debug)]
pub struct ProfileIndex {
    dimensions: usize,
    /// By place; `None` where the memory is gone or was changed, and lives at another place.
    memories: Vec<Option<Memory>>,
    place_of: HashMap<MemoryId, usize>,
    vectors: Vectors,
    postings: Postings,
}

impl ProfileIndex {
    /// From a profile's rows, for vectors of `dimensions` numbers.
    pub fn build(rows: Vec<(Memory, Option<Vec<f32>>)>, dimensions: usize) -> Self {
        let mut index = Self {
            dimensions,
            memories: Vec::with_capacity(rows.len()),
            place_of: HashMap::with_capacity(rows.len()),
            vectors: Vectors::default(),
            postings: Postings::default(),
        };
        for (memory, vector) in rows {
            index.put(memory, vector.as_deref());
        }
        index
    }

    /// Adds a memory, or takes the place of its earlier state. One that is not active any more goes.
    pub fn put(&mut self, memory: Memory, vector: Option<&[f32]>) {
        let kept = self.place_of.get(&memory.id).map(|place| self.vectors.get(*place).to_vec());
        self.remove(memory.id);
        if memory.state != MemoryState::Active {
            return;
        }
        self.postings.add(indexed_terms(&memory));
        self.vectors.add(vector.or(kept.as_deref()), self.dimensions);
        self.place_of.insert(memory.id, self.memories.len());
        self.memories.push(Some(memory));
    }

    pub fn remove(&mut self, id: MemoryId) {
        if let Some(place) = self.place_of.remove(&id) {
            self.memories[place] = None;
        }
        let dead = self.memories.len() - self.place_of.len();
        if dead > DEAD_MIN && dead as f32 > self.memories.len() as f32 * DEAD_SHARE_MAX {
            self.rebuild();
        }
    }

    fn rebuild(&mut self) {
        let memories = std::mem::take(&mut self.memories);
        let rows = memories
            .into_iter()
            .enumerate()
            .filter_map(|(place, memory)| Some((memory?, Some(self.vectors.get(place).to_vec()))))
            .collect();
        *self = Self::build(rows, self.dimensions);
    }

    pub fn len(&self) -> usize {
        self.place_of.len()
    }

    pub fn is_empty(&self) -> bool {
        self.place_of.is_empty()
    }

    pub fn get(&self, id: MemoryId) -> Option<&Memory> {
        self.memories[*self.place_of.get(&id)?].as_ref()
    }

    pub fn memories(&self) -> impl Iterator<Item = &Memory> {
        self.memories.iter().flatten()
    }

    /// The memories whose vectors are closest to `vector`, with their cosines, closest first.
    pub fn nearest(&self, vector: &[f32], count: usize) -> Vec<(&Memory, f32)> {
        let mut near: Vec<(&Memory, f32)> = self
            .vectors
            .search(vector)
            .into_iter()
            .zip(&self.memories)
            .filter_map(|(cosine, memory)| Some((memory.as_ref()?, cosine)))
            .collect();
        near.sort_by(|a, b| b.1.total_cmp(&a.1));
        near.truncate(count);
        near
    }

    /// The `count` memories that answer the query best; none that has no evidence for it.
    pub fn search(
        &self,
        query: &str,
        vector: Option<&[f32]>,
        count: usize,
        weights: &Weights,
        now: Timestamp,
    ) -> Vec<Hit> {
        let cosines = vector.map(|vector| self.vectors.search(vector)).unwrap_or_default();
        let mut coverages = vec![0.0; self.memories.len()];
        for (place, coverage) in self.postings.search(&terms(query)) {
            coverages[place as usize] = coverage;
        }
        let alive = |scores: &[f32]| {
            let scores: Vec<f32> = scores
                .iter()
                .zip(&self.memories)
                .filter(|(_, memory)| memory.is_some())
                .map(|(score, _)| *score)
                .collect();
            scores
        };
        let cosine_scale = Scale::of(alive(&cosines).iter().copied(), self.len(), TYPICAL_COSINE);
        let coverage_scale = Scale::of(alive(&coverages).iter().copied(), self.len(), TYPICAL_COVERAGE);

        let mut ranked: Vec<(usize, f32)> = Vec::new();
        for (place, coverage) in coverages.iter().copied().enumerate() {
            let cosine = cosines.get(place).copied().unwrap_or(0.0);
            let relevant = cosine >= weights.cosine_min || coverage >= weights.coverage_min;
            let Some(memory) = self.memories[place].as_ref().filter(|_| relevant) else { continue };
            // Each strategy votes with how far the memory stands out, also below its own threshold: what words
            // found is ordered by meaning too.
            let score = weights.semantic * cosine_scale.normalise(cosine)
                + weights.keyword * coverage_scale.normalise(coverage)
                + prior(memory, weights, now);
            ranked.push((place, score));
        }
        ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(b.0.cmp(&a.0)));
        ranked.truncate(count);
        ranked
            .into_iter()
            .filter_map(|(place, score)| {
                let memory = self.memories[place].clone()?;
                let cosine = cosines.get(place).copied().unwrap_or(0.0);
                let found_by = [
                    evidence(Strategy::Semantic, cosine, cosine_scale, weights.cosine_min),
                    evidence(Strategy::Keyword, coverages[place], coverage_scale, weights.coverage_min),
                ];
                let prior = prior(&memory, weights, now);
                Some(Hit { prior, memory, score, found_by: found_by.into_iter().flatten().collect() })
            })
            .collect()
    }

    /// About how much RAM it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let memories: usize =
            self.memories().map(|memory| size_of::<Memory>() + memory.content.len() + 64).sum();
        memories + self.vectors.bytes() + self.postings.bytes() + self.place_of.capacity() * 32
    }
}

fn indexed_terms(memory: &Memory) -> Vec<String> {
    let mut found = terms(&memory.content);
    for tag in &memory.tags {
        for term in terms(tag) {
            if !found.contains(&term) {
                found.push(term);
            }
        }
    }
    found
}

fn prior(memory: &Memory, weights: &Weights, now: Timestamp) -> f32 {
    let age_days = (now.as_second() - memory.said_at.as_second()).max(0) as f32 / 86_400.0;
    let recency = (-age_days / RECENCY_HALF_LIFE_DAYS).exp2();
    let mentions = (memory.mention_count.max(1) as f32).ln();
    weights.importance * memory.importance + weights.recency * recency + weights.mentions * mentions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::memory;
    use domain::clock::from_micros;

    fn search(index: &ProfileIndex, query: &str) -> Vec<String> {
        index
            .search(query, None, 5, &Weights::default(), from_micros(0))
            .into_iter()
            .map(|hit| hit.memory.content)
            .collect()
    }

    #[test]
    fn what_does_not_match_is_not_returned() {
        let rows = ["The user likes cold lakes.", "The user drinks green tea."];
        let index = ProfileIndex::build(rows.map(|text| (memory(text), None)).into(), 3);
        assert_eq!(search(&index, "green tea"), ["The user drinks green tea."]);
        assert!(search(&index, "what about space travel?").is_empty());
    }

    #[test]
    fn a_changed_memory_is_found_by_its_new_words_only() {
        let old = memory("The user lives in Lyon.");
        let mut index = ProfileIndex::build(vec![(old.clone(), None)], 3);
        index.put(Memory { content: "The user lives in Oslo.".into(), ..old.clone() }, None);
        assert!(search(&index, "Lyon").is_empty());
        assert_eq!(search(&index, "Oslo").len(), 1);
        index.put(Memory { state: MemoryState::Superseded, ..old }, None);
        assert!(index.is_empty());
    }

    #[test]
    fn it_stays_right_through_many_changes() {
        let mut index = ProfileIndex::build(Vec::new(), 2);
        let memories: Vec<Memory> = (0..300).map(|n| memory(&format!("Fact number{n} stands."))).collect();
        for one in &memories {
            index.put(one.clone(), Some(&[1.0, 0.0]));
        }
        for one in &memories[..250] {
            index.remove(one.id);
        }
        assert_eq!(index.len(), 50);
        assert!(search(&index, "number3").is_empty());
        assert_eq!(search(&index, "number299"), ["Fact number299 stands."]);
        assert_eq!(index.nearest(&[1.0, 0.0], 100).len(), 50);
    }
}
