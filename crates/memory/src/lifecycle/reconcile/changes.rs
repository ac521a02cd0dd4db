//! What a message changes of known memories without saying all of it again.

use domain::Timestamp;
use domain::memory::{CONTENT_CHARS_MAX, Memory, MemoryAction, MemoryType, NewMemory};

use super::{Candidate, Changes, add, change};
use crate::lifecycle::Ended;
use crate::lifecycle::gist::{Gist, dated_anew};
use crate::lifecycle::rules::{entities, key};
use crate::retrieval::{ProfileIndex, terms};
use regex::Regex;
use store::ProfileScope;

/// Memories that one thing in the place of another changes, at most.
const SWAPPED_MAX: usize = 3;
/// What has a name among so few words is about it.
const WORDS_ABOUT: usize = 9;
/// A plan is meant without being named for so long after it was told.
const UNNAMED_DAYS_MAX: i64 = 21;

impl Changes {
    /// "Netflix is gone": what is known of it ends, and that is remembered.
    pub(super) fn end(
        &mut self,
        candidate: Candidate,
        (of, ended): (&str, Ended),
        known: &ProfileIndex,
        scope: ProfileScope,
    ) {
        let gist = Gist::of_thing(of);
        let said_at = candidate.memory.said_at;
        let is_ended = |memory: &Memory| {
            memory.said_at <= said_at
                && !self.is_changed(memory)
                && gist.is_the_end_of(&Gist::of(memory), ended)
        };
        let related = known.related(of, None, None).into_iter().map(|(memory, _)| memory);
        let ended: Vec<&Memory> = related.filter(|memory| is_ended(memory)).collect();
        if ended.is_empty() {
            return;
        }
        let told = self.writes.iter().find(|write| write.after.content == candidate.memory.content).cloned();
        let is_told = told.is_some();
        let write = told.unwrap_or_else(|| add(candidate, scope, self.source, self.now));
        for memory in ended {
            self.supersede(memory, &write);
        }
        self.writes.extend((!is_told).then_some(write));
    }

    /// "It's Tuesday now": the plan that the message is about, or else the only one that there is, gets the new day.
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
        let mut plans: Vec<(usize, &Memory)> = plans.map(|memory| (shared(memory), memory)).collect();
        plans.sort_by_key(|(words, memory)| (*words, memory.said_at, memory.id));
        let recent =
            |memory: &Memory| said_at.duration_since(memory.said_at).as_hours() <= 24 * UNNAMED_DAYS_MAX;
        // What is not named must be the only one that may be meant.
        let plan = match plans.as_slice() {
            [.., (words, plan)] if *words > 0 => *plan,
            [(_, plan)] if recent(plan) => *plan,
            _ => return,
        };
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

    /// "Madeira instead of Lisbon": what is planned with the one is so with the other; and where the user has changed from one
    /// thing to another, so is what they have of it. Whether anything was known.
    pub(super) fn swap(
        &mut self,
        candidate: Candidate,
        (from, of_plans): (&str, bool),
        known: &ProfileIndex,
        scope: ProfileScope,
    ) -> bool {
        let said_at = candidate.memory.said_at;
        let right = candidate.memory.content.clone();
        let Some(words) = words_of(from) else { return false };
        let has_it = |memory: &&Memory| {
            memory.said_at <= said_at
                && is_told_of(&memory.content, from)
                && replaced(&memory.content, &words, &right).is_some()
        };
        let (plans, rest): (Vec<_>, Vec<_>) = known
            .related(from, None, None)
            .into_iter()
            .map(|(memory, _)| memory)
            .filter(has_it)
            .partition(|memory| is_to_come(memory, said_at));
        // Who moves from Leeds to London does not work at another bakery of the same name.
        let moves_home = rest.iter().any(|memory| memory.attribute.as_deref() == Some("user.home"));
        let is_of_it_alone = |memory: &&Memory| {
            let keeps =
                ["like:", "user.workplace", "user.employer", "user.origin", "user.home", "user.address"];
            let key = memory.attribute.as_deref().unwrap_or_default();
            memory.kind != MemoryType::Event
                && memory.content.starts_with("The user ")
                && memory.entities.iter().all(|entity| entity.eq_ignore_ascii_case(from))
                && memory.content.split(' ').count() <= WORDS_ABOUT
                && !keeps.iter().any(|kept| key.starts_with(kept))
        };
        let meant = if plans.is_empty() && !of_plans && !moves_home {
            rest.into_iter().filter(is_of_it_alone).collect()
        } else {
            plans
        };
        let mut swapped = false;
        for memory in meant.into_iter().take(SWAPPED_MAX) {
            let Some(content) = replaced(&memory.content, &words, &right) else { continue };
            if !self.is_changed(memory) && content.len() <= CONTENT_CHARS_MAX {
                let of_plan = memory.kind == MemoryType::Event;
                let times = if of_plan { (memory.valid_from, memory.valid_to) } else { (None, None) };
                self.replace(memory, content, times, candidate.clone(), scope);
                swapped = true;
            }
        }
        swapped
    }

