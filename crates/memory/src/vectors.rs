//! The vectors of texts: of what is asked, made once for all who ask it, and of what is kept, in batches.

use std::sync::Arc;
use std::time::Duration;

use domain::message::Message;
use llm::ModelError;
use llm::embedding::{Embedded, EmbeddingModel, WordVector, normalise};
use store::{Embedding, StoredEmbedding};

use crate::MemoryError;
use crate::cache::{Cache, ENTRY_BYTES, Key};
use crate::retrieval::{as_asked, embedded_text, is_embedded, packed_words};

/// Clauses that are embedded together.
const BATCH: usize = 64;
/// How long the vector of a question is kept.
const LIVES: Duration = Duration::from_secs(24 * 3_600);
/// What a message counts that was said just before the one that is searched for; each one further back counts this share
/// of the one behind it. Measured on MADial: nearly as good as embedding all of them as one text (recall@10 of the meaning
/// alone .73 to .74), and they have their vectors already.
const BEFORE_COUNTS: f32 = 0.7;

/// A text that somebody asks, as the model sees it.
#[derive(Debug)]
pub(crate) struct AskedText {
    /// As it is kept, where the text is.
    pub(crate) embedding: Embedding,
    /// Where its words stand, and what they mean. The text itself is not kept.
    pub(crate) words: Vec<WordVector>,
}

impl AskedText {
    fn of(text: &str, embedded: Embedded) -> Self {
        let Embedded { vector, words } = embedded;
        Self { embedding: kept(text, vector, &words), words }
    }

    /// RAM, about.
    fn bytes(&self) -> usize {
        let Embedding { vector, words } = &self.embedding;
        size_of::<Self>() + size_of_val(&**vector) + words.len() + size_of_val(&*self.words)
    }
}

/// What is kept of a text that the model has seen.
fn kept(text: &str, vector: Vec<f32>, words: &[WordVector]) -> Embedding {
    Embedding { vector, words: packed_words(text, words) }
}

#[derive(Debug)]
pub(crate) struct Vectors {
    model: Arc<EmbeddingModel>,
    asked: Cache<Arc<AskedText>>,
    /// What is kept is embedded together rather than one by one.
    batched: bool,
}

