//! Candidates against what is known: add, reinforce, update, supersede or ignore. Pure: the caller reads and writes.

mod changes; // what changes known memories without saying all of it

use std::collections::{HashMap, HashSet};

use domain::memory::{Actor, Memory, MemoryAction, MemoryState, NewMemory};
use domain::{MemoryId, MessageId, SessionId, Timestamp};
use store::{MemoryWrite, ProfileScope, StoredEmbedding};
use unicode_segmentation::UnicodeSegmentation;

use super::gist::{Correction, Gist, Relation, with_new_date};
use super::outdated::outdates;
use super::{Bearing, Extracted, rules};
use crate::retrieval::ProfileIndex;

/// A statement, its vector if there is one, and what its message does besides stating it.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) memory: NewMemory,
    pub(crate) embedding: Option<StoredEmbedding>,
    /// It ends what was true before.
    pub(crate) retracts: bool,
    pub(crate) bearing: Bearing,
    /// What its message takes back.
    pub(crate) correction: Correction,
    /// Known memories that it makes untrue, in the eyes of a model.
    pub(crate) replaces: Vec<MemoryId>,
    /// The user's words that say it.
    pub(crate) evidence: Option<String>,
}

impl Candidate {
    /// What was found in a message that takes back as much as `correction` says.
    pub(crate) fn of(
        extracted: Extracted,
        embedding: Option<StoredEmbedding>,
        correction: Correction,
    ) -> Self {
        let Extracted { memory, evidence, retracts, bearing, replaces } = extracted;
        Self { memory, embedding, retracts, bearing, correction, replaces, evidence: Some(evidence) }
    }
}

/// Where the candidates come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) actor: Actor,
    pub(crate) message_id: Option<MessageId>,
    pub(crate) session_id: Option<SessionId>,
}

/// The changes that the candidates make to a profile, each memory changed once at most.
pub(crate) fn reconcile(
    candidates: Vec<Candidate>,
    known: &ProfileIndex,
    scope: ProfileScope,
    source: Source,
    now: Timestamp,
) -> Vec<MemoryWrite> {
    let mut changes = Changes { writes: Vec::new(), swapped: Vec::new(), source, now };
    for candidate in candidates {
        changes.take(candidate, known, scope);
    }
    changes.writes
}

struct Changes {
    writes: Vec<MemoryWrite>,
    /// What has taken the place of what.
    swapped: Vec<(String, String)>,
    source: Source,
    now: Timestamp,
}

impl Changes {
    fn take(&mut self, candidate: Candidate, known: &ProfileIndex, scope: ProfileScope) {
        match candidate.bearing.clone() {
            Bearing::Statement => self.state(candidate, known, scope),
            Bearing::Ending { of, ended } => self.end(candidate, (&of, ended), known, scope),
            Bearing::NewDay { about } => self.move_plan(candidate, &about, known, scope),
            Bearing::Spelling { of } => self.respell(&candidate, &of, known),
            Bearing::Swap { from, of_plans } => {
                let right = candidate.memory.content.clone();
                if self.swap(candidate, (&from, of_plans), known, scope) {
                    self.swapped.push((from, right));
                }
            }
        }
    }

