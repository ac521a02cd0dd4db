//! Reading the weight files.

mod onnx; // ONNX with weights of 4 and 8 bits
mod protobuf; // the encoding of ONNX files
mod safetensors; // plain numbers

use std::path::{Path, PathBuf};

use super::unusable;
use crate::ModelError;
use onnx::Onnx;
use safetensors::Safetensors;
#[cfg(test)]
pub(crate) use safetensors::file_of;

#[derive(Debug)]
pub(crate) struct Weights {
    path: PathBuf,
    file: File,
    adapter: Option<Box<Self>>,
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
        Self::parse(path, data)
    }

    /// What a file of this name holds.
    pub(crate) fn parse(path: &Path, data: Vec<u8>) -> Result<Self, ModelError> {
        let file = if path.extension().is_some_and(|extension| extension == "onnx") {
            Onnx::read(data).map(File::Onnx)
        } else {
            Safetensors::read(data).map(File::Safetensors)
        };
        let file = file.ok_or_else(|| unusable(path, "is damaged"))?;
        Ok(Self { path: path.to_owned(), file, adapter: None })
    }

    /// The same weights, changed by a low-rank adapter (Hu et al. 2021): to `x.weight` the product of `x.lora_B.weight` and
    /// `x.lora_A.weight` is added where `adapter` has them.
    pub(crate) fn with_adapter(self, adapter: Self) -> Self {
        Self { adapter: Some(Box::new(adapter)), ..self }
    }

    /// What its tensors are called.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        let named = match &self.file {
            File::Safetensors(file) => Some(file.names()),
            File::Onnx(_) => None,
        };
        named.into_iter().flatten()
    }

    /// The numbers of a tensor, which must have this shape.
    pub(crate) fn tensor(&self, name: &str, shape: &[usize]) -> Result<Vec<f32>, ModelError> {
        let numbers = match &self.file {
            File::Safetensors(file) => file.tensor(name, shape),
            File::Onnx(file) => file.tensor(name, shape),
        };
        let wanted = shape.iter().product::<usize>();
        let mut numbers = numbers
            .filter(|numbers| numbers.len() == wanted)
            .ok_or_else(|| unusable(&self.path, &format!("is damaged or of another model (at {name})")))?;
        if let (Some(adapter), [outputs, inputs]) = (&self.adapter, shape) {
            adapter.add_product(name, *outputs, *inputs, &mut numbers)?;
        }
        Ok(numbers)
    }

    /// Adds what this adapter has for the dense layer of this name.
    fn add_product(
        &self,
        name: &str,
        outputs: usize,
        inputs: usize,
        numbers: &mut [f32],
    ) -> Result<(), ModelError> {
        let File::Safetensors(file) = &self.file else { return Ok(()) };
        let layer = name.strip_suffix(".weight").unwrap_or(name);
        let (down, up) = (format!("{layer}.lora_A.weight"), format!("{layer}.lora_B.weight"));
        let Some([rank, _]) = file.shape(&down) else { return Ok(()) };
        let rank = (*rank).max(1);
        let (down, up) = (self.tensor(&down, &[rank, inputs])?, self.tensor(&up, &[outputs, rank])?);
        for (row, shares) in numbers.chunks_exact_mut(inputs).zip(up.chunks_exact(rank)) {
            for (share, direction) in shares.iter().zip(down.chunks_exact(inputs)) {
                row.iter_mut().zip(direction).for_each(|(number, part)| *number += share * part);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_adapter_changes_the_layers_that_it_has() {
        let weights = |tensors: &[(&str, &[usize], &[f32])]| {
            Weights::parse(Path::new("some.safetensors"), file_of(tensors)).unwrap()
        };
        let published = || {
            weights(&[
                ("a.weight", &[2, 3], &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]),
                ("b.weight", &[1, 3], &[7.0, 8.0, 9.0]),
            ])
        };
        let adapter = weights(&[
            ("a.lora_A.weight", &[1, 3], &[1.0, 0.0, -1.0]),
            ("a.lora_B.weight", &[2, 1], &[10.0, 100.0]),
        ]);
        let adapted = published().with_adapter(adapter);
        assert_eq!(adapted.tensor("a.weight", &[2, 3]).unwrap(), [11.0, 2.0, -7.0, 104.0, 5.0, -94.0]);
        assert_eq!(adapted.tensor("b.weight", &[1, 3]).unwrap(), [7.0, 8.0, 9.0]);
        let of_another =
            weights(&[("a.lora_A.weight", &[1, 2], &[1.0, 0.0]), ("a.lora_B.weight", &[2, 1], &[1.0, 1.0])]);
        let problem =
            published().with_adapter(of_another).tensor("a.weight", &[2, 3]).unwrap_err().to_string();
        assert!(problem.contains("a.lora_A.weight"), "{problem}");
    }
}
