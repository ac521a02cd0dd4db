//! Texts compared word by word: for each word of the question the closest word of a document counts, rare ones more.
//! Khattab and Zaharia (2020) call it late interaction. It finds what a single vector of a text averages away.

use llm::embedding::{WORD_NUMBERS, WORD_STEPS, WordVector};
use store::{WORD_BYTES, WORDS_MAX};

use super::kernels::dot_rows_i8;
use super::terms::{Stems, carries_meaning};
use crate::words::Words;

const _: () = assert!(WORD_NUMBERS == 2 * WORD_BYTES, "two numbers a byte");

/// The words of a question, and of what was said before it.
#[derive(Default)]
pub struct AskedWords {
    pub(super) terms: Vec<String>,
    /// Their vectors, one after the other.
    numbers: Vec<i8>,
    /// How much each counts: 1 in the question itself, less before it.
    shares: Vec<f32>,
    /// So many are the question's own.
    own: usize,
}

impl AskedWords {
    /// The words of a question, at most so many as are kept of a text.
    pub fn of(text: &str, words: &[WordVector]) -> Self {
        let mut asked = Self::default();
        asked.own = asked.push(text, words);
        asked.shares = vec![1.0; asked.own];
        asked
    }

    /// Adds those of a message before it, as far as there is room. Together they count this share of the question's own words.
    pub fn add_before(&mut self, text: &str, words: &[WordVector], share: f32) {
        let added = self.push(text, words);
        let each = share * self.own.max(1) as f32 / added.max(self.own) as f32;
        self.shares.resize(self.terms.len(), each);
    }

    /// Returns how many there was room for.
    fn push(&mut self, text: &str, words: &[WordVector]) -> usize {
        let (before, mut stems) = (self.terms.len(), Stems::default());
        for (text, word) in meaningful(text, words).take(WORDS_MAX - before) {
            if let Some(term) = stems.of(&Words::of(text)).pop() {
                self.terms.push(term);
                self.numbers.extend_from_slice(&word.numbers);
            }
        }
        self.terms.len() - before
    }

    /// How much each counts where their terms are so rare.
    pub(super) fn weights(&self, rarity: impl Fn(&str) -> f32) -> Vec<f32> {
        self.terms.iter().zip(&self.shares).map(|(term, share)| rarity(term) * share).collect()
    }
}

/// The words of a text that carry meaning.
fn meaningful<'a>(text: &'a str, words: &'a [WordVector]) -> impl Iterator<Item = (&'a str, &'a WordVector)> {
    let read = |word: &'a WordVector| Some((text.get(word.place.clone())?, word));
    words.iter().filter_map(read).filter(|(text, _)| {
        // In "I'm" the model sees an "m".
        let is_word = text.len() > 1 || text.contains(char::is_numeric);
        is_word && text.contains(char::is_alphanumeric) && carries_meaning(&text.to_lowercase())
    })
}

/// The words of a text that is kept, at most so many.
pub(crate) fn packed_words(text: &str, words: &[WordVector]) -> Vec<u8> {
    meaningful(text, words).take(WORDS_MAX).flat_map(|(_, word)| packed(&word.numbers)).collect()
}

/// Two numbers a byte: the first half of them in the lower bits, the second in the upper.
fn packed(numbers: &[i8; WORD_NUMBERS]) -> [u8; WORD_BYTES] {
    let (low, high) = numbers.split_at(WORD_BYTES);
    std::array::from_fn(|at| (low[at] + 8) as u8 | ((high[at] + 8) as u8) << 4)
}

fn unpacked(packed: &[u8; WORD_BYTES]) -> [i8; WORD_NUMBERS] {
    std::array::from_fn(|at| match packed.get(at) {
        Some(byte) => (byte & 15) as i8 - 8,
        None => (packed[at - WORD_BYTES] >> 4) as i8 - 8,
    })
}

/// For each word of a question the cosine of the closest of the words, and of these the mean, where each counts as much as
/// it weighs. `None` where there is nothing to compare.
pub(super) fn closeness(question: &AskedWords, weights: &[f32], words: &[u8]) -> Option<f32> {
    let whole: f32 = weights.iter().sum();
    if words.len() < WORD_BYTES || whole <= 0.0 {
        return None;
    }
    let mut closest = [i32::MIN; WORDS_MAX];
    let mut products = Vec::with_capacity(WORDS_MAX);
    for word in words.as_chunks::<WORD_BYTES>().0 {
        products.clear();
        dot_rows_i8(&question.numbers, &unpacked(word), &mut products);
        closest.iter_mut().zip(&products).for_each(|(closest, product)| *closest = *product.max(closest));
    }
    let sum: f32 = closest.iter().zip(weights).map(|(product, weight)| *product as f32 * weight).sum();
    Some(sum / whole / (WORD_STEPS * WORD_STEPS))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(place: std::ops::Range<usize>, first: i8) -> WordVector {
        let numbers = std::array::from_fn(|at| if at == 0 { first } else { (at % 5) as i8 - 2 });
        WordVector { place, numbers }
    }

    #[test]
    fn words_are_packed_without_loss() {
        let numbers = std::array::from_fn(|at| (at % 15) as i8 - 7);
        assert_eq!(unpacked(&packed(&numbers)), numbers);
    }

    #[test]
    fn what_carries_no_meaning_is_left_out() {
        let text = "The dog's 3 toys, I'm";
        let places = [0..3, 4..7, 7..8, 8..9, 10..11, 12..16, 16..17, 18..19, 19..20, 20..21];
        let words = places.map(|place| word(place, 1));
        assert_eq!(AskedWords::of(text, &words).terms, ["dog", "3", "toy"]);
        assert_eq!(packed_words(text, &words).len(), 3 * WORD_BYTES);
    }

    #[test]
    fn the_closest_word_counts() {
        let question = AskedWords::of("dog", &[word(0..3, 7)]);
        let document = packed_words("cat dog", &[word(0..3, -7), word(4..7, 7)]);
        let of = |words: &[u8]| closeness(&question, &[1.0], words);
        let (same, other) = (of(&document).unwrap(), of(&document[..WORD_BYTES]).unwrap());
        assert!(same > 0.5 && other < same, "{same} {other}");
        assert_eq!((of(&[]), closeness(&AskedWords::default(), &[], &document)), (None, None));
    }
}
