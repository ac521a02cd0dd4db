//! A dense layer, in either precision. Weights are packed at load in the order in which the inner loop reads them:
//! panels of 16 outputs. As integers, weights and inputs are rounded in blocks of 64 inputs, each with a scale of its own:
//! one large number costs only its block.

use std::ops::Range;

use super::Precision;
use super::kernels::Cpu;
use super::math::{BLOCK, Outputs, PANEL, QUAD, Rounded, RoundedPanel, WEIGHT_OFFSET};

/// Rows that share one reading of the weights. With six the sums of a tile just fit into the registers of AVX2.
const ROWS_MAX: usize = 6;
/// Inputs are scaled to whole numbers up to this.
const INPUT_MAX: f32 = 127.0;
/// And weights up to this: the sum of two products of an input and a weight with its offset fits into 16 bits.
const WEIGHT_MAX: f32 = 63.0;

#[derive(Debug)]
pub(super) struct Linear {
    inputs: usize,
    outputs: usize,
    weights: Packed,
    bias: Vec<f32>,
}

#[derive(Debug)]
enum Packed {
    F32(Vec<f32>),
    /// Rounded weights, and what one step of each block of each output is worth.
    Int8 {
        panels: Vec<u8>,
        scales: Vec<f32>,
    },
}

/// Rows of numbers as integers. For inputs it is kept between calls.
#[derive(Debug, Default)]
pub(super) struct Quantised {
    numbers: Vec<i8>,
    /// By block: what one step is worth, and the sum of its numbers.
    scales: Vec<f32>,
    sums: Vec<i32>,
}

impl Linear {
    /// `weights` has a row of `inputs` numbers for each output. Outputs must be a multiple of 16, inputs of 64.
    pub(super) fn new(
        cpu: Cpu,
        weights: &[f32],
        bias: Vec<f32>,
        inputs: usize,
        precision: Precision,
    ) -> Self {
        let outputs = bias.len();
        debug_assert!(outputs.is_multiple_of(PANEL) && inputs.is_multiple_of(BLOCK));
        let weights = match precision {
            Precision::F32 => Packed::F32(pack_f32(weights, inputs, outputs)),
            Precision::Int8 => pack_int8(cpu, weights, inputs, outputs),
        };
        Self { inputs, outputs, weights, bias }
    }

    /// `out = input · weights + bias`, for each row of the input.
    pub(super) fn apply(&self, cpu: Cpu, input: &[f32], quantised: &mut Quantised, out: &mut [f32]) {
        match &self.weights {
            Packed::F32(panels) => self.apply_f32(cpu, panels, input, out),
            Packed::Int8 { panels, scales } => {
                quantised.fill(cpu, input, self.inputs);
                self.apply_int8(cpu, panels, scales, quantised, out);
            }
        }
    }

    fn apply_f32(&self, cpu: Cpu, panels: &[f32], input: &[f32], out: &mut [f32]) {
        for (at, panel) in panels.chunks_exact(self.inputs * PANEL).enumerate() {
            for tile in even_shares(input.len() / self.inputs, ROWS_MAX) {
                let row = |offset: usize| &input[(tile.start + offset) * self.inputs..][..self.inputs];
                macro_rules! with_rows {
                    ($($rows:literal)*) => { match tile.len() {
                        $($rows => {
                            let sums = cpu.tile_f32::<$rows>(panel, std::array::from_fn(row));
                            for (offset, sums) in sums.iter().enumerate() {
                                self.write(out, tile.start + offset, at, sums);
                            }
                        })*
                        _ => {}
                    }};
                }
                with_rows!(1 2 3 4 5 6);
            }
        }
    }

    fn apply_int8(&self, cpu: Cpu, panels: &[u8], scales: &[f32], quantised: &Quantised, out: &mut [f32]) {
        let blocks = self.inputs / BLOCK;
        let (biases, _) = self.bias.as_chunks::<PANEL>();
        let panels = panels.chunks_exact(self.inputs * PANEL).zip(scales.chunks_exact(blocks * PANEL));
        for (at, ((numbers, scales), bias)) in panels.zip(biases).enumerate() {
            let panel = RoundedPanel { numbers, scales, bias };
            for tile in even_shares(quantised.scales.len() / blocks, cpu.rows_max()) {
                let rows = quantised.rows(tile.clone(), self.inputs);
                let numbers = &mut out[tile.start * self.outputs + at * PANEL..];
                let out = Outputs { numbers, stride: self.outputs };
                macro_rules! with_rows {
                    ($($rows:literal)*) => { match tile.len() {
                        $($rows => cpu.tile_i8::<$rows>(panel, rows, out),)*
                        _ => {}
                    }};
                }
                with_rows!(1 2 3 4 5 6 7 8 9 10 11 12);
            }
        }
    }

