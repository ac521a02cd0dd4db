//! Candidates against what is known: add, reinforce or supersede. Pure: the caller reads and writes.

use std::collections::{BTreeSet, HashMap, HashSet};

use domain::memory::{Actor, Memory, MemoryAction, MemoryState, NewMemory};
use domain::{MemoryId, MessageId, SessionId, Timestamp};
use store::{MemoryWrite, ProfileScope, StoredVector};
use unicode_segmentation::UnicodeSegmentation;

use crate::retrieval::ProfileIndex;

/// From this cosine on two statements may say the same; [`same_statement`] has the last word.
const NEAR_COSINE: f32 = 0.9;

/// A statement and its vector, if there is one.
#[derive(Clone, Debug)]
pub(crate) struct Candidate {
    pub(crate) memory: NewMemory,
    pub(crate) vector: Option<StoredVector>,
}

/// Where the candidates come from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Source {
    pub(crate) actor: Actor,
    pub(crate) message_id: Option<MessageId>,
    pub(crate) session_id: Option<SessionId>,
}

/// The changes that the candidates make to a profile. The same statement twice among the candidates counts once.
pub(crate) fn reconcile(
    candidates: Vec<Candidate>,
    known: &ProfileIndex,
    scope: ProfileScope,
    source: Source,
    now: Timestamp,
) -> Vec<MemoryWrite> {
    let mut writes: Vec<MemoryWrite> = Vec::new();
    for candidate in candidates {
        if let Some(twin) = find_twin(&candidate, known) {
            if !writes.iter().any(|write| write.after.id == twin.id) {
                writes.push(reinforce(twin, &candidate.memory, source, now));
            }
            continue;
        }
        let repeated =
            writes.iter().any(|write| same_statement(&write.after.content, &candidate.memory.content));
        if repeated {
            continue;
        }
        if let Some(attribute) = &candidate.memory.attribute {
            let outdated = known.memories().filter(|memory| memory.attribute.as_ref() == Some(attribute));
            for memory in outdated {
                if !writes.iter().any(|write| write.after.id == memory.id) {
                    writes.push(supersede(memory, &candidate.memory, source, now));
                }
            }
            // Two values of one attribute in one message: the last one said stands.
            writes.retain(|write| {
                write.action != MemoryAction::Add || write.after.attribute.as_ref() != Some(attribute)
            });
        }
        writes.push(add(candidate, scope, source, now));
    }
    writes
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
                Some(memory) => reinforce(memory, &candidate.memory, source, now),
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

fn find_twin<'a>(candidate: &Candidate, known: &'a ProfileIndex) -> Option<&'a Memory> {
    let content = &candidate.memory.content;
    if let Some(stored) = &candidate.vector {
        let near = known.nearest(&stored.vector, 5).into_iter();
        let close = near.filter(|(_, cosine)| *cosine >= NEAR_COSINE).map(|(memory, _)| memory);
        for memory in close {
            if memory.attribute == candidate.memory.attribute && same_particulars(&memory.content, content) {
                return Some(memory);
            }
        }
    }
    // Also where there are no vectors, and for the memories that have none yet.
    known.memories().find(|memory| same_statement(&memory.content, content))
}

/// Whether no name, number or negation tells the statements apart. "Has a dog named Rex" and "has a dog named Max"
/// are near for the embedding and not the same.
fn same_particulars(a: &str, b: &str) -> bool {
    particulars(a) == particulars(b)
}

fn particulars(text: &str) -> BTreeSet<String> {
    const NEGATIONS: [&str; 8] = ["not", "no", "never", "longer", "without", "dislikes", "hates", "stopped"];
    text.unicode_words()
        .enumerate()
        .filter(|(position, word)| {
            let capital = word.chars().next().is_some_and(char::is_uppercase) && *position > 0;
            let number = word.chars().any(|c| c.is_ascii_digit());
            capital || number || NEGATIONS.contains(&word.to_lowercase().as_str()) || word.ends_with("n't")
        })
        .map(|(_, word)| word.to_lowercase())
        .collect()
}

