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
    use super::super::reconcile;
    use super::super::tests::{SOURCE, candidate, index, scope};
    use super::*;
    use crate::lifecycle::Bearing;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use jiff::ToSpan as _;
    use jiff::tz::TimeZone;

    /// What becomes of the one known memory: its state and text, and the text that takes its place.
    async fn changed(
        known: &str,
        attribute: Option<&str>,
        says: &str,
        bearing: Bearing,
    ) -> Vec<(MemoryState, String)> {
        let change = Candidate { bearing, embedding: None, ..candidate(says, None, [0.0, 1.0]) };
        let writes = reconcile(vec![change], &index(known, attribute), scope().await, SOURCE, NOW);
        writes.into_iter().map(|write| (write.after.state, write.after.content)).collect()
    }

    fn profile(memories: Vec<Memory>) -> ProfileIndex {
        let rows = memories.into_iter().map(|memory| (Recalled::Memory(Box::new(memory)), None)).collect();
        ProfileIndex::build(rows, 2, TimeZone::UTC)
    }

    #[test]
    fn words_take_the_place_of_words() {
        let flying = "The user is flying to Lisbon on 2025-06-12.";
        let expected = "The user is flying to Madeira on 2025-06-12.";
        assert_eq!(with_words(flying, "lisbon", "Madeira").as_deref(), Some(expected));
        assert_eq!(with_words(flying, "Lis", "Madeira"), None);
    }

    #[tokio::test]
    async fn one_thing_takes_the_place_of_another() {
        let swap = Bearing::Swap { from: "Spotify".into() };
        let found = changed("The user pays for Spotify.", None, "Tidal", swap.clone()).await;
        let expected = [
            (MemoryState::Superseded, "The user pays for Spotify.".to_owned()),
            (MemoryState::Active, "The user pays for Tidal.".to_owned()),
        ];
        assert_eq!(found, expected);
        // Of what is not known nothing is said.
        assert_eq!(changed("The user pays for Netflix.", None, "Tidal", swap).await, []);
    }

    #[tokio::test]
    async fn what_is_no_more_ends_and_nothing_takes_its_place() {
        let account = "The user has a Netflix account.";
        let found = changed(account, None, "The end of Netflix.", Bearing::Ending).await;
        assert_eq!(found, [(MemoryState::Superseded, account.to_owned())]);
        for (known, attribute, end) in [
            ("The user plays the piano.", None, "The user sold the piano."),
            ("The user likes Lyon.", Some("like:lyon"), "The end of Lyon."),
            ("The user's sister lives in Lyon.", None, "The end of Lyon."),
        ] {
            assert_eq!(changed(known, attribute, end, Bearing::Ending).await, [], "{known}");
        }
    }

    #[tokio::test]
    async fn a_name_is_written_anew_wherever_it_is_known() {
        let known = memory("The user's niece Caitlin likes diggers.");
        let known = profile(vec![Memory { entities: vec!["Caitlin".into()], ..known }]);
        let right = Candidate { bearing: Bearing::Spelling, ..candidate("Kaitlyn", None, [0.0, 1.0]) };
        let writes = reconcile(vec![right], &known, scope().await, SOURCE, NOW);
        assert_eq!(writes[0].action, MemoryAction::Update);
        assert_eq!(writes[0].after.content, "The user's niece Kaitlyn likes diggers.");
        assert_eq!(writes[0].after.entities, ["Kaitlyn"]);
    }

    #[tokio::test]
    async fn a_plan_gets_its_new_day_and_keeps_its_words() {
        let day = |days: i64| Some(NOW.checked_add((24 * days).hours()).unwrap());
        let plan = |content: &str, days: i64| {
            let (valid_from, valid_to) = (day(days), day(days));
            Memory { kind: MemoryType::Event, valid_from, valid_to, ..memory(content) }
        };
        let known = profile(vec![
            plan("The user has a dentist appointment on 1970-01-05.", 4),
            plan("The user flies to Rome on 1970-01-08.", 7),
        ]);
        let mut moved = candidate("It is on 1970-01-09.", None, [0.0, 1.0]);
        (moved.memory.valid_from, moved.memory.valid_to) = (day(8), day(8));
        moved.bearing = Bearing::NewDay { about: terms("Dentist rang, it's the 9th now") };
        let writes = reconcile(vec![moved], &known, scope().await, SOURCE, NOW);
        let texts: Vec<&str> = writes.iter().map(|write| write.after.content.as_str()).collect();
        let [old, new] =
            ["1970-01-05", "1970-01-09"].map(|day| format!("The user has a dentist appointment on {day}."));
        assert_eq!(texts, [old, new]);
        assert_eq!(writes[1].after.valid_from, day(8));
    }
}
