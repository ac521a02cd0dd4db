//! The inner loops, compiled for the CPU that is there. All `unsafe` of the encoder is in this file.
//!
//! A CPU is chosen once, at load. On x86-64 the portable loops are compiled for AVX2 with FMA and for AVX-512, and the
//! integer product is written with intrinsics for both; elsewhere the portable loops run as they are. The integer sums of
//! all paths are equal to the bit.

use super::attention::{self, Head};
use super::math::{self, BLOCK, Outputs, PANEL, QUAD, Rounded, RoundedPanel, WEIGHT_OFFSET};

/// The instructions that the loops use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
    #[cfg(target_arch = "x86_64")]
    Avx512Vnni(Avx512Vnni),
}

/// Proof that the CPU has AVX2 and FMA: there is none without a check.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

/// Proof that the CPU has AVX2 and FMA, and the parts F, BW, DQ, VL and VNNI of AVX-512.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx512Vnni(());

impl Cpu {
    /// The best that this machine has.
    pub fn detect() -> Self {
        Self::all().pop().unwrap_or(Self::Portable)
    }

    /// Every path that this machine can run, the best one last.
    pub fn all() -> Vec<Self> {
        #[cfg_attr(not(target_arch = "x86_64"), expect(unused_mut, reason = "one path only"))]
        let mut all = vec![Self::Portable];
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            all.push(Self::Avx2(Avx2(())));
            if is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512bw")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512vnni")
            {
                all.push(Self::Avx512Vnni(Avx512Vnni(())));
            }
        }
        all
    }
}

/// Declares a method of [`Cpu`] that runs a portable loop, compiled for the CPU. The loop's `FMA` is set to whether the
/// CPU has it.
macro_rules! compiled_for_cpu {
    ($(fn $name:ident $([$generic:ident : $kind:ty])? ($($arg:ident : $type:ty),*) $(-> $out:ty)? = $loop:path, $fast:path;)*) => {
        impl Cpu {$(
            #[inline]
            pub(super) fn $name $(<const $generic: $kind>)? (self, $($arg: $type),*) $(-> $out)? {
                match self {
                    Self::Portable => $loop($($arg),*),
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx2(_) => {
                        #[target_feature(enable = "avx2,fma")]
                        fn compiled $(<const $generic: $kind>)? ($($arg: $type),*) $(-> $out)? { $fast($($arg),*) }
                        // SAFETY: `Avx2` is made only where the CPU has AVX2 and FMA.
                        unsafe { compiled $(::<$generic>)? ($($arg),*) }
                    }
                    #[cfg(target_arch = "x86_64")]
                    Self::Avx512Vnni(_) => {
                        #[target_feature(enable = "avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")]
                        fn compiled $(<const $generic: $kind>)? ($($arg: $type),*) $(-> $out)? { $fast($($arg),*) }
                        // SAFETY: `Avx512Vnni` is made only where the CPU has these parts.
                        unsafe { compiled $(::<$generic>)? ($($arg),*) }
                    }
                }
            }
        )*}
    };
}

compiled_for_cpu! {
    fn tile_f32[ROWS: usize](panel: &[f32], rows: [&[f32]; ROWS]) -> [[f32; PANEL]; ROWS]
        = math::tile_f32::<ROWS, false>, math::tile_f32::<ROWS, true>;
    fn quantise(input: &[f32], most: f32, out: &mut [i8], scales: &mut [f32], sums: &mut [i32])
        = math::quantise::<false>, math::quantise::<true>;
    fn gelu(numbers: &mut [f32]) = math::gelu::<false>, math::gelu::<true>;
    fn add_and_normalise(row: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32])
        = math::add_and_normalise, math::add_and_normalise;
    fn attend(head: &Head<'_>, scratch: &mut Vec<f32>, out: &mut [f32], out_stride: usize)
        = attention::attend::<false>, attention::attend::<true>;
}

impl Cpu {
    /// Rows of integers that share one reading of the weights: as many as the registers have room for.
    #[inline]
    pub(super) fn rows_max(self) -> usize {
        match self {
            Self::Portable => 4,
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => 4,
            #[cfg(target_arch = "x86_64")]
            Self::Avx512Vnni(_) => 12,
        }
    }

