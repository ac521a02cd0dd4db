//! Vectors of questions that were asked before. By hashes of their texts: no text is held.

use std::sync::Arc;
use std::time::Duration;

use llm::ModelError;
use moka::future::Cache;

const LIVES: Duration = Duration::from_secs(24 * 3_600);
/// What an entry takes beside its vector, about.
const ENTRY_BYTES: usize = 200;

/// Absent where caching is turned off.
#[derive(Debug, Default)]
pub(crate) struct EmbeddingCache(Option<Cache<[u8; 32], Arc<[f32]>>>);

impl EmbeddingCache {
    pub(crate) fn new(bytes_max: u64) -> Self {
        let weigh = |_: &[u8; 32], vector: &Arc<[f32]>| (size_of_val(&**vector) + ENTRY_BYTES) as u32;
        Self(Some(Cache::builder().max_capacity(bytes_max).weigher(weigh).time_to_live(LIVES).build()))
    }

    /// The vector of a text, made once however many ask for it at the same time.
    pub(crate) async fn get(
        &self,
        text: &str,
        make: impl Future<Output = Result<Vec<f32>, ModelError>>,
    ) -> Result<Arc<[f32]>, Arc<ModelError>> {
        let made = async { Ok(Arc::from(make.await?)) };
        let Some(cache) = &self.0 else { return made.await.map_err(Arc::new) };
        let key = *blake3::hash(text.as_bytes()).as_bytes();
        if let Some(known) = cache.get(&key).await {
            count("hit");
            return Ok(known);
        }
        count("miss");
        // Boxed: it is large, and part of every turn.
        Box::pin(cache.try_get_with(key, made)).await
    }

    /// A vector tells something of its text: what is forgotten is forgotten here too.
    pub(crate) fn clear(&self) {
        if let Some(cache) = &self.0 {
            cache.invalidate_all();
        }
    }
}

fn count(outcome: &'static str) {
    metrics::counter!("confidant_cache_requests_total", "cache" => "embeddings", "outcome" => outcome)
        .increment(1);
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn a_hundred_who_ask_at_once_make_one_vector() {
        let (cache, made) = (EmbeddingCache::new(1 << 20), AtomicUsize::new(0));
        let make = || async {
            made.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(vec![1.0, 2.0])
        };
        let all = (0..100).map(|_| cache.get("question", make()));
        let vectors = futures_util::future::join_all(all).await;
        assert!(vectors.iter().all(|vector| vector.as_deref().is_ok_and(|vector| *vector == [1.0, 2.0])));
        assert_eq!(made.load(Ordering::SeqCst), 1);
        cache.clear();
        cache.get("question", make()).await.unwrap();
        assert_eq!(made.load(Ordering::SeqCst), 2, "what was cleared is made anew");
    }

    #[tokio::test]
    async fn a_failure_is_not_kept_and_without_a_cache_everything_is_made() {
        let cache = EmbeddingCache::new(1 << 20);
        assert!(cache.get("a", async { Err(ModelError::CutOff) }).await.is_err());
        assert!(cache.get("a", async { Ok(vec![1.0]) }).await.is_ok());
        let none = EmbeddingCache::default();
        none.get("a", async { Ok(vec![1.0]) }).await.unwrap();
        assert_eq!(none.get("a", async { Ok(vec![2.0]) }).await.unwrap()[..], [2.0]);
    }
}
