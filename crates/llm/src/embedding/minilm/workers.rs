//! Threads that encode, and their queue. Batches are cut into small pieces, and single texts go before them: a query
//! does not wait for an import.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::encoder::{Encoder, Scratch};
use super::tokenizer::Tokenizer;
use crate::ModelError;

/// Texts that are encoded together, at most.
const PIECE_MAX: usize = 8;
/// Pieces that may wait, of all callers.
const WAITING_MAX: usize = 4_096;

/// One vector a text, in order.
type Vectors = Result<Vec<Vec<f32>>, ModelError>;

#[derive(Debug)]
pub(super) struct Workers {
    queue: Arc<Queue>,
}

#[derive(Debug, Default)]
struct Queue {
    waiting: Mutex<Waiting>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct Waiting {
    singles: VecDeque<Piece>,
    batches: VecDeque<Piece>,
    closed: bool,
}

#[derive(Debug)]
struct Piece {
    texts: Vec<String>,
    reply: oneshot::Sender<Vectors>,
}

impl Workers {
    pub(super) fn start(tokenizer: Tokenizer, encoder: Encoder, threads: usize) -> Result<Self, ModelError> {
        let queue = Arc::new(Queue::default());
        let model = Arc::new((tokenizer, encoder));
        for thread in 0..threads {
            let (queue, model) = (queue.clone(), model.clone());
            std::thread::Builder::new()
                .name(format!("embedding-{thread}"))
                .spawn(move || work(&queue, &model.0, &model.1))
                .map_err(|error| ModelError::Unusable {
                    reason: format!("no thread for embeddings: {error}"),
                })?;
        }
        Ok(Self { queue })
    }

    pub(super) async fn embed(&self, texts: Vec<String>) -> Vectors {
        let count = texts.len();
        // Neighbours in length share a piece, so that pieces take about the same time.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| texts[*at].len());
        let mut texts: Vec<Option<String>> = texts.into_iter().map(Some).collect();
        let mut replies = Vec::new();
        for piece in order.chunks(PIECE_MAX) {
            let texts = piece.iter().filter_map(|at| texts[*at].take()).collect();
            replies.push((piece, self.queue.push(texts, count == 1)?));
        }
        let mut vectors = vec![Vec::new(); count];
        for (piece, reply) in replies {
            let stopped = || ModelError::Unavailable { reason: "the embedding thread has ended".to_owned() };
            let found = reply.await.map_err(|_| stopped())??;
            for (at, vector) in piece.iter().zip(found) {
                vectors[*at] = vector;
            }
        }
        Ok(vectors)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn push(&self, texts: Vec<String>, single: bool) -> Result<oneshot::Receiver<Vectors>, ModelError> {
        let (reply, answer) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.singles.len() + waiting.batches.len() >= WAITING_MAX {
            let reason = format!("{WAITING_MAX} pieces of text wait for the embedding model already");
            return Err(ModelError::Unavailable { reason });
        }
        let queue = if single { &mut waiting.singles } else { &mut waiting.batches };
        queue.push_back(Piece { texts, reply });
        drop(waiting);
        self.changed.notify_one();
        Ok(answer)
    }

    /// The next piece that somebody still waits for, or `None` when the model is dropped.
    fn next(&self) -> Option<Piece> {
        let mut waiting = self.lock();
        loop {
            if waiting.closed {
                return None;
            }
            let next = waiting.singles.pop_front();
            match next.or_else(|| waiting.batches.pop_front()) {
                Some(piece) if piece.reply.is_closed() => {}
                Some(piece) => return Some(piece),
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(queue: &Queue, tokenizer: &Tokenizer, encoder: &Encoder) {
    let mut scratch = Scratch::default();
    while let Some(piece) = queue.next() {
        let tokens: Result<Vec<Vec<u32>>, ModelError> =
            piece.texts.iter().map(|text| tokenizer.encode(text)).collect();
        let vectors = tokens.map(|tokens| encoder.encode(&tokens, &mut scratch));
        // The caller may have gone meanwhile.
        let _ = piece.reply.send(vectors);
    }
}
