//! Tidying up: near-duplicates are merged into one that counts for all, and what was never used, matters little and is
//! old fades out of the searches. Nothing is deleted, and a whole run can be taken back. Pure: the caller reads and writes.

use std::collections::HashSet;

use domain::memory::{Actor, Memory, MemoryAction, MemoryState};
use domain::{MemoryId, RunId, Timestamp};
use store::MemoryWrite;

use super::gist::{Correction, Gist, Relation};
use super::reconcile::union;
use crate::retrieval::ProfileIndex;

/// What becomes of the memories of one step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConsolidationPlan {
    pub merges: Vec<Merge>,
    pub fades: Vec<Memory>,
}

/// Memories that say the same.
#[derive(Clone, Debug, PartialEq)]
pub struct Merge {
    pub kept: Memory,
    /// All are kept, out of the searches, with their sources and their history.
    pub merged: Vec<Memory>,
}

/// The merges among `memories` and what is like them in the profile. A memory is in one merge at most.
pub(crate) fn plan_merges<'a>(
    memories: impl Iterator<Item = &'a Memory>,
    known: &ProfileIndex,
) -> Vec<Merge> {
    let mut taken: HashSet<MemoryId> = HashSet::new();
    let mut merges = Vec::new();
    for memory in memories {
        if taken.contains(&memory.id) {
            continue;
        }
        let mut same: Vec<&Memory> = twins(memory, known).filter(|twin| !taken.contains(&twin.id)).collect();
        if same.is_empty() {
            continue;
        }
        same.push(memory);
        taken.extend(same.iter().map(|one| one.id));
        // The fullest wording, then the one that was said first.
        same.sort_by_key(|one| (std::cmp::Reverse(one.content.chars().count()), one.said_at, one.id));
        let kept = same.remove(0).clone();
        merges.push(Merge { kept, merged: same.into_iter().cloned().collect() });
    }
    merges
}

/// The memories that say the same as this one, in whichever wording.
fn twins<'a>(memory: &'a Memory, known: &'a ProfileIndex) -> impl Iterator<Item = &'a Memory> {
    let gist = Gist::of(memory);
    let related = known.related_to(memory).into_iter();
    related
        .filter(move |(other, cosine)| {
            let theirs = Gist::of(other);
            // Both ways: what merely says more about one of two dogs is no twin of the other.
            let says_same = |a: &Gist<'_>, b: &Gist<'_>| {
                a.relation(b, *cosine, Correction::Nothing, false) == Relation::Same
            };
            other.id != memory.id && says_same(&gist, &theirs) && says_same(&theirs, &gist)
        })
        .map(|(other, _)| other)
}

impl ConsolidationPlan {
    pub fn is_empty(&self) -> bool {
        self.merges.is_empty() && self.fades.is_empty()
    }

    /// The changes that carry the plan out.
    pub(crate) fn writes(&self, run_id: RunId, now: Timestamp) -> Vec<MemoryWrite> {
        let change = |action, before: &Memory, after| MemoryWrite {
            action,
            actor: Actor::Consolidation,
            source_message_id: None,
            run_id: Some(run_id),
            evidence: None,
            before: Some(before.clone()),
            after,
            embedding: None,
        };
        let mut writes = Vec::new();
        for Merge { kept, merged } in &self.merges {
            let mut after = Memory { updated_at: now, ..kept.clone() };
            for one in merged {
                after.mention_count += one.mention_count;
                after.importance = after.importance.max(one.importance);
                after.tags = union(&after.tags, one.tags.clone());
                after.entities = union(&after.entities, one.entities.clone());
                after.said_at = after.said_at.min(one.said_at);
                let gone = Memory {
                    state: MemoryState::Merged,
                    superseded_by: Some(kept.id),
                    closed_at: Some(now),
                    updated_at: now,
                    ..one.clone()
                };
                writes.push(change(MemoryAction::Merge, one, gone));
            }
            writes.push(change(MemoryAction::Merge, kept, after));
        }
        for faded in &self.fades {
            let after =
                Memory { state: MemoryState::Faded, closed_at: Some(now), updated_at: now, ..faded.clone() };
            writes.push(change(MemoryAction::Fade, faded, after));
        }
        writes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use jiff::tz::TimeZone;

    fn index(contents: &[&str]) -> (Vec<Memory>, ProfileIndex) {
        let memories: Vec<Memory> = contents.iter().map(|content| memory(content)).collect();
        let rows = memories.iter().map(|one| (Recalled::Memory(Box::new(one.clone())), None));
        let index = ProfileIndex::build(rows.collect(), 2, TimeZone::UTC);
        (memories, index)
    }

    #[test]
    fn what_says_the_same_is_merged_once_and_counts_for_all() {
        let (memories, index) = index(&[
            "The user has a dog.",
            "The user owns a dog.",
            "the user has the dog",
            "The user has a dog named Rex.",
            "The user has a cat.",
        ]);
        let plan = ConsolidationPlan { merges: plan_merges(memories.iter(), &index), fades: Vec::new() };
        assert_eq!(plan.merges.len(), 1);
        let writes = plan.writes(RunId::new(NOW), NOW);
        let merged = writes.iter().filter(|write| write.after.state == MemoryState::Merged);
        assert_eq!(merged.count(), 2);
        let kept = &writes.last().unwrap().after;
        assert_eq!((kept.state, kept.mention_count), (MemoryState::Active, 3));
        let points_to_kept = |write: &MemoryWrite| {
            write.after.state == MemoryState::Active || write.after.superseded_by == Some(kept.id)
        };
        assert!(writes.iter().all(points_to_kept));
    }

    #[test]
    fn names_and_negations_keep_memories_apart() {
        let (memories, index) = index(&[
            "The user has a dog named Rex.",
            "The user has a dog named Max.",
            "The user has no dog named Rex.",
            "The user's sister has a dog named Rex.",
        ]);
        assert!(plan_merges(memories.iter(), &index).is_empty());
    }
}
