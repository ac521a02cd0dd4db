//! Between column values and the types of the domain.

use domain::clock::from_micros;
use domain::{Invalid, Timestamp};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

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

pub(crate) fn vector_to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

pub(crate) fn vector_from_bytes(bytes: &[u8]) -> Vec<f32> {
    let (numbers, _) = bytes.as_chunks::<4>();
    numbers.iter().map(|number| f32::from_le_bytes(*number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_survive_the_round_trip() {
        let vector = vec![0.5, -1.25, f32::MIN_POSITIVE, 0.0];
        assert_eq!(vector_from_bytes(&vector_to_bytes(&vector)), vector);
    }
}
