//! The indexes of the profiles in use: loaded on first use, dropped least-recently-used by bytes.

use std::collections::HashMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwapOption;
use domain::ProfileId;
use domain::user::valid_time_zone;
use futures_util::stream::{self, Stream};
use jiff::tz::TimeZone;
use store::{Embedding, ProfileScope, Store, StoreError};
use tokio::sync::OwnedMutexGuard;

use super::document::Recalled;
use super::index::ProfileIndex;

/// A profile of more than so many memories and messages answers from the newest of them while the rest is loaded.
const LARGE: u32 = 4_000;
const NEWEST: u32 = 1_000;
/// An index is measured again when so many documents have come or gone, or an eighth of them.
const MEASURED_EVERY: usize = 32;

/// What all indexes are built with.
#[derive(Clone, Debug)]
pub(crate) struct Basis {
    /// The embedding model's id: vectors of others are not read.
    pub(crate) model: String,
    pub(crate) dimensions: usize,
    /// Of users who have set none.
    pub(crate) time_zone: TimeZone,
}

impl Basis {
    /// Where the days of the scope's user begin.
    pub(crate) async fn time_zone(&self, store: &Store, scope: ProfileScope) -> Result<TimeZone, StoreError> {
        let own = store.find_time_zone(scope).await?.and_then(|name| valid_time_zone(&name).ok());
        Ok(own.unwrap_or_else(|| self.time_zone.clone()))
    }
}

/// All loaded indexes.
#[derive(Debug)]
pub(crate) struct LoadedIndexes {
    pub(crate) basis: Basis,
    by_profile: Mutex<HashMap<ProfileId, Arc<LoadedIndex>>>,
    bytes_max: usize,
    /// Counts uses, to tell which index was used last.
    tick: AtomicU64,
}

/// One profile's place. It is there before its index is, so that two who need it load it once.
#[derive(Debug, Default)]
pub(crate) struct LoadedIndex {
    /// Held by whoever changes the profile's memories, from reading what is known until database and index agree
    /// again, and while loading. Searches do not take it.
    changes: Arc<tokio::sync::Mutex<()>>,
    /// Readers keep the index that they have got; a change puts another in its place.
    index: ArcSwapOption<ProfileIndex>,
    /// Another after every change, and another for every place: what was found in one is not what another has.
    generation: AtomicU64,
    /// Only the newest are in the index yet.
    partial: AtomicBool,
    bytes: AtomicUsize,
    /// The documents that were there when the bytes were counted.
    measured: AtomicUsize,
    last_used: AtomicU64,
}

impl LoadedIndexes {
    pub(crate) fn new(bytes_max: usize, basis: Basis) -> Self {
        Self { basis, by_profile: Mutex::default(), bytes_max, tick: AtomicU64::new(0) }
    }

    /// The place of a profile, whether its index is loaded or not.
    fn place(&self, profile_id: ProfileId) -> Arc<LoadedIndex> {
        let mut places = self.by_profile.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places.entry(profile_id).or_default().clone();
        place.last_used.store(self.tick.fetch_add(1, Ordering::Relaxed), Ordering::Relaxed);
        place
    }

    /// The place of a profile with its index loaded.
    pub(crate) async fn load(
        &self,
        store: &Store,
        scope: ProfileScope,
    ) -> Result<Arc<LoadedIndex>, StoreError> {
        let place = self.place(scope.profile_id());
        if place.read().is_some() {
            return Ok(place);
        }
        let changing = self.lock(scope.profile_id()).await;
        if changing.read().is_some() {
            return Ok(place);
        }
        if store.count_recallable(scope, LARGE).await? < LARGE {
            changing.load(store, scope, &self.basis).await?;
        } else {
            changing.load_newest(store, scope, &self.basis).await?;
            let (store, basis) = (store.clone(), self.basis.clone());
            // Nobody changes the profile until all of it is there.
            tokio::spawn(async move {
                if let Err(error) = changing.load(&store, scope, &basis).await {
                    tracing::error!(%error, "a large profile could not be loaded whole");
                }
            });
        }
        self.drop_least_used(scope.profile_id());
        Ok(place)
    }

