//! One profile's memories and messages, ready to search. The database is the truth; this is built from its rows and
//! kept in step with every write. A copy is cheap, so that a write changes one beside those who search.

use std::pin::pin;
use std::sync::Arc;

use domain::memory::{Memory, MemoryState};
use domain::message::Message;
use domain::{MemoryId, SessionId};
use futures_util::{Stream, StreamExt as _, TryStreamExt as _};
use jiff::tz::TimeZone;
use store::{Embedding, StoreError};
use tokio::sync::mpsc;

use super::document::{PastMessage, Recalled, RecalledId, Signs};
use super::keyword::Postings;
use super::semantic::Vectors;
use super::shared::{Column, Layers};
use super::terms;
use super::terms::Stems;
use crate::words::Words;

/// Worth compacting when more than this share of the places holds documents that are gone.
const DEAD_SHARE_MAX: f32 = 0.25;
const DEAD_MIN: usize = 64;
/// From so many documents on, reading them is shared between all cores.
const SHARED_FROM: usize = 2_000;
/// So many are read before they are put into the index: what was read of them is larger than they are.
const BATCH: usize = 8_192;
/// Memories that a new statement is compared with for each way in which they may be related.
const RELATED: usize = 8;
/// No place: a document without a neighbour, a memory without a session.
pub(super) const NONE: u32 = u32::MAX;

#[derive(Clone, Debug)]
pub struct ProfileIndex {
    dimensions: usize,
    /// Where the user's days begin.
    pub(crate) time_zone: TimeZone,
    /// By place; `None` where the document is gone or was changed, and lives at another place.
    pub(super) documents: Column<Option<Arc<Recalled>>>,
    /// What stands at each place, in one byte: searches look at all of them. The lists of bare numbers are copied whole.
    pub(super) kinds: Vec<Kind>,
    /// Places that hold something.
    len: usize,
    /// The newest place is where a document is, or was before it went.
    place_of: Layers<RecalledId, u32>,
    pub(super) vectors: Vectors,
    pub(super) postings: Postings,
    pub(super) signs: Column<Signs>,
    /// The messages before and after a message in its session.
    pub(super) before: Vec<u32>,
    pub(super) after: Vec<u32>,
    /// Number of each document's session.
    pub(super) session_of: Vec<u32>,
    /// The number of a session.
    sessions: Layers<SessionId, u32>,
    /// The place of each session's last message, by its number.
    last_of: Vec<u32>,
    /// Number of each document's speaker in `speakers`.
    pub(super) speaker_of: Vec<u16>,
    /// Names of speakers in lower case. The first two are those without a name.
    pub(super) speakers: Vec<Box<str>>,
    /// How many documents each speaker has said.
    pub(super) spoken: Vec<u32>,
    /// Which documents have a name, by the name in lower case.
    pub(super) entities: Layers<Box<str>, Vec<u32>>,
    /// Whose names memories tell.
    pub(super) relations: Column<Arc<NamedRelation>>,
}

/// What is read of a document for the index. It takes longer than putting it there.
struct Reading {
    /// The terms of its text, and those that only describe it.
    text: Vec<String>,
    about: Vec<String>,
    signs: Signs,
    /// Names and entities in lower case.
    entities: Vec<String>,
}

impl Reading {
    fn of(recalled: &Recalled, stems: &mut Stems, zone: &TimeZone) -> Self {
        let words = Words::of(recalled.content());
        let (text, about) = recalled.terms(&words, stems, zone);
        let (signs, entities) = Signs::read(recalled, &words, text.len(), zone);
        Self { text, about, signs, entities }
    }
}

