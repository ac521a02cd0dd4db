//! Threads that encode, and their queues: one for queries, which somebody waits for, and others for batches, of lower
//! priority, so that an import, or what earlier turns left to be remembered, takes the time that nobody else needs.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use crate::ModelError;
use crate::bert::{Encoder, HIDDEN, Scratch, Tokenizer, sum_of_squares};

/// Texts and bytes that are encoded together, at most; one text may be longer.
const PIECE_MAX: usize = 8;
const PIECE_BYTES_MAX: usize = 600;
/// How much the threads for batches give way, from 0 to 19.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 15;
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
    queries: VecDeque<Piece>,
    batches: VecDeque<Piece>,
    closed: bool,
}

/// What a thread does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Work {
    Queries,
    Batches,
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
        let batches = (0..threads).map(|thread| (format!("batches-{thread}"), Work::Batches));
        for (name, kind) in batches.chain([("queries".to_owned(), Work::Queries)]) {
            let (queue, model) = (queue.clone(), model.clone());
            std::thread::Builder::new()
                .name(name)
                .spawn(move || work(kind, &queue, &model.0, &model.1))
                .map_err(|error| ModelError::Unusable {
                    reason: format!("no thread for embeddings: {error}"),
                })?;
        }
        Ok(Self { queue })
    }

    /// The vector of a text that somebody waits for.
    pub(super) async fn embed_query(&self, text: String) -> Result<Vec<f32>, ModelError> {
        let mut vectors = answer(self.queue.push(vec![text], Work::Queries)?).await?;
        Ok(vectors.pop().unwrap_or_default())
    }

    pub(super) async fn embed(&self, texts: Vec<String>) -> Vectors {
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
            replies.push((piece, self.queue.push(texts, Work::Batches)?));
            rest = others;
        }
        let mut vectors = vec![Vec::new(); count];
        for (piece, reply) in replies {
            for (at, vector) in piece.iter().zip(answer(reply).await?) {
                vectors[*at] = vector;
            }
        }
        Ok(vectors)
    }
}

async fn answer(reply: oneshot::Receiver<Vectors>) -> Vectors {
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

impl Waiting {
    fn of(&mut self, kind: Work) -> &mut VecDeque<Piece> {
        match kind {
            Work::Queries => &mut self.queries,
            Work::Batches => &mut self.batches,
        }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.queue.lock().closed = true;
        self.queue.changed.notify_all();
    }
}

impl Queue {
    fn push(&self, texts: Vec<String>, kind: Work) -> Result<oneshot::Receiver<Vectors>, ModelError> {
        let (reply, answer) = oneshot::channel();
        let mut waiting = self.lock();
        if waiting.queries.len() + waiting.batches.len() >= WAITING_MAX {
            let reason = format!("{WAITING_MAX} pieces of text wait for the embedding model already");
            return Err(ModelError::Unavailable { reason });
        }
        waiting.of(kind).push_back(Piece { texts, reply });
        drop(waiting);
        // All: threads of both kinds wait here.
        self.changed.notify_all();
        Ok(answer)
    }

    /// The next piece that somebody still waits for, or `None` when the model is dropped.
    fn next(&self, kind: Work) -> Option<Piece> {
        let mut waiting = self.lock();
        loop {
            if waiting.closed {
                return None;
            }
            match waiting.of(kind).pop_front() {
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

fn work(kind: Work, queue: &Queue, tokenizer: &Tokenizer, encoder: &Encoder) {
    if kind == Work::Batches {
        give_way();
    }
    let mut scratch = Scratch::default();
    while let Some(piece) = queue.next(kind) {
        let tokens: Result<Vec<Vec<u32>>, ModelError> =
            piece.texts.iter().map(|text| tokenizer.encode(text)).collect();
        let vectors = tokens.map(|tokens| {
            let mut rest = encoder.encode(&tokens, &mut scratch);
            let mut next = |text: &Vec<u32>| {
                let (rows, others) = rest.split_at(text.len() * HIDDEN);
                rest = others;
                mean_of_length_one(rows)
            };
            tokens.iter().map(&mut next).collect()
        });
        // The caller may have gone meanwhile.
        let _ = piece.reply.send(vectors);
    }
}

/// Lets every other thread go first, where the system has priorities by thread.
fn give_way() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), NICENESS) {
        tracing::debug!(%error, "the thread for batches has the same priority as all others");
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
