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
        let tensor =
            self.tensors.get(name).filter(|tensor| tensor.dtype == "F32" && tensor.shape == shape)?;
        let [start, end] = tensor.data_offsets;
        let bytes = self.data.get(self.data_start.checked_add(start)?..self.data_start.checked_add(end)?)?;
        let (numbers, rest) = bytes.as_chunks::<4>();
        rest.is_empty().then(|| numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
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
