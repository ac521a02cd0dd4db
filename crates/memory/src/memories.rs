//! The memories of all profiles: search and change. Database and index change together: whoever changes a profile
//! holds its `changes` lock from reading what is known until both agree again; searches wait for nobody.

use std::borrow::Cow;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::{Duration, Instant};

use domain::analytics::Analysis;
use domain::job::ClaimedJob;
use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, MemoryState, MemoryType, NewMemory};
use domain::message::{Message, Role};
use domain::{Clock, MemoryId, MessageId, Optimizations, ProfileId, SessionId, Timestamp};
use futures_util::TryStreamExt as _;
use futures_util::future::{join_all, ready};
use jiff::tz::TimeZone;
use llm::embedding::EmbeddingModel;
use store::{Caller, MemoryWrite, ProfileScope, RecallableMessage, Store, StoredEmbedding};

use crate::MemoryError;
use crate::cache::{Cache, ENTRY_BYTES, Key};
use crate::lifecycle::rules::{self, Reading, RuleContext};
use crate::lifecycle::{self, Candidate, Correction, Extracted, Source, reconcile};
use crate::retrieval::{
    AskedWords, Basis, Changing, Found, Intent, LoadedIndex, LoadedIndexes, PastMessage, ProfileIndex, Query,
    Recalled, RecalledId, Strategy, Weights, as_asked, needs_no_memory, plainly, rows,
};
use crate::vectors::{AskedText, Vectors, in_context, shares_before};

/// Memories that one embedding call gets when a whole profile is embedded anew.
const EMBED_BATCH: u32 = 64;
/// How long it is kept what a search found.
const SEARCH_LIVES: Duration = Duration::from_secs(600);
/// Messages before the one that is searched for that tell what it is about.
pub const CONTEXT_MESSAGES: usize = 6;
/// Those of them that are worth embedding on the way, where they have no vector yet.
const CONTEXT_EMBEDDED: usize = 2;

#[derive(Debug)]
pub struct Memories {
    pub(crate) store: Store,
    pub(crate) vectors: Vectors,
    searches: Cache<Arc<Found>>,
    options: MemoryOptions,
    pub(crate) indexes: LoadedIndexes,
    pub(crate) clock: Clock,
}

#[derive(Clone, Debug)]
pub struct MemoryOptions {
    /// RAM for the indexes of the profiles in use.
    pub index_bytes_max: usize,
    /// RAM for the vectors of questions, and for what searches found.
    pub vector_cache_bytes_max: u64,
    pub search_cache_bytes_max: u64,
    /// Of users who have set none.
    pub time_zone: TimeZone,
    pub optimizations: Optimizations,
}

impl Default for MemoryOptions {
    fn default() -> Self {
        Self {
            index_bytes_max: 512 * 1024 * 1024,
            vector_cache_bytes_max: 16 * 1024 * 1024,
            search_cache_bytes_max: 16 * 1024 * 1024,
            time_zone: TimeZone::UTC,
            optimizations: Optimizations::default(),
        }
    }
}

/// A change that was made to a profile.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    pub action: MemoryAction,
    pub memory: Memory,
}

/// What a caller may change of a memory. An absent field stays as it is.
#[derive(Clone, Debug, Default)]
pub struct EditedMemory {
    pub content: Option<String>,
    pub kind: Option<MemoryType>,
    pub importance: Option<f32>,
    pub tags: Option<Vec<String>>,
}

/// How to search, where it differs from a turn's search.
#[derive(Clone, Debug)]
pub struct SearchOptions {
    /// What was said just before, oldest first, which tells what "it" is: the last six messages count. A question that stands
    /// alone does without.
    pub context: Vec<PastMessage>,
    pub count: usize,
    pub memories: bool,
    pub messages: bool,
    pub strategies: Vec<Strategy>,
    /// Names that it is about, beside those that the rules read in it.
    pub names: Vec<String>,
    /// Return no messages when none answers the question.
    pub silence: bool,
    pub weights: Weights,
    /// When the question is asked; now if absent.
    pub now: Option<Timestamp>,
    /// Search what was believed then, and had been said by then. Slower: an index is built for it.
    pub as_of: Option<Timestamp>,
}

