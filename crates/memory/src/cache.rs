//! What was made before: vectors of questions, and searches. By hashes of what was asked: no question is held.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use moka::future::Cache as Entries;

/// What an entry takes beside its value, about.
pub(crate) const ENTRY_BYTES: usize = 200;

/// Named after a hash of everything that decides the value.
pub(crate) type Key = [u8; 32];

/// Absent where caching is turned off: then everything is made anew.
pub(crate) struct Cache<V> {
    name: &'static str,
    entries: Option<Entries<Key, V>>,
}

impl<V: Clone + Send + Sync + 'static> Cache<V> {
    pub(crate) fn off(name: &'static str) -> Self {
        Self { name, entries: None }
    }

    /// Keeps values for as long as `lives`, in at most so many bytes.
    pub(crate) fn new(name: &'static str, bytes_max: u64, lives: Duration, bytes: fn(&V) -> usize) -> Self {
        let dropped = move |_: Arc<Key>, _: V, cause: moka::notification::RemovalCause| {
            if cause.was_evicted() {
                metrics::counter!("confidant_cache_evictions_total", "cache" => name).increment(1);
            }
        };
        let entries = Entries::builder()
            .max_capacity(bytes_max)
            .weigher(move |_, value| u32::try_from(bytes(value)).unwrap_or(u32::MAX))
            .time_to_live(lives)
            .eviction_listener(dropped)
            .build();
        Self { name, entries: Some(entries) }
    }

    /// The value, made once however many ask for it at the same time, and whether it was there.
    pub(crate) async fn get<E: Send + Sync + 'static>(
        &self,
        key: Key,
        make: impl Future<Output = Result<V, E>>,
    ) -> Result<(V, bool), Arc<E>> {
        let Some(entries) = &self.entries else { return Ok((make.await.map_err(Arc::new)?, false)) };
        if let Some(known) = entries.get(&key).await {
            self.count("hit");
            return Ok((known, true));
        }
        self.count("miss");
        // Boxed: it is large, and part of every turn.
        Ok((Box::pin(entries.try_get_with(key, make)).await?, false))
    }

    /// The value, if it is there. It is no request: the statistics are about what was asked for.
    pub(crate) async fn peek(&self, key: &Key) -> Option<V> {
        self.entries.as_ref()?.get(key).await
    }

    /// A value that was made without being asked for.
    pub(crate) async fn put(&self, key: Key, value: V) {
        if let Some(entries) = &self.entries {
            entries.insert(key, value).await;
        }
    }

    /// What is forgotten is forgotten here too.
    pub(crate) fn clear(&self) {
        if let Some(entries) = &self.entries {
            entries.invalidate_all();
        }
    }

    fn count(&self, outcome: &'static str) {
        metrics::counter!("confidant_cache_requests_total", "cache" => self.name, "outcome" => outcome)
            .increment(1);
    }
}

/// Without the values.
impl<V> fmt::Debug for Cache<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cache({}, {})", self.name, if self.entries.is_some() { "on" } else { "off" })
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const HOUR: Duration = Duration::from_secs(3_600);

    fn cache() -> Cache<u32> {
        Cache::new("test", 1_000, HOUR, |_| 10)
    }

    #[tokio::test]
    async fn a_hundred_who_ask_at_once_make_one_value() {
        let (cache, made) = (cache(), AtomicUsize::new(0));
        let make = || async {
            made.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok::<_, Infallible>(7)
        };
        let all = futures_util::future::join_all((0..100).map(|_| cache.get([1; 32], make()))).await;
        assert!(all.iter().all(|got| got.as_ref().is_ok_and(|(value, _)| *value == 7)));
        assert_eq!(made.load(Ordering::SeqCst), 1);
        assert_eq!(cache.get([1; 32], make()).await, Ok((7, true)));
        cache.clear();
        assert_eq!(cache.get([1; 32], make()).await, Ok((7, false)), "what was cleared is made anew");
        assert_eq!(made.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_without_a_cache_everything_is_made() {
        let cache = cache();
        assert!(cache.get([1; 32], async { Err::<u32, _>("down") }).await.is_err());
        assert_eq!(cache.get([1; 32], async { Ok::<_, &str>(1) }).await, Ok((1, false)));
        let none = Cache::off("test");
        assert_eq!(none.get([1; 32], async { Ok::<_, &str>(1) }).await, Ok((1, false)));
        assert_eq!(none.get([1; 32], async { Ok::<_, &str>(2) }).await, Ok((2, false)));
    }
}