/// Reads documents, in their order, on so many threads.
fn read_all(rows: &[(Recalled, Option<Embedding>)], threads: usize, zone: &TimeZone) -> Vec<Reading> {
    let read = |rows: &[(Recalled, Option<Embedding>)]| -> Vec<Reading> {
        let mut stems = Stems::default();
        rows.iter().map(|(recalled, _)| Reading::of(recalled, &mut stems, zone)).collect()
    };
    if threads == 1 {
        return read(rows);
    }
    std::thread::scope(|scope| {
        let parts: Vec<_> = rows
            .chunks(rows.len().div_ceil(threads))
            .map(|part| (part, scope.spawn(|| read(part))))
            .collect();
        parts.into_iter().flat_map(|(part, reader)| reader.join().unwrap_or_else(|_| read(part))).collect()
    })
}

/// What somebody is to the user, their name, and its first word in lower case.
#[derive(Debug)]
pub(super) struct NamedRelation {
    /// Of the memory that says so.
    pub(super) place: u32,
    pub(super) relation: Box<str>,
    name: Box<str>,
    pub(super) first_name: Box<str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Gone,
    Memory,
    Message,
}

/// Numbers of the speakers without a name.
pub(super) const USER: u16 = 0;
pub(super) const ASSISTANT: u16 = 1;

impl ProfileIndex {
    /// Of a profile without memories, for vectors of `dimensions` numbers.
    fn empty(dimensions: usize, time_zone: TimeZone) -> Self {
        Self {
            dimensions,
            time_zone,
            documents: Column::default(),
            kinds: Vec::new(),
            len: 0,
            place_of: Layers::default(),
            vectors: Vectors::default(),
            postings: Postings::default(),
            signs: Column::default(),
            before: Vec::new(),
            after: Vec::new(),
            session_of: Vec::new(),
            sessions: Layers::default(),
            last_of: Vec::new(),
            speaker_of: Vec::new(),
            speakers: vec!["user".into(), "assistant".into()],
            spoken: Vec::new(),
            entities: Layers::default(),
            relations: Column::default(),
        }
    }

    /// From a profile's rows, messages in the order they were said.
    pub fn build(rows: Vec<(Recalled, Option<Embedding>)>, dimensions: usize, time_zone: TimeZone) -> Self {
        let mut index = Self::empty(dimensions, time_zone);
        let mut rows = rows.into_iter();
        loop {
            let batch: Vec<_> = rows.by_ref().take(BATCH).collect();
            if batch.is_empty() {
                index.shrink();
                return index;
            }
            index.extend(batch);
        }
    }

    /// From the database's rows as they come: some are put into the index while the next are read. Stemming thousands
    /// of them takes long enough to be kept off the async threads.
    pub(crate) async fn of_rows(
        memories: impl Stream<Item = Result<(Memory, Option<Embedding>), StoreError>>,
        messages: impl Stream<Item = Result<(Message, Option<Embedding>), StoreError>>,
        dimensions: usize,
        time_zone: TimeZone,
    ) -> Result<Self, StoreError> {
        let memories = memories.map_ok(|(memory, embedding)| (Recalled::Memory(Box::new(memory)), embedding));
        let messages = messages.map_ok(|(message, embedding)| {
            // Answers had vectors once.
            let message = PastMessage::from(message);
            let embedding = embedding.filter(|_| message.is_embedded());
            (Recalled::Message(message), embedding)
        });
        let mut batches = pin!(memories.chain(messages).try_chunks(BATCH));
        let (ready, mut waiting) = mpsc::channel(1);
        let building = tokio::task::spawn_blocking(move || {
            let mut index = Self::empty(dimensions, time_zone);
            while let Some(batch) = waiting.blocking_recv() {
                index.extend(batch);
            }
            index.shrink();
            index
        });
        while let Some(batch) = batches.try_next().await.map_err(|failed| failed.1)? {
            ready.send(batch).await.map_err(|_| StoreError::Closed)?;
        }
        drop(ready);
        building.await.map_err(|_| StoreError::Closed)
    }

    /// Puts documents behind those that are there.
    fn extend(&mut self, batch: Vec<(Recalled, Option<Embedding>)>) {
        let threads = if batch.len() < SHARED_FROM {
            1
        } else {
            std::thread::available_parallelism().map_or(1, usize::from)
        };
        let read = read_all(&batch, threads, &self.time_zone);
        for ((recalled, embedding), reading) in batch.into_iter().zip(read) {
            self.put_read(recalled, reading, embedding.as_ref());
        }
    }

