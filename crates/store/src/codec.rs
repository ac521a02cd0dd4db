//! Between column values and the types of the domain.

use domain::clock::from_micros;
use domain::{Invalid, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Embedding, StoreError, WORD_BYTES, WORDS_MAX};

pub(crate) fn micros(at: Timestamp) -> i64 {
    at.as_microsecond()
}

pub(crate) fn time(micros: i64) -> Timestamp {
    from_micros(micros)
}

pub(crate) fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Corrupt(what))
}

pub(crate) fn from_json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|_| StoreError::Corrupt(what))
}

/// An enum that is stored by its name.
pub(crate) fn from_name<T: DeserializeOwned>(what: &'static str, name: &str) -> Result<T, StoreError> {
    T::deserialize(serde::de::value::StrDeserializer::<serde::de::value::Error>::new(name))
        .map_err(|_| StoreError::Corrupt(what))
}

pub(crate) fn checked<T>(what: &'static str, value: Result<T, Invalid>) -> Result<T, StoreError> {
    value.map_err(|_| StoreError::Corrupt(what))
}

/// The vector's numbers, then the words, and in one more byte how many words there are. Without words it ends with the
/// vector, as all did once.
pub(crate) fn embedding_to_bytes(embedding: &Embedding) -> Vec<u8> {
    let Embedding { vector, words } = embedding;
    let mut bytes = Vec::with_capacity(size_of_val(&**vector) + words.len() + 1);
    bytes.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
    let (words, _) = words.as_chunks::<WORD_BYTES>();
    let words = &words[..words.len().min(WORDS_MAX)];
    if !words.is_empty() {
        bytes.extend_from_slice(words.as_flattened());
        bytes.push(words.len() as u8);
    }
    bytes
}

pub(crate) fn embedding_from_bytes(bytes: &[u8]) -> Result<Embedding, StoreError> {
    // Numbers and words are multiples of four bytes: one more is the count of words.
    let (numbers, words) = match bytes.split_last() {
        Some((count, rest)) if rest.len().is_multiple_of(4) => {
            let count = usize::from(*count);
            let numbers = rest.len().checked_sub(count * WORD_BYTES).filter(|_| count <= WORDS_MAX);
            rest.split_at(numbers.ok_or(StoreError::Corrupt("embedding"))?)
        }
        _ => (bytes, &[] as &[u8]),
    };
    let (numbers, rest) = numbers.as_chunks::<4>();
    if !rest.is_empty() {
        return Err(StoreError::Corrupt("embedding"));
    }
    let vector = numbers.iter().map(|number| f32::from_le_bytes(*number)).collect();
    Ok(Embedding { vector, words: words.to_vec() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn embeddings_survive_the_round_trip() {
        let vector = vec![0.5, -1.25, f32::MIN_POSITIVE, 0.0];
        for words in [0, 1, WORDS_MAX] {
            let words = (0..words * WORD_BYTES).map(|byte| byte as u8).collect();
            let embedding = Embedding { vector: vector.clone(), words };
            assert_eq!(embedding_from_bytes(&embedding_to_bytes(&embedding)).unwrap(), embedding);
        }
        assert_eq!(embedding_from_bytes(&[]).unwrap(), Embedding::default());
    }

    #[test]
    fn damaged_embeddings_are_told() {
        // More words than there are, more than are ever kept, and half a number.
        for bytes in [&[0, 0, 0, 0, 1][..], &[&[0; 4 * 1_000][..], &[25]].concat(), &[0; 6]] {
            assert!(matches!(embedding_from_bytes(bytes), Err(StoreError::Corrupt("embedding"))));
        }
    }
}
