//! The forward pass of BERT: six layers of attention and a feed-forward net.
//!
//! The tokens of several texts stand one after the other in the dense layers, which need no padding then; only
//! attention looks at one text at a time.

use std::ops::Range;

use super::Precision;
use super::attention::{Head, WIDTH};
use super::kernels::Cpu;
use super::linear::{Linear, Quantised, even_shares};
use super::math::BLOCK;
use super::weights::Weights;
use crate::ModelError;

/// Numbers of a vector.
pub(crate) const HIDDEN: usize = 384;
const LAYERS: usize = 6;
const HEADS: usize = HIDDEN / WIDTH;
const FEED_FORWARD: usize = 1_536;
const POSITIONS: usize = 512;
/// Rows that pass through the dense layers together: what lies between two layers stays in the CPU's cache.
const BLOCK_ROWS_MAX: usize = 48;

#[derive(Debug)]
pub(crate) struct Encoder {
    cpu: Cpu,
    words: Words,
    /// With the embedding of the only token type added.
    positions: Vec<f32>,
    normal: Normal,
    layers: Vec<Layer>,
}

/// The embedding of each word piece.
#[derive(Debug)]
enum Words {
    F32(Vec<f32>),
    Int8(Quantised),
}

#[derive(Debug)]
struct Layer {
    /// Query, key and value side by side: one product instead of three.
    joint: Linear,
    attention_out: Linear,
    attention_normal: Normal,
    up: Linear,
    down: Linear,
    normal: Normal,
}

#[derive(Debug)]
struct Normal {
    scale: Vec<f32>,
    shift: Vec<f32>,
}

/// Room for what is computed on the way, kept between calls.
#[derive(Debug, Default)]
pub(crate) struct Scratch {
    hidden: Vec<f32>,
    joint: Vec<f32>,
    context: Vec<f32>,
    /// Of one block of rows, like `out`.
    wide: Vec<f32>,
    out: Vec<f32>,
    attention: Vec<f32>,
    quantised: Quantised,
}

impl Encoder {
    /// For a vocabulary of so many word pieces.
    pub(crate) fn load(
        weights: &Weights,
        vocabulary: usize,
        precision: Precision,
        cpu: Cpu,
    ) -> Result<Self, ModelError> {
        let words = weights.tensor("embeddings.word_embeddings.weight", &[vocabulary, HIDDEN])?;
        let types = weights.tensor("embeddings.token_type_embeddings.weight", &[2, HIDDEN])?;
        let mut positions = weights.tensor("embeddings.position_embeddings.weight", &[POSITIONS, HIDDEN])?;
        for row in positions.chunks_exact_mut(HIDDEN) {
            for (number, token_type) in row.iter_mut().zip(&types) {
                *number += token_type;
            }
        }
        let layers = (0..LAYERS).map(|layer| Layer::load(weights, layer, precision, cpu));
        Ok(Self {
            cpu,
            words: Words::new(cpu, words, precision),
            positions,
            normal: Normal::load(weights, "embeddings.LayerNorm")?,
            layers: layers.collect::<Result<_, _>>()?,
        })
    }

    /// A row of numbers for each token of the texts, one after the other. No text is empty or longer than 512 tokens.
    /// `between_layers` is called now and then, for what should not wait until the end.
    pub(crate) fn encode<'s>(
        &self,
        texts: &[Vec<u32>],
        scratch: &'s mut Scratch,
        between_layers: &mut dyn FnMut(),
    ) -> &'s [f32] {
        scratch.make_room(texts.iter().map(Vec::len).sum());
        self.embed_tokens(texts, scratch);
        for layer in &self.layers {
            self.attend(layer, texts, scratch);
            self.feed_forward(layer, scratch);
            between_layers();
        }
        &scratch.hidden
    }

    fn embed_tokens(&self, texts: &[Vec<u32>], scratch: &mut Scratch) {
        let ids = texts.iter().flat_map(|text| text.iter().enumerate());
        for (row, (position, id)) in scratch.hidden.chunks_exact_mut(HIDDEN).zip(ids) {
            self.words.copy_to(*id as usize, row);
            let position = &self.positions[position * HIDDEN..][..HIDDEN];
            self.cpu.add_and_normalise(row, position, &self.normal.scale, &self.normal.shift);
        }
    }

    fn attend(&self, layer: &Layer, texts: &[Vec<u32>], scratch: &mut Scratch) {
        let Scratch { hidden, joint, context, out, attention, quantised, .. } = scratch;
        for block in blocks(hidden.len() / HIDDEN) {
            let joint = &mut joint[block.start * 3 * HIDDEN..block.end * 3 * HIDDEN];
            layer.joint.apply(self.cpu, &hidden[block.start * HIDDEN..block.end * HIDDEN], quantised, joint);
        }
        let mut start = 0;
        for text in texts {
            for offset in (0..HEADS).map(|head| head * WIDTH) {
                let head = Head {
                    joint: &joint[start * 3 * HIDDEN..],
                    stride: 3 * HIDDEN,
                    tokens: text.len(),
                    query: offset,
                    key: HIDDEN + offset,
                    value: 2 * HIDDEN + offset,
                };
                self.cpu.attend(&head, attention, &mut context[start * HIDDEN + offset..], HIDDEN);
            }
            start += text.len();
        }
        for block in blocks(hidden.len() / HIDDEN) {
            let numbers = block.start * HIDDEN..block.end * HIDDEN;
            let out = &mut out[..numbers.len()];
            layer.attention_out.apply(self.cpu, &context[numbers.clone()], quantised, out);
            layer.attention_normal.add(self.cpu, &mut hidden[numbers], out);
        }
    }

    fn feed_forward(&self, layer: &Layer, scratch: &mut Scratch) {
        let Scratch { hidden, wide, out, quantised, .. } = scratch;
        for block in blocks(hidden.len() / HIDDEN) {
            let rows = &mut hidden[block.start * HIDDEN..block.end * HIDDEN];
            let (wide, out) = (&mut wide[..block.len() * FEED_FORWARD], &mut out[..rows.len()]);
            layer.up.apply(self.cpu, rows, quantised, wide);
            self.cpu.gelu(wide);
            layer.down.apply(self.cpu, wide, quantised, out);
            layer.normal.add(self.cpu, rows, out);
        }
    }
}

