//! The vectors of single words: what the encoder says of a word where it stands, in few numbers.
//!
//! Of the 384 numbers of a token 48 directions are kept, those that tell best which words answer which.

use std::ops::Range;

use crate::ModelError;
use crate::bert::{HIDDEN, Weights, sum_of_squares};
use crate::embedding::{WORD_NUMBERS, WORD_STEPS, WordVector};

const GREATEST: f32 = 7.0;

/// What each number of a token counts in each direction that is kept.
#[derive(Debug)]
pub(super) struct Directions {
    /// One row of [`WORD_NUMBERS`] for each number of a token.
    shares: Vec<f32>,
    /// What all tokens have.
    taken_off: Vec<f32>,
}

impl Directions {
    pub(super) fn load(fitted: &Weights) -> Result<Self, ModelError> {
        Ok(Self {
            shares: fitted.tensor("words.directions", &[HIDDEN, WORD_NUMBERS])?,
            taken_off: fitted.tensor("words.taken_off", &[WORD_NUMBERS])?,
        })
    }

    /// A token's row in few directions.
    fn projected(&self, row: &[f32]) -> [f32; WORD_NUMBERS] {
        let mut numbers = [0.0; WORD_NUMBERS];
        for (number, shares) in row.iter().zip(self.shares.as_chunks::<WORD_NUMBERS>().0) {
            for (sum, share) in numbers.iter_mut().zip(shares) {
                *sum += number * share;
            }
        }
        for (number, off) in numbers.iter_mut().zip(&self.taken_off) {
            *number -= off;
        }
        numbers
    }
}

/// The words of a text whose tokens have these rows, and stand in words at these places. Marks are nowhere.
pub(super) fn words(directions: &Directions, rows: &[f32], places: &[Range<usize>]) -> Vec<WordVector> {
    let mut words = Vec::with_capacity(places.len());
    let mut tokens = places.iter().zip(rows.chunks_exact(HIDDEN)).peekable();
    while let Some((place, row)) = tokens.next() {
        if place.is_empty() {
            continue;
        }
        let mut sum = row.to_vec();
        let mut count = 1.0;
        while let Some((_, row)) = tokens.next_if(|(next, _)| *next == place) {
            sum.iter_mut().zip(row).for_each(|(sum, number)| *sum += number);
            count += 1.0;
        }
        for number in &mut sum {
            *number /= count;
        }
        words.push(WordVector { place: place.clone(), numbers: rounded(&directions.projected(&sum)) });
    }
    words
}

/// In steps, from a vector of any length as if it were of length 1.
fn rounded(numbers: &[f32; WORD_NUMBERS]) -> [i8; WORD_NUMBERS] {
    let factor = WORD_STEPS / sum_of_squares(numbers).sqrt().max(1e-12);
    numbers.map(|number| (number * factor).round().clamp(-GREATEST, GREATEST) as i8)
}
