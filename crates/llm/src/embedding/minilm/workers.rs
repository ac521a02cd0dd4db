//! Threads that encode, and their queue. Batches are cut into small pieces, and a query goes before them, also between
//! the layers of a piece under way: it does not wait for an import, nor for what the last turn left to be remembered.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::words::{Directions, words};
use crate::ModelError;
use crate::bert::{Encoder, HIDDEN, Scratch, Tokenizer, sum_of_squares};
use crate::embedding::Embedded;

/// Texts and bytes that are encoded together, at most; one text may be longer.
const PIECE_MAX: usize = 8;
const PIECE_BYTES_MAX: usize = 600;
/// Pieces that may wait, of all callers.
const WAITING_MAX: usize = 4_096;

/// The texts of a piece, in order.
type Reply = Result<Vec<Embedded>, ModelError>;

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
    urgent: VecDeque<Piece>,
    batches: VecDeque<Piece>,
    closed: bool,
}

#[derive(Debug)]
struct Piece {
    texts: Vec<String>,
    reply: oneshot::Sender<Reply>,
}

impl Workers {
    pub(super) fn start(
        tokenizer: Tokenizer,
        encoder: Encoder,
        directions: Directions,
        threads: usize,
    ) -> Result<Self, ModelError> {
        let queue = Arc::new(Queue::default());
        let model = Arc::new((tokenizer, encoder, directions));
        for thread in 0..threads {
            let (queue, model) = (queue.clone(), model.clone());
            std::thread::Builder::new()
                .name(format!("embedding-{thread}"))
                .spawn(move || work(&queue, &model.0, &model.1, &model.2))
                .map_err(|error| ModelError::Unusable {
                    reason: format!("no thread for embeddings: {error}"),
                })?;
        }
        Ok(Self { queue })
    }

    /// A text that somebody waits for.
    pub(super) async fn embed_query(&self, text: String) -> Result<Embedded, ModelError> {
        let mut embedded = answer(self.queue.push(vec![text], true)?).await?;
        Ok(embedded.pop().unwrap_or_default())
    }

    pub(super) async fn embed(&self, texts: Vec<String>) -> Reply {
        let count = texts.len();
        // Neighbours in length share a piece, so that pieces take about the same time.
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(|at| texts[*at].len());
        let mut replies = Vec::new();
        let lengths: Vec<usize> = order.iter().map(|at| texts[*at].len()).collect();
        let mut texts: Vec<Option<String>> = texts.into_iter().map(Some).collect();
        let mut rest = order.as_slice();
        for size in piece_sizes(&lengths) {
            let (piece, others) = rest.split_at(size);
            let texts = piece.iter().filter_map(|at| texts[*at].take()).collect();
            replies.push((piece, self.queue.push(texts, false)?));
            rest = others;
        }
        let mut all = vec![Embedded::default(); count];
        for (piece, reply) in replies {
            for (at, embedded) in piece.iter().zip(answer(reply).await?) {
                all[*at] = embedded;
            }
        }
        Ok(all)
    }
}

async fn answer(reply: oneshot::Receiver<Reply>) -> Reply {
    let stopped = || ModelError::Unavailable { reason: "the embedding thread has ended".to_owned() };
    reply.await.map_err(|_| stopped())?
}

/// How many texts go into each piece, for texts of these lengths in bytes.
fn piece_sizes(lengths: &[usize]) -> Vec<usize> {
    let mut sizes: Vec<usize> = Vec::new();
    let mut bytes = 0;
    for length in lengths {
        bytes += length;
        match sizes.last_mut() {
            Some(size) if *size < PIECE_MAX && bytes <= PIECE_BYTES_MAX => *size += 1,
            _ => {
                sizes.push(1);
                bytes = *length;
            }
        }
    }
    sizes
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn push(&self, texts: Vec<String>, urgent: bool) -> Result<oneshot::Receiver<Reply>, ModelError> {
        let (reply, answer) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.urgent.len() + waiting.batches.len() >= WAITING_MAX {
            let reason = format!("{WAITING_MAX} pieces of text wait for the embedding model already");
            return Err(ModelError::Unavailable { reason });
        }
        let queue = if urgent { &mut waiting.urgent } else { &mut waiting.batches };
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
            let next = waiting.urgent.pop_front();
            match next.or_else(|| waiting.batches.pop_front()) {
                Some(piece) if piece.reply.is_closed() => {}
                Some(piece) => return Some(piece),
                None => waiting = self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }

    /// A query that waits, if there is one.
    fn next_urgent(&self) -> Option<Piece> {
        self.lock().urgent.pop_front()
    }

    fn lock(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(queue: &Queue, tokenizer: &Tokenizer, encoder: &Encoder, directions: &Directions) {
    let (mut scratch, mut scratch_of_urgent) = (Scratch::default(), Scratch::default());
    let encode = |piece: Piece, scratch: &mut Scratch, between_layers: &mut dyn FnMut()| {
        let read: Result<(Vec<_>, Vec<_>), ModelError> =
            piece.texts.iter().map(|text| tokenizer.encode_by_word(text)).collect();
        let embedded = read.map(|(tokens, places)| {
            let mut rest = encoder.encode(&tokens, scratch, between_layers);
            let mut next = |places: &Vec<Range<usize>>| {
                let (rows, others) = rest.split_at(places.len() * HIDDEN);
                rest = others;
                Embedded { vector: mean_of_length_one(rows), words: words(directions, rows, places) }
            };
            places.iter().map(&mut next).collect()
        });
        // The caller may have gone meanwhile.
        let _ = piece.reply.send(embedded);
    };
    while let Some(piece) = queue.next() {
        encode(piece, &mut scratch, &mut || {
            while let Some(urgent) = queue.next_urgent() {
                encode(urgent, &mut scratch_of_urgent, &mut || {});
            }
        });
    }
}

/// The mean of a text's rows, scaled to length 1.
fn mean_of_length_one(rows: &[f32]) -> Vec<f32> {
    let mut mean = vec![0.0; HIDDEN];
    for row in rows.chunks_exact(HIDDEN) {
        for (sum, number) in mean.iter_mut().zip(row) {
            *sum += number;
        }
    }
    // Dividing by the count first would change nothing: the length is set to 1 anyway.
    let factor = 1.0 / sum_of_squares(&mean).sqrt().max(1e-12);
    for number in &mut mean {
        *number *= factor;
    }
    mean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_hold_a_few_texts_and_few_bytes() {
        assert_eq!(piece_sizes(&[10; 20]), [8, 8, 4]);
        assert_eq!(piece_sizes(&[50, 300, 300, 2_000, 2_000]), [2, 1, 1, 1]);
        assert!(piece_sizes(&[]).is_empty());
    }
}