impl Default for SearchOptions {
    fn default() -> Self {
        Self {
            context: Vec::new(),
            count: 10,
            memories: true,
            messages: true,
            strategies: Strategy::ALL.to_vec(),
            names: Vec::new(),
            silence: true,
            weights: Weights::default(),
            now: None,
            as_of: None,
        }
    }
}

/// Where a search looks.
enum Searched {
    Present(Arc<LoadedIndex>),
    Past(Box<ProfileIndex>),
}

impl Searched {
    fn vector(&self, id: RecalledId) -> Option<Vec<f32>> {
        match self {
            Self::Present(place) => place.read().as_deref()?.vector(id).map(<[f32]>::to_vec),
            Self::Past(index) => index.vector(id).map(<[f32]>::to_vec),
        }
    }

    fn time_zone(&self) -> TimeZone {
        let zone = match self {
            Self::Present(place) => place.read().as_deref().map(|index| index.time_zone.clone()),
            Self::Past(index) => Some(index.time_zone.clone()),
        };
        zone.unwrap_or(TimeZone::UTC)
    }
}

/// A message that is searched for, as the model sees it.
struct AskedMessage {
    text: Arc<AskedText>,
    /// Its vector together with what was said before it, if anything was.
    in_context: Option<Vec<f32>>,
    words: AskedWords,
}

impl AskedMessage {
    fn vector(&self) -> &[f32] {
        self.in_context.as_deref().unwrap_or(&self.text.embedding.vector)
    }
}

/// What a background job learned, to be stored together with its end.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub job: ClaimedJob,
    pub statements: Vec<Extracted>,
    /// What was said in the turn, to be found again as it was said.
    pub messages: Vec<Message>,
    pub message_id: MessageId,
    pub session_id: SessionId,
    pub analysis: Option<Analysis>,
}

impl Memories {
    pub fn new(store: Store, embeddings: Arc<EmbeddingModel>, options: MemoryOptions, clock: Clock) -> Self {
        let (model, dimensions) = (embeddings.id().to_owned(), embeddings.dimensions());
        let basis = Basis { model, dimensions, time_zone: options.time_zone.clone() };
        let indexes = LoadedIndexes::new(options.index_bytes_max, basis);
        let Optimizations { caching, batched_writes, .. } = options.optimizations;
        let vectors =
            Vectors::new(embeddings, caching.then_some(options.vector_cache_bytes_max), batched_writes);
        let searches = if caching {
            let bytes = |found: &Arc<Found>| found.bytes() + ENTRY_BYTES;
            Cache::new("searches", options.search_cache_bytes_max, SEARCH_LIVES, bytes)
        } else {
            Cache::off("searches")
        };
        Self { store, vectors, searches, options, indexes, clock }
    }

    /// Empties the caches.
    pub fn clear_caches(&self) {
        self.vectors.clear();
        self.searches.clear();
    }

    /// About how much RAM the loaded indexes take, in bytes.
    pub fn index_bytes(&self) -> usize {
        self.indexes.bytes()
    }

    pub fn embedding_model(&self) -> &EmbeddingModel {
        self.vectors.model()
    }

