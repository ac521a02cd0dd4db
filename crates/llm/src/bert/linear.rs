//! A dense layer, in either precision. Weights are packed at load in the order in which the inner loop reads them:
//! panels of 16 outputs.

use std::ops::Range;

use super::Precision;
use super::kernels::Cpu;
use super::math::PANEL;

/// Rows that share one reading of the weights. With six the sums of a tile just fit into the registers of AVX2.
const ROWS_MAX: usize = 6;
/// Inputs are scaled to whole numbers up to this. 8,191 · 127 · 1,536 inputs stays within 32 bits.
const INPUT_MAX: f32 = 8_191.0;
const WEIGHT_MAX: f32 = 127.0;

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
    /// Rounded weights, and what each output's products are multiplied with.
    Int8 {
        panels: Vec<i8>,
        scales: Vec<f32>,
    },
}

/// Room for the inputs as integers, kept between calls.
#[derive(Debug, Default)]
pub(super) struct Quantised {
    rows: Vec<i16>,
    scales: Vec<f32>,
}

impl Linear {
    /// `weights` has a row of `inputs` numbers for each output. Both counts must be even, outputs a multiple of 16.
    pub(super) fn new(weights: &[f32], bias: Vec<f32>, inputs: usize, precision: Precision) -> Self {
        let outputs = bias.len();
        debug_assert!(outputs.is_multiple_of(PANEL) && inputs.is_multiple_of(2));
        let weights = match precision {
            Precision::F32 => Packed::F32(pack_f32(weights, inputs, outputs)),
            Precision::Int8 => pack_int8(weights, inputs, outputs),
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
                                self.write(out, tile.start + offset, at, |output| sums[output]);
                            }
                        })*
                        _ => {}
                    }};
                }
                with_rows!(1 2 3 4 5 6);
            }
        }
    }

    fn apply_int8(&self, cpu: Cpu, panels: &[i8], scales: &[f32], quantised: &Quantised, out: &mut [f32]) {
        for (at, panel) in panels.chunks_exact(self.inputs * PANEL).enumerate() {
            let scales = &scales[at * PANEL..][..PANEL];
            for tile in even_shares(quantised.scales.len(), ROWS_MAX) {
                let row =
                    |offset: usize| &quantised.rows[(tile.start + offset) * self.inputs..][..self.inputs];
                macro_rules! with_rows {
                    ($($rows:literal)*) => { match tile.len() {
                        $($rows => {
                            let sums = cpu.tile_i8::<$rows>(panel, std::array::from_fn(row));
                            for (offset, sums) in sums.iter().enumerate() {
                                let scale = quantised.scales[tile.start + offset];
                                let number = |output: usize| sums[output] as f32 * (scale * scales[output]);
                                self.write(out, tile.start + offset, at, number);
                            }
                        })*
                        _ => {}
                    }};
                }
                with_rows!(1 2 3 4 5 6);
            }
        }
    }

    #[inline]
    fn write(&self, out: &mut [f32], row: usize, panel: usize, number: impl Fn(usize) -> f32) {
        let start = row * self.outputs + panel * PANEL;
        let bias = &self.bias[panel * PANEL..][..PANEL];
        for (output, (out, bias)) in out[start..start + PANEL].iter_mut().zip(bias).enumerate() {
            *out = number(output) + bias;
        }
    }
}

impl Quantised {
    fn fill(&mut self, cpu: Cpu, input: &[f32], inputs: usize) {
        // Not cleared first: every number is written below.
        self.rows.resize(input.len(), 0);
        self.scales.clear();
        for (row, out) in input.chunks_exact(inputs).zip(self.rows.chunks_exact_mut(inputs)) {
            let magnitude = cpu.magnitude(row).max(f32::MIN_POSITIVE);
            cpu.quantise(row, INPUT_MAX / magnitude, out);
            self.scales.push(magnitude / INPUT_MAX);
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

fn pack_int8(weights: &[f32], inputs: usize, outputs: usize) -> Packed {
    let magnitude = |row: &[f32]| row.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(weight.abs()));
    let scales: Vec<f32> = weights.chunks_exact(inputs).map(|row| magnitude(row) / WEIGHT_MAX).collect();
    let mut panels = Vec::with_capacity(weights.len());
    for panel in 0..outputs / PANEL {
        for pair in 0..inputs / 2 {
            for output in panel * PANEL..(panel + 1) * PANEL {
                let weights = &weights[output * inputs + 2 * pair..][..2];
                panels.extend(weights.iter().map(|weight| (weight / scales[output]).round() as i8));
            }
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
        let (inputs, outputs, rows) = (32, 48, 7);
        let number = |n: usize| ((n * 7919) % 1000) as f32 / 500.0 - 1.0;
        let weights: Vec<f32> = (0..inputs * outputs).map(number).collect();
        let bias: Vec<f32> = (0..outputs).map(|n| number(n + 5)).collect();
        let input: Vec<f32> = (0..rows * inputs).map(|n| number(n + 11)).collect();
        for cpu in Cpu::all() {
            for (precision, tolerance) in [(Precision::F32, 1e-4), (Precision::Int8, 0.1)] {
                let linear = Linear::new(&weights, bias.clone(), inputs, precision);
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
