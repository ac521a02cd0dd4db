//! The vectors of texts: of what is asked, made once for all who ask it, and of what is kept, in batches.

use std::sync::Arc;
use std::time::Duration;

use domain::message::Message;
use llm::ModelError;
use llm::embedding::{EmbeddingModel, normalise};
use store::StoredVector;

use crate::MemoryError;
use crate::cache::{Cache, ENTRY_BYTES, Key};
use crate::retrieval::{as_asked, embedded_text, is_embedded};

/// How long the vector of a question is kept.
const LIVES: Duration = Duration::from_secs(24 * 3_600);
/// What a message counts that was said just before the one that is searched for; each one further back counts this share
/// of the one behind it. Measured on MADial: nearly as good as embedding all of them as one text (recall@10 of the meaning
/// alone .73 to .74), and they have their vectors already.
const BEFORE_COUNTS: f32 = 0.7;

#[derive(Debug)]
pub(crate) struct Vectors {
    model: Arc<EmbeddingModel>,
    asked: Cache<Arc<[f32]>>,
    /// What is kept is embedded together rather than one by one.
    batched: bool,
}

impl Vectors {
    /// `cache_bytes_max`: RAM for the vectors of questions; `None` keeps none.
    pub(crate) fn new(model: Arc<EmbeddingModel>, cache_bytes_max: Option<u64>, batched: bool) -> Self {
        let bytes = |vector: &Arc<[f32]>| size_of_val(&**vector) + ENTRY_BYTES;
        let asked = match cache_bytes_max {
            Some(bytes_max) => Cache::new("embeddings", bytes_max, LIVES, bytes),
            None => Cache::off("embeddings"),
        };
        Self { model, asked, batched }
    }

    pub(crate) fn model(&self) -> &EmbeddingModel {
        &self.model
    }

    /// Forgets the vectors of questions.
    pub(crate) fn clear(&self) {
        self.asked.clear();
    }

    /// Of a message that somebody sends now. However a question is ended and spaced, it has the same vector. `None`: the
    /// embedding model failed, and the words have to do.
    pub(crate) async fn of_asked(&self, message: &str) -> Option<Arc<[f32]>> {
        self.of_text(as_asked(message)).await
    }

    pub(crate) async fn of_text(&self, text: String) -> Option<Arc<[f32]>> {
        let key = key(&text);
        let make = async { Ok(Arc::from(self.model.embed_query(text).await?)) };
        let made: Result<_, Arc<ModelError>> = self.asked.get(key, make).await;
        match made {
            Ok((vector, _)) => Some(vector),
            Err(error) => {
                tracing::warn!(code = error.code(), "the embedding model failed; searching by words alone");
                None
            }
        }
    }

    /// Of what somebody said, to be found again. What a user asked or told a moment ago has its vector from then; that of
    /// an answer has no numbers.
    pub(crate) async fn of_messages(
        &self,
        messages: &[Message],
    ) -> Result<Vec<Option<StoredVector>>, MemoryError> {
        let mut texts = Vec::new();
        let mut known = Vec::with_capacity(messages.len());
        for message in messages {
            let speaker = message.speaker.as_deref();
            if !is_embedded(speaker, message.role) {
                known.push(Some(Arc::default()));
                continue;
            }
            let text = embedded_text(speaker, message.role, &message.content);
            let vector = self.asked.peek(&key(&text)).await;
            if vector.is_none() {
                texts.push(text);
            }
            known.push(vector);
        }
        let mut made = self.of_kept(texts).await?.into_iter();
        let stored =
            |vector: Arc<[f32]>| StoredVector { model: self.model.id().to_owned(), vector: vector.to_vec() };
        Ok(known.into_iter().map(|known| known.map(stored).or_else(|| made.next().flatten())).collect())
    }

    /// Of new texts, in one batch. When the embedding model fails they are missing, and a job makes up for it later: a
    /// memory is not lost because an endpoint is down.
    pub(crate) async fn of_kept(&self, texts: Vec<String>) -> Result<Vec<Option<StoredVector>>, MemoryError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        let count = texts.len();
        let made = if self.batched { self.model.embed(texts).await } else { self.one_by_one(texts).await };
        match made {
            Ok(vectors) => Ok(vectors
                .into_iter()
                .map(|vector| Some(StoredVector { model: self.model.id().to_owned(), vector }))
                .collect()),
            Err(error) if error.is_retryable() => Ok(vec![None; count]),
            Err(error) => Err(error.into()),
        }
    }

    async fn one_by_one(&self, texts: Vec<String>) -> Result<Vec<Vec<f32>>, ModelError> {
        let mut vectors = Vec::with_capacity(texts.len());
        for text in texts {
            vectors.extend(self.model.embed(vec![text]).await?);
        }
        Ok(vectors)
    }
}

/// The vector of a message together with what was said just before it, newest first, which tells what "it" is.
pub(crate) fn in_context(message: &[f32], before: &[Arc<[f32]>]) -> Arc<[f32]> {
    let mut sum = message.to_vec();
    let mut counts = BEFORE_COUNTS;
    for vector in before {
        for (sum, number) in sum.iter_mut().zip(vector.iter()) {
            *sum += counts * number;
        }
        counts *= BEFORE_COUNTS;
    }
    normalise(&mut sum);
    Arc::from(sum)
}

fn key(text: &str) -> Key {
    *blake3::hash(text.as_bytes()).as_bytes()
}

#[cfg(test)]
mod tests {
    use domain::message::{MessageStatus, Role};
    use domain::{Clock, MessageId, SessionId, TurnId};
    use llm::embedding::simulated::SimulatedEmbedding;

    use super::*;

    fn said(role: Role, content: &str) -> Message {
        let now = Clock::system().now();
        Message {
            id: MessageId::new(now),
            session_id: SessionId::new(now),
            role,
            turn_id: TurnId::new(now),
            speaker: None,
            content: content.to_owned(),
            status: MessageStatus::Complete,
            created_at: now,
        }
    }

    #[tokio::test]
    async fn what_was_asked_is_kept_with_the_vector_it_was_asked_with() {
        let model = Arc::new(EmbeddingModel::Simulated(SimulatedEmbedding::default()));
        let vectors = Vectors::new(model.clone(), Some(1 << 20), true);
        let asked = vectors.of_asked("Where do I live?").await.unwrap();
        let messages = [said(Role::User, "where do I  live"), said(Role::Assistant, "In Lyon.")];
        let kept = vectors.of_messages(&messages).await.unwrap();
        let kept: Vec<Vec<f32>> = kept.into_iter().map(|one| one.unwrap().vector).collect();
        assert_eq!(kept[0], asked.to_vec());
        assert!(kept[1].is_empty(), "what the assistant answers is found by its words");
    }

    #[test]
    fn what_was_said_before_pulls_the_less_the_longer_ago_it_was() {
        let axis =
            |at: usize| Arc::<[f32]>::from((0..3).map(|n| f32::from(u8::from(n == at))).collect::<Vec<_>>());
        let vector = in_context(&axis(0), &[axis(1), axis(2)]);
        assert!(vector[0] > vector[1] && vector[1] > vector[2] && vector[2] > 0.0);
        assert!((vector.iter().map(|number| number * number).sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