    /// What the profile remembers that answers `query` best. When the embedding model fails, the words alone are
    /// searched.
    pub async fn search(
        &self,
        scope: ProfileScope,
        query: &str,
        options: &SearchOptions,
    ) -> Result<Found, MemoryError> {
        let started = Instant::now();
        if options.silence && self.options.optimizations.early_termination && needs_no_memory(query) {
            return Ok(Found::default());
        }
        let searched = self.searched(scope, options.as_of).await?;
        let now = options.now.or(options.as_of).unwrap_or_else(|| self.clock.now());
        let mut intent = Intent::read(query, &now.to_zoned(searched.time_zone()));
        intent.add_names(&options.names);
        let context = if intent.stands_alone { &[][..] } else { last(&options.context, CONTEXT_MESSAGES) };
        let mut text = Cow::from(query);
        for said in context {
            text += "\n";
            text += said.beginning();
        }
        let key = match &searched {
            // A partial index soon finds more.
            Searched::Present(place) if !place.is_partial() => search_key(place, query, context, options),
            _ => None,
        };
        let asked = Asked { text: &text, message: query, context, intent: &intent, now };
        // Boxed: it is large, and part of every turn.
        let anew = Box::pin(self.search_anew(searched, asked, options));
        let Some(key) = key else { return Ok(anew.await) };
        let search = async { Ok::<_, Infallible>(Arc::new(anew.await)) };
        match self.searches.get(key, search).await {
            Ok((found, true)) => {
                let search_us = started.elapsed().as_micros() as u64;
                Ok(Found { cached: true, embed_us: 0, search_us, ..Found::clone(&found) })
            }
            Ok((found, false)) => Ok(Arc::unwrap_or_clone(found)),
            Err(never) => match *never {},
        }
    }

    async fn search_anew(&self, searched: Searched, asked: Asked<'_>, options: &SearchOptions) -> Found {
        let started = Instant::now();
        let Asked { text, message, context, intent, now } = asked;
        let asked = self.read_message(&searched, message, context).await;
        let vector = asked.as_ref().map(AskedMessage::vector);
        let embed_us = started.elapsed().as_micros() as u64;
        let started = Instant::now();
        let query = Query {
            text,
            message,
            vector,
            words: asked.as_ref().map(|asked| &asked.words),
            intent,
            count: options.count,
            memories: options.memories,
            messages: options.messages,
            strategies: &options.strategies,
            silence: options.silence,
            parallel: self.options.optimizations.parallel_searches,
            now,
        };
        let search = |index: &ProfileIndex| index.search(&query, &options.weights);
        let partial = matches!(&searched, Searched::Present(place) if place.is_partial());
        let (hits, relevance) = match searched {
            Searched::Present(place) => place.read().as_deref().map(search).unwrap_or_default(),
            Searched::Past(index) => search(&index),
        };
        let search_us = started.elapsed().as_micros() as u64;
        metrics::histogram!("confidant_search_seconds", "wanted" => intent.wanted.as_str())
            .record((embed_us + search_us) as f64 / 1e6);
        let keyword_only = vector.is_none();
        Found { hits, keyword_only, partial, cached: false, relevance, embed_us, search_us }
    }

    /// A message together with what was said before it. `None`: the model failed.
    async fn read_message(
        &self,
        searched: &Searched,
        message: &str,
        context: &[PastMessage],
    ) -> Option<AskedMessage> {
        // An endpoint tells nothing of single words: it is not asked for what is known.
        let tells_of_words = !self.vectors.model().is_remote();
        let embedded = context.iter().rev().filter(|said| said.is_embedded());
        let before = embedded.enumerate().map(async |(back, said)| {
            // One that was learned from has a vector already.
            let known = searched.vector(RecalledId::Message(said.id));
            if back >= CONTEXT_EMBEDDED || known.is_some() && !tells_of_words {
                return Some((known?, None));
            }
            let text = said.text_before();
            let read = self.vectors.of_text(text.clone()).await;
            let vector = known.or_else(|| Some(read.as_ref()?.embedding.vector.clone()))?;
            Some((vector, read.map(|read| (text, read))))
        });
        let (asked, before) = tokio::join!(self.vectors.of_asked(message), join_all(before));
        let asked = asked?;
        let mut words = AskedWords::of(&as_asked(message), &asked.words);
        let (vectors, read): (Vec<Vec<f32>>, Vec<_>) = before.into_iter().flatten().unzip();
        for (said, share) in read.iter().zip(shares_before()) {
            if let Some((text, said)) = said {
                words.add_before(text, &said.words, share);
            }
        }
        let in_context = (!vectors.is_empty()).then(|| in_context(&asked.embedding.vector, &vectors));
        Some(AskedMessage { text: asked, in_context, words })
    }