    /// The place of a profile with its index loaded, and the right to change it.
    pub(crate) async fn change(&self, store: &Store, scope: ProfileScope) -> Result<Changing, StoreError> {
        let changing = self.lock(scope.profile_id()).await;
        // It may have been forgotten while others held it, or not have been loaded whole.
        if changing.read().is_none() || changing.is_partial() {
            changing.load(store, scope, &self.basis).await?;
        }
        // Not only after loading: indexes grow with what is learned.
        self.drop_least_used(scope.profile_id());
        Ok(changing)
    }

    /// The place of a profile and the right to change it, whether its index is loaded or not.
    pub(crate) async fn lock(&self, profile_id: ProfileId) -> Changing {
        let place = self.place(profile_id);
        let held = place.changes.clone().lock_owned().await;
        Changing { place, is_behind: AtomicBool::new(false), _held: held }
    }

    /// Forgets a profile that is gone, or that lost messages.
    pub(crate) async fn forget(&self, profile_id: ProfileId) {
        self.lock(profile_id).await.empty();
    }

    /// What all loaded indexes take, about.
    pub(crate) fn bytes(&self) -> usize {
        bytes(&self.by_profile.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn drop_least_used(&self, keep: ProfileId) {
        let mut places = self.by_profile.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let bytes = bytes(&places);
            metrics::gauge!("confidant_index_bytes").set(bytes as f64);
            // A place that somebody holds stays: a change under way must find it again.
            let victim = places
                .iter()
                .filter(|(id, place)| **id != keep && Arc::strong_count(place) == 1)
                .min_by_key(|(_, place)| place.last_used.load(Ordering::Relaxed))
                .map(|(id, _)| *id);
            match victim {
                Some(victim) if bytes > self.bytes_max => places.remove(&victim),
                _ => return,
            };
        }
    }
}

fn bytes(places: &HashMap<ProfileId, Arc<LoadedIndex>>) -> usize {
    places.values().map(|place| place.bytes.load(Ordering::Relaxed)).sum()
}

impl LoadedIndex {
    pub(crate) fn is_partial(&self) -> bool {
        self.partial.load(Ordering::Relaxed)
    }

    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// The index as it is now, if it is loaded. It stays as it is.
    pub(crate) fn read(&self) -> Option<Arc<ProfileIndex>> {
        self.index.load_full()
    }

    /// Counts the bytes of the index.
    fn measure(&self) {
        let (bytes, documents) = self.read().map_or((0, 0), |index| (index.bytes(), index.len()));
        self.bytes.store(bytes, Ordering::Relaxed);
        self.measured.store(documents, Ordering::Relaxed);
    }

    fn empty(&self) {
        self.set(None);
        self.partial.store(false, Ordering::Relaxed);
        self.measure();
    }

    fn set(&self, index: Option<ProfileIndex>) {
        static GENERATIONS: AtomicU64 = AtomicU64::new(1);
        self.index.store(index.map(Arc::new));
        self.generation.store(GENERATIONS.fetch_add(1, Ordering::Relaxed), Ordering::Release);
    }
}

/// A profile's place, and the right to change it.
#[derive(Debug)]
pub(crate) struct Changing {
    place: Arc<LoadedIndex>,
    /// The database may know what the index does not know yet.
    is_behind: AtomicBool,
    _held: OwnedMutexGuard<()>,
}

/// A change that was given up between database and index, as by a job that ran out of time, may be stored all the same:
/// then the index is read anew when it is needed.
impl Drop for Changing {
    fn drop(&mut self) {
        if *self.is_behind.get_mut() {
            self.empty();
        }
    }
}

impl Deref for Changing {
    type Target = LoadedIndex;

    fn deref(&self) -> &LoadedIndex {
        &self.place
    }
}

impl Changing {
    /// Waits for a change of the database that the index follows next.
    pub(crate) async fn storing<T, E>(&self, write: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        self.is_behind.store(true, Ordering::Relaxed);
        let stored = write.await;
        if stored.is_err() {
            self.is_behind.store(false, Ordering::Relaxed);
        }
        stored
    }