    /// Gives back the room that was taken for more.
    fn shrink(&mut self) {
        self.kinds.shrink_to_fit();
        self.before.shrink_to_fit();
        self.after.shrink_to_fit();
        self.session_of.shrink_to_fit();
        self.speaker_of.shrink_to_fit();
        self.vectors.shrink();
        self.postings.shrink();
        self.entities.shrink(Vec::shrink_to_fit);
    }

    /// Adds a document, or takes the place of its earlier state. A memory that is not active any more goes.
    pub fn put(&mut self, recalled: Recalled, embedding: Option<&Embedding>) {
        let reading = Reading::of(&recalled, &mut Stems::default(), &self.time_zone);
        self.put_read(recalled, reading, embedding);
    }

    /// The same for what was read already.
    fn put_read(&mut self, mut recalled: Recalled, reading: Reading, embedding: Option<&Embedding>) {
        let same = |place: &usize| {
            self.documents[*place].as_ref().is_some_and(|known| known.content() == recalled.content())
        };
        let kept = self.place_of(recalled.id()).filter(same).map(|place| self.vectors.embedding(place));
        self.remove(recalled.id());
        if recalled.as_memory().is_some_and(|memory| memory.state != MemoryState::Active) {
            return;
        }
        let place = self.documents.len() as u32;
        let entities = self.entities.top();
        for entity in reading.entities {
            let places = entities.entry(entity.into_boxed_str()).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        }
        let named = recalled.as_memory().map(|memory| named_relations(&memory.content)).unwrap_or_default();
        for (relation, name) in named {
            let first_name = name.split(' ').next().unwrap_or_default().to_lowercase().into();
            let (relation, name) = (relation.into(), name.into());
            self.relations.push(Arc::new(NamedRelation { place, relation, name, first_name }));
        }
        self.postings.add(&reading.text, &reading.about);
        self.vectors.add(embedding.or(kept.as_ref()), self.dimensions);
        self.signs.push(reading.signs);
        self.link(&recalled, place);
        self.kinds.push(match recalled {
            Recalled::Memory(_) => Kind::Memory,
            Recalled::Message(_) => Kind::Message,
        });
        self.place_of.top().insert(recalled.id(), place);
        self.len += 1;
        recalled.shrink();
        self.documents.push(Some(Arc::new(recalled)));
    }

    /// After a change: what it added is put together with what was there.
    pub(super) fn settle(&mut self) {
        self.place_of.settle(|known, newer| *known = newer);
        self.sessions.settle(|known, newer| *known = newer);
        self.entities.settle(Extend::extend);
        self.postings.settle();
    }

    /// Where a document is.
    fn place_of(&self, id: RecalledId) -> Option<usize> {
        let place = *self.place_of.newest(&id)? as usize;
        (self.kinds[place] != Kind::Gone).then_some(place)
    }

    /// Notes who said it, and between which messages it stands.
    fn link(&mut self, recalled: &Recalled, place: u32) {
        let (mut before, mut session, mut speaker) = (NONE, NONE, USER);
        if let Recalled::Message(message) = recalled {
            session = self.number_of_session(message.session_id);
            before = std::mem::replace(&mut self.last_of[session as usize], place);
            speaker = self.number_of_speaker(message.speaker_name());
        }
        self.before.push(before);
        self.after.push(NONE);
        if before != NONE {
            self.after[before as usize] = place;
        }
        self.session_of.push(session);
        self.spoken.resize(self.speakers.len(), 0);
        self.spoken[usize::from(speaker)] += 1;
        self.speaker_of.push(speaker);
    }

    fn number_of_session(&mut self, id: SessionId) -> u32 {
        if let Some(known) = self.sessions.newest(&id) {
            return *known;
        }
        let number = self.last_of.len() as u32;
        self.last_of.push(NONE);
        self.sessions.top().insert(id, number);
        number
    }

