//! The inner loops, compiled for the CPU that is there. All `unsafe` of the encoder is in this file.
//!
//! A CPU is chosen once, at load. On x86-64 with AVX2 and FMA the portable loops are compiled for those instructions,
//! and the integer product is written with intrinsics, once for AVX2 and once for AVX-512 VNNI; elsewhere the portable
//! loops run as they are. The integer products of all paths are equal to the bit.

use super::attention::{self, Head};
use super::math::{self, PANEL};

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

/// Proof that the CPU has AVX2 and FMA, and the parts F, BW and VNNI of AVX-512.
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
                    Self::Avx2(_) | Self::Avx512Vnni(_) => {
                        #[target_feature(enable = "avx2,fma")]
                        fn compiled $(<const $generic: $kind>)? ($($arg: $type),*) $(-> $out)? { $fast($($arg),*) }
                        // SAFETY: both proofs are made only where the CPU has AVX2 and FMA.
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
    fn magnitude(row: &[f32]) -> f32 = math::magnitude, math::magnitude;
    fn quantise(row: &[f32], factor: f32, out: &mut [i16]) = math::quantise::<false>, math::quantise::<true>;
    fn gelu(numbers: &mut [f32]) = math::gelu::<false>, math::gelu::<true>;
    fn add_and_normalise(row: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32])
        = math::add_and_normalise, math::add_and_normalise;
    fn attend(head: &Head<'_>, scratch: &mut Vec<f32>, out: &mut [f32], out_stride: usize)
        = attention::attend::<false>, attention::attend::<true>;
}