    async fn searched(&self, scope: ProfileScope, as_of: Option<Timestamp>) -> Result<Searched, MemoryError> {
        let Some(at) = as_of else { return Ok(Searched::Present(self.load(scope).await?)) };
        let model = self.vectors.model().id();
        let (memories, time_zone) = tokio::try_join!(
            self.store.load_memories_as_of(scope, model, at),
            self.indexes.basis.time_zone(&self.store, scope)
        )?;
        let messages = self.store.recallable_messages(scope, model);
        let messages = messages.try_filter(|(message, _)| ready(message.created_at <= at));
        let dimensions = self.vectors.model().dimensions();
        let index = ProfileIndex::of_rows(rows(memories), messages, dimensions, time_zone).await?;
        Ok(Searched::Past(Box::new(index)))
    }

    /// Adds what a caller states. A text that is known word for word is counted instead; the answer has one memory
    /// for each given one, in order.
    pub async fn add(&self, scope: ProfileScope, new: Vec<NewMemory>) -> Result<Vec<Memory>, MemoryError> {
        let texts: Vec<String> = new.iter().map(|memory| memory.content.clone()).collect();
        let vectors = self.vectors.of_kept(texts.clone()).await?;
        let place = self.change(scope).await?;
        let source = Source { actor: Actor::User, message_id: None, session_id: None };
        let mut writes: Vec<MemoryWrite> = Vec::new();
        {
            let index = place.read();
            let known = index.as_deref().ok_or(store::StoreError::Closed)?;
            // Attributes and nearness are for what is extracted; a caller's statements are taken as they are.
            let candidates = new.into_iter().zip(vectors).map(|(memory, embedding)| Candidate {
                memory,
                embedding,
                retracts: false,
                bearing: lifecycle::Bearing::Statement,
                correction: Correction::Nothing,
                replaces: Vec::new(),
                evidence: None,
            });
            writes.extend(lifecycle::add_as_given(candidates, known, scope, source, self.clock.now()));
        }
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        let find =
            |text: &String| writes.iter().find(|write| lifecycle::same_statement(&write.after.content, text));
        Ok(texts.iter().filter_map(find).map(|write| write.after.clone()).collect())
    }

    /// Stores what a job learned and ends the job, once or not at all.
    pub async fn learn(&self, scope: ProfileScope, lesson: Lesson) -> Result<Vec<Learned>, MemoryError> {
        let said = lesson.messages.iter().find(|one| one.role == Role::User);
        let correction = said.map_or(Correction::Nothing, |one| lifecycle::correction(&one.content));
        let (vectors, messages) =
            tokio::try_join!(self.embedded(&lesson.statements), self.recallable(lesson.messages))?;
        let place = self.change(scope).await?;
        let source = Source {
            actor: Actor::MemoryManager,
            message_id: Some(lesson.message_id),
            session_id: Some(lesson.session_id),
        };
        let candidates = lesson
            .statements
            .into_iter()
            .zip(vectors)
            .map(|(extracted, embedding)| Candidate::of(extracted, embedding, correction))
            .collect();
        let writes = {
            let index = place.read();
            let known = index.as_deref().ok_or(store::StoreError::Closed)?;
            reconcile(candidates, known, scope, source, self.clock.now())
        };
        let analysis = lesson.analysis.map(|analysis| (lesson.session_id, analysis));
        let storing =
            self.store.complete_extraction(scope, lesson.job, writes.clone(), messages.clone(), analysis);
        self.commit(scope, &place, &writes, storing).await?;
        put_messages(&place, &messages).await;
        Ok(writes.into_iter().map(|write| Learned { action: write.action, memory: write.after }).collect())
    }

    /// The vectors of what was extracted; what is said of known memories gets none.
    pub(crate) async fn embedded(
        &self,
        extracted: &[Extracted],
    ) -> Result<Vec<Option<StoredEmbedding>>, MemoryError> {
        let statements = extracted.iter().filter(|one| one.is_statement());
        let texts = statements.map(|one| one.memory.content.clone()).collect();
        let mut vectors = self.vectors.of_kept(texts).await?.into_iter();
        Ok(extracted
            .iter()
            .map(|one| if one.is_statement() { vectors.next().flatten() } else { None })
            .collect())
    }