    /// Puts documents into the index, with their embeddings.
    pub(crate) async fn put(&self, documents: Vec<(Recalled, Option<&Embedding>)>) {
        if documents.is_empty() {
            return self.is_behind.store(false, Ordering::Relaxed);
        }
        let put = |index: &mut ProfileIndex| {
            for (recalled, embedding) in documents {
                index.put(recalled, embedding);
            }
        };
        self.update(put).await;
    }

    /// Changes the index, if it is loaded: those who search it meanwhile see nothing of it, and wait for nothing.
    pub(crate) async fn update(&self, change: impl FnOnce(&mut ProfileIndex)) {
        let Some(current) = self.read() else { return self.is_behind.store(false, Ordering::Relaxed) };
        let mut next = ProfileIndex::clone(&current);
        change(&mut next);
        next.settle();
        if next.is_worth_compacting() {
            let full = next.clone();
            next = tokio::task::spawn_blocking(move || full.compacted()).await.unwrap_or(next);
        }
        let documents = next.len();
        self.set(Some(next));
        self.is_behind.store(false, Ordering::Relaxed);
        let measured = self.measured.load(Ordering::Relaxed);
        if documents.abs_diff(measured) >= MEASURED_EVERY.max(measured / 8) {
            self.measure();
        }
    }

    async fn load(&self, store: &Store, scope: ProfileScope, basis: &Basis) -> Result<(), StoreError> {
        let time_zone = basis.time_zone(store, scope).await?;
        let memories = store.active_memories(scope, &basis.model);
        let messages = store.recallable_messages(scope, &basis.model);
        let index = ProfileIndex::of_rows(memories, messages, basis.dimensions, time_zone).await?;
        self.set(Some(index));
        self.measure();
        self.partial.store(false, Ordering::Relaxed);
        Ok(())
    }

    async fn load_newest(&self, store: &Store, scope: ProfileScope, basis: &Basis) -> Result<(), StoreError> {
        let (memories, messages, time_zone) = tokio::try_join!(
            store.load_newest_memories(scope, &basis.model, NEWEST),
            store.load_newest_messages(scope, &basis.model, NEWEST),
            basis.time_zone(store, scope)
        )?;
        let (memories, messages) = (rows(memories), rows(messages));
        let index = ProfileIndex::of_rows(memories, messages, basis.dimensions, time_zone).await?;
        self.partial.store(true, Ordering::Relaxed);
        self.set(Some(index));
        Ok(())
    }
}

/// Rows that have been read.
pub(crate) fn rows<T>(rows: Vec<T>) -> impl Stream<Item = Result<T, StoreError>> {
    stream::iter(rows.into_iter().map(Ok))
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::future::{pending, ready};

    use domain::Timestamp;

    use super::*;

    async fn loaded() -> Changing {
        let basis = Basis { model: "test".to_owned(), dimensions: 4, time_zone: TimeZone::UTC };
        let changing =
            LoadedIndexes::new(usize::MAX, basis).lock(ProfileId::new(Timestamp::UNIX_EPOCH)).await;
        changing.set(Some(ProfileIndex::build(Vec::new(), 4, TimeZone::UTC)));
        changing
    }

    #[tokio::test]
    async fn an_index_that_may_have_missed_a_change_is_forgotten() {
        let changing = loaded().await;
        let place = changing.place.clone();
        let given_up = changing.storing(pending::<Result<(), Infallible>>());
        assert!(futures_util::FutureExt::now_or_never(given_up).is_none());
        drop(changing);
        assert!(place.read().is_none(), "the change may be stored");
    }

    #[tokio::test]
    async fn an_index_that_followed_or_had_nothing_to_follow_stays() {
        for stored in [Ok(()), Err(())] {
            let changing = loaded().await;
            let place = changing.place.clone();
            assert_eq!(changing.storing(ready(stored)).await, stored);
            if stored.is_ok() {
                changing.update(|_| {}).await;
            }
            drop(changing);
            assert!(place.read().is_some(), "{stored:?}");
        }
    }
}