    fn state(&mut self, candidate: Candidate, known: &ProfileIndex, scope: ProfileScope) {
        if self.is_said_by_a_swap(&candidate) {
            return;
        }
        let evidence = candidate.evidence.as_deref().unwrap_or_default();
        // Of other models' cosines nothing is known.
        let by_known_model =
            candidate.embedding.as_ref().is_some_and(|stored| stored.model == rules::meaning_model());
        let gist = Gist::of_new(&candidate.memory);
        let relation = |memory: &Memory, cosine: f32| {
            let known = Gist::of(memory);
            match gist.relation(&known, cosine, candidate.correction, candidate.retracts) {
                // Where the rules see nothing a model may, but not what has nothing to do with it.
                Relation::Independent if candidate.replaces.contains(&memory.id) && gist.touches(&known) => {
                    Relation::Replaces
                }
                Relation::Independent
                    if !candidate.retracts
                        && by_known_model
                        && gist.may_outdate(&known)
                        && outdates(&candidate.memory.content, &memory.content, cosine, evidence) =>
                {
                    Relation::Replaces
                }
                relation => relation,
            }
        };
        let vector = candidate.embedding.as_ref().map(|stored| stored.embedding.vector.as_slice());
        let attribute = candidate.memory.attribute.as_deref();
        let mut related = known.related(&candidate.memory.content, attribute, vector);
        let shown = candidate.replaces.iter().filter_map(|id| known.get(*id));
        let unseen: Vec<_> = shown.filter(|one| !related.iter().any(|(seen, _)| seen.id == one.id)).collect();
        related.extend(unseen.into_iter().map(|memory| (memory, 0.0)));
        let mut replaced = Vec::new();
        for (memory, cosine) in related {
            match relation(memory, cosine) {
                _ if self.is_changed(memory) => {}
                Relation::Same => return self.reinforce(memory, candidate),
                Relation::Refines => return self.refine(memory, candidate),
                Relation::Replaces => replaced.push(memory),
                Relation::Independent => {}
            }
        }
        // What the same message said before counts once, and the last value stands.
        let of_message = |write: &MemoryWrite| match write.action {
            MemoryAction::Add => relation(&write.after, 0.0),
            _ if write.after.state == MemoryState::Active
                && relation(&write.after, 0.0) == Relation::Same =>
            {
                Relation::Same
            }
            _ => Relation::Independent,
        };
        if self.writes.iter().any(|write| of_message(write) == Relation::Same) {
            return;
        }
        self.writes.retain(|write| !matches!(of_message(write), Relation::Replaces | Relation::Refines));

        self.add(add(candidate, scope, self.source, self.now), replaced);
    }

    /// Adds what takes the place of `replaced`.
    fn add(&mut self, mut added: MemoryWrite, replaced: Vec<&Memory>) {
        // Said before what is known, as when old conversations are imported: it was true until then.
        if let Some(newer) = replaced.iter().find(|memory| memory.said_at > added.after.said_at) {
            added.after.state = MemoryState::Superseded;
            added.after.valid_to = Some(newer.valid_from.unwrap_or(newer.said_at));
            added.after.closed_at = Some(newer.said_at);
            added.after.superseded_by = Some(newer.id);
            self.writes.push(added);
            return;
        }
        if let [known] = replaced.as_slice()
            && is_plan(known)
            && is_plan(&added.after)
            && let Some(content) = with_new_date(&known.content, &added.after.content)
        {
            // Its vector is that of the shorter words: made anew by a job.
            added.after.content = content;
            added.embedding = None;
        }
        for memory in replaced {
            self.supersede(memory, &added);
        }
        self.writes.push(added);
    }

    /// "I've switched from Spotify to Tidal" is said by what is known of Tidal now, and nobody lives there.
    fn is_said_by_a_swap(&self, candidate: &Candidate) -> bool {
        let NewMemory { content, attribute, .. } = &candidate.memory;
        let is_home = attribute.as_deref() == Some("user.home");
        let says =
            |(from, to): &(String, String)| content.contains(to) && (is_home || content.contains(from));
        self.swapped.iter().any(says)
    }

    /// Changed in this message already: once is enough.
    fn is_changed(&self, memory: &Memory) -> bool {
        self.writes.iter().any(|write| write.after.id == memory.id)
    }

    fn reinforce(&mut self, known: &Memory, said_again: Candidate) {
        self.writes.push(reinforce(known, said_again, self.source, self.now));
    }

    /// The fuller statement takes the place of the known one, which keeps its id and its history.
    fn refine(&mut self, known: &Memory, by: Candidate) {
        let new = by.memory;
        let after = Memory {
            content: new.content,
            importance: known.importance.max(new.importance),
            tags: union(&known.tags, new.tags),
            entities: union(&known.entities, new.entities),
            attribute: known.attribute.clone().or(new.attribute),
            mention_count: known.mention_count + 1,
            valid_from: known.valid_from.or(new.valid_from),
            valid_to: known.valid_to.or(new.valid_to),
            updated_at: self.now,
            ..known.clone()
        };
        let mut write = change(MemoryAction::Update, known, after, self.source, by.evidence);
        write.embedding = by.embedding;
        self.writes.push(write);
    }