    /// The products of some rows of integers with one panel of weights.
    #[inline]
    pub(super) fn tile_i8<const ROWS: usize>(
        self,
        panel: RoundedPanel<'_>,
        rows: Rounded<'_>,
        out: Outputs<'_>,
    ) {
        let inputs = panel.inputs();
        let blocks = inputs / BLOCK;
        assert!(inputs.is_multiple_of(BLOCK) && panel.scales.len() == blocks * PANEL, "no whole panel");
        assert!(rows.numbers.len() == ROWS * inputs, "not as many rows as said");
        assert!(rows.scales.len() == ROWS * blocks && rows.sums.len() == ROWS * blocks, "not as many blocks");
        assert!(out.numbers.len() >= (ROWS - 1) * out.stride + PANEL, "no room for the products");
        match self {
            Self::Portable => math::tile_i8::<ROWS, false>(panel, rows, out),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is made only where the CPU has AVX2 and FMA, and the lengths were just checked.
            Self::Avx2(_) => unsafe { tile_i8_avx2::<ROWS>(panel, rows, out) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx512Vnni` is made only where the CPU has these parts, and the lengths were just checked.
            Self::Avx512Vnni(_) => unsafe { tile_i8_avx512::<ROWS>(panel, rows, out) },
        }
    }
}

/// One instruction multiplies 32 unsigned weights with signed inputs and adds the products in twos, another adds those in
/// twos: 2 · 127² stays within 16 bits. What the weights' offset adds to a sum is known from the sum of the inputs.
///
/// # Safety
///
/// The CPU has AVX2 and FMA; panel and rows have the same number of whole blocks, with a scale each and, for the rows, a
/// sum; there is room for 16 numbers in each row of `out`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[expect(clippy::needless_range_loop, reason = "numbers of registers")]
unsafe fn tile_i8_avx2<const ROWS: usize>(panel: RoundedPanel<'_>, rows: Rounded<'_>, out: Outputs<'_>) {
    use std::arch::x86_64::{
        _mm256_add_epi32, _mm256_cvtepi32_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_loadu_si256,
        _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_mul_ps, _mm256_set1_epi16, _mm256_set1_epi32,
        _mm256_set1_ps, _mm256_storeu_ps,
    };

    let (inputs, blocks) = (panel.inputs(), panel.scales.len() / PANEL);
    let ones = _mm256_set1_epi16(1);
    // SAFETY: 16 floats are two times 256 bits; unaligned reads are allowed.
    let bias = unsafe { [_mm256_loadu_ps(panel.bias.as_ptr()), _mm256_loadu_ps(panel.bias.as_ptr().add(8))] };
    let mut products = [bias; ROWS];
    for block in 0..blocks {
        let mut sums: [_; ROWS] = std::array::from_fn(|row| {
            [_mm256_set1_epi32(-WEIGHT_OFFSET * rows.sums[row * blocks + block]); 2]
        });
        for quad in block * (BLOCK / QUAD)..(block + 1) * (BLOCK / QUAD) {
            // SAFETY: a quad of a whole panel has 64 bytes; unaligned reads are allowed.
            let weights = unsafe {
                let quad = panel.numbers.as_ptr().add(quad * 64);
                [_mm256_loadu_si256(quad.cast()), _mm256_loadu_si256(quad.add(32).cast())]
            };
            for row in 0..ROWS {
                // SAFETY: each row has four bytes a quad; the read is an unaligned one.
                let inputs = unsafe {
                    rows.numbers.as_ptr().add(row * inputs + quad * QUAD).cast::<i32>().read_unaligned()
                };
                let inputs = _mm256_set1_epi32(inputs);
                for half in 0..2 {
                    let pairs = _mm256_madd_epi16(_mm256_maddubs_epi16(weights[half], inputs), ones);
                    sums[row][half] = _mm256_add_epi32(sums[row][half], pairs);
                }
            }
        }
        for half in 0..2 {
            // SAFETY: a block has 16 scales; unaligned reads are allowed.
            let steps = unsafe { _mm256_loadu_ps(panel.scales.as_ptr().add(block * PANEL + half * 8)) };
            for row in 0..ROWS {
                let factor = _mm256_mul_ps(steps, _mm256_set1_ps(rows.scales[row * blocks + block]));
                let sum = _mm256_cvtepi32_ps(sums[row][half]);
                products[row][half] = _mm256_fmadd_ps(sum, factor, products[row][half]);
            }
        }
    }
    for row in 0..ROWS {
        for half in 0..2 {
            // SAFETY: each row has room for 16 numbers; unaligned writes are allowed.
            unsafe {
                let to = out.numbers.as_mut_ptr().add(row * out.stride + half * 8);
                _mm256_storeu_ps(to, products[row][half]);
            }
        }
    }
}

/// One instruction multiplies 64 unsigned weights with signed inputs and adds the products in fours. What the weights'
/// offset adds to a sum is known from the sum of the inputs.
///
/// # Safety
///
/// The CPU has AVX-512 F, BW and VNNI; panel and rows have the same number of whole blocks, with a scale each and, for the
/// rows, a sum; there is room for 16 numbers in each row of `out`.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile_i8_avx512<const ROWS: usize>(panel: RoundedPanel<'_>, rows: Rounded<'_>, out: Outputs<'_>) {
    use std::arch::x86_64::{
        _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_loadu_si512,
        _mm512_mul_ps, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_si512, _mm512_storeu_ps,
    };

    let (inputs, blocks) = (panel.inputs(), panel.scales.len() / PANEL);
    // SAFETY: 16 floats are 512 bits; unaligned reads are allowed.
    let bias = unsafe { _mm512_loadu_ps(panel.bias.as_ptr()) };
    let mut products = [bias; ROWS];
    for block in 0..blocks {
        let mut sums = [_mm512_setzero_si512(); ROWS];
        for (row, sum) in sums.iter_mut().enumerate() {
            *sum = _mm512_set1_epi32(-WEIGHT_OFFSET * rows.sums[row * blocks + block]);
        }
        for quad in block * (BLOCK / QUAD)..(block + 1) * (BLOCK / QUAD) {
            // SAFETY: a quad of a whole panel has 64 bytes; unaligned reads are allowed.
            let weights = unsafe { _mm512_loadu_si512(panel.numbers.as_ptr().add(quad * 64).cast()) };
            for (row, sum) in sums.iter_mut().enumerate() {
                // SAFETY: each row has four bytes a quad; the read is an unaligned one.
                let inputs = unsafe {
                    rows.numbers.as_ptr().add(row * inputs + quad * QUAD).cast::<i32>().read_unaligned()
                };
                *sum = _mm512_dpbusd_epi32(*sum, weights, _mm512_set1_epi32(inputs));
            }
        }
        // SAFETY: a block has 16 scales; unaligned reads are allowed.
        let steps = unsafe { _mm512_loadu_ps(panel.scales.as_ptr().add(block * PANEL)) };
        for (row, (product, sum)) in products.iter_mut().zip(sums).enumerate() {
            let factor = _mm512_mul_ps(steps, _mm512_set1_ps(rows.scales[row * blocks + block]));
            *product = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sum), factor, *product);
        }
    }
    for (row, product) in products.into_iter().enumerate() {
        // SAFETY: each row has room for 16 numbers; unaligned writes are allowed.
        unsafe { _mm512_storeu_ps(out.numbers.as_mut_ptr().add(row * out.stride), product) };
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::float_cmp, reason = "these numbers are exact")]

    use super::*;

    /// Whole ranges of both, with the largest magnitudes among them. Scales are powers of two, so that nothing is rounded
    /// and all paths have to agree exactly.
    fn tiles_are_equal<const ROWS: usize>(inputs: usize) {
        let blocks = inputs / BLOCK;
        let whole = |n: usize| ((n % 255) as i32 - 127) as i8;
        let numbers: Vec<u8> = (0..inputs * PANEL).map(|n| (n * 37 % 127) as u8 + 1).collect();
        let scales: Vec<f32> = (0..blocks * PANEL).map(|n| (1 << (n % 3)) as f32).collect();
        let rows: Vec<i8> = (0..ROWS * inputs).map(|n| whole(n * 7919 + n / inputs * 13)).collect();
        let row_scales = vec![0.5; ROWS * blocks];
        let sums: Vec<i32> =
            rows.chunks(BLOCK).map(|block| block.iter().map(|n| i32::from(*n)).sum()).collect();
        let panel = RoundedPanel { numbers: &numbers, scales: &scales, bias: &[3.0; PANEL] };
        let product = |row: usize, output: usize, n: usize| {
            let weight = numbers[n / QUAD * QUAD * PANEL + QUAD * output + n % QUAD];
            let step = 0.5 * scales[n / BLOCK * PANEL + output];
            (i32::from(rows[row * inputs + n]) * (i32::from(weight) - WEIGHT_OFFSET)) as f32 * step
        };
        let stride = PANEL + 5;
        let mut expected = vec![-1.0; ROWS * stride];
        for row in 0..ROWS {
            for output in 0..PANEL {
                expected[row * stride + output] =
                    3.0 + (0..inputs).map(|n| product(row, output, n)).sum::<f32>();
            }
        }
        for cpu in Cpu::all() {
            let mut found = vec![-1.0; ROWS * stride];
            let rows = Rounded { numbers: &rows, scales: &row_scales, sums: &sums };
            cpu.tile_i8::<ROWS>(panel, rows, Outputs { numbers: &mut found, stride });
            assert_eq!(found, expected, "{cpu:?}");
        }
    }

    #[test]
    fn integer_products_are_equal_on_every_path() {
        for inputs in [64, 128, 384, 1_536] {
            tiles_are_equal::<1>(inputs);
            tiles_are_equal::<2>(inputs);
            tiles_are_equal::<5>(inputs);
            tiles_are_equal::<12>(inputs);
        }
    }

    #[test]
    fn the_largest_sums_do_not_overflow() {
        for (weight, number) in [(1_u8, 127_i8), (127, 127), (127, -127), (1, -127)] {
            let (numbers, scales) = (vec![weight; BLOCK * PANEL], vec![1.0; PANEL]);
            let panel = RoundedPanel { numbers: &numbers, scales: &scales, bias: &[0.0; PANEL] };
            let row = vec![number; BLOCK];
            let sums = [i32::from(number) * BLOCK as i32];
            let expected = (f32::from(weight) - WEIGHT_OFFSET as f32) * f32::from(number) * BLOCK as f32;
            for cpu in Cpu::all() {
                let mut found = [0.0; PANEL];
                let rows = Rounded { numbers: &row, scales: &[1.0], sums: &sums };
                cpu.tile_i8::<1>(panel, rows, Outputs { numbers: &mut found, stride: PANEL });
                assert_eq!(found, [expected; PANEL], "{cpu:?}");
            }
        }
    }
}
