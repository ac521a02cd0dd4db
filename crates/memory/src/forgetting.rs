//! "Forget my address": what the user names is deleted at once, with the messages that tell it out of the searches.

use std::collections::BTreeSet;

use domain::memory::{Memory, NewMemory};
use domain::message::{Message, Role};
use domain::{MemoryId, MessageId, Timestamp};
use store::ProfileScope;

use crate::lifecycle::rules::{self, RuleContext};
use crate::lifecycle::{Correction, Extracted, Gist, Relation};
use crate::retrieval::{ProfileIndex, terms};
use crate::{Memories, MemoryError};

/// Words that name nothing: "everything about my ex".
const VAGUE: &[&str] = &[
    "about", "anyth", "data", "detail", "ever", "everi", "everyth", "fact", "info", "inform", "issu",
    "problem", "said", "stuff", "thing", "told",
];
/// What is meant by a word, as the attributes that hold it.
const TOPICS: &[(&[&str], &[&str])] = &[
    (&["contact"], &["user.phone", "user.email", "user.address"]),
    (&["address"], &["user.address", "user.home"]),
    (&["age"], &["user.age", "user.birth_year"]),
    (&["birthday", "birth"], &["user.birthday", "user.birth_year"]),
    (&["home", "live"], &["user.home"]),
    (&["job", "work", "profess", "career"], &["user.job", "user.employer", "user.workplace", "user.field"]),
    (&["employ", "compani"], &["user.employer"]),
    (&["name"], &["user.name"]),
    (&["diet"], &["user.diet"]),
    (&["weight"], &["user.weight"]),
    (&["height"], &["user.height"]),
    (&["hometown"], &["user.home_town"]),
    (&["relationship"], &["user.relationship", "user.partner.name"]),
];

/// What is meant by a word, as the tags that such memories have.
const TOPIC_TAGS: &[(&[&str], &[&str])] = &[
    (&["health"], &["health", "allergy"]),
    (&["medic"], &["health"]),
    (&["allergi"], &["allergy"]),
    (&["famili"], &["family"]),
    (&["pet"], &["pet"]),
    (&["hobbi"], &["hobby"]),
    (&["plan"], &["plan"]),
    (&["food", "diet"], &["food"]),
];

/// What was forgotten.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forgotten {
    pub memories: Vec<Memory>,
    /// Past messages that tell it: they stay in their conversations and are not recalled any more.
    pub messages: usize,
}

impl Memories {
    /// Deletes what a profile remembers of `about`, the user's own words behind "forget". What `recent` messages tell of it
    /// and nobody has learned yet is not learned any more.
    pub async fn forget(
        &self,
        scope: ProfileScope,
        about: &str,
        recent: &[Message],
    ) -> Result<Forgotten, MemoryError> {
        let place = self.load(scope).await?;
        let meant = Meant::of(about, self.clock.now());
        let told = recent.iter().filter(|message| message.role == Role::User && meant.is_told_in(message));
        let told: Vec<MessageId> = told.map(|message| message.id).collect();
        if !told.is_empty() {
            self.store.cancel_extractions(scope, told).await?;
        }
        let (memories, messages) = place.read().as_deref().map(|index| meant.find(index)).unwrap_or_default();
        let forgotten = Forgotten { messages: messages.len(), memories };
        if forgotten != Forgotten::default() {
            let mut ids: Vec<MemoryId> = forgotten.memories.iter().map(|memory| memory.id).collect();
            // What was so before, or was merged with it, is the same thing.
            ids.extend(self.store.list_superseded(scope, ids.clone()).await?);
            self.delete_recalled(scope, ids, messages).await?;
        }
        Ok(forgotten)
    }
}

/// What the user's words may mean.
struct Meant {
    /// As a statement: "that I live in Rome".
    statements: Vec<NewMemory>,
    attributes: Vec<&'static str>,
    tags: Vec<&'static str>,
    /// All of these, in any order.
    stems: BTreeSet<String>,
    /// It is about the user, and about these of their people.
    of_user: bool,
    people: Vec<String>,
}