impl Vectors {
    /// `cache_bytes_max`: RAM for the vectors of questions; `None` keeps none.
    pub(crate) fn new(model: Arc<EmbeddingModel>, cache_bytes_max: Option<u64>, batched: bool) -> Self {
        let bytes = |asked: &Arc<AskedText>| asked.bytes() + ENTRY_BYTES;
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
    pub(crate) async fn of_asked(&self, message: &str) -> Option<Arc<AskedText>> {
        self.of_text(as_asked(message)).await
    }

    pub(crate) async fn of_text(&self, text: String) -> Option<Arc<AskedText>> {
        let key = key(&text);
        let make = async {
            let embedded = self.model.embed_query(text.clone()).await?;
            Ok(Arc::new(AskedText::of(&text, embedded)))
        };
        let made: Result<_, Arc<ModelError>> = self.asked.get(key, make).await;
        match made {
            Ok((asked, _)) => Some(asked),
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
    ) -> Result<Vec<Option<StoredEmbedding>>, MemoryError> {
        let text = |one: &Message| {
            let speaker = one.speaker.as_deref();
            is_embedded(speaker, one.role).then(|| embedded_text(speaker, one.role, &one.content))
        };
        let texts: Vec<Option<String>> = messages.iter().map(text).collect();
        let embedded: Vec<bool> = texts.iter().map(Option::is_some).collect();
        let mut made = self.of_kept(texts.into_iter().flatten().collect()).await?.into_iter();
        let embedding = |embedded: bool| {
            if embedded { made.next().flatten() } else { Some(self.stored(Embedding::default())) }
        };
        Ok(embedded.into_iter().map(embedding).collect())
    }

    /// With the name of the model in force.
    fn stored(&self, embedding: Embedding) -> StoredEmbedding {
        StoredEmbedding { model: self.model.id().to_owned(), embedding }
    }

    /// Of new texts, in one batch; those that were embedded a moment ago have their vectors from then. When the embedding model
    /// fails they are missing, and a job makes up for it later: a memory is not lost because an endpoint is down.
    pub(crate) async fn of_kept(
        &self,
        texts: Vec<String>,
    ) -> Result<Vec<Option<StoredEmbedding>>, MemoryError> {
        let mut known = Vec::with_capacity(texts.len());
        let mut new = Vec::new();
        for text in texts {
            let embedded = self.asked.peek(&key(&text)).await;
            if embedded.is_none() {
                new.push(text);
            }
            known.push(embedded.map(|one| one.embedding.clone()));
        }
        let mut made = match self.make(new).await {
            Ok(made) => made.into_iter(),
            Err(error) if error.is_retryable() => Vec::new().into_iter(),
            Err(error) => return Err(error.into()),
        };
        let stored = |known: Option<Embedding>| known.or_else(|| made.next()).map(|one| self.stored(one));
        Ok(known.into_iter().map(stored).collect())
    }

    /// The meanings of clauses of which some will be kept, each with its text. `None`: the embedding model failed.
    pub(crate) async fn of_clauses(&self, texts: Vec<String>) -> Option<Vec<(String, Arc<AskedText>)>> {
        let mut made = Vec::with_capacity(texts.len());
        // In turns with what others embed.
        for batch in texts.chunks(BATCH) {
            match self.embed(batch).await {
                Ok(embedded) => made.extend(embedded),
                Err(error) => {
                    tracing::warn!(
                        code = error.code(),
                        "the embedding model failed; judging clauses by words alone"
                    );
                    return None;
                }
            }
        }
        let asked = |(text, embedded): (String, Embedded)| {
            let asked = Arc::new(AskedText::of(&text, embedded));
            (text, asked)
        };
        (made.len() == texts.len()).then(|| texts.into_iter().zip(made).map(asked).collect())
    }

    /// Keeps what was embedded for when it is asked for, or stored.
    pub(crate) async fn keep(&self, text: &str, embedded: Arc<AskedText>) {
        self.asked.put(key(text), embedded).await;
    }

    /// Of new texts, or the model's failure.
    pub(crate) async fn make(&self, texts: Vec<String>) -> Result<Vec<Embedding>, ModelError> {
        let made = self.embed(&texts).await?;
        let kept = |(text, made): (&String, Embedded)| kept(text, made.vector, &made.words);
        Ok(texts.iter().zip(made).map(kept).collect())
    }

    async fn embed(&self, texts: &[String]) -> Result<Vec<Embedded>, ModelError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        if self.batched {
            return self.model.embed(texts.to_vec()).await;
        }
        let mut made = Vec::with_capacity(texts.len());
        for text in texts {
            made.extend(self.model.embed(vec![text.clone()]).await?);
        }
        Ok(made)
    }
}

/// What messages count that were said before the one that is searched for, newest first.
pub(crate) fn shares_before() -> impl Iterator<Item = f32> {
    std::iter::successors(Some(BEFORE_COUNTS), |share| Some(share * BEFORE_COUNTS))
}

/// The vector of a message together with what was said just before it, newest first, which tells what "it" is.
pub(crate) fn in_context(message: &[f32], before: &[Vec<f32>]) -> Vec<f32> {
    let mut sum = message.to_vec();
    for (vector, share) in before.iter().zip(shares_before()) {
        for (sum, number) in sum.iter_mut().zip(vector.iter()) {
            *sum += share * number;
        }
    }
    normalise(&mut sum);
    sum
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
        let kept: Vec<Vec<f32>> = kept.into_iter().map(|one| one.unwrap().embedding.vector).collect();
        assert_eq!(kept[0], asked.embedding.vector);
        assert!(kept[1].is_empty(), "what the assistant answers is found by its words");
    }

    #[test]
    fn what_was_said_before_pulls_the_less_the_longer_ago_it_was() {
        let axis = |at: usize| (0..3).map(|n| f32::from(u8::from(n == at))).collect::<Vec<f32>>();
        let vector = in_context(&axis(0), &[axis(1), axis(2)]);
        assert!(vector[0] > vector[1] && vector[1] > vector[2] && vector[2] > 0.0);
        assert!((vector.iter().map(|number| number * number).sum::<f32>() - 1.0).abs() < 1e-6);
    }
}
