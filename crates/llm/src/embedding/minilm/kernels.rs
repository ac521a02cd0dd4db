//! The inner loops, compiled for the CPU that is there. All `unsafe` of the encoder is in this file.
//!
//! A CPU is chosen once, at load. On x86-64 with AVX2 and FMA the portable loops are compiled for those instructions,
//! and the integer product is written with intrinsics; elsewhere the portable loops run as they are. The integer
//! products of all paths are equal to the bit.

use super::math::{self, Head, PANEL};

/// The instructions that the loops use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cpu {
    Portable,
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

/// Proof that the CPU has AVX2 and FMA: there is none without a check.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Avx2(());

impl Cpu {
    /// The best that this machine has.
    pub fn detect() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma") {
            return Self::Avx2(Avx2(()));
        }
        Self::Portable
    }

    /// Every path that this machine can run.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Portable];
        if Self::detect() != Self::Portable {
            all.push(Self::detect());
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
                }
            }
        )*}
    };
}

compiled_for_cpu! {
    fn tile_f32[ROWS: usize](panel: &[f32], rows: [&[f32]; ROWS]) -> [[f32; PANEL]; ROWS]
        = math::tile_f32::<ROWS, false>, math::tile_f32::<ROWS, true>;
    fn magnitude(row: &[f32]) -> f32 = math::magnitude, math::magnitude;
    fn quantise(row: &[f32], factor: f32, out: &mut [i16]) = math::quantise, math::quantise;
    fn gelu(numbers: &mut [f32]) = math::gelu, math::gelu;
    fn add_and_normalise(row: &mut [f32], residual: &[f32], scale: &[f32], shift: &[f32])
        = math::add_and_normalise, math::add_and_normalise;
    fn attend(head: &Head<'_>, scratch: &mut Vec<f32>, out: &mut [f32], out_stride: usize)
        = math::attend::<false>, math::attend::<true>;
}

impl Cpu {
    /// The products of some rows of integers with one panel of weights.
    #[inline]
    pub(super) fn tile_i8<const ROWS: usize>(
        self,
        panel: &[i8],
        rows: [&[i16]; ROWS],
    ) -> [[i32; PANEL]; ROWS] {
        match self {
            Self::Portable => math::tile_i8(panel, rows),
            #[cfg(target_arch = "x86_64")]
            Self::Avx2(_) => {
                let pairs = panel.len() / (2 * PANEL);
                assert!(rows.iter().all(|row| row.len() >= 2 * pairs), "a row is shorter than its panel");
                // SAFETY: `Avx2` is made only where the CPU has AVX2, and the rows are long enough.
                unsafe { tile_i8_avx2(panel, rows) }
            }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integer_products_are_equal_on_every_path() {
        let panel: Vec<i8> = (0..384 * PANEL).map(|n| (n * 37 % 255) as i8).collect();
        let rows: Vec<Vec<i16>> = (0..6)
            .map(|row| (0..384).map(|n| ((n * 7919 + row * 13) % 16_383 - 8_191) as i16).collect())
            .collect();
        let rows: [&[i16]; 6] = std::array::from_fn(|row| rows[row].as_slice());
        let expected = math::tile_i8(&panel, rows);
        for cpu in Cpu::all() {
            assert_eq!(cpu.tile_i8(&panel, rows), expected, "{cpu:?}");
        }
    }
}