    fn supersede(&mut self, known: &Memory, write: &MemoryWrite) {
        let by = &write.after;
        let after = Memory {
            state: MemoryState::Superseded,
            valid_to: Some(by.valid_from.filter(|_| !is_plan(known)).unwrap_or(by.said_at)),
            closed_at: Some(by.said_at),
            superseded_by: Some(by.id),
            updated_at: self.now,
            ..known.clone()
        };
        let evidence = write.evidence.clone();
        self.writes.push(change(MemoryAction::Supersede, known, after, self.source, evidence));
    }
}

/// A plan ends when it is changed, not when the new one begins.
fn is_plan(memory: &Memory) -> bool {
    memory.valid_from.is_some() && memory.valid_to.is_some()
}

pub(super) fn union(known: &[String], new: Vec<String>) -> Vec<String> {
    let fresh = new.into_iter().filter(|one| !known.contains(one));
    known.iter().cloned().chain(fresh).take(domain::memory::TAGS_MAX).collect()
}

/// The changes that a caller's statements make: each is added as it is, but one that is known word for word is
/// counted.
pub(crate) fn add_as_given(
    candidates: impl Iterator<Item = Candidate>,
    known: &ProfileIndex,
    scope: ProfileScope,
    source: Source,
    now: Timestamp,
) -> Vec<MemoryWrite> {
    let by_words: HashMap<Vec<String>, &Memory> =
        known.memories().map(|memory| (words(&memory.content), memory)).collect();
    let mut given = HashSet::new();
    candidates
        .filter_map(|candidate| {
            let key = words(&candidate.memory.content);
            let write = match by_words.get(&key) {
                Some(memory) => reinforce(memory, candidate, source, now),
                None => add(candidate, scope, source, now),
            };
            given.insert(key).then_some(write)
        })
        .collect()
}

/// Whether two texts say the same in the same words, but for case, punctuation and articles.
pub(crate) fn same_statement(a: &str, b: &str) -> bool {
    words(a) == words(b)
}

fn words(text: &str) -> Vec<String> {
    text.unicode_words()
        .map(str::to_lowercase)
        .filter(|word| !matches!(word.as_str(), "a" | "an" | "the"))
        .collect()
}

fn add(candidate: Candidate, scope: ProfileScope, source: Source, now: Timestamp) -> MemoryWrite {
    let after = Memory {
        source_message_id: source.message_id,
        source_session_id: source.session_id,
        ..candidate.memory.into_memory(MemoryId::new(now), scope.profile_id(), now)
    };
    MemoryWrite {
        action: MemoryAction::Add,
        actor: source.actor,
        source_message_id: source.message_id,
        run_id: None,
        evidence: candidate.evidence,
        before: None,
        after,
        embedding: candidate.embedding,
    }
}

fn reinforce(known: &Memory, said_again: Candidate, source: Source, now: Timestamp) -> MemoryWrite {
    let after = Memory {
        mention_count: known.mention_count + 1,
        importance: known.importance.max(said_again.memory.importance),
        updated_at: now,
        ..known.clone()
    };
    change(MemoryAction::Reinforce, known, after, source, said_again.evidence)
}

