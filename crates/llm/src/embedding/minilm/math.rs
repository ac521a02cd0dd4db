//! The inner loops in portable Rust, written so that the compiler vectorises them. [`super::kernels`] compiles them
//! once more for better CPUs, which is why they are always inlined. With `FMA` a product is added in one step.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for the better CPU")]

/// Outputs that one pass over a row computes together.
pub(super) const PANEL: usize = 16;

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

/// The same in integers. A panel holds, for each pair of inputs, 16 outputs with two weights each.
#[inline(always)]
pub(super) fn tile_i8<const ROWS: usize>(panel: &[i8], rows: [&[i16]; ROWS]) -> [[i32; PANEL]; ROWS] {
    let mut sums = [[0; PANEL]; ROWS];
    let (pairs, _) = panel.as_chunks::<{ 2 * PANEL }>();
    for (at, weights) in pairs.iter().enumerate() {
        for (sums, row) in sums.iter_mut().zip(rows) {
            let (first, second) = (i32::from(row[2 * at]), i32::from(row[2 * at + 1]));
            for (output, sum) in sums.iter_mut().enumerate() {
                *sum += first * i32::from(weights[2 * output]) + second * i32::from(weights[2 * output + 1]);
            }
        }
    }
    sums
}

/// The largest magnitude of a row.
#[inline(always)]
pub(super) fn magnitude(row: &[f32]) -> f32 {
    let mut largest = [0.0_f32; PANEL];
    let (blocks, rest) = row.as_chunks::<PANEL>();
    for block in blocks {
        for (largest, number) in largest.iter_mut().zip(block) {
            *largest = largest.max(number.abs());
        }
    }
    rest.iter().chain(&largest).fold(0.0, |most, number| most.max(number.abs()))
}

/// A row as integers: each number times `factor`, rounded. The caller's factor keeps them in range.
#[inline(always)]
pub(super) fn quantise(row: &[f32], factor: f32, out: &mut [i16]) {
    for (out, number) in out.iter_mut().zip(row) {
        *out = round(number * factor) as i32 as i16;
    }
}

/// To the nearest whole number, for magnitudes below 2²². Adding and taking away 1.5 · 2²³ leaves no bits for a
/// fraction; unlike `f32::round` it needs no instruction that older CPUs lack.
#[inline(always)]
fn round(number: f32) -> f32 {
    const SHIFT: f32 = 12_582_912.0;
    (number + SHIFT) - SHIFT
}

/// e to the power of x, with a relative error below 2e-7: 2ⁿ times a polynomial for the rest, as in Cephes' `expf`.
#[inline(always)]
fn exp(x: f32) -> f32 {
    let x = x.clamp(-87.0, 88.0);
    let n = round(x * std::f32::consts::LOG2_E);
    // ln 2 in two parts, so that the product with n loses nothing.
    let rest = (x - n * 0.693_359_4) + n * 2.121_944_4e-4;
    let mut sum = 1.987_569_1e-4;
    for coefficient in [1.398_199_9e-3, 8.333_452e-3, 4.166_579_6e-2, 0.166_666_65, 0.5] {
        sum = sum * rest + coefficient;
    }
    let fraction = sum * rest * rest + rest + 1.0;
    fraction * f32::from_bits(((n as i32 + 127) << 23) as u32)
}

/// The Gauss error function, with an absolute error below 2e-7 (Abramowitz and Stegun, 7.1.26).
#[inline(always)]
fn erf(x: f32) -> f32 {
    let magnitude = x.abs();
    let t = 1.0 / (1.0 + 0.327_591_1 * magnitude);
    let mut sum = 1.061_405_4;
    for coefficient in [-1.453_152_1, 1.421_413_7, -0.284_496_74, 0.254_829_6] {
        sum = sum * t + coefficient;
    }
    (1.0 - sum * t * exp(-magnitude * magnitude)).copysign(x)
}

/// GELU, in its exact form.
#[inline(always)]
pub(super) fn gelu(numbers: &mut [f32]) {
    for number in numbers {
        *number *= 0.5 * (1.0 + erf(*number * std::f32::consts::FRAC_1_SQRT_2));
    }
}

