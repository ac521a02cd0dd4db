//! The memories of all profiles: search and change. Database and index change together: whoever changes a profile
//! holds its `changes` lock from reading what is known until both agree again; searches wait for nobody.

use std::sync::Arc;
use std::time::Instant;

use domain::analytics::Analysis;
use domain::job::ClaimedJob;
use domain::memory::{Actor, Memory, MemoryAction, MemoryChange, MemoryType, NewMemory};
use domain::{Clock, MemoryId, MessageId, ProfileId, SessionId};
use llm::embedding::EmbeddingModel;
use store::{Caller, MemoryWrite, ProfileScope, Store, StoredVector};

use crate::MemoryError;
use crate::lifecycle::{self, Candidate, Source, reconcile};
use crate::retrieval::{Found, LoadedIndex, LoadedIndexes, Weights, in_third_person};

/// Memories that one embedding call gets when a whole profile is embedded anew.
const EMBED_BATCH: u32 = 64;

#[derive(Debug)]
pub struct Memories {
    store: Store,
    embeddings: Arc<EmbeddingModel>,
    indexes: LoadedIndexes,
    weights: Weights,
    clock: Clock,
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

/// What a background job learned, to be stored together with its end.
#[derive(Clone, Debug)]
pub struct Lesson {
    pub job: ClaimedJob,
    pub memories: Vec<NewMemory>,
    pub message_id: MessageId,
    pub session_id: SessionId,
    pub analysis: Option<Analysis>,
}

impl Memories {
    pub fn new(store: Store, embeddings: Arc<EmbeddingModel>, index_bytes_max: usize, clock: Clock) -> Self {
        Self {
            store,
            embeddings,
            indexes: LoadedIndexes::new(index_bytes_max),
            weights: Weights::default(),
            clock,
        }
    }

    pub fn embedding_model(&self) -> &EmbeddingModel {
        &self.embeddings
    }

    /// The `count` memories of the profile that answer `query` best. When the embedding model fails, the words
    /// alone are searched.
    pub async fn search(&self, scope: ProfileScope, query: &str, count: usize) -> Result<Found, MemoryError> {
        let started = Instant::now();
        let (place, vector) = tokio::join!(self.load(scope), self.embed_query(query));
        let place = place?;
        let embed_us = started.elapsed().as_micros() as u64;
        let started = Instant::now();
        let hits = place.read().as_ref().map_or_else(Vec::new, |index| {
            index.search(query, vector.as_deref(), count, &self.weights, self.clock.now())
        });
        let search_us = started.elapsed().as_micros() as u64;
        Ok(Found { hits, keyword_only: vector.is_none(), embed_us, search_us })
    }

    /// Adds what a caller states. A text that is known word for word is counted instead; the answer has one memory
    /// for each given one, in order.
    pub async fn add(&self, scope: ProfileScope, new: Vec<NewMemory>) -> Result<Vec<Memory>, MemoryError> {
        let texts: Vec<String> = new.iter().map(|memory| memory.content.clone()).collect();
        let vectors = self.embed(texts.clone()).await?;
        let place = self.load(scope).await?;
        let _changes = place.changes.lock().await;
        let source = Source { actor: Actor::User, message_id: None, session_id: None };
        let mut writes: Vec<MemoryWrite> = Vec::new();
        {
            let index = place.read();
            let known = index.as_ref().ok_or(store::StoreError::Closed)?;
            // Attributes and nearness are for what is extracted; a caller's statements are taken as they are.
            let candidates =
                new.into_iter().zip(vectors).map(|(memory, vector)| Candidate { memory, vector });
            writes.extend(lifecycle::add_as_given(candidates, known, scope, source, self.clock.now()));
        }
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        let find =
            |text: &String| writes.iter().find(|write| lifecycle::same_statement(&write.after.content, text));
        Ok(texts.iter().filter_map(find).map(|write| write.after.clone()).collect())
    }

    /// Stores what a job learned and ends the job, once or not at all.
    pub async fn learn(&self, scope: ProfileScope, lesson: Lesson) -> Result<Vec<Learned>, MemoryError> {
        let texts = lesson.memories.iter().map(|memory| memory.content.clone()).collect();
        let vectors = self.embed(texts).await?;
        let place = self.load(scope).await?;
        let _changes = place.changes.lock().await;
        let source = Source {
            actor: Actor::MemoryManager,
            message_id: Some(lesson.message_id),
            session_id: Some(lesson.session_id),
        };
        let candidates = lesson
            .memories
            .into_iter()
            .zip(vectors)
            .map(|(memory, vector)| Candidate { memory, vector })
            .collect();
        let writes = {
            let index = place.read();
            let known = index.as_ref().ok_or(store::StoreError::Closed)?;
            reconcile(candidates, known, scope, source, self.clock.now())
        };
        let analysis = lesson.analysis.map(|analysis| (lesson.session_id, analysis));
        let storing = self.store.complete_extraction(scope, lesson.job, writes.clone(), analysis);
        self.commit(scope, &place, &writes, storing).await?;
        Ok(writes.into_iter().map(|write| Learned { action: write.action, memory: write.after }).collect())
    }

    pub async fn edit(
        &self,
        caller: Caller,
        id: MemoryId,
        edited: EditedMemory,
    ) -> Result<Memory, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        let vector = match &edited.content {
            Some(content) => self.embed(vec![content.clone()]).await?.pop().flatten(),
            None => None,
        };
        let place = self.load(scope).await?;
        let _changes = place.changes.lock().await;
        let (_, before) = self.store.get_memory(caller, id).await?;
        let after = Memory {
            content: edited.content.unwrap_or_else(|| before.content.clone()),
            kind: edited.kind.unwrap_or(before.kind),
            importance: edited.importance.unwrap_or(before.importance),
            tags: edited.tags.unwrap_or_else(|| before.tags.clone()),
            updated_at: self.clock.now(),
            ..before.clone()
        };
        let write = MemoryWrite {
            action: MemoryAction::Update,
            actor: Actor::User,
            source_message_id: None,
            before: Some(before),
            after: after.clone(),
            vector,
        };
        let writes = vec![write];
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        Ok(after)
    }

