//! The inner loops in portable Rust, written so that the compiler vectorises them. [`super::kernels`] compiles them
//! once more for better CPUs, which is why they are always inlined. With `FMA` a product is added in one step.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for the better CPU")]

/// Outputs that one pass over a row computes together.
pub(super) const PANEL: usize = 16;
/// Inputs that are rounded with one scale.
pub(super) const BLOCK: usize = 64;
/// Inputs whose products with one output's weights one instruction adds.
pub(super) const QUAD: usize = 4;

/// Added to each rounded weight, which makes it unsigned: instructions multiply unsigned numbers with signed ones.
pub(super) const WEIGHT_OFFSET: i32 = 64;

/// Rows as integers, one after the other: by block, what one step is worth and the sum of its numbers.
#[derive(Clone, Copy)]
pub(super) struct Rounded<'a> {
    pub(super) numbers: &'a [i8],
    pub(super) scales: &'a [f32],
    pub(super) sums: &'a [i32],
}

/// The weights of 16 outputs as integers from 1 to 127, for -63 to 63: for each four inputs, 16 outputs with four weights
/// each; and for each block what one step of each output is worth.
#[derive(Clone, Copy)]
pub(super) struct RoundedPanel<'a> {
    pub(super) numbers: &'a [u8],
    pub(super) scales: &'a [f32],
    pub(super) bias: &'a [f32; PANEL],
}

impl RoundedPanel<'_> {
    pub(super) fn inputs(&self) -> usize {
        self.numbers.len() / PANEL
    }
}

/// Where the products of a panel go: 16 numbers in each row, rows `stride` apart.
pub(super) struct Outputs<'a> {
    pub(super) numbers: &'a mut [f32],
    pub(super) stride: usize,
}

#[inline(always)]
fn mul_add<const FMA: bool>(a: f32, b: f32, c: f32) -> f32 {
    if FMA { a.mul_add(b, c) } else { a * b + c }
}

/// The products of some rows with one panel of weights, whose 16 outputs stand side by side for each input.
#[inline(always)]
pub(super) fn tile_f32<const ROWS: usize, const FMA: bool>(
    panel: &[f32],
    rows: [&[f32]; ROWS],
) -> [[f32; PANEL]; ROWS] {
    let mut sums = [[0.0; PANEL]; ROWS];
    let (columns, _) = panel.as_chunks::<PANEL>();
    let rows = rows.map(|row| &row[..columns.len()]);
    for (at, weights) in columns.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let input = row[at];
            for (sum, weight) in sums.iter_mut().zip(weights) {
                *sum = mul_add::<FMA>(input, *weight, *sum);
            }
        }
    }
    sums
}

/// The same in integers, exact within a block, with the bias added.
#[inline(always)]
pub(super) fn tile_i8<const ROWS: usize, const FMA: bool>(
    panel: RoundedPanel<'_>,
    rows: Rounded<'_>,
    out: Outputs<'_>,
) {
    let inputs = panel.inputs();
    let (steps, _) = panel.scales.as_chunks::<PANEL>();
    for row in 0..ROWS {
        let mut products = [0.0; PANEL];
        let blocks = rows.numbers[row * inputs..][..inputs].chunks_exact(BLOCK);
        let scales = &rows.scales[row * steps.len()..][..steps.len()];
        let weights = panel.numbers.chunks_exact(BLOCK * PANEL);
        for (((block, scale), weights), steps) in blocks.zip(scales).zip(weights).zip(steps) {
            let (quads, _) = weights.as_chunks::<{ QUAD * PANEL }>();
            let (block, _) = block.as_chunks::<QUAD>();
            let mut sums = [0_i32; PANEL];
            for (weights, inputs) in quads.iter().zip(block) {
                for (output, sum) in sums.iter_mut().enumerate() {
                    for (at, input) in inputs.iter().enumerate() {
                        *sum += i32::from(*input) * (i32::from(weights[QUAD * output + at]) - WEIGHT_OFFSET);
                    }
                }
            }
            for ((product, sum), step) in products.iter_mut().zip(sums).zip(steps) {
                *product = mul_add::<FMA>(sum as f32, scale * step, *product);
            }
        }
        let out = &mut out.numbers[row * out.stride..][..PANEL];
        for ((out, product), bias) in out.iter_mut().zip(products).zip(panel.bias) {
            *out = product + bias;
        }
    }
}