fn words(text: &str) -> Vec<String> {
    text.unicode_words()
        .map(str::to_lowercase)
        .filter(|word| !matches!(word.as_str(), "a" | "an" | "the"))
        .collect()
}

fn add(candidate: Candidate, scope: ProfileScope, source: Source, now: Timestamp) -> MemoryWrite {
    let new = candidate.memory;
    let after = Memory {
        id: MemoryId::new(now),
        profile_id: scope.profile_id(),
        content: new.content,
        kind: new.kind,
        importance: new.importance,
        tags: new.tags,
        entities: new.entities,
        attribute: new.attribute,
        state: MemoryState::Active,
        mention_count: 1,
        said_at: new.said_at,
        valid_from: new.valid_from,
        valid_to: new.valid_to,
        source_message_id: source.message_id,
        source_session_id: source.session_id,
        created_at: now,
        updated_at: now,
    };
    MemoryWrite {
        action: MemoryAction::Add,
        actor: source.actor,
        source_message_id: source.message_id,
        before: None,
        after,
        vector: candidate.vector,
    }
}

fn reinforce(known: &Memory, said_again: &NewMemory, source: Source, now: Timestamp) -> MemoryWrite {
    let after = Memory {
        mention_count: known.mention_count + 1,
        importance: known.importance.max(said_again.importance),
        updated_at: now,
        ..known.clone()
    };
    change(MemoryAction::Reinforce, known, after, source)
}

fn supersede(known: &Memory, by: &NewMemory, source: Source, now: Timestamp) -> MemoryWrite {
    let after = Memory {
        state: MemoryState::Superseded,
        valid_to: Some(by.valid_from.unwrap_or(by.said_at)),
        updated_at: now,
        ..known.clone()
    };
    change(MemoryAction::Supersede, known, after, source)
}

fn change(action: MemoryAction, before: &Memory, after: Memory, source: Source) -> MemoryWrite {
    MemoryWrite {
        action,
        actor: source.actor,
        source_message_id: source.message_id,
        before: Some(before.clone()),
        after,
        vector: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use domain::memory::MemoryType;

    const SOURCE: Source = Source { actor: Actor::MemoryManager, message_id: None, session_id: None };

    fn candidate(content: &str, attribute: Option<&str>, vector: [f32; 2]) -> Candidate {
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
            vector: Some(StoredVector { model: "test".into(), vector: vector.into() }),
        }
    }

    fn index(content: &str, attribute: Option<&str>) -> ProfileIndex {
        let known = Memory { attribute: attribute.map(str::to_owned), ..memory(content) };
        ProfileIndex::build(vec![(Recalled::Memory(Box::new(known)), Some(vec![1.0, 0.0]))], 2)
    }

    async fn scope() -> ProfileScope {
        let folder = tempfile::tempdir().unwrap();
        let options =
            store::StoreOptions { path: folder.path().join("test.db"), clock: domain::Clock::system() };
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
        for other in [
            "The user has a dog named Max.",
            "The user has 2 dogs named Rex.",
            "The user has no dog named Rex.",
        ] {
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
    async fn the_same_twice_in_one_message_counts_once() {
        let nothing = ProfileIndex::build(Vec::new(), 2);
        let one = candidate("The user has a dog.", None, [1.0, 0.0]);
        assert_eq!(actions(&nothing, vec![one.clone(), one]).await, [MemoryAction::Add]);
        let home =
            |city: &str| candidate(&format!("The user lives in {city}."), Some("user.home"), [1.0, 0.0]);
        let writes = reconcile(vec![home("Lyon"), home("Oslo")], &nothing, scope().await, SOURCE, NOW);
        assert_eq!(writes.len(), 1);
        assert_eq!(writes[0].after.content, "The user lives in Oslo.");
    }
}
