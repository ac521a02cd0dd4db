//! Reading the safetensors file: eight bytes of length, a JSON header, then the numbers.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::unusable;
use crate::ModelError;

#[derive(Debug)]
pub(super) struct Weights {
    path: PathBuf,
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

impl Weights {
    pub(super) fn read(path: &Path) -> Result<Self, ModelError> {
        let data = std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => unusable(path, "is missing"),
            _ => unusable(path, &format!("cannot be read ({error})")),
        })?;
        let (tensors, data_start) = header(&data).ok_or_else(|| unusable(path, "is damaged"))?;
        Ok(Self { path: path.to_owned(), tensors, data, data_start })
    }

    /// The numbers of a tensor, which must have this shape.
    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let tensor = self.tensors.get(name).filter(|tensor| tensor.dtype == "F32" && tensor.shape == shape);
        let bytes = tensor.and_then(|tensor| {
            let [start, end] = tensor.data_offsets;
            self.data.get(self.data_start.checked_add(start)?..self.data_start.checked_add(end)?)
        });
        let (numbers, rest) = bytes.unwrap_or_default().as_chunks::<4>();
        if !rest.is_empty() || numbers.len() != shape.iter().product::<usize>() {
            return Err(unusable(&self.path, &format!("is damaged or of another model (at {name})")));
        }
        Ok(numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
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