    fn number_of_speaker(&mut self, name: &str) -> u16 {
        let name = name.to_lowercase();
        let known = self.speakers.iter().position(|speaker| **speaker == *name);
        known.unwrap_or_else(|| {
            self.speakers.push(name.into_boxed_str());
            self.speakers.len() - 1
        }) as u16
    }

    /// The vector of a memory or message that has one.
    pub(crate) fn vector(&self, id: RecalledId) -> Option<&[f32]> {
        let vector = self.vectors.get(self.place_of(id)?);
        vector.iter().any(|number| *number != 0.0).then_some(vector)
    }

    /// Gives a document the embedding that it lacked. One that is gone, or says something else by now, is passed over.
    pub fn set_embedding(&mut self, id: RecalledId, content: &str, embedding: &Embedding) {
        let Some(place) = self.place_of(id) else { return };
        if self.documents[place].as_ref().is_some_and(|document| document.content() == content) {
            self.vectors.set(place, embedding);
        }
    }

    pub fn remove(&mut self, id: RecalledId) {
        let Some(place) = self.place_of(id) else { return };
        self.documents.set(place, None);
        self.kinds[place] = Kind::Gone;
        self.len -= 1;
        // Those around it stand next to each other from now on.
        let (before, after) = (self.before[place], self.after[place]);
        if before != NONE {
            self.after[before as usize] = after;
        }
        if after != NONE {
            self.before[after as usize] = before;
        }
        if let Some(last) = self.last_of.get_mut(self.session_of[place] as usize)
            && *last == place as u32
        {
            *last = before;
        }
        (self.before[place], self.after[place]) = (NONE, NONE);
    }

    /// Whether enough of its places hold nothing any more.
    pub fn is_worth_compacting(&self) -> bool {
        let dead = self.documents.len() - self.len;
        dead > DEAD_MIN && dead as f32 > self.documents.len() as f32 * DEAD_SHARE_MAX
    }

    /// The same without the places of what is gone.
    pub fn compacted(&self) -> Self {
        let places = self.documents.iter().enumerate();
        let alive = places
            .filter_map(|(at, one)| Some((Recalled::clone(one.as_ref()?), Some(self.vectors.embedding(at)))));
        Self::build(alive.collect(), self.dimensions, self.time_zone.clone())
    }

    pub fn len(&self) -> usize {
        self.len
    }

    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    pub(super) fn session_count(&self) -> usize {
        self.last_of.len()
    }

    pub fn get(&self, id: MemoryId) -> Option<&Memory> {
        self.documents[self.place_of(RecalledId::Memory(id))?].as_ref()?.as_memory()
    }

    pub fn memories(&self) -> impl Iterator<Item = &Memory> {
        self.documents.iter().flatten().filter_map(|document| document.as_memory())
    }

    pub fn messages(&self) -> impl Iterator<Item = &PastMessage> {
        self.documents.iter().flatten().filter_map(|document| match &**document {
            Recalled::Message(message) => Some(message),
            Recalled::Memory(_) => None,
        })
    }

    /// People and animals whose names are known: what they are to the user, and the name.
    pub fn people(&self) -> Vec<(String, String)> {
        let stands = |known: &&Arc<NamedRelation>| self.kinds[known.place as usize] != Kind::Gone;
        let known = self.relations.iter().filter(stands);
        known.map(|known| (known.relation.to_string(), known.name.to_string())).collect()
    }

