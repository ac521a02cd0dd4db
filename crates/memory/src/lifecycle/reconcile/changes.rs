//! What a message changes of known memories without saying all of it again.

use domain::Timestamp;
use domain::memory::{CONTENT_CHARS_MAX, Memory, MemoryAction, MemoryState, MemoryType, NewMemory};

use super::{Candidate, Changes, add, change};
use crate::lifecycle::gist::{Gist, dated_anew};
use crate::lifecycle::rules::entities;
use crate::retrieval::{ProfileIndex, terms};
use store::ProfileScope;

/// Memories that one thing in the place of another changes, at most.
const SWAPPED_MAX: usize = 3;
/// What has a name among so few words is about it.
const WORDS_ABOUT: usize = 9;
/// A plan is meant without being named for so long after it was told.
const UNNAMED_DAYS_MAX: i64 = 21;
/// Names this alike are one name, written wrong.
const ALIKE: f64 = 0.8;

impl Changes {
    /// "Netflix is gone": what is known of it ends, and nothing takes its place.
    pub(super) fn end(&mut self, candidate: &Candidate, known: &ProfileIndex) {
        let gist = Gist::of_new(&candidate.memory);
        let related = known.related(&candidate.memory.content, None, None);
        let said_at = candidate.memory.said_at;
        let ended = related
            .into_iter()
            .filter(|(memory, _)| memory.said_at <= said_at && gist.is_the_end_of(&Gist::of(memory)));
        for memory in ended.map(|(memory, _)| memory).collect::<Vec<_>>() {
            if self.is_changed(memory) {
                continue;
            }
            let after = Memory {
                state: MemoryState::Superseded,
                valid_to: Some(said_at),
                closed_at: Some(said_at),
                updated_at: self.now,
                ..memory.clone()
            };
            let evidence = candidate.evidence.clone();
            self.writes.push(change(MemoryAction::Supersede, memory, after, self.source, evidence));
        }
    }

    /// "It's Tuesday now": the plan that the message is about, or else the one that was told last, gets the new day.
    pub(super) fn move_plan(
        &mut self,
        candidate: Candidate,
        about: &[String],
        known: &ProfileIndex,
        scope: ProfileScope,
    ) {
        let said_at = candidate.memory.said_at;
        let plans =
            known.memories().filter(|memory| memory.said_at <= said_at && is_to_come(memory, said_at));
        let shared = |memory: &Memory| {
            terms(&memory.content).iter().filter(|term| *term != "user" && about.contains(term)).count()
        };
        let Some((words, plan)) = plans
            .map(|memory| (shared(memory), memory))
            .max_by_key(|(words, memory)| (*words, memory.said_at, memory.id))
        else {
            return;
        };
        let recent = said_at.duration_since(plan.said_at).as_hours() <= 24 * UNNAMED_DAYS_MAX;
        if words == 0 && !recent {
            return;
        }
        let (from, to) = (candidate.memory.valid_from, candidate.memory.valid_to);
        let successor = self
            .writes
            .iter()
            .find(|write| write.after.id == plan.id)
            .and_then(|write| write.after.superseded_by);
        // "16 May, and this time in Évora instead of Sintra": both of one plan.
        if let Some(write) = self.writes.iter_mut().find(|write| Some(write.after.id) == successor) {
            if let Some(content) = dated_anew(&write.after.content, &candidate.memory.content) {
                write.after = Memory { content, valid_from: from, valid_to: to, ..write.after.clone() };
            }
            return;
        }
        let Some(content) = dated_anew(&plan.content, &candidate.memory.content) else { return };
        if plan.valid_from != from && !self.is_changed(plan) {
            self.replace(plan, content, (from, to), candidate, scope);
        }
    }