    pub async fn edit(
        &self,
        caller: Caller,
        id: MemoryId,
        edited: EditedMemory,
    ) -> Result<Memory, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        let embedding = match &edited.content {
            Some(content) => self.vectors.of_kept(vec![content.clone()]).await?.pop().flatten(),
            None => None,
        };
        let place = self.change(scope).await?;
        let (_, before) = self.store.get_memory(caller, id).await?;
        let after = Memory {
            content: edited.content.unwrap_or_else(|| before.content.clone()),
            kind: edited.kind.unwrap_or(before.kind),
            importance: edited.importance.unwrap_or(before.importance),
            tags: edited.tags.unwrap_or_else(|| before.tags.clone()),
            ..before.clone()
        };
        if after == before {
            return Ok(before);
        }
        let after = Memory { updated_at: self.clock.now(), ..after };
        let write = MemoryWrite {
            action: MemoryAction::Update,
            actor: Actor::User,
            source_message_id: None,
            run_id: None,
            evidence: None,
            before: Some(before),
            after: after.clone(),
            embedding,
        };
        let writes = vec![write];
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        Ok(after)
    }

    /// Takes back the last change of a memory that stands. Where that was its beginning, what it took the place of holds
    /// again.
    pub async fn undo(&self, caller: Caller, id: MemoryId) -> Result<Memory, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        let place = self.change(scope).await?;
        let (_, current) = self.store.get_memory(caller, id).await?;
        let history = self.store.list_memory_history(scope, id).await?;
        let now = self.clock.now();
        let undone = lifecycle::undo(&current, &history, now)
            .ok_or(MemoryError::Conflict("every change of this memory has been undone already"))?;
        let restored = undone.after.clone();
        let mut writes = vec![undone];
        if restored.state == MemoryState::Retracted {
            let histories = self.store.list_superseded_history(scope, id).await?;
            writes.extend(lifecycle::reinstate(&histories, now));
        }
        // Embedded anew rather than kept: the texts may differ, and a memory that was out of the index needs one.
        let texts = writes.iter().map(|write| write.after.content.clone()).collect();
        for (write, embedding) in writes.iter_mut().zip(self.vectors.of_kept(texts).await?) {
            write.embedding = embedding;
        }
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        Ok(restored)
    }

    pub async fn history(&self, caller: Caller, id: MemoryId) -> Result<Vec<MemoryChange>, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        Ok(self.store.list_memory_history(scope, id).await?)
    }

    /// Deletes memories with everything derived from them, and scrubs what they leave in the database's log.
    pub async fn delete(&self, scope: ProfileScope, ids: Vec<MemoryId>) -> Result<u64, MemoryError> {
        self.delete_recalled(scope, ids, Vec::new()).await
    }

    /// The same, and takes messages out of the searches that tell what is to be forgotten.
    pub(crate) async fn delete_recalled(
        &self,
        scope: ProfileScope,
        ids: Vec<MemoryId>,
        messages: Vec<MessageId>,
    ) -> Result<u64, MemoryError> {
        self.clear_caches();
        let deleted = {
            let place = self.indexes.lock(scope.profile_id()).await;
            let deleting = self.store.delete_memories(scope, ids.clone(), messages);
            let (deleted, messages) = place.storing(deleting).await?;
            let memories = ids.into_iter().map(RecalledId::Memory);
            let gone = memories.chain(messages.into_iter().map(RecalledId::Message));
            place.update(|index| gone.for_each(|id| index.remove(id))).await;
            deleted
        };
        // What was learned meanwhile may have been kept.
        self.clear_caches();
        self.store.scrub_log().await?;
        Ok(deleted)
    }

    /// Drops what is held in RAM of a profile that was deleted, or that lost messages: the next search reads its rows.
    pub async fn forget_profile(&self, profile_id: ProfileId) {
        self.clear_caches();
        self.indexes.forget(profile_id).await;
    }

    /// Gives the memories of a profile that have none a vector of the model in force, and drops those of others.
    pub async fn embed_missing(&self, scope: ProfileScope) -> Result<(), MemoryError> {
        loop {
            let missing = self.store.list_unembedded(scope, self.vectors.model().id(), EMBED_BATCH).await?;
            if missing.is_empty() {
                return self.embed_missing_messages(scope).await;
            }
            let texts = missing.iter().map(|(_, text)| text.clone()).collect();
            let embeddings = self.vectors.make(texts).await?;
            let embeddings: Vec<_> =
                missing.into_iter().zip(embeddings).map(|((id, text), made)| (id, text, made)).collect();
            let place = self.indexes.lock(scope.profile_id()).await;
            let storing =
                self.store.store_vectors(scope, self.vectors.model().id().to_owned(), embeddings.clone());
            place.storing(storing).await?;
            let embedded = |index: &mut ProfileIndex| {
                for (id, text, embedding) in &embeddings {
                    index.set_embedding(RecalledId::Memory(*id), text, embedding);
                }
            };
            place.update(embedded).await;
        }
    }

    /// Messages with the vectors of what they say.
    pub(crate) async fn recallable(
        &self,
        messages: Vec<Message>,
    ) -> Result<Vec<RecallableMessage>, MemoryError> {
        let vectors = self.vectors.of_messages(&messages).await?;
        Ok(messages
            .into_iter()
            .zip(vectors)
            .map(|(message, embedding)| RecallableMessage { message, embedding })
            .collect())
    }

    /// The same for messages that may be recalled.
    async fn embed_missing_messages(&self, scope: ProfileScope) -> Result<(), MemoryError> {
        loop {
            let model = self.vectors.model().id();
            let missing = self.store.list_unembedded_messages(scope, model, EMBED_BATCH).await?;
            if missing.is_empty() {
                return Ok(());
            }
            let messages = self.recallable(missing).await?;
            let vectors: Vec<_> =
                messages.iter().filter_map(|one| Some((one.message.id, one.embedding.clone()?))).collect();
            if vectors.len() < messages.len() {
                // The endpoint is down: the job is tried again later.
                return Err(llm::ModelError::CutOff.into());
            }
            let place = self.indexes.lock(scope.profile_id()).await;
            place.storing(self.store.store_message_vectors(scope, vectors)).await?;
            let embedded = |index: &mut ProfileIndex| {
                for RecallableMessage { message, embedding } in &messages {
                    if let Some(stored) = embedding {
                        let id = RecalledId::Message(message.id);
                        index.set_embedding(id, &message.content, &stored.embedding);
                    }
                }
            };
            place.update(embedded).await;
        }
    }

    /// Where the days of the scope's user begin.
    pub async fn time_zone(&self, scope: ProfileScope) -> Result<TimeZone, MemoryError> {
        Ok(Searched::Present(self.load(scope).await?).time_zone())
    }

    /// The statements of messages that the rules have read, one list for each; what is secret is to be left out before. Where this
    /// process has the model of meanings that the rules know, clauses that no pattern foresees are judged by theirs, too.
    pub async fn judge(&self, read: Vec<(Reading, &str)>) -> Vec<Vec<Extracted>> {
        let clauses = read.iter().flat_map(|(reading, _)| reading.clauses());
        let texts: Vec<String> = clauses.map(|clause| clause.content.to_owned()).collect();
        let judged = if self.vectors.model().id() == rules::meaning_model() {
            self.vectors.of_clauses(texts).await
        } else {
            None
        };
        let meanings: Option<Vec<&[f32]>> =
            judged.as_ref().map(|judged| judged.iter().map(|(_, text)| &*text.embedding.vector).collect());
        let mut rest = meanings.as_deref();
        let statements = |(reading, message): (Reading, &str)| {
            let own = rest.map(|meanings| meanings.split_at(reading.clauses().count()));
            rest = own.map(|(_, rest)| rest);
            reading.statements(message, own.map(|(own, _)| own))
        };
        let statements: Vec<Vec<Extracted>> = read.into_iter().map(statements).collect();
        let is_kept = |text: &str| statements.iter().flatten().any(|one| one.memory.content == text);
        for (text, embedded) in judged.into_iter().flatten().filter(|(text, _)| is_kept(text)) {
            self.vectors.keep(&text, embedded).await;
        }
        statements
    }

    /// What the rules need to know of a profile: whose names are known, and where the user's days begin.
    pub async fn background(&self, scope: ProfileScope) -> Result<RuleContext, MemoryError> {
        let place = self.load(scope).await?;
        let index = place.read();
        let known = index.as_deref().map(|index| RuleContext {
            time_zone: index.time_zone.clone(),
            people: index.people(),
            ..RuleContext::default()
        });
        Ok(known.unwrap_or_default())
    }

    pub(crate) async fn load(&self, scope: ProfileScope) -> Result<Arc<LoadedIndex>, MemoryError> {
        Ok(self.indexes.load(&self.store, scope).await?)
    }

    pub(crate) async fn change(&self, scope: ProfileScope) -> Result<Changing, MemoryError> {
        Ok(self.indexes.change(&self.store, scope).await?)
    }

    /// Waits for `storing`, then brings the index to what was stored.
    pub(crate) async fn commit(
        &self,
        scope: ProfileScope,
        place: &Changing,
        writes: &[MemoryWrite],
        storing: impl Future<Output = Result<(), store::StoreError>>,
    ) -> Result<(), MemoryError> {
        place.storing(storing).await?;
        let unembedded = writes.iter().any(|write| write.says_something_new() && write.embedding.is_none());
        let written = writes.iter().map(|write| {
            let embedding = write.embedding.as_ref().map(|stored| &stored.embedding);
            (Recalled::Memory(Box::new(write.after.clone())), embedding)
        });
        place.put(written.collect()).await;
        if unembedded {
            let (user_id, profile_id) = (scope.user_id(), scope.profile_id());
            self.store.enqueue_once(domain::job::JobPayload::EmbedMemories { user_id, profile_id }).await?;
        }
        Ok(())
    }
}

