//! The vectors of single words: what the encoder says of a word where it stands, in few numbers.
//!
//! Of the 384 numbers of a token the 48 directions are kept in which tokens differ most (principal components). They were
//! found by `confidant eval fit-words` on the development conversations; `words.bin` holds what each number counts in each
//! direction, and behind that what is taken off, since all tokens have it.

use std::ops::Range;
use std::sync::LazyLock;

use crate::bert::{HIDDEN, sum_of_squares};
use crate::embedding::{WORD_NUMBERS, WORD_STEPS, WordVector};

const GREATEST: f32 = 7.0;
static FITTED: &[u8] = include_bytes!("words.bin");
const _: () = assert!(FITTED.len() == 4 * WORD_NUMBERS * (HIDDEN + 1), "words.bin is of another model");

/// One row of [`WORD_NUMBERS`] for each number of a token.
static DIRECTIONS: LazyLock<Vec<f32>> = LazyLock::new(|| {
    let (numbers, _) = FITTED.as_chunks::<4>();
    numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()
});

/// The words of a text whose tokens have these rows, and stand in words at these places. Marks are nowhere.
pub(super) fn words(rows: &[f32], places: &[Range<usize>]) -> Vec<WordVector> {
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
        words.push(WordVector { place: place.clone(), numbers: rounded(&projected(&sum)) });
    }
    words
}

/// A token's row in few directions.
fn projected(row: &[f32]) -> [f32; WORD_NUMBERS] {
    let (directions, taken_off) = DIRECTIONS.as_chunks::<WORD_NUMBERS>().0.split_at(HIDDEN);
    let mut numbers = [0.0; WORD_NUMBERS];
    for (number, direction) in row.iter().zip(directions) {
        for (sum, share) in numbers.iter_mut().zip(direction) {
            *sum += number * share;
        }
    }
    for (number, off) in numbers.iter_mut().zip(taken_off.iter().flatten()) {
        *number -= off;
    }
    numbers
}

/// In steps, from a vector of any length as if it were of length 1.
fn rounded(numbers: &[f32; WORD_NUMBERS]) -> [i8; WORD_NUMBERS] {
    let factor = WORD_STEPS / sum_of_squares(numbers).sqrt().max(1e-12);
    numbers.map(|number| (number * factor).round().clamp(-GREATEST, GREATEST) as i8)
}