    /// "It's spelled Kaitlyn": the name is written so wherever it is known.
    pub(super) fn respell(&mut self, candidate: &Candidate, wrong: &str, known: &ProfileIndex) {
        let right = candidate.memory.content.as_str();
        let Some(words) = words_of(wrong) else { return };
        let said_before = known.memories().filter(|memory| memory.said_at <= candidate.memory.said_at);
        let written_so: Vec<(&Memory, String)> = said_before
            .filter_map(|memory| Some((memory, replaced(&memory.content, &words, right)?)))
            .filter(|(memory, content)| !self.is_changed(memory) && content.len() <= CONTENT_CHARS_MAX)
            .collect();
        let (wrong_key, right_key) = (format!(".{}.", key(wrong)), format!(".{}.", key(right)));
        for (memory, content) in written_so {
            let anew = |entity: &String| replaced(entity, &words, right).unwrap_or_else(|| entity.clone());
            let after = Memory {
                content,
                entities: memory.entities.iter().map(anew).collect(),
                attribute: memory
                    .attribute
                    .as_ref()
                    .map(|attribute| attribute.replace(&wrong_key, &right_key)),
                updated_at: self.now,
                ..memory.clone()
            };
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
}

fn is_to_come(memory: &Memory, at: Timestamp) -> bool {
    memory.kind == MemoryType::Event
        && memory.valid_from.is_some()
        && memory.valid_to.is_some_and(|to| to >= at)
}

/// Whether `what` is said of somebody, and is not the one of whom it is said: of "The user's brother Tom" nothing is swapped.
fn is_told_of(content: &str, what: &str) -> bool {
    const VERBS: [&str; 12] = [
        " is ",
        " are ",
        " has ",
        " lives ",
        " works ",
        " goes ",
        " plays ",
        " takes ",
        " plans ",
        " uses ",
        " drives ",
        " studies ",
    ];
    let Some(at) = content.to_lowercase().find(&what.to_lowercase()) else { return false };
    let before = content.get(..at).unwrap_or_default();
    let names = content.contains(" is called ") || content.contains(" named ");
    !names && (before.starts_with("The user ") || VERBS.iter().any(|verb| before.contains(verb)))
}

/// Finds the words as they stand in a text, whatever their case.
fn words_of(text: &str) -> Option<Regex> {
    Regex::new(&format!(r"(?i)\b{}\b", regex::escape(text))).ok()
}

/// The text with `right` in the place of the words; `None` where it has none.
fn replaced(text: &str, words: &Regex, right: &str) -> Option<String> {
    let changed = words.replace_all(text, regex::NoExpand(right));
    (changed != text).then(|| changed.into_owned())
}

#[cfg(test)]
mod tests {
    use super::super::reconcile;
    use super::super::tests::{SOURCE, candidate, index, scope};
    use super::*;
    use crate::lifecycle::Bearing;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use domain::memory::MemoryState;
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
        let flown = |wrong: &str| replaced(flying, &words_of(wrong).unwrap(), "Madeira");
        assert_eq!(flown("lisbon").as_deref(), Some(expected));
        assert_eq!(flown("Lis"), None);
    }

    #[tokio::test]
    async fn one_thing_takes_the_place_of_another() {
        let swap = Bearing::Swap { from: "Spotify".into(), of_plans: false };
        let found = changed("The user pays for Spotify.", None, "Tidal", swap.clone()).await;
        let expected = [
            (MemoryState::Superseded, "The user pays for Spotify.".to_owned()),
            (MemoryState::Active, "The user pays for Tidal.".to_owned()),
        ];
        assert_eq!(found, expected);
        let brother = Bearing::Swap { from: "Tom".into(), of_plans: false };
        assert_eq!(changed("The user's brother Tom lives in Graz.", None, "Ana", brother).await, []);
        // Of what is not known nothing is said.
        assert_eq!(changed("The user pays for Netflix.", None, "Tidal", swap).await, []);
    }

    #[tokio::test]
    async fn what_is_no_more_ends() {
        let account = "The user has a Netflix account.";
        let end = |of: &str, ended: Ended| Bearing::Ending { of: of.into(), ended };
        let found = changed(account, None, "Netflix is over.", end("Netflix", Ended::Anything)).await;
        let expected = [
            (MemoryState::Superseded, account.to_owned()),
            (MemoryState::Active, "Netflix is over.".to_owned()),
        ];
        assert_eq!(found, expected);
        for (known, attribute, of, ended) in [
            ("The user plays the piano.", None, "piano", Ended::Possession),
            ("The user plays football.", None, "football", Ended::Plan),
            ("The user has two kids.", None, "kids", Ended::Named),
            ("The user likes Lyon.", Some("like:lyon"), "Lyon", Ended::Anything),
            ("The user has a dog named Rex.", None, "dog", Ended::Anything),
            ("The user's sister lives in Lyon.", None, "Lyon", Ended::Anything),
        ] {
            assert_eq!(changed(known, attribute, "It is over.", end(of, ended)).await, [], "{known}");
        }
    }

    #[tokio::test]
    async fn a_name_is_written_anew_wherever_it_is_known() {
        let known = memory("The user's niece Caitlin likes diggers.");
        let known = profile(vec![Memory { entities: vec!["Caitlin".into()], ..known }]);
        let right = Candidate {
            bearing: Bearing::Spelling { of: "Caitlin".into() },
            ..candidate("Kaitlyn", None, [0.0, 1.0])
        };
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