    /// The memories that may say the same as `content`, or the contrary: those of the same attribute, the closest and
    /// those with most of its words. Each with its cosine, 0 without vectors.
    pub fn related(
        &self,
        content: &str,
        attribute: Option<&str>,
        vector: Option<&[f32]>,
    ) -> Vec<(&Memory, f32)> {
        let scores = self.postings.search(&terms(content), &[]);
        let mut shared: Vec<usize> = (0..self.documents.len())
            .filter(|place| self.kinds[*place] == Kind::Memory && scores.coverage[*place] > 0.0)
            .collect();
        shared.sort_by(|a, b| scores.coverage[*b].total_cmp(&scores.coverage[*a]).then(a.cmp(b)));
        shared.truncate(RELATED);
        let nearest = vector.map(|vector| self.nearest(vector, RELATED)).unwrap_or_default();
        let shared = shared.into_iter().filter_map(|place| self.documents[place].as_ref()?.as_memory());
        let keyed =
            self.memories().filter(|memory| attribute.is_some() && memory.attribute.as_deref() == attribute);
        let mut related: Vec<(&Memory, f32)> = Vec::new();
        for memory in keyed.chain(nearest.iter().map(|(memory, _)| *memory)).chain(shared) {
            if !related.iter().any(|(known, _)| known.id == memory.id) {
                let place = self.place_of(RecalledId::Memory(memory.id));
                let cosine =
                    place.zip(vector).map_or(0.0, |(place, vector)| self.vectors.cosine(place, vector));
                related.push((memory, cosine));
            }
        }
        related
    }

    /// The same for a memory of this profile.
    pub fn related_to(&self, memory: &Memory) -> Vec<(&Memory, f32)> {
        let place = self.place_of(RecalledId::Memory(memory.id));
        let vector =
            place.map(|place| self.vectors.get(place)).filter(|vector| vector.iter().any(|n| *n != 0.0));
        self.related(&memory.content, memory.attribute.as_deref(), vector)
    }

    /// The memories whose vectors are closest to `vector`, with their cosines, closest first.
    pub fn nearest(&self, vector: &[f32], count: usize) -> Vec<(&Memory, f32)> {
        let rounded = self.vectors.search(vector);
        let mut near: Vec<(usize, &Memory, f32)> = rounded
            .into_iter()
            .zip(self.documents.iter())
            .enumerate()
            .filter_map(|(place, (cosine, document))| Some((place, document.as_ref()?.as_memory()?, cosine)))
            .collect();
        near.sort_by(|a, b| b.2.total_cmp(&a.2));
        // A few more than asked for, since the exact cosines may order the last ones otherwise.
        near.truncate(count + 8);
        let mut exact: Vec<(&Memory, f32)> =
            near.into_iter().map(|(place, memory, _)| (memory, self.vectors.cosine(place, vector))).collect();
        exact.sort_by(|a, b| b.1.total_cmp(&a.1));
        exact.truncate(count);
        exact
    }

    /// About how much RAM it takes, in bytes.
    pub fn bytes(&self) -> usize {
        let recalled = |document: &Arc<Recalled>| size_of::<Recalled>() + 16 + document.content().len();
        let documents: usize = self.documents.iter().flatten().map(recalled).sum();
        let entities: usize =
            self.entities.iter().map(|(name, places)| name.len() + 48 + places.capacity() * 4).sum();
        let numbers = 3 * size_of::<u32>() + size_of::<u16>() + 1;
        let each = size_of::<Option<Arc<Recalled>>>() + size_of::<Signs>() + numbers + 40;
        documents + entities + self.documents.len() * each + self.vectors.bytes() + self.postings.bytes()
    }
}

/// "son Theo has asthma", behind "The user's".
fn named_in_passing(rest: &str) -> Option<(&str, &str)> {
    let is_name = |word: &str| word.starts_with(char::is_uppercase) && !word.ends_with("'s");
    let start = rest.split(' ').take_while(|word| !is_name(word)).map(|word| word.len() + 1).sum::<usize>();
    let name = rest.get(start..)?.split(' ').next().filter(|name| start > 1 && is_name(name))?;
    let relation = rest.get(..start - 1)?;
    let more = rest.len() > start + name.len();
    let short = relation.split(' ').count() <= 2;
    (more && short && !relation.contains(['\'', ','])).then_some((relation, name))
}