    #[inline]
    fn write(&self, out: &mut [f32], row: usize, panel: usize, sums: &[f32; PANEL]) {
        let start = row * self.outputs + panel * PANEL;
        let bias = &self.bias[panel * PANEL..][..PANEL];
        for ((out, sum), bias) in out[start..start + PANEL].iter_mut().zip(sums).zip(bias) {
            *out = sum + bias;
        }
    }
}

impl Quantised {
    pub(super) fn fill(&mut self, cpu: Cpu, input: &[f32], inputs: usize) {
        self.fill_up_to(INPUT_MAX, cpu, input, inputs);
    }

    fn fill_up_to(&mut self, most: f32, cpu: Cpu, input: &[f32], inputs: usize) {
        debug_assert!(input.len().is_multiple_of(inputs) && inputs.is_multiple_of(BLOCK));
        // Not cleared first: every number is written below.
        self.numbers.resize(input.len(), 0);
        self.scales.resize(input.len() / BLOCK, 0.0);
        self.sums.resize(input.len() / BLOCK, 0);
        cpu.quantise(input, most, &mut self.numbers, &mut self.scales, &mut self.sums);
    }

    #[inline]
    pub(super) fn rows(&self, rows: Range<usize>, inputs: usize) -> Rounded<'_> {
        let blocks = rows.start * (inputs / BLOCK)..rows.end * (inputs / BLOCK);
        Rounded {
            numbers: &self.numbers[rows.start * inputs..rows.end * inputs],
            scales: &self.scales[blocks.clone()],
            sums: &self.sums[blocks],
        }
    }
}

/// The rows in shares of nearly the same size, each of at most `most`.
pub(super) fn even_shares(rows: usize, most: usize) -> impl Iterator<Item = Range<usize>> {
    let count = rows.div_ceil(most);
    (0..count).map(move |share| share * rows / count..(share + 1) * rows / count)
}

fn pack_f32(weights: &[f32], inputs: usize, outputs: usize) -> Vec<f32> {
    let mut packed = Vec::with_capacity(weights.len());
    for panel in 0..outputs / PANEL {
        for input in 0..inputs {
            packed.extend((0..PANEL).map(|output| weights[(panel * PANEL + output) * inputs + input]));
        }
    }
    packed
}

fn pack_int8(cpu: Cpu, weights: &[f32], inputs: usize, outputs: usize) -> Packed {
    let mut rounded = Quantised::default();
    rounded.fill_up_to(WEIGHT_MAX, cpu, weights, inputs);
    let mut panels = Vec::with_capacity(weights.len());
    let mut scales = Vec::with_capacity(weights.len() / BLOCK);
    for panel in (0..outputs).step_by(PANEL) {
        let rows = rounded.rows(panel..panel + PANEL, inputs);
        for quad in (0..inputs).step_by(QUAD) {
            for row in rows.numbers.chunks_exact(inputs) {
                panels.extend(
                    row[quad..quad + QUAD].iter().map(|weight| (i32::from(*weight) + WEIGHT_OFFSET) as u8),
                );
            }
        }
        for block in 0..inputs / BLOCK {
            scales.extend(rows.scales.chunks_exact(inputs / BLOCK).map(|row| row[block]));
        }
    }
    Packed::Int8 { panels, scales }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_cover_every_row_once() {
        for rows in 0..40 {
            let covered: Vec<usize> = even_shares(rows, 6).flatten().collect();
            assert_eq!(covered, (0..rows).collect::<Vec<_>>());
            assert!(even_shares(rows, 6).all(|share| (1..=6).contains(&share.len())));
        }
    }

    #[test]
    fn both_precisions_agree_with_the_definition() {
        let (inputs, outputs, rows) = (128, 48, 15);
        let number = |n: usize| ((n * 7919) % 1000) as f32 / 500.0 - 1.0;
        let weights: Vec<f32> = (0..inputs * outputs).map(number).collect();
        let bias: Vec<f32> = (0..outputs).map(|n| number(n + 5)).collect();
        let input: Vec<f32> = (0..rows * inputs).map(|n| number(n + 11)).collect();
        for cpu in Cpu::all() {
            for (precision, tolerance) in [(Precision::F32, 1e-4), (Precision::Int8, 0.1)] {
                let linear = Linear::new(cpu, &weights, bias.clone(), inputs, precision);
                let mut out = vec![0.0; rows * outputs];
                linear.apply(cpu, &input, &mut Quantised::default(), &mut out);
                for row in 0..rows {
                    for output in 0..outputs {
                        let products =
                            (0..inputs).map(|n| input[row * inputs + n] * weights[output * inputs + n]);
                        let expected = products.sum::<f32>() + bias[output];
                        let found = out[row * outputs + output];
                        assert!(
                            (found - expected).abs() < tolerance,
                            "{cpu:?} {precision:?}: {found} {expected}"
                        );
                    }
                }
            }
        }
    }
}