    /// "Madeira instead of Lisbon": what is planned or known of the one is so of the other. Whether anything was.
    pub(super) fn swap(
        &mut self,
        candidate: Candidate,
        from: &str,
        known: &ProfileIndex,
        scope: ProfileScope,
    ) -> bool {
        let said_at = candidate.memory.said_at;
        let right = candidate.memory.content.clone();
        let has_it = |memory: &&Memory| {
            memory.said_at <= said_at && with_words(&memory.content, from, &right).is_some()
        };
        let related = known.related(from, None, None);
        let (plans, rest): (Vec<_>, Vec<_>) = related
            .into_iter()
            .map(|(memory, _)| memory)
            .filter(has_it)
            .partition(|memory| is_to_come(memory, said_at));
        let about = |memory: &&Memory| {
            let keyed = memory.attribute.as_deref().is_some_and(|key| !key.starts_with("like:"));
            memory.kind != MemoryType::Event && (keyed || memory.content.split(' ').count() <= WORDS_ABOUT)
        };
        let meant = if plans.is_empty() { rest.into_iter().filter(about).collect() } else { plans };
        let mut swapped = false;
        for memory in meant.into_iter().take(SWAPPED_MAX) {
            let Some(content) = with_words(&memory.content, from, &right) else { continue };
            if !self.is_changed(memory) && content.len() <= CONTENT_CHARS_MAX {
                let times = if memory.kind == MemoryType::Event {
                    (memory.valid_from, memory.valid_to)
                } else {
                    (None, None)
                };
                self.replace(memory, content, times, candidate.clone(), scope);
                swapped = true;
            }
        }
        swapped
    }

    /// "It's spelled Kaitlyn": the name most like it is written so wherever it is known.
    pub(super) fn respell(&mut self, candidate: &Candidate, known: &ProfileIndex) {
        let right = candidate.memory.content.as_str();
        let alike = |name: &str| strsim::jaro_winkler(&name.to_lowercase(), &right.to_lowercase());
        let names = known.memories().flat_map(|memory| &memory.entities).flat_map(|entity| entity.split(' '));
        let Some(wrong) = names.max_by(|a, b| alike(a).total_cmp(&alike(b))).map(str::to_owned) else {
            return;
        };
        if wrong == right || alike(&wrong) < ALIKE {
            return;
        }
        let written_so =
            known.memories().filter_map(|memory| Some((memory, with_words(&memory.content, &wrong, right)?)));
        for (memory, content) in written_so.collect::<Vec<_>>() {
            if self.is_changed(memory) || content.len() > CONTENT_CHARS_MAX {
                continue;
            }
            let entities = memory.entities.iter().map(|entity| entity.replace(&wrong, right)).collect();
            let after = Memory { content, entities, updated_at: self.now, ..memory.clone() };
            let evidence = candidate.evidence.clone();
            self.writes.push(change(MemoryAction::Update, memory, after, self.source, evidence));
        }
    }

    /// A statement in the words of a known one takes its place.
    fn replace(
        &mut self,
        known: &Memory,
        content: String,
        (valid_from, valid_to): (Option<Timestamp>, Option<Timestamp>),
        candidate: Candidate,
        scope: ProfileScope,
    ) {
        let memory = NewMemory {
            entities: entities(&content),
            kind: known.kind,
            importance: known.importance,
            tags: known.tags.clone(),
            attribute: known.attribute.clone().filter(|key| !key.contains(':')),
            said_at: candidate.memory.said_at,
            valid_from,
            valid_to,
            content,
        };
        // Its vector is made by a job.
        let added = add(Candidate { memory, embedding: None, ..candidate }, scope, self.source, self.now);
        self.supersede(known, &added);
        self.writes.push(added);
    }

    /// Changed in this message already: once is enough.
    fn is_changed(&self, memory: &Memory) -> bool {
        self.writes.iter().any(|write| write.after.id == memory.id)
    }
}

fn is_to_come(memory: &Memory, at: Timestamp) -> bool {
    memory.kind == MemoryType::Event
        && memory.valid_from.is_some()
        && memory.valid_to.is_some_and(|to| to >= at)
}

/// The text with `right` in the place of the words `wrong`, whatever their case.
fn with_words(text: &str, wrong: &str, right: &str) -> Option<String> {
    let (lower, wanted) = (text.to_lowercase(), wrong.to_lowercase());
    if lower.len() != text.len() || wanted.is_empty() {
        return None;
    }
    let is_word = |at: usize, end: usize| {
        let edge = |c: Option<char>| c.is_none_or(|c| !c.is_alphanumeric());
        edge(text[..at].chars().next_back()) && edge(text[end..].chars().next())
    };
    let (at, _) = lower.match_indices(&wanted).find(|(at, found)| is_word(*at, at + found.len()))?;
    Some(format!("{}{right}{}", &text[..at], &text[at + wanted.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_take_the_place_of_words() {
        let flying = "The user is flying to Lisbon on 2025-06-12.";
        assert_eq!(
            with_words(flying, "lisbon", "Madeira").as_deref(),
            Some("The user is flying to Madeira on 2025-06-12.")
        );
        assert_eq!(with_words(flying, "Lis", "Madeira"), None);
    }
}