fn blocks(rows: usize) -> impl Iterator<Item = Range<usize>> {
    even_shares(rows, BLOCK_ROWS_MAX)
}

impl Scratch {
    /// Not cleared: whatever is read is written before.
    fn make_room(&mut self, rows: usize) {
        let block_rows = rows.min(BLOCK_ROWS_MAX);
        self.hidden.resize(rows * HIDDEN, 0.0);
        self.joint.resize(rows * 3 * HIDDEN, 0.0);
        self.context.resize(rows * HIDDEN, 0.0);
        self.wide.resize(block_rows * FEED_FORWARD, 0.0);
        self.out.resize(block_rows * HIDDEN, 0.0);
    }
}

impl Words {
    fn new(cpu: Cpu, words: Vec<f32>, precision: Precision) -> Self {
        match precision {
            Precision::F32 => Self::F32(words),
            Precision::Int8 => {
                let mut rounded = Quantised::default();
                rounded.fill(cpu, &words, HIDDEN);
                Self::Int8(rounded)
            }
        }
    }

    fn copy_to(&self, id: usize, out: &mut [f32]) {
        match self {
            Self::F32(rows) => out.copy_from_slice(&rows[id * HIDDEN..][..HIDDEN]),
            Self::Int8(rounded) => {
                let row = rounded.rows(id..id + 1, HIDDEN);
                let blocks = out.chunks_exact_mut(BLOCK).zip(row.numbers.chunks_exact(BLOCK));
                for ((out, numbers), scale) in blocks.zip(row.scales) {
                    for (out, number) in out.iter_mut().zip(numbers) {
                        *out = f32::from(*number) * scale;
                    }
                }
            }
        }
    }
}

impl Layer {
    fn load(weights: &Weights, layer: usize, precision: Precision, cpu: Cpu) -> Result<Self, ModelError> {
        let name = |part: &str| format!("encoder.layer.{layer}.{part}");
        let linear = |part: &str, outputs: usize, inputs: usize| {
            let numbers = weights.tensor(&name(&format!("{part}.weight")), &[outputs, inputs])?;
            let bias = weights.tensor(&name(&format!("{part}.bias")), &[outputs])?;
            Ok::<_, ModelError>((numbers, bias))
        };
        let dense = |part: &str, outputs: usize, inputs: usize| {
            let (numbers, bias) = linear(part, outputs, inputs)?;
            Ok::<_, ModelError>(Linear::new(cpu, &numbers, bias, inputs, precision))
        };
        let (mut numbers, mut bias) = linear("attention.self.query", HIDDEN, HIDDEN)?;
        for part in ["attention.self.key", "attention.self.value"] {
            let (more_numbers, more_bias) = linear(part, HIDDEN, HIDDEN)?;
            numbers.extend(more_numbers);
            bias.extend(more_bias);
        }
        Ok(Self {
            joint: Linear::new(cpu, &numbers, bias, HIDDEN, precision),
            attention_out: dense("attention.output.dense", HIDDEN, HIDDEN)?,
            attention_normal: Normal::load(weights, &name("attention.output.LayerNorm"))?,
            up: dense("intermediate.dense", FEED_FORWARD, HIDDEN)?,
            down: dense("output.dense", HIDDEN, FEED_FORWARD)?,
            normal: Normal::load(weights, &name("output.LayerNorm"))?,
        })
    }
}

impl Normal {
    fn load(weights: &Weights, name: &str) -> Result<Self, ModelError> {
        Ok(Self {
            scale: weights.tensor(&format!("{name}.weight"), &[HIDDEN])?,
            shift: weights.tensor(&format!("{name}.bias"), &[HIDDEN])?,
        })
    }

    /// Adds `change` to each row of `hidden` and normalises it.
    fn add(&self, cpu: Cpu, hidden: &mut [f32], change: &[f32]) {
        for (row, change) in hidden.chunks_exact_mut(HIDDEN).zip(change.chunks_exact(HIDDEN)) {
            cpu.add_and_normalise(row, change, &self.scale, &self.shift);
        }
    }
}
