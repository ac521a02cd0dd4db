//! The inner loops, compiled for the CPU that is there. All `unsafe` of the encoder is in this file.
//!
//! A CPU is chosen once, at load. On x86-64 the portable loops are compiled for AVX2 with FMA and for AVX-512, and the
//! integer product is written with intrinsics for both; elsewhere the portable loops run as they are. The integer sums of
//! all paths are equal to the bit.

use super::attention::{self, Head};
use super::math::{self, BLOCK, PANEL, QUAD, Rounded, RoundedPanel};

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
        rows: [Rounded<'_>; ROWS],
    ) -> [[f32; PANEL]; ROWS] {
        let inputs = panel.numbers.len() / PANEL;
        let blocks = inputs / BLOCK;
        assert!(inputs.is_multiple_of(BLOCK) && panel.scales.len() == blocks * PANEL, "no whole panel");
        for row in &rows {
            assert!(row.numbers.len() == inputs && row.scales.len() == blocks && row.sums.len() == blocks);
        }
        match self {
            Self::Portable => math::tile_i8::<ROWS, false>(panel, rows),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is made only where the CPU has AVX2 and FMA, and the lengths were just checked.
            Self::Avx2(_) => unsafe { tile_i8_avx2(panel, rows) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx512Vnni` is made only where the CPU has these parts, and the lengths were just checked.
            Self::Avx512Vnni(_) => unsafe { tile_i8_avx512(panel, rows) },
        }
    }
}

/// One instruction multiplies 32 unsigned numbers with signed ones and adds the products in twos, another adds those in
/// twos. The weights lend their signs to the inputs first; 2 · 127² stays within 16 bits.
///
/// # Safety
///
/// The CPU has AVX2 and FMA, and the panel and the rows have the same number of whole blocks, with a scale each.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
#[expect(clippy::needless_range_loop, reason = "numbers of registers")]
unsafe fn tile_i8_avx2<const ROWS: usize>(
    panel: RoundedPanel<'_>,
    rows: [Rounded<'_>; ROWS],
) -> [[f32; PANEL]; ROWS] {
    use std::arch::x86_64::{
        _mm256_abs_epi8, _mm256_add_epi32, _mm256_cvtepi32_ps, _mm256_fmadd_ps, _mm256_loadu_ps,
        _mm256_loadu_si256, _mm256_madd_epi16, _mm256_maddubs_epi16, _mm256_mul_ps, _mm256_set1_epi16,
        _mm256_set1_epi32, _mm256_set1_ps, _mm256_setzero_ps, _mm256_setzero_si256, _mm256_sign_epi8,
        _mm256_storeu_ps,
    };

    let ones = _mm256_set1_epi16(1);
    let mut out = [[_mm256_setzero_ps(); 2]; ROWS];
    for block in 0..panel.scales.len() / PANEL {
        let mut sums = [[_mm256_setzero_si256(); 2]; ROWS];
        for quad in block * (BLOCK / QUAD)..(block + 1) * (BLOCK / QUAD) {
            for half in 0..2 {
                // SAFETY: a quad of a whole panel has 64 bytes; unaligned reads are allowed.
                let weights =
                    unsafe { _mm256_loadu_si256(panel.numbers.as_ptr().add(quad * 64 + half * 32).cast()) };
                let magnitudes = _mm256_abs_epi8(weights);
                for row in 0..ROWS {
                    // SAFETY: each row has four bytes a quad; the read is an unaligned one.
                    let inputs =
                        unsafe { rows[row].numbers.as_ptr().add(quad * QUAD).cast::<i32>().read_unaligned() };
                    let inputs = _mm256_sign_epi8(_mm256_set1_epi32(inputs), weights);
                    let products = _mm256_madd_epi16(_mm256_maddubs_epi16(magnitudes, inputs), ones);
                    sums[row][half] = _mm256_add_epi32(sums[row][half], products);
                }
            }
        }
        for half in 0..2 {
            // SAFETY: a block has 16 scales; unaligned reads are allowed.
            let steps = unsafe { _mm256_loadu_ps(panel.scales.as_ptr().add(block * PANEL + half * 8)) };
            for row in 0..ROWS {
                let factor = _mm256_mul_ps(steps, _mm256_set1_ps(rows[row].scales[block]));
                out[row][half] = _mm256_fmadd_ps(_mm256_cvtepi32_ps(sums[row][half]), factor, out[row][half]);
            }
        }
    }
    out.map(|halves| {
        let mut sums = [0.0; PANEL];
        // SAFETY: 16 floats are two times 256 bits; unaligned writes are allowed.
        unsafe {
            _mm256_storeu_ps(sums.as_mut_ptr(), halves[0]);
            _mm256_storeu_ps(sums.as_mut_ptr().add(PANEL / 2), halves[1]);
        }
        sums
    })
}

/// One instruction multiplies 64 unsigned numbers with signed ones and adds the products in fours. The weights are made
/// unsigned by adding 128 to each; what that adds to a sum is known from the sum of the inputs.
///
/// # Safety
///
/// The CPU has AVX-512 F, BW and VNNI, and the panel and the rows have the same number of whole blocks, with a scale and,
/// for the rows, a sum each.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile_i8_avx512<const ROWS: usize>(
    panel: RoundedPanel<'_>,
    rows: [Rounded<'_>; ROWS],
) -> [[f32; PANEL]; ROWS] {
    use std::arch::x86_64::{
        _mm512_cvtepi32_ps, _mm512_dpbusd_epi32, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_loadu_si512,
        _mm512_mul_ps, _mm512_set1_epi8, _mm512_set1_epi32, _mm512_set1_ps, _mm512_setzero_ps,
        _mm512_storeu_ps, _mm512_xor_si512,
    };

    let sign = _mm512_set1_epi8(i8::MIN);
    let mut out = [_mm512_setzero_ps(); ROWS];
    for block in 0..panel.scales.len() / PANEL {
        let mut sums: [_; ROWS] = std::array::from_fn(|row| _mm512_set1_epi32(-128 * rows[row].sums[block]));
        for quad in block * (BLOCK / QUAD)..(block + 1) * (BLOCK / QUAD) {
            // SAFETY: a quad of a whole panel has 64 bytes; unaligned reads are allowed.
            let weights = unsafe { _mm512_loadu_si512(panel.numbers.as_ptr().add(quad * 64).cast()) };
            // Flipping the highest bit adds 128.
            let weights = _mm512_xor_si512(weights, sign);
            for row in 0..ROWS {
                // SAFETY: each row has four bytes a quad; the read is an unaligned one.
                let inputs =
                    unsafe { rows[row].numbers.as_ptr().add(quad * QUAD).cast::<i32>().read_unaligned() };
                sums[row] = _mm512_dpbusd_epi32(sums[row], weights, _mm512_set1_epi32(inputs));
            }
        }
        // SAFETY: a block has 16 scales; unaligned reads are allowed.
        let steps = unsafe { _mm512_loadu_ps(panel.scales.as_ptr().add(block * PANEL)) };
        for row in 0..ROWS {
            let factor = _mm512_mul_ps(steps, _mm512_set1_ps(rows[row].scales[block]));
            out[row] = _mm512_fmadd_ps(_mm512_cvtepi32_ps(sums[row]), factor, out[row]);
        }
    }
    out.map(|sums| {
        let mut out = [0.0; PANEL];
        // SAFETY: 16 floats are 512 bits; unaligned writes are allowed.
        unsafe { _mm512_storeu_ps(out.as_mut_ptr(), sums) };
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whole ranges of both, with the largest magnitudes among them. Scales are powers of two, so that nothing is rounded
    /// and all paths have to agree exactly.
    fn tiles_are_equal<const ROWS: usize>(inputs: usize) {
        let whole = |n: usize| (n % 255) as i32 as i16 - 127;
        let numbers: Vec<i8> = (0..inputs * PANEL).map(|n| whole(n * 37) as i8).collect();
        let scales: Vec<f32> = (0..inputs / BLOCK * PANEL).map(|n| (1 << (n % 3)) as f32).collect();
        let rows: Vec<Vec<i8>> =
            (0..ROWS).map(|row| (0..inputs).map(|n| whole(n * 7919 + row * 13) as i8).collect()).collect();
        let row_scales = vec![0.5; inputs / BLOCK];
        let sums: Vec<Vec<i32>> = rows
            .iter()
            .map(|row| row.chunks(BLOCK).map(|block| block.iter().map(|n| i32::from(*n)).sum()).collect())
            .collect();
        let panel = RoundedPanel { numbers: &numbers, scales: &scales };
        let rounded: [Rounded<'_>; ROWS] =
            std::array::from_fn(|row| Rounded { numbers: &rows[row], scales: &row_scales, sums: &sums[row] });
        let expected: [[f32; PANEL]; ROWS] = std::array::from_fn(|row| {
            std::array::from_fn(|output| {
                let product = |n: usize| {
                    let weight = numbers[n / QUAD * QUAD * PANEL + QUAD * output + n % QUAD];
                    let step = 0.5 * scales[n / BLOCK * PANEL + output];
                    (i32::from(rows[row][n]) * i32::from(weight)) as f32 * step
                };
                (0..inputs).map(product).sum()
            })
        });
        for cpu in Cpu::all() {
            assert_eq!(cpu.tile_i8(panel, rounded), expected, "{cpu:?}");
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
        for (weight, number) in [(-127_i8, 127_i8), (127, 127), (127, -127), (-127, -127)] {
            let (numbers, scales) = (vec![weight; BLOCK * PANEL], vec![1.0; PANEL]);
            let row = vec![number; BLOCK];
            let sum = [i32::from(number) * BLOCK as i32];
            let row = Rounded { numbers: &row, scales: &[1.0], sums: &sum };
            let expected = f32::from(weight) * f32::from(number) * BLOCK as f32;
            for cpu in Cpu::all() {
                let panel = RoundedPanel { numbers: &numbers, scales: &scales };
                assert_eq!(cpu.tile_i8(panel, [row]), [[expected; PANEL]], "{cpu:?}");
            }
        }
    }
}