    /// Takes back the last change of a memory that stands.
    pub async fn undo(&self, caller: Caller, id: MemoryId) -> Result<Memory, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        let place = self.load(scope).await?;
        let _changes = place.changes.lock().await;
        let (_, current) = self.store.get_memory(caller, id).await?;
        let history = self.store.list_memory_history(scope, id).await?;
        let mut write = lifecycle::undo(&current, &history, self.clock.now())
            .ok_or(MemoryError::Conflict("every change of this memory has been undone already"))?;
        // Embedded anew rather than kept: the text may differ, and a memory that was out of the index needs one.
        write.vector = self.embed(vec![write.after.content.clone()]).await?.pop().flatten();
        let restored = write.after.clone();
        let writes = vec![write];
        self.commit(scope, &place, &writes, self.store.write_memories(scope, writes.clone())).await?;
        Ok(restored)
    }

    pub async fn history(&self, caller: Caller, id: MemoryId) -> Result<Vec<MemoryChange>, MemoryError> {
        let (scope, _) = self.store.get_memory(caller, id).await?;
        Ok(self.store.list_memory_history(scope, id).await?)
    }

    /// Deletes memories with everything derived from them, and scrubs what they leave in the database's log.
    pub async fn delete(&self, scope: ProfileScope, ids: Vec<MemoryId>) -> Result<u64, MemoryError> {
        let place = self.indexes.place(scope.profile_id());
        let deleted = {
            let _changes = place.changes.lock().await;
            let deleted = self.store.delete_memories(scope, ids.clone()).await?;
            if let Some(index) = place.write().as_mut() {
                for id in ids {
                    index.remove(id);
                }
            }
            deleted
        };
        self.store.scrub_log().await?;
        Ok(deleted)
    }

    /// Drops what is held in RAM of a profile that was deleted.
    pub fn forget_profile(&self, profile_id: ProfileId) {
        self.indexes.forget(profile_id);
    }

    /// Gives the memories of a profile that have none a vector of the model in force, and drops those of others.
    pub async fn embed_missing(&self, scope: ProfileScope) -> Result<(), MemoryError> {
        loop {
            let missing = self.store.list_unembedded(scope, self.embeddings.id(), EMBED_BATCH).await?;
            if missing.is_empty() {
                return Ok(());
            }
            let texts = missing.iter().map(|(_, text)| text.clone()).collect();
            let vectors = self.embeddings.embed(texts).await?;
            let vectors: Vec<_> =
                missing.into_iter().zip(vectors).map(|((id, text), vector)| (id, text, vector)).collect();
            let place = self.indexes.place(scope.profile_id());
            let _changes = place.changes.lock().await;
            self.store.store_vectors(scope, self.embeddings.id().to_owned(), vectors.clone()).await?;
            if let Some(index) = place.write().as_mut() {
                for (id, text, vector) in &vectors {
                    if let Some(memory) = index.get(*id).filter(|memory| memory.content == *text).cloned() {
                        index.put(memory, Some(vector));
                    }
                }
            }
        }
    }

    async fn load(&self, scope: ProfileScope) -> Result<Arc<LoadedIndex>, MemoryError> {
        Ok(self.indexes.load(&self.store, scope, self.embeddings.id(), self.embeddings.dimensions()).await?)
    }

    /// Waits for `storing`, then brings the index to what was stored. For those who hold `changes`.
    async fn commit(
        &self,
        scope: ProfileScope,
        place: &LoadedIndex,
        writes: &[MemoryWrite],
        storing: impl Future<Output = Result<(), store::StoreError>>,
    ) -> Result<(), MemoryError> {
        storing.await?;
        let unembedded = writes.iter().any(|write| write.before.is_none() && write.vector.is_none());
        if let Some(index) = place.write().as_mut() {
            for write in writes {
                let vector = write.vector.as_ref().map(|stored| stored.vector.as_slice());
                index.put(write.after.clone(), vector);
            }
        }
        if unembedded {
            let (user_id, profile_id) = (scope.user_id(), scope.profile_id());
            self.store.enqueue_once(domain::job::JobPayload::EmbedMemories { user_id, profile_id }).await?;
        }
        Ok(())
    }

    /// The vectors of new texts in one batch. When the embedding model fails they are missing, and a job makes up
    /// for it later: a memory is not lost because an endpoint is down.
    async fn embed(&self, texts: Vec<String>) -> Result<Vec<Option<StoredVector>>, MemoryError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let count = texts.len();
        match self.embeddings.embed(texts).await {
            Ok(vectors) => Ok(vectors
                .into_iter()
                .map(|vector| Some(StoredVector { model: self.embeddings.id().to_owned(), vector }))
                .collect()),
            Err(error) if error.is_retryable() => Ok(vec![None; count]),
            Err(error) => Err(error.into()),
        }
    }

    async fn embed_query(&self, query: &str) -> Option<Vec<f32>> {
        match self.embeddings.embed(vec![in_third_person(query).into_owned()]).await {
            Ok(mut vectors) => vectors.pop(),
            Err(error) => {
                tracing::warn!(code = error.code(), "the embedding model failed; searching by words alone");
                None
            }
        }
    }
}
