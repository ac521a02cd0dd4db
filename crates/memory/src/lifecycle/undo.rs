//! Taking back the last change of a memory.

use domain::Timestamp;
use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, MemoryState};
use store::MemoryWrite;

/// The change that takes back the last one that stands, or `None` when every change was taken back already.
/// `history` is oldest first.
pub(crate) fn undo(current: &Memory, history: &[MemoryChange], now: Timestamp) -> Option<MemoryWrite> {
    let last = last_standing(history)?;
    let restored = match &last.before {
        Some(before) => Memory::clone(before),
        None => Memory { state: MemoryState::Retracted, ..current.clone() },
    };
    Some(MemoryWrite {
        action: MemoryAction::Undo,
        actor: Actor::User,
        source_message_id: None,
        run_id: None,
        evidence: None,
        before: Some(current.clone()),
        after: Memory { updated_at: now, ..restored },
        embedding: None,
    })
}

/// The changes by which memories hold again that were superseded; `histories` has those of each together, oldest first.
/// What else happened to one since stays.
pub(crate) fn reinstate(histories: &[MemoryChange], now: Timestamp) -> Vec<MemoryWrite> {
    let one_by_one = histories.chunk_by(|a, b| a.memory_id == b.memory_id);
    let superseded = one_by_one
        .filter(|history| last_standing(history).is_some_and(|last| last.action == MemoryAction::Supersede));
    superseded.filter_map(|history| undo(&history.last()?.after, history, now)).collect()
}

/// The last change that was not taken back.
pub(crate) fn last_standing(history: &[MemoryChange]) -> Option<&MemoryChange> {
    let mut taken_back = 0;
    history.iter().rev().find(|change| {
        taken_back += if change.action == MemoryAction::Undo { 1 } else { -1 };
        taken_back < 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::{NOW, memory};
    use domain::HistoryId;

    #[test]
    fn undo_goes_back_step_by_step() {
        let first = memory("one");
        let second = Memory { content: "two".into(), ..first.clone() };
        let third = Memory { content: "three".into(), ..first.clone() };
        let mut history = Vec::new();
        let mut record = |action, before: Option<&Memory>, after: &Memory| {
            history.push(MemoryChange {
                id: HistoryId::new(NOW),
                memory_id: first.id,
                action,
                actor: Actor::User,
                source_message_id: None,
                run_id: None,
                evidence: None,
                before: before.cloned().map(Box::new),
                after: Box::new(after.clone()),
                at: NOW,
            });
            history.clone()
        };
        record(MemoryAction::Add, None, &first);
        record(MemoryAction::Update, Some(&first), &second);
        let all = record(MemoryAction::Update, Some(&second), &third);

        let back_once = undo(&third, &all, NOW).unwrap().after;
        assert_eq!(back_once.content, "two");
        let all = record(MemoryAction::Undo, Some(&third), &back_once);
        let back_twice = undo(&back_once, &all, NOW).unwrap().after;
        assert_eq!(back_twice.content, "one");
        let all = record(MemoryAction::Undo, Some(&back_once), &back_twice);
        let back_thrice = undo(&back_twice, &all, NOW).unwrap().after;
        assert_eq!(back_thrice.state, MemoryState::Retracted);
        let all = record(MemoryAction::Undo, Some(&back_twice), &back_thrice);
        assert!(undo(&back_thrice, &all, NOW).is_none());
    }
}
