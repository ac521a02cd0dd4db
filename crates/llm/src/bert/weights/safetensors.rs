//! Reading a safetensors file: eight bytes of length, a JSON header, then the numbers.

use std::collections::HashMap;

use serde::Deserialize;

#[derive(Debug)]
pub(super) struct Safetensors {
    tensors: HashMap<String, Tensor>,
    data: Vec<u8>,
    data_start: usize,
}

#[derive(Debug, Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<usize>,
    data_offsets: [usize; 2],
}

impl Safetensors {
    pub(super) fn read(data: Vec<u8>) -> Option<Self> {
        let (tensors, data_start) = header(&data)?;
        Some(Self { tensors, data, data_start })
    }

    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Option<Vec<f32>> {
        let tensor = self.tensors.get(name).filter(|tensor| tensor.shape == shape)?;
        let [start, end] = tensor.data_offsets;
        let bytes = self.data.get(self.data_start.checked_add(start)?..self.data_start.checked_add(end)?)?;
        match tensor.dtype.as_str() {
            "F32" => {
                let (numbers, rest) = bytes.as_chunks::<4>();
                rest.is_empty().then(|| numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
            }
            // The upper half of an f32.
            "BF16" => {
                let (numbers, rest) = bytes.as_chunks::<2>();
                let number = |half: &[u8; 2]| f32::from_bits(u32::from(u16::from_le_bytes(*half)) << 16);
                rest.is_empty().then(|| numbers.iter().map(number).collect())
            }
            _ => None,
        }
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.tensors.keys().map(String::as_str)
    }

    pub(super) fn shape(&self, name: &str) -> Option<&[usize]> {
        Some(&self.tensors.get(name)?.shape)
    }
}

fn header(data: &[u8]) -> Option<(HashMap<String, Tensor>, usize)> {
    let (length, rest) = data.split_first_chunk::<8>()?;
    let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
    let mut header: HashMap<String, serde_json::Value> = serde_json::from_slice(rest.get(..length)?).ok()?;
    header.remove("__metadata__");
    let tensors = header.into_iter().map(|(name, tensor)| Some((name, serde_json::from_value(tensor).ok()?)));
    Some((tensors.collect::<Option<_>>()?, 8 + length))
}

/// The bytes of a file with these tensors, as `f32`.
#[cfg(test)]
pub(crate) fn file_of(tensors: &[(&str, &[usize], &[f32])]) -> Vec<u8> {
    let (mut header, mut data) = (serde_json::Map::new(), Vec::new());
    for (name, shape, numbers) in tensors {
        let start = data.len();
        data.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
        let tensor = serde_json::json!({"dtype": "F32", "shape": shape, "data_offsets": [start, data.len()]});
        header.insert((*name).to_owned(), tensor);
    }
    let header = serde_json::to_vec(&header).unwrap();
    [&(header.len() as u64).to_le_bytes()[..], &header, &data].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_of_numbers_are_read_too() {
        let header = br#"{"a":{"dtype":"BF16","shape":[3],"data_offsets":[0,6]},"b":{"dtype":"I8","shape":[6],"data_offsets":[0,6]}}"#;
        let numbers = [0x3f80_u16, 0xc049, 0];
        let data: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
        let file = [&(header.len() as u64).to_le_bytes()[..], header, &data].concat();
        let file = Safetensors::read(file).unwrap();
        assert_eq!(file.tensor("a", &[3]).unwrap(), [1.0, -3.140_625, 0.0]);
        assert_eq!((file.tensor("a", &[2]), file.tensor("b", &[6])), (None, None));
    }
}