/// What is searched for.
#[derive(Clone, Copy)]
struct Asked<'a> {
    /// The message, with what was said just before where it does not stand alone.
    text: &'a str,
    message: &'a str,
    context: &'a [PastMessage],
    intent: &'a Intent,
    now: Timestamp,
}

/// What decides a search's answer: the profile's memories as they are, and what is asked, whatever its case, spaces and
/// closing marks. `None` for what is not kept.
fn search_key(
    place: &LoadedIndex,
    message: &str,
    context: &[PastMessage],
    options: &SearchOptions,
) -> Option<Key> {
    let ordinary = options.now.is_none()
        && options.weights == Weights::default()
        && options.strategies == Strategy::ALL
        && options.names.is_empty();
    if !ordinary {
        return None;
    }
    let mut hasher = blake3::Hasher::new();
    hasher.update(&place.generation().to_le_bytes());
    let flags = [options.memories, options.messages, options.silence].map(u8::from);
    hasher.update(&flags).update(&(options.count as u64).to_le_bytes());
    hasher.update(plainly(message).as_bytes());
    for said in context {
        hasher.update(b"\n").update(said.text_before().as_bytes());
    }
    Some(*hasher.finalize().as_bytes())
}

fn last<T>(all: &[T], count: usize) -> &[T] {
    &all[all.len().saturating_sub(count)..]
}

/// Brings the index to messages that were stored.
pub(crate) async fn put_messages(place: &Changing, messages: &[RecallableMessage]) {
    let stored = messages.iter().map(|RecallableMessage { message, embedding }| {
        let embedding = embedding.as_ref().map(|stored| &stored.embedding);
        (Recalled::Message(message.clone().into()), embedding)
    });
    place.put(stored.collect()).await;
}
