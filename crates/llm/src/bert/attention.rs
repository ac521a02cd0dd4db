//! One head of attention over one text, in portable Rust like [`super::math`] and on the same tile of products.

#![expect(clippy::inline_always, reason = "what is not inlined is not compiled for the better CPU")]

use super::math::{PANEL, softmax, tile_f32};

/// Numbers of a head.
pub(super) const WIDTH: usize = 32;
/// Tokens that share one reading of the keys and values.
const ROWS: usize = 4;

/// Where one head's numbers are in the joint output of query, key and value.
pub(super) struct Head<'a> {
    /// A row of `stride` numbers for each token.
    pub(super) joint: &'a [f32],
    pub(super) stride: usize,
    pub(super) tokens: usize,
    /// Offsets in a token's row.
    pub(super) query: usize,
    pub(super) key: usize,
    pub(super) value: usize,
}

impl<'a> Head<'a> {
    #[inline(always)]
    fn row(&self, offset: usize, token: usize) -> &'a [f32] {
        &self.joint[token * self.stride + offset..][..WIDTH]
    }
}

/// Writes each token's context to `out`, whose rows are `out_stride` apart.
#[inline(always)]
pub(super) fn attend<const FMA: bool>(
    head: &Head<'_>,
    scratch: &mut Vec<f32>,
    out: &mut [f32],
    out_stride: usize,
) {
    let tokens = head.tokens;
    let padded = tokens.next_multiple_of(PANEL);
    scratch.clear();
    scratch.resize((padded + tokens) * WIDTH + ROWS * padded, 0.0);
    let (keys, rest) = scratch.split_at_mut(padded * WIDTH);
    let (values, scores) = rest.split_at_mut(tokens * WIDTH);
    pack(head, keys, values);
    for start in (0..tokens).step_by(ROWS) {
        // A tile that ends beyond the text computes the last token again.
        let token = |offset: usize| (start + offset).min(tokens - 1);
        let queries: [&[f32]; ROWS] = std::array::from_fn(|offset| head.row(head.query, token(offset)));
        for (at, panel) in keys.chunks_exact(WIDTH * PANEL).enumerate() {
            let sums = tile_f32::<ROWS, FMA>(panel, queries);
            for (scores, sums) in scores.chunks_exact_mut(padded).zip(&sums) {
                scores[at * PANEL..][..PANEL].copy_from_slice(sums);
            }
        }
        for scores in scores.chunks_exact_mut(padded) {
            scores[tokens..].fill(f32::MIN);
            softmax::<FMA>(scores);
        }
        let shares: [&[f32]; ROWS] = std::array::from_fn(|offset| &scores[offset * padded..][..tokens]);
        for (at, panel) in values.chunks_exact(tokens * PANEL).enumerate() {
            for (offset, sums) in tile_f32::<ROWS, FMA>(panel, shares).iter().enumerate() {
                out[token(offset) * out_stride + at * PANEL..][..PANEL].copy_from_slice(sums);
            }
        }
    }
}

/// Keys and values in the order in which a tile reads them: panels of 16 tokens, and panels of 16 outputs.
#[inline(always)]
fn pack(head: &Head<'_>, keys: &mut [f32], values: &mut [f32]) {
    let factor = 1.0 / (WIDTH as f32).sqrt();
    for token in 0..head.tokens {
        let panel = &mut keys[token / PANEL * PANEL * WIDTH..][..PANEL * WIDTH];
        for (column, number) in panel.chunks_exact_mut(PANEL).zip(head.row(head.key, token)) {
            column[token % PANEL] = number * factor;
        }
        let (halves, _) = head.row(head.value, token).as_chunks::<PANEL>();
        for (panel, half) in values.chunks_exact_mut(head.tokens * PANEL).zip(halves) {
            panel[token * PANEL..][..PANEL].copy_from_slice(half);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::kernels::Cpu;
    use super::*;

    /// The definition, number by number.
    fn expected(head: &Head<'_>, token: usize) -> Vec<f64> {
        let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| f64::from(a * b)).sum::<f64>();
        let weights: Vec<f64> = (0..head.tokens)
            .map(|other| {
                product(head.row(head.query, token), head.row(head.key, other)) / (WIDTH as f64).sqrt()
            })
            .map(f64::exp)
            .collect();
        let total: f64 = weights.iter().sum();
        (0..WIDTH)
            .map(|at| {
                (0..head.tokens).map(|t| weights[t] / total * f64::from(head.row(head.value, t)[at])).sum()
            })
            .collect()
    }

    #[test]
    fn every_path_agrees_with_the_definition() {
        let stride = 3 * WIDTH;
        for tokens in [1, 2, 4, 5, 15, 16, 17, 33] {
            let joint: Vec<f32> =
                (0..tokens * stride).map(|n| ((n * 7_919) % 1_000) as f32 / 500.0 - 1.0).collect();
            let head = Head { joint: &joint, stride, tokens, query: 0, key: WIDTH, value: 2 * WIDTH };
            for cpu in Cpu::all() {
                let mut out = vec![0.0; tokens * WIDTH];
                cpu.attend(&head, &mut Vec::new(), &mut out, WIDTH);
                for (token, context) in out.chunks_exact(WIDTH).enumerate() {
                    for (found, exact) in context.iter().zip(expected(&head, token)) {
                        assert!((f64::from(*found) - exact).abs() < 1e-5, "{cpu:?}, {tokens} tokens");
                    }
                }
            }
        }
    }
}