/// The largest magnitude of a row.
#[inline(always)]
fn magnitude(row: &[f32]) -> f32 {
    fold(row, 0.0, larger, f32::abs)
}

/// Rounds blocks to whole numbers up to `most`, and notes of each what one step is worth and the sum of its numbers.
#[inline(always)]
pub(super) fn quantise<const FMA: bool>(
    input: &[f32],
    most: f32,
    out: &mut [i8],
    scales: &mut [f32],
    sums: &mut [i32],
) {
    let blocks = input.chunks_exact(BLOCK).zip(out.chunks_exact_mut(BLOCK));
    for ((block, out), (scale, sum)) in blocks.zip(scales.iter_mut().zip(sums)) {
        let magnitude = magnitude(block).max(f32::MIN_POSITIVE);
        let factor = most / magnitude;
        let mut whole = [0_i32; BLOCK];
        for (whole, number) in whole.iter_mut().zip(block) {
            // The lowest bits are the integer, as in `exp`.
            *whole = i32::from(mul_add::<FMA>(*number, factor, SHIFT).to_bits() as i8);
        }
        *sum = whole.iter().sum();
        for (out, whole) in out.iter_mut().zip(whole) {
            *out = whole as i8;
        }
        *scale = magnitude / most;
    }
}

/// 1.5 · 2²³. Added to a number below 2²² it leaves no bits for a fraction: the sum's lowest bits are the number rounded
/// to an integer. Unlike `f32::round` this needs no instruction that older CPUs lack.
const SHIFT: f32 = 12_582_912.0;

/// e to the power of x, with a relative error below 3e-7: 2ⁿ times a polynomial for the rest, as in Cephes' `expf`.
/// Integers come out of bit patterns, since a saturating cast keeps the loop from being vectorised.
#[inline(always)]
fn exp<const FMA: bool>(x: f32) -> f32 {
    let x = smaller(larger(x, -87.0), 88.0);
    let shifted = mul_add::<FMA>(x, std::f32::consts::LOG2_E, SHIFT);
    let n = shifted - SHIFT;
    // ln 2 in two parts, so that the product with n loses nothing.
    let rest = mul_add::<FMA>(n, 2.121_944_4e-4, mul_add::<FMA>(n, -0.693_359_4, x));
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        sum = mul_add::<FMA>(sum, rest, coefficient);
    }
    let fraction = mul_add::<FMA>(sum, rest * rest, rest) + 1.0;
    // The lowest bits of `shifted` are n, which this moves to where the exponent stands.
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    fraction * power
}

/// The Gauss error function, with an absolute error below 5e-7: the odd rational function of Eigen's `erf`.
#[inline(always)]
fn erf<const FMA: bool>(x: f32) -> f32 {
    let x = smaller(larger(x, -4.0), 4.0);
    let square = x * x;
    let polynomial = |coefficients: [f32; 7]| {
        coefficients.into_iter().fold(0.0, |sum, coefficient| mul_add::<FMA>(sum, square, coefficient))
    };
    let above = polynomial([
        -2.726_142_3e-10,
        2.770_681_4e-8,
        -2.101_024_1e-6,
        -5.692_506_5e-5,
        -7.349_906_5e-4,
        -2.954_6e-3,
        -1.609_603_3e-2,
    ]);
    let below = polynomial([
        0.0,
        0.0,
        -1.456_607_2e-5,
        -2.133_740_6e-4,
        -1.682_827e-3,
        -7.373_329e-3,
        -1.426_473_9e-2,
    ]);
    x * above / below
}

/// GELU, in its exact form.
#[inline(always)]
pub(super) fn gelu<const FMA: bool>(numbers: &mut [f32]) {
    for number in numbers {
        let half = 0.5 * *number;
        *number = mul_add::<FMA>(half, erf::<FMA>(*number * std::f32::consts::FRAC_1_SQRT_2), half);
    }
}

/// Shares that sum to 1.
#[inline(always)]
pub(super) fn softmax<const FMA: bool>(numbers: &mut [f32]) {
    let most = fold(numbers, f32::MIN, larger, |number| number);
    for number in numbers.iter_mut() {
        *number = exp::<FMA>(*number - most);
    }
    let factor = 1.0 / sum(numbers);
    for number in numbers {
        *number *= factor;
    }
}

