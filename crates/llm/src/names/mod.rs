//! Names of people, places and addresses in a text, by Rampart: a BERT of National Design Studio (CC BY 4.0), run in this
//! process. Cards, phone numbers and the like are better found by rules and checksums, so only its names are used.

mod decode; // scores of tokens to spans of text
mod sentences; // which of them can hold a name

#[cfg(test)]
mod tests;

use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use tokio::sync::Semaphore;

use crate::ModelError;
use crate::bert::{Cpu, Encoder, HIDDEN, Precision, Scratch, Tokenizer, Weights};
use decode::{LABELS, Scores, spans};
use sentences::worth_reading;

/// Tokens that are read together, and how many of them the next window reads again: a name that one window cuts stands
/// whole in the other.
const WINDOW: usize = 192;
const OVERLAP: usize = 24;
/// Longer texts are read up to here; the rest is the rules' alone.
pub const TEXT_BYTES_MAX: usize = 8 * 1024;
/// Texts that are read at the same time. Others wait.
const AT_ONCE: usize = 2;

/// What a span is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Person,
    /// A city, a state.
    Place,
    /// A street with a number, a flat, a postal code.
    Address,
}

/// A span of a text, in bytes.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSpan {
    pub named: Named,
    pub span: Range<usize>,
    /// How sure the model is, from 0 to 1.
    pub confidence: f32,
}

#[derive(Debug)]
pub struct NamesModel {
    model: Arc<Model>,
    permits: Arc<Semaphore>,
}

#[derive(Debug)]
struct Model {
    tokenizer: Tokenizer,
    encoder: Encoder,
    /// A row of weights for each label.
    head: Vec<f32>,
    bias: Vec<f32>,
}

impl NamesModel {
    /// Reads `model.onnx` and `tokenizer.json` from `folder`. Answers `Unusable` if they are missing or damaged.
    pub fn load(folder: &Path) -> Result<Self, ModelError> {
        let model = Model::load(folder, Precision::Int8, Cpu::detect())?;
        Ok(Self { model: Arc::new(model), permits: Arc::new(Semaphore::new(AT_ONCE)) })
    }

    /// What is named in a text, from left to right, without overlaps. Of each span in `known`, where no name can be, only
    /// the beginning is read: the digits of a card are as many tokens as a sentence. Off the async threads.
    pub async fn find(&self, text: &str, known: &[Range<usize>]) -> Result<Vec<NamedSpan>, ModelError> {
        let stopped = || ModelError::Unavailable { reason: "the names model has stopped".to_owned() };
        let permit = self.permits.clone().acquire_owned().await.map_err(|_| stopped())?;
        let (model, text, known) = (self.model.clone(), text.to_owned(), known.to_vec());
        let work = move || {
            let _permit = permit;
            model.find(&text, &known)
        };
        tokio::task::spawn_blocking(work).await.map_err(|_| stopped())?
    }

    /// The same on this thread.
    pub fn find_here(&self, text: &str, known: &[Range<usize>]) -> Result<Vec<NamedSpan>, ModelError> {
        self.model.find(text, known)
    }
}

impl Model {
    fn load(folder: &Path, precision: Precision, cpu: Cpu) -> Result<Self, ModelError> {
        let tokenizer = Tokenizer::load(&folder.join("tokenizer.json"), None)?;
        let weights = Weights::read(&folder.join("model.onnx"))?;
        Ok(Self {
            encoder: Encoder::load(&weights, tokenizer.vocabulary(), precision, cpu)?,
            head: weights.tensor("classifier.weight", &[LABELS.len(), HIDDEN])?,
            bias: weights.tensor("classifier.bias", &[LABELS.len()])?,
            tokenizer,
        })
    }

    fn find(&self, text: &str, known: &[Range<usize>]) -> Result<Vec<NamedSpan>, ModelError> {
        let text = &text[..text.floor_char_boundary(TEXT_BYTES_MAX)];
        let (ids, places) = self.tokenizer.encode_with_places(text)?;
        // The marks at both ends stand around every window.
        let ([begin, inner @ .., end], [_, places @ .., _]) = (ids.as_slice(), places.as_slice()) else {
            return Ok(Vec::new());
        };
        let goes_on =
            |place: &Range<usize>| known.iter().any(|span| span.start < place.start && place.end <= span.end);
        // Only where it saves much: somebody may write a name in lower case.
        let sentences = if inner.len() > WINDOW { worth_reading(text) } else { None };
        let mut sentences = sentences.map(|sentences| sentences.into_iter().peekable());
        let mut may_name = |place: &Range<usize>| {
            let Some(sentences) = &mut sentences else { return true };
            while sentences.next_if(|sentence| sentence.end <= place.start).is_some() {}
            sentences.peek().is_some_and(|sentence| sentence.start <= place.start)
        };
        let read = inner.iter().zip(places).filter(|(_, place)| may_name(place) && !goes_on(place));
        let (inner, places): (Vec<u32>, Vec<Range<usize>>) =
            read.map(|(id, place)| (*id, place.clone())).unzip();
        if inner.is_empty() {
            return Ok(Vec::new());
        }
        let starts: Vec<usize> =
            (0..inner.len().saturating_sub(OVERLAP).max(1)).step_by(WINDOW - OVERLAP).collect();
        let read = |starts: &[usize]| {
            let mut scratch = Scratch::default();
            let window = |start: &usize| &inner[*start..inner.len().min(start + WINDOW)];
            let read = |start| self.read(*begin, window(start), *end, &mut scratch);
            starts.iter().map(read).collect::<Vec<Vec<Scores>>>()
        };
        // Windows do not need each other: somebody waits for a long text, and another core is often free.
        let (first, second) = starts.split_at(starts.len().div_ceil(2));
        let (mut windows, rest) = if second.is_empty() {
            (read(first), Vec::new())
        } else {
            std::thread::scope(|scope| {
                let other = scope.spawn(|| read(second));
                (read(first), other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            })
        };
        windows.extend(rest);
        let mut scores: Vec<Scores> = Vec::with_capacity(inner.len());
        for (start, window) in starts.iter().zip(windows) {
            // The first half of what both windows have was nearer to the middle of the one before.
            let known = if *start == 0 { 0 } else { OVERLAP / 2 };
            scores.truncate(start + known);
            scores.extend(window.into_iter().skip(known));
        }
        Ok(spans(text, &scores, &places[..scores.len()]))
    }

    /// The scores of a window's tokens, between the marks of a beginning and an end.
    fn read(&self, begin: u32, window: &[u32], end: u32, scratch: &mut Scratch) -> Vec<Scores> {
        let marked: Vec<u32> = std::iter::once(begin).chain(window.iter().copied()).chain([end]).collect();
        let hidden = self.encoder.encode(&[marked], scratch, &mut || {});
        hidden.chunks_exact(HIDDEN).skip(1).take(window.len()).map(|row| self.scores(row)).collect()
    }

    /// The probability of each label.
    fn scores(&self, hidden: &[f32]) -> Scores {
        let mut scores = [0.0; LABELS.len()];
        for ((score, weights), bias) in scores.iter_mut().zip(self.head.chunks_exact(HIDDEN)).zip(&self.bias)
        {
            *score = bias + hidden.iter().zip(weights).map(|(a, b)| a * b).sum::<f32>();
        }
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        for score in &mut scores {
            *score = (*score - most).exp();
        }
        let sum: f32 = scores.iter().sum();
        scores.map(|score| score / sum)
    }
}