/// Whom a memory names, each with what they are to the user.
fn named_relations(content: &str) -> Vec<(String, String)> {
    let content = content.trim_end_matches('.');
    named_relation(content).map_or_else(|| several_named(content).unwrap_or_default(), |one| vec![one])
}

/// "The user's twins are called Otis and Fern.", "The user has two cats, Pixel and Mochi."
fn several_named(content: &str) -> Option<Vec<(String, String)>> {
    let own = content.strip_prefix("The user's ").and_then(|rest| rest.split_once(" are called "));
    let (relation, names) = own.or_else(|| content.strip_prefix("The user has ")?.split_once(", "))?;
    let is_name = |name: &str| name.starts_with(char::is_uppercase) && name.split(' ').count() <= 2;
    let names: Vec<&str> = names.split(", ").flat_map(|part| part.split(" and ")).collect();
    let relation = singular(relation.rsplit(' ').next()?);
    (names.len() > 1 && names.iter().all(|name| is_name(name)))
        .then(|| names.into_iter().map(|name| (relation.clone(), name.to_owned())).collect())
}

fn singular(relation: &str) -> String {
    match relation {
        "children" | "kids" => "child".to_owned(),
        _ => match relation.strip_suffix("ies") {
            Some(stem) => format!("{stem}y"),
            None => relation.strip_suffix('s').unwrap_or(relation).to_owned(),
        },
    }
}

/// "The user's sister is called Marta" and "The user has a dog named Rex", as the rules write them.
fn named_relation(content: &str) -> Option<(String, String)> {
    let (relation, name) = match content.strip_prefix("The user's ") {
        Some(rest) => match rest.split_once(" is called ") {
            Some(named) => named,
            None => named_in_passing(rest)?,
        },
        None => {
            let rest = content.strip_prefix("The user has ")?;
            let (animal, name) = rest.split_once(" named ")?;
            (animal.trim_start_matches("an ").trim_start_matches("a "), name)
        }
    };
    let one_name = name.split(' ').count() <= 2 && !name.contains(',');
    one_name.then(|| (relation.to_owned(), name.to_owned()))
}

#[cfg(test)]
mod tests {
    use domain::clock::from_micros;
    use domain::message::Role;
    use domain::{MessageId, SessionId};

    use super::*;

    fn said(number: i64, session_id: SessionId, content: &str) -> Recalled {
        let said_at = from_micros(number * 1_000_000);
        Recalled::Message(PastMessage {
            id: MessageId::new(said_at),
            session_id,
            role: Role::User,
            speaker: None,
            content: content.to_owned(),
            said_at,
        })
    }

    fn contents(index: &ProfileIndex) -> Vec<&str> {
        index.messages().map(|message| message.content.as_str()).collect()
    }

    #[test]
    fn a_search_goes_on_with_the_index_that_it_began_with() {
        let session = SessionId::new(from_micros(0));
        let first = said(1, session, "We bought a canoe.");
        let embedding = |vector: [f32; 2]| Embedding::from(vector.to_vec());
        let rows = vec![(first.clone(), Some(embedding([1.0, 0.0]))), (said(2, session, "It is red."), None)];
        let before = ProfileIndex::build(rows, 2, TimeZone::UTC);
        let mut after = before.clone();
        after.put(said(3, session, "The canoe leaks."), Some(&embedding([0.0, 1.0])));
        after.remove(first.id());
        after.settle();
        assert_eq!(contents(&before), ["We bought a canoe.", "It is red."]);
        assert_eq!(contents(&after), ["It is red.", "The canoe leaks."]);
        assert_eq!((before.len(), after.len()), (2, 2));
        let terms = terms("canoe");
        let found = |index: &ProfileIndex| index.postings.search(&terms, &[]).coverage;
        assert_eq!(found(&before).len(), 2);
        assert!(found(&after)[2] > 0.0, "what is new is found");
        assert_eq!((before.after[1], after.after[1]), (NONE, 2), "and follows what was said before it");
    }
}