/// `row + residual`, with mean 0 and deviation 1, then scaled and shifted. Both have as many numbers as `scale`.
#[inline(always)]
pub(super) fn add_and_normalise(row: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32]) {
    const EPSILON: f32 = 1e-12;
    for (number, residual) in row.iter_mut().zip(residual) {
        *number += residual;
    }
    let count = row.len() as f32;
    let mean = sum(row) / count;
    for number in row.iter_mut() {
        *number -= mean;
    }
    let variance = sum_of_squares(row) / count;
    let factor = 1.0 / (variance + EPSILON).sqrt();
    for ((number, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
        *number = *number * factor * scale + shift;
    }
}

#[inline(always)]
fn sum(numbers: &[f32]) -> f32 {
    fold(numbers, 0.0, |sum, number| sum + number, |number| number)
}

#[inline(always)]
pub(crate) fn sum_of_squares(numbers: &[f32]) -> f32 {
    fold(numbers, 0.0, |sum, number| sum + number, |number| number * number)
}

/// Folds in 16 lanes side by side, which the compiler must not do by itself: the order of sums changes their rounding.
#[inline(always)]
fn fold(numbers: &[f32], start: f32, step: impl Fn(f32, f32) -> f32, map: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [start; PANEL];
    let (blocks, rest) = numbers.as_chunks::<PANEL>();
    for block in blocks {
        for (lane, number) in lanes.iter_mut().zip(block) {
            *lane = step(*lane, map(*number));
        }
    }
    let folded = lanes.into_iter().fold(start, &step);
    rest.iter().fold(folded, |folded, number| step(folded, map(*number)))
}

/// `f32::max` without its care for NaN: a single instruction.
#[inline(always)]
fn larger(a: f32, b: f32) -> f32 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f32, b: f32) -> f32 {
    if a < b { a } else { b }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_is_as_exact_as_it_says() {
        for step in -8_600..=8_700 {
            let x = step as f32 / 100.0;
            let exact = f64::from(x).exp();
            for found in [exp::<false>(x), exp::<true>(x)] {
                assert!(((f64::from(found) - exact) / exact).abs() < 3e-7, "exp({x}) = {found}");
            }
        }
        assert!(exp::<false>(f32::NEG_INFINITY) < 1e-37);
    }

    #[test]
    fn erf_is_as_exact_as_it_says() {
        // The Maclaurin series, whose terms stay small enough for f64 in this range.
        let exact = |x: f64| {
            let (mut term, mut sum) = (x, x);
            for n in 1..120 {
                term *= -x * x / f64::from(n);
                sum += term / f64::from(2 * n + 1);
            }
            sum * std::f64::consts::FRAC_2_SQRT_PI
        };
        for step in -4_000..=4_000 {
            let x = step as f32 / 1_000.0;
            for found in [erf::<false>(x), erf::<true>(x)] {
                assert!((f64::from(found) - exact(f64::from(x))).abs() < 5e-7, "erf({x}) = {found}");
            }
        }
        for beyond in [-100.0, 100.0] {
            assert!((erf::<false>(beyond) - beyond.signum()).abs() < 5e-7);
        }
    }

    #[test]
    fn integers_are_the_nearest() {
        let mut block = [0.0; BLOCK];
        block[..7].copy_from_slice(&[0.0, 0.4, 0.6, -0.6, -0.4, 127.0, -127.0]);
        let (mut out, mut scales, mut sums) = ([0; BLOCK], [0.0], [0]);
        quantise::<false>(&block, 127.0, &mut out, &mut scales, &mut sums);
        assert_eq!(out[..8], [0, 0, 1, -1, 0, 127, -127, 0]);
        assert_eq!((scales, sums), ([1.0], [0]));
    }

    #[test]
    fn shares_sum_to_one() {
        for count in [1, 2, 15, 16, 17, 40] {
            let mut numbers: Vec<f32> = (0..count).map(|n| (n % 7) as f32 - 3.0).collect();
            let exact: Vec<f32> = numbers.iter().map(|number| number.exp()).collect();
            softmax::<false>(&mut numbers);
            let total: f32 = exact.iter().sum();
            for (found, exact) in numbers.iter().zip(exact) {
                assert!((found - exact / total).abs() < 1e-6);
            }
        }
    }
}
