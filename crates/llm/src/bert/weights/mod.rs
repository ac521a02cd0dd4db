//! Reading the weight files.

mod onnx; // ONNX with weights of 4 and 8 bits
mod protobuf; // the encoding of ONNX files
mod safetensors; // plain numbers

use std::path::{Path, PathBuf};

use super::unusable;
use crate::ModelError;
use onnx::Onnx;
use safetensors::Safetensors;

#[derive(Debug)]
pub(crate) struct Weights {
    path: PathBuf,
    file: File,
}

#[derive(Debug)]
enum File {
    Safetensors(Safetensors),
    Onnx(Onnx),
}

impl Weights {
    pub(crate) fn read(path: &Path) -> Result<Self, ModelError> {
        let data = std::fs::read(path).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => unusable(path, "is missing"),
            _ => unusable(path, &format!("cannot be read ({error})")),
        })?;
        let file = if path.extension().is_some_and(|extension| extension == "onnx") {
            Onnx::read(data).map(File::Onnx)
        } else {
            Safetensors::read(data).map(File::Safetensors)
        };
        let file = file.ok_or_else(|| unusable(path, "is damaged"))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// The numbers of a tensor, which must have this shape.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let numbers = match &self.file {
            File::Safetensors(file) => file.tensor(name, shape),
            File::Onnx(file) => file.tensor(name, shape),
        };
        let wanted = shape.iter().product::<usize>();
        numbers
            .filter(|numbers| numbers.len() == wanted)
            .ok_or_else(|| unusable(&self.path, &format!("is damaged or of another model (at {name})")))
    }
}
