//! Reading the weights of an ONNX file as optimum quantises them: embeddings as bytes with one scale and zero point,
//! products as `MatMulNBits` with four bits a weight and a scale for every 32 of them.
//! <https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md#com.microsoft.MatMulNBits>

use std::collections::HashMap;
use std::ops::Range;

use super::protobuf::{Fields, Value};

/// Weights that share a scale.
const BLOCK: usize = 32;
/// The four-bit number that stands for zero.
const MIDDLE: f32 = 8.0;

#[derive(Debug)]
pub(super) struct Onnx {
    data: Vec<u8>,
    initializers: HashMap<String, Initializer>,
    /// The names of the numbers and scales of each product, by the name of its layer.
    products: HashMap<String, [String; 2]>,
}

#[derive(Debug, Default)]
struct Initializer {
    shape: Vec<usize>,
    /// Where its numbers stand in the file.
    raw: Option<Range<usize>>,
    /// Of a tensor that is a single number.
    single: Option<f32>,
}

impl Onnx {
    pub(super) fn read(data: Vec<u8>) -> Option<Self> {
        let graph = Fields(&data).find_map(|field| match field {
            (7, Value::Bytes(graph)) => Some(graph),
            _ => None,
        })?;
        let (mut initializers, mut products) = (HashMap::new(), HashMap::new());
        for field in Fields(graph) {
            match field {
                (1, Value::Bytes(node)) => products.extend(product(node)),
                (5, Value::Bytes(tensor)) => initializers.extend([initializer(tensor, &data)?]),
                _ => {}
            }
        }
        Some(Self { data, initializers, products })
    }

    pub(super) fn tensor(&self, name: &str, shape: &[usize]) -> Option<Vec<f32>> {
        let layer = name.strip_suffix(".weight").unwrap_or(name);
        if let Some([numbers, scales]) = self.products.get(layer) {
            return self.product(numbers, scales, shape);
        }
        let prefixed = format!("bert.{name}");
        let plain = self.initializers.get(&prefixed).or_else(|| self.initializers.get(name));
        if let Some(plain) = plain {
            return (plain.shape == shape).then(|| self.floats(plain))?;
        }
        let quantised = self.initializers.get(&format!("{prefixed}_quantized"))?;
        let scale = self.initializers.get(&format!("{prefixed}_scale"))?.single?;
        let zero = self.initializers.get(&format!("{prefixed}_zero_point"))?.single?;
        let bytes = self.data.get(quantised.raw.clone()?)?;
        (quantised.shape == shape)
            .then(|| bytes.iter().map(|byte| (f32::from(*byte) - zero) * scale).collect())
    }

    fn product(&self, numbers: &str, scales: &str, shape: &[usize]) -> Option<Vec<f32>> {
        let [outputs, inputs] = shape else { return None };
        let packed = self.initializers.get(numbers)?;
        if packed.shape != [*outputs, inputs.div_ceil(BLOCK), BLOCK / 2] || inputs % BLOCK != 0 {
            return None;
        }
        let bytes = self.data.get(packed.raw.clone()?)?;
        let scales = self.floats(self.initializers.get(scales)?)?;
        let mut weights = Vec::with_capacity(outputs * inputs);
        for (block, scale) in bytes.chunks_exact(BLOCK / 2).zip(scales) {
            for pair in block {
                weights.push((f32::from(pair & 15) - MIDDLE) * scale);
                weights.push((f32::from(pair >> 4) - MIDDLE) * scale);
            }
        }
        Some(weights)
    }

    fn floats(&self, initializer: &Initializer) -> Option<Vec<f32>> {
        let (numbers, rest) = self.data.get(initializer.raw.clone()?)?.as_chunks::<4>();
        rest.is_empty().then(|| numbers.iter().map(|number| f32::from_le_bytes(*number)).collect())
    }
}

/// A `TensorProto` with its name. Its bytes lie in `data`.
fn initializer(tensor: &[u8], data: &[u8]) -> Option<(String, Initializer)> {
    let (mut name, mut read) = (String::new(), Initializer::default());
    for field in Fields(tensor) {
        match field {
            (1, Value::Number(length)) => read.shape.push(usize::try_from(length).ok()?),
            (1, Value::Bytes(lengths)) => {
                read.shape.extend(Fields::packed(lengths).map(|length| length as usize));
            }
            (4, Value::Bytes(float)) => read.single = Some(f32::from_le_bytes(float.try_into().ok()?)),
            (5, Value::Number(number)) => read.single = Some(number as f32),
            (5, Value::Bytes(numbers)) => read.single = Fields::packed(numbers).next().map(|n| n as f32),
            (8, Value::Bytes(text)) => name = String::from_utf8(text.to_vec()).ok()?,
            (9, Value::Bytes(raw)) => {
                let start = raw.as_ptr() as usize - data.as_ptr() as usize;
                read.raw = Some(start..start + raw.len());
            }
            _ => {}
        }
    }
    Some((name, read))
}

/// A `NodeProto` that multiplies by weights of four bits: `/bert/encoder/layer.0/output/dense/MatMul_Q4` belongs to the
/// layer `encoder.layer.0.output.dense`.
fn product(node: &[u8]) -> Option<(String, [String; 2])> {
    let (mut inputs, mut name) = (Vec::new(), String::new());
    for field in Fields(node) {
        match field {
            (1, Value::Bytes(input)) => inputs.push(String::from_utf8(input.to_vec()).ok()?),
            (3, Value::Bytes(text)) => name = String::from_utf8(text.to_vec()).ok()?,
            _ => {}
        }
    }
    let path = name.strip_suffix("/MatMul_Q4")?.trim_start_matches('/');
    let layer = path.strip_prefix("bert/").unwrap_or(path).replace('/', ".");
    let [_, numbers, scales] = inputs.try_into().ok()?;
    Some((layer, [numbers, scales]))
}