fn change(
    action: MemoryAction,
    before: &Memory,
    after: Memory,
    source: Source,
    evidence: Option<String>,
) -> MemoryWrite {
    MemoryWrite {
        action,
        actor: source.actor,
        source_message_id: source.message_id,
        run_id: None,
        evidence,
        before: Some(before.clone()),
        after,
        embedding: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use domain::memory::MemoryType;
    use jiff::tz::TimeZone;

    pub(super) const SOURCE: Source =
        Source { actor: Actor::MemoryManager, message_id: None, session_id: None };

    pub(super) fn candidate(content: &str, attribute: Option<&str>, vector: [f32; 2]) -> Candidate {
        Candidate {
            memory: NewMemory {
                content: content.into(),
                kind: MemoryType::Fact,
                importance: 0.5,
                tags: Vec::new(),
                entities: Vec::new(),
                attribute: attribute.map(str::to_owned),
                said_at: NOW,
                valid_from: None,
                valid_to: None,
            },
            embedding: Some(StoredEmbedding { model: "test".into(), embedding: vector.to_vec().into() }),
            retracts: false,
            bearing: Bearing::Statement,
            correction: Correction::Nothing,
            replaces: Vec::new(),
            evidence: None,
        }
    }

    pub(super) fn index(content: &str, attribute: Option<&str>) -> ProfileIndex {
        let known = Memory { attribute: attribute.map(str::to_owned), ..memory(content) };
        ProfileIndex::build(
            vec![(Recalled::Memory(Box::new(known)), Some(vec![1.0, 0.0].into()))],
            2,
            TimeZone::UTC,
        )
    }

    pub(super) async fn scope() -> ProfileScope {
        let folder = tempfile::tempdir().unwrap();
        let options = store::StoreOptions::new(folder.path().join("test.db"), domain::Clock::system());
        let store = store::Store::open(options).await.unwrap();
        store.ensure_demo_user().await.unwrap();
        store.list_profile_scopes().await.unwrap()[0]
    }

    async fn actions(known: &ProfileIndex, candidates: Vec<Candidate>) -> Vec<MemoryAction> {
        let writes = reconcile(candidates, known, scope().await, SOURCE, NOW);
        writes.iter().map(|write| write.action).collect()
    }

    #[tokio::test]
    async fn what_is_said_again_is_counted_not_stored() {
        let known = index("The user has a dog.", None);
        let exact = candidate("the user has a dog", None, [0.0, 1.0]);
        let near = candidate("The user owns a dog.", None, [0.99, 0.14]);
        assert_eq!(actions(&known, vec![exact]).await, [MemoryAction::Reinforce]);
        assert_eq!(actions(&known, vec![near]).await, [MemoryAction::Reinforce]);
    }

    #[tokio::test]
    async fn another_name_number_or_negation_is_another_statement() {
        let known = index("The user has a dog named Rex.", None);
        for other in ["The user has a dog named Max.", "The user has 2 dogs named Rex."] {
            assert_eq!(
                actions(&known, vec![candidate(other, None, [1.0, 0.0])]).await,
                [MemoryAction::Add],
                "{other}"
            );
        }
    }

    #[tokio::test]
    async fn a_new_value_supersedes_the_old_one() {
        let known = index("The user lives in Lyon.", Some("user.home"));
        let moved = candidate("The user lives in Oslo.", Some("user.home"), [0.95, 0.3]);
        let writes = reconcile(vec![moved], &known, scope().await, SOURCE, NOW);
        assert_eq!(writes[0].action, MemoryAction::Supersede);
        assert_eq!(writes[0].after.state, MemoryState::Superseded);
        assert_eq!(writes[0].after.valid_to, Some(NOW));
        assert_eq!(writes[1].after.content, "The user lives in Oslo.");
    }

    #[tokio::test]
    async fn a_model_may_replace_what_is_related_and_nothing_else() {
        for (known, replaced) in
            [("The user drives a red car.", true), ("The user's son likes chess.", false)]
        {
            let index = index(known, None);
            let id = index.memories().next().unwrap().id;
            let mut blue = candidate("The user drives a blue car.", None, [0.5, 0.8]);
            blue.replaces = vec![id];
            let writes = reconcile(vec![blue], &index, scope().await, SOURCE, NOW);
            assert_eq!(
                writes.iter().any(|write| write.action == MemoryAction::Supersede),
                replaced,
                "{known}"
            );
        }
    }

    #[tokio::test]
    async fn the_same_twice_in_one_message_counts_once() {
        let nothing = ProfileIndex::build(Vec::new(), 2, TimeZone::UTC);
        let one = candidate("The user has a dog.", None, [1.0, 0.0]);
        assert_eq!(actions(&nothing, vec![one.clone(), one]).await, [MemoryAction::Add]);
        let home =
            |city: &str| candidate(&format!("The user lives in {city}."), Some("user.home"), [1.0, 0.0]);
        let writes = reconcile(vec![home("Lyon"), home("Oslo")], &nothing, scope().await, SOURCE, NOW);
        assert_eq!(writes.len(), 1);
        assert_eq!(writes[0].after.content, "The user lives in Oslo.");
    }
}