impl Meant {
    fn of(about: &str, now: Timestamp) -> Self {
        let stated = rules::extract(about, now, &RuleContext::default());
        let stems: BTreeSet<String> =
            terms(about).into_iter().filter(|stem| !VAGUE.contains(&stem.as_str())).collect();
        let of_user = about.trim_start().to_lowercase();
        let of_user =
            ["my ", "where i ", "how old i", "that i ", "i "].iter().any(|own| of_user.starts_with(own));
        let people = relations(about).collect();
        // "My sister's job" is not the user's.
        let is_topic = |words: &[&str]| {
            of_user && stems.len() == 1 && stems.iter().any(|stem| words.contains(&stem.as_str()))
        };
        let meant_by = |table: &[(&[&str], &'static [&'static str])]| -> Vec<&'static str> {
            table
                .iter()
                .filter(|(words, _)| is_topic(words))
                .flat_map(|(_, what)| what.iter().copied())
                .collect()
        };
        let (attributes, tags) = (meant_by(TOPICS), meant_by(TOPIC_TAGS));
        Self {
            tags,
            statements: stated.into_iter().filter(Extracted::is_statement).map(|one| one.memory).collect(),
            attributes,
            stems,
            of_user,
            people,
        }
    }

    fn find(&self, index: &ProfileIndex) -> (Vec<Memory>, Vec<MessageId>) {
        let is_meant = |memory: &&Memory| {
            self.is_meant(&Gist::of(memory), memory.attribute.as_deref(), &memory.content, &memory.tags)
        };
        let memories: Vec<Memory> = index.memories().filter(is_meant).cloned().collect();
        let messages = index.messages().filter(|message| self.has_stems(&message.content));
        (memories, messages.map(|message| message.id).collect())
    }

    fn is_meant(&self, gist: &Gist<'_>, attribute: Option<&str>, content: &str, tags: &[String]) -> bool {
        if self.of_user && self.is_of_somebody_else(content) {
            return false;
        }
        let says = |statement: &NewMemory| {
            let stated = Gist::of_new(statement);
            let is = |a: &Gist<'_>, b: &Gist<'_>| a.relation(b, 0.0, Correction::Nothing, false);
            matches!(is(&stated, gist), Relation::Same | Relation::Refines)
                || is(gist, &stated) == Relation::Refines
        };
        if self.statements.iter().any(says) {
            return true;
        }
        if attribute.is_some_and(|attribute| self.attributes.contains(&attribute)) {
            return true;
        }
        if tags.iter().any(|tag| self.tags.contains(&tag.as_str())) {
            return true;
        }
        // "My wife's name", of whom it is known that she is called Priya.
        let named =
            if [" is called ", " named "].iter().any(|words| content.contains(words)) { "name" } else { "" };
        self.has_stems(&format!("{content} {} {named}", tags.join(" ")))
    }

    /// Whether a message states it, as far as the rules can tell.
    fn is_told_in(&self, message: &Message) -> bool {
        let read = rules::read(&message.content, message.created_at, &RuleContext::default());
        let is_meant = |memory: NewMemory| {
            let NewMemory { content, attribute, tags, .. } = &memory;
            self.is_meant(&Gist::of_new(&memory), attribute.as_deref(), content, tags)
        };
        self.has_stems(&message.content) || read.possible().any(is_meant)
    }

    /// Whether a memory is about one of the user's people, whom the user's words do not name.
    fn is_of_somebody_else(&self, content: &str) -> bool {
        let Some(owned) = content.strip_prefix("The user's ") else { return false };
        owned.split(' ').take(2).flat_map(relations).any(|relation| !self.people.contains(&relation))
    }

    /// Whether a text has all the words that tell what is meant.
    fn has_stems(&self, text: &str) -> bool {
        if self.stems.is_empty() {
            return false;
        }
        let of_text: BTreeSet<String> = terms(text).into_iter().collect();
        self.stems.is_subset(&of_text)
    }
}

/// The words for people in a text: "sister" of "my sister's job".
fn relations(text: &str) -> impl Iterator<Item = String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    words.filter(|word| rules::is_relation(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::testing::{NOW, memory};
    use crate::retrieval::Recalled;
    use jiff::tz::TimeZone;

    fn forgotten(about: &str) -> Vec<String> {
        let keyed = |content: &str, attribute: &str| Memory {
            attribute: Some(attribute.to_owned()),
            ..memory(content)
        };
        let known = [
            keyed("The user lives in Rome.", "user.home"),
            keyed("The user works as a nurse.", "user.job"),
            memory("The user's sister Anna works as a baker."),
            memory("The user's ex is called Tom."),
            memory("The user likes the Rome opera."),
            memory("The user's brother lives in Rome."),
            memory("The user's older brother has a cat named Tom."),
            memory("The user has a cat named Rex."),
            keyed("The user's wife is called Priya.", "user.partner.name"),
            Memory { tags: vec!["allergy".into()], ..memory("The user cannot eat shellfish.") },
            keyed("The user's phone number is 555 0100.", "user.phone"),
        ];
        let rows = known.into_iter().map(|one| (Recalled::Memory(Box::new(one)), None)).collect();
        let index = ProfileIndex::build(rows, 2, TimeZone::UTC);
        let mut found: Vec<String> =
            Meant::of(about, NOW).find(&index).0.into_iter().map(|memory| memory.content).collect();
        found.sort();
        found
    }

    #[test]
    fn a_topic_a_name_and_a_statement_are_understood() {
        assert_eq!(forgotten("my address"), ["The user lives in Rome."]);
        assert_eq!(forgotten("where I live"), ["The user lives in Rome."]);
        assert_eq!(forgotten("I live in Rome"), ["The user lives in Rome."]);
        assert_eq!(forgotten("my cat"), ["The user has a cat named Rex."]);
        assert_eq!(forgotten("my brother's cat"), ["The user's older brother has a cat named Tom."]);
        assert_eq!(forgotten("my job"), ["The user works as a nurse."]);
        assert_eq!(forgotten("my wife's name"), ["The user's wife is called Priya."]);
        assert_eq!(forgotten("my health problems"), ["The user cannot eat shellfish."]);
        assert_eq!(forgotten("my contact details"), ["The user's phone number is 555 0100."]);
        assert_eq!(forgotten("everything about my ex"), ["The user's ex is called Tom."]);
        assert_eq!(forgotten("Anna"), ["The user's sister Anna works as a baker."]);
        assert_eq!(forgotten("my sister's job"), Vec::<String>::new());
        assert_eq!(forgotten("everything"), Vec::<String>::new());
    }
}