/// Shares that sum to 1.
#[inline(always)]
pub(super) fn softmax(numbers: &mut [f32]) {
    let most = numbers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let mut sum = 0.0;
    for number in numbers.iter_mut() {
        *number = exp(*number - most);
    }
    for number in numbers.iter() {
        sum += number;
    }
    let factor = 1.0 / sum;
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
    let (blocks, rest) = numbers.as_chunks::<PANEL>();
    let mut sums = [0.0; PANEL];
    for block in blocks {
        for (sum, number) in sums.iter_mut().zip(block) {
            *sum += number;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}

#[inline(always)]
pub(super) fn sum_of_squares(numbers: &[f32]) -> f32 {
    let (blocks, rest) = numbers.as_chunks::<PANEL>();
    let mut sums = [0.0; PANEL];
    for block in blocks {
        for (sum, number) in sums.iter_mut().zip(block) {
            *sum += number * number;
        }
    }
    sums.iter().sum::<f32>() + rest.iter().map(|number| number * number).sum::<f32>()
}

/// `sums[i] += factor * numbers[i]`.
#[inline(always)]
pub(super) fn add_scaled<const FMA: bool>(sums: &mut [f32], factor: f32, numbers: &[f32]) {
    for (sum, number) in sums.iter_mut().zip(numbers) {
        *sum = mul_add::<FMA>(factor, *number, *sum);
    }
}

/// One head of attention over one text: `heads` are its query, key and value of each token, `WIDTH` numbers each,
/// `stride` apart. Writes the context to `out`, whose rows are `out_stride` apart.
#[inline(always)]
pub(super) fn attend<const FMA: bool>(
    head: &Head<'_>,
    scratch: &mut Vec<f32>,
    out: &mut [f32],
    out_stride: usize,
) {
    const WIDTH: usize = 32;
    let tokens = head.tokens;
    scratch.clear();
    scratch.resize(tokens * (WIDTH + 1), 0.0);
    // Keys are turned on their side, so that the inner loop goes over tokens.
    let (keys, scores) = scratch.split_at_mut(tokens * WIDTH);
    for token in 0..tokens {
        for (at, number) in head.row(head.key, token)[..WIDTH].iter().enumerate() {
            keys[at * tokens + token] = number * head.factor;
        }
    }
    for token in 0..tokens {
        scores.fill(0.0);
        for (at, number) in head.row(head.query, token)[..WIDTH].iter().enumerate() {
            add_scaled::<FMA>(scores, *number, &keys[at * tokens..(at + 1) * tokens]);
        }
        softmax(scores);
        let mut context = [0.0; WIDTH];
        for (other, share) in scores.iter().enumerate() {
            add_scaled::<FMA>(&mut context, *share, &head.row(head.value, other)[..WIDTH]);
        }
        out[token * out_stride..token * out_stride + WIDTH].copy_from_slice(&context);
    }
}

/// Where one head's numbers are in the joint output of query, key and value.
pub(super) struct Head<'a> {
    pub(super) joint: &'a [f32],
    pub(super) stride: usize,
    pub(super) tokens: usize,
    /// Offsets in a token's row.
    pub(super) query: usize,
    pub(super) key: usize,
    pub(super) value: usize,
    /// One over the square root of the width.
    pub(super) factor: f32,
}

impl<'a> Head<'a> {
    #[inline(always)]
    fn row(&self, offset: usize, token: usize) -> &'a [f32] {
        &self.joint[token * self.stride + offset..]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exp_and_erf_are_as_exact_as_they_say() {
        for step in -8_000..=8_000 {
            let x = step as f32 / 100.0;
            let exact = f64::from(x).exp();
            assert!(((f64::from(exp(x)) - exact) / exact).abs() < 2e-7, "exp({x})");
        }
        // Values of erf from the tables of Abramowitz and Stegun.
        for (x, exact) in [(0.0, 0.0), (0.1, 0.112_463), (0.5, 0.520_5), (1.0, 0.842_7), (2.0, 0.995_322)] {
            assert!((erf(x) - exact).abs() < 2e-6, "erf({x}) = {}", erf(x));
            assert!((erf(-x) + exact).abs() < 2e-6);
        }
    }
}
