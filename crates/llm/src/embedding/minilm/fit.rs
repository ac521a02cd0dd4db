//! Finding the directions in which the tokens of texts differ most, for the vectors of single words.

use std::path::Path;

use super::{NAME_OF_TOKENIZER, NAME_OF_WEIGHTS, TOKENS_MAX};
use crate::ModelError;
use crate::bert::{Cpu, Encoder, HIDDEN, Precision, Scratch, Tokenizer, Weights, sum_of_squares};
use crate::embedding::WORD_NUMBERS;

/// Of orthogonal iteration: where two directions differ by 2 % in their share, so many leave .3 % of a mistake.
const ROUNDS: usize = 300;

/// What `words.bin` holds, found in the tokens of `texts`.
pub fn fit_words(folder: &Path, texts: impl Iterator<Item = String>) -> Result<Vec<u8>, ModelError> {
    let tokenizer = Tokenizer::load(&folder.join(NAME_OF_TOKENIZER), Some(TOKENS_MAX))?;
    let weights = Weights::read(&folder.join(NAME_OF_WEIGHTS))?;
    let encoder = Encoder::load(&weights, tokenizer.vocabulary(), Precision::Int8, Cpu::detect())?;
    let mut scratch = Scratch::default();
    let (mut count, mut sums, mut products) = (0.0, vec![0.0; HIDDEN], vec![0.0; HIDDEN * HIDDEN]);
    for text in texts {
        let (tokens, places) = tokenizer.encode_by_word(&text)?;
        let rows = encoder.encode(&[tokens], &mut scratch, &mut || {});
        let of_words = rows.chunks_exact(HIDDEN).zip(places).filter(|(_, place)| !place.is_empty());
        for (row, _) in of_words {
            count += 1.0;
            for (number, (sum, products)) in
                row.iter().zip(sums.iter_mut().zip(products.chunks_exact_mut(HIDDEN)))
            {
                *sum += number;
                products.iter_mut().zip(row).for_each(|(product, other)| *product += number * other);
            }
        }
    }
    let mean: Vec<f32> = sums.into_iter().map(|sum| sum / f32::max(count, 1.0)).collect();
    for (products, mean_of_row) in products.chunks_exact_mut(HIDDEN).zip(&mean) {
        products.iter_mut().zip(&mean).for_each(|(product, mean)| *product -= count * mean_of_row * mean);
    }
    let directions = principal(&products);
    let taken_off = directions.iter().map(|direction| dot(direction, &mean));
    let by_number = (0..HIDDEN).flat_map(|number| directions.iter().map(move |direction| direction[number]));
    Ok(by_number.chain(taken_off).flat_map(f32::to_le_bytes).collect())
}

/// The directions of the greatest variance, from the products of all pairs of numbers.
fn principal(products: &[f32]) -> Vec<Vec<f32>> {
    let axis =
        |at: usize| (0..HIDDEN).map(|number| f32::from(u8::from(number % WORD_NUMBERS == at))).collect();
    let mut directions: Vec<Vec<f32>> = (0..WORD_NUMBERS).map(axis).collect();
    for _ in 0..ROUNDS {
        let mut found: Vec<Vec<f32>> = Vec::with_capacity(WORD_NUMBERS);
        for direction in &directions {
            let mut next: Vec<f32> = products.chunks_exact(HIDDEN).map(|row| dot(row, direction)).collect();
            for before in &found {
                let share = dot(before, &next);
                next.iter_mut().zip(before).for_each(|(number, before)| *number -= share * before);
            }
            let length = sum_of_squares(&next).sqrt().max(f32::MIN_POSITIVE);
            for number in &mut next {
                *number /= length;
            }
            found.push(next);
        }
        directions = found;
    }
    directions
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