impl Cpu {
    /// The products of some rows of integers with one panel of weights.
    #[inline]
    pub(super) fn tile_i8<const ROWS: usize>(
        self,
        panel: &[i8],
        rows: [&[i16]; ROWS],
    ) -> [[i32; PANEL]; ROWS] {
        let pairs = panel.len() / (2 * PANEL);
        assert!(rows.iter().all(|row| row.len() >= 2 * pairs), "a row is shorter than its panel");
        match self {
            Self::Portable => math::tile_i8(panel, rows),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx2` is made only where the CPU has AVX2, and the rows are long enough.
            Self::Avx2(_) => unsafe { tile_i8_avx2(panel, rows) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: `Avx512Vnni` is made only where the CPU has these parts, and the rows are long enough.
            Self::Avx512Vnni(_) => unsafe { tile_i8_avx512(panel, rows) },
        }
    }
}

/// Widens the weights to 16 bits once for all rows; one instruction then multiplies 16 pairs and adds their products in
/// twos, exactly.
///
/// # Safety
///
/// The CPU has AVX2, and each row has at least two numbers for each 32 bytes of the panel.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
unsafe fn tile_i8_avx2<const ROWS: usize>(panel: &[i8], rows: [&[i16]; ROWS]) -> [[i32; PANEL]; ROWS] {
    use std::arch::x86_64::{
        _mm_loadu_si128, _mm256_add_epi32, _mm256_cvtepi8_epi16, _mm256_madd_epi16, _mm256_set1_epi32,
        _mm256_setzero_si256, _mm256_storeu_si256,
    };

    let pairs = panel.len() / (2 * PANEL);
    let mut low = [_mm256_setzero_si256(); ROWS];
    let mut high = [_mm256_setzero_si256(); ROWS];
    for pair in 0..pairs {
        // SAFETY: `pair` is below the number of whole 32-byte blocks of the panel.
        let (low_weights, high_weights) = unsafe {
            let block = panel.as_ptr().add(pair * 2 * PANEL);
            (
                _mm256_cvtepi8_epi16(_mm_loadu_si128(block.cast())),
                _mm256_cvtepi8_epi16(_mm_loadu_si128(block.add(PANEL).cast())),
            )
        };
        for row in 0..ROWS {
            // SAFETY: each row has at least two numbers a pair; unaligned reads are allowed.
            let inputs = unsafe { rows[row].as_ptr().add(2 * pair).cast::<i32>().read_unaligned() };
            let inputs = _mm256_set1_epi32(inputs);
            low[row] = _mm256_add_epi32(low[row], _mm256_madd_epi16(low_weights, inputs));
            high[row] = _mm256_add_epi32(high[row], _mm256_madd_epi16(high_weights, inputs));
        }
    }
    let mut sums = [[0; PANEL]; ROWS];
    for row in 0..ROWS {
        // SAFETY: 16 numbers of 32 bits are two times 256 bits; unaligned writes are allowed.
        unsafe {
            let out = sums[row].as_mut_ptr();
            _mm256_storeu_si256(out.cast(), low[row]);
            _mm256_storeu_si256(out.add(PANEL / 2).cast(), high[row]);
        }
    }
    sums
}

/// The same with 16 sums in a register, and the multiplication and both additions in one instruction.
///
/// # Safety
///
/// The CPU has AVX-512 F, BW and VNNI, and each row has at least two numbers for each 32 bytes of the panel.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
unsafe fn tile_i8_avx512<const ROWS: usize>(panel: &[i8], rows: [&[i16]; ROWS]) -> [[i32; PANEL]; ROWS] {
    use std::arch::x86_64::{
        _mm256_loadu_si256, _mm512_cvtepi8_epi16, _mm512_dpwssd_epi32, _mm512_set1_epi32,
        _mm512_setzero_si512, _mm512_storeu_si512,
    };

    let mut sums = [_mm512_setzero_si512(); ROWS];
    for pair in 0..panel.len() / (2 * PANEL) {
        // SAFETY: `pair` is below the number of whole 32-byte blocks of the panel.
        let weights = unsafe { _mm256_loadu_si256(panel.as_ptr().add(pair * 2 * PANEL).cast()) };
        let weights = _mm512_cvtepi8_epi16(weights);
        for row in 0..ROWS {
            // SAFETY: each row has at least two numbers a pair; unaligned reads are allowed.
            let inputs = unsafe { rows[row].as_ptr().add(2 * pair).cast::<i32>().read_unaligned() };
            sums[row] = _mm512_dpwssd_epi32(sums[row], weights, _mm512_set1_epi32(inputs));
        }
    }
    sums.map(|sums| {
        let mut out = [0; PANEL];
        // SAFETY: 16 numbers of 32 bits are 512 bits; unaligned writes are allowed.
        unsafe { _mm512_storeu_si512(out.as_mut_ptr().cast(), sums) };
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tiles_are_equal<const ROWS: usize>(inputs: usize) {
        let panel: Vec<i8> = (0..inputs * PANEL).map(|n| (n * 37 % 255) as i8).collect();
        // Whole ranges of both, with the largest magnitudes of the encoder among them.
        let input = |row: usize, n: usize| ((n * 7919 + row * 13) % 16_383) as i16 - 8_191;
        let rows: Vec<Vec<i16>> = (0..ROWS).map(|row| (0..inputs).map(|n| input(row, n)).collect()).collect();
        let rows: [&[i16]; ROWS] = std::array::from_fn(|row| rows[row].as_slice());
        let expected: [[i32; PANEL]; ROWS] = std::array::from_fn(|row| {
            std::array::from_fn(|output| {
                let product = |n: usize| {
                    let weight = panel[n / 2 * 2 * PANEL + 2 * output + n % 2];
                    i32::from(rows[row][n]) * i32::from(weight)
                };
                (0..inputs).map(product).sum()
            })
        });
        for cpu in Cpu::all() {
            assert_eq!(cpu.tile_i8(&panel, rows), expected, "{cpu:?}");
        }
    }

    #[test]
    fn integer_products_are_equal_on_every_path() {
        for inputs in [2, 32, 384, 1_536] {
            tiles_are_equal::<1>(inputs);
            tiles_are_equal::<2>(inputs);
            tiles_are_equal::<5>(inputs);
            tiles_are_equal::<6>(inputs);
        }
    }

    #[test]
    fn the_largest_sums_do_not_overflow() {
        let panel = vec![-127_i8; 1_536 * PANEL];
        let row = vec![8_191_i16; 1_536];
        for cpu in Cpu::all() {
            assert_eq!(cpu.tile_i8(&panel, [&row]), [[-127 * 8_191 * 1_536; PANEL]], "{cpu:?}");
        }
    }
}
