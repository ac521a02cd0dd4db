//! Dot products, 8-bit integers with 8-bit integers and floats with floats, and a hint of what is read next. The loops are plain Rust that the compiler
//! vectorises; on x86 that of the integers is compiled a second time for AVX2, and written once for AVX-512 VNNI, chosen
//! at run time.

/// The products of `query` with every row of `rows`, each `query.len()` long.
pub(super) fn dot_rows_i8(rows: &[i8], query: &[i8], out: &mut Vec<i32>) {
    #[cfg(target_arch = "x86_64")]
    if query.len().is_multiple_of(64)
        && std::arch::is_x86_feature_detected!("avx512f")
        && std::arch::is_x86_feature_detected!("avx512bw")
        && std::arch::is_x86_feature_detected!("avx512vnni")
    {
        // SAFETY: the CPU has these parts, as was just asked.
        #[expect(unsafe_code, reason = "calls code compiled for a feature that was just detected")]
        return unsafe { dot_rows_i8_vnni(rows, query, out) };
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") {
        // SAFETY: the CPU has AVX2, as was just asked.
        #[expect(unsafe_code, reason = "calls code compiled for a feature that was just detected")]
        return unsafe { dot_rows_i8_avx2(rows, query, out) };
    }
    dot_rows_i8_portable(rows, query, out);
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn dot_rows_i8_avx2(rows: &[i8], query: &[i8], out: &mut Vec<i32>) {
    dot_rows_i8_portable(rows, query, out);
}

/// One instruction multiplies 64 unsigned numbers with signed ones and adds the products in fours. The rows are made
/// unsigned by adding 128 to each number; what that adds to a product is known from the sum of the query.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512vnni")]
fn dot_rows_i8_vnni(rows: &[i8], query: &[i8], out: &mut Vec<i32>) {
    use std::arch::x86_64::{
        __m512i, _mm512_dpbusd_epi32, _mm512_loadu_si512, _mm512_reduce_add_epi32, _mm512_set1_epi8,
        _mm512_setzero_si512, _mm512_xor_si512,
    };

    #[expect(unsafe_code, reason = "reads 64 bytes of an array of 64")]
    // SAFETY: the array has 64 bytes; unaligned reads are allowed.
    let load = |block: &[i8; 64]| -> __m512i { unsafe { _mm512_loadu_si512(block.as_ptr().cast()) } };
    let (query_blocks, _) = query.as_chunks::<64>();
    let added = 128 * query.iter().map(|number| i32::from(*number)).sum::<i32>();
    let sign = _mm512_set1_epi8(i8::MIN);
    for row in rows.chunks_exact(query.len()) {
        let (row_blocks, _) = row.as_chunks::<64>();
        let mut sums = _mm512_setzero_si512();
        for (row, query) in row_blocks.iter().zip(query_blocks) {
            sums = _mm512_dpbusd_epi32(sums, _mm512_xor_si512(load(row), sign), load(query));
        }
        out.push(_mm512_reduce_add_epi32(sums) - added);
    }
}

#[inline(always)]
#[expect(clippy::inline_always, reason = "has to be compiled anew inside the function for AVX2")]
fn dot_rows_i8_portable(rows: &[i8], query: &[i8], out: &mut Vec<i32>) {
    // Loops, not closures: a closure would be a function of its own, compiled without AVX2.
    for row in rows.chunks_exact(query.len()) {
        let (row_blocks, row_rest) = row.as_chunks::<32>();
        let (query_blocks, query_rest) = query.as_chunks::<32>();
        let mut sum = 0_i32;
        for (a, b) in row_blocks.iter().zip(query_blocks) {
            // Products of two 8-bit numbers fit into 16 bits; pairs of them are summed by one instruction.
            for at in 0..32 {
                sum += i32::from(i16::from(a[at])) * i32::from(i16::from(b[at]));
            }
        }
        for (a, b) in row_rest.iter().zip(query_rest) {
            sum += i32::from(*a) * i32::from(*b);
        }
        out.push(sum);
    }
}

/// Tells the CPU that what is there is read soon. Behind the first lines it reads on by itself.
pub(super) fn prefetch<T>(at: *const T) {
    #[cfg(target_arch = "x86_64")]
    {
        use std::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        const LINES: usize = 4;
        const LINE_BYTES: usize = 64;
        for line in 0..LINES {
            #[expect(unsafe_code, reason = "a hint, which reads nothing")]
            // SAFETY: every x86-64 CPU has it, and it may be given any address.
            unsafe {
                _mm_prefetch::<_MM_HINT_T0>(at.cast::<i8>().wrapping_add(LINE_BYTES * line));
            }
        }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = at;
}

/// Sixteen running sums, so that the compiler uses vector instructions.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    let mut sums = [0.0_f32; 16];
    let (a_blocks, a_rest) = a.as_chunks::<16>();
    let (b_blocks, b_rest) = b.as_chunks::<16>();
    for (a, b) in a_blocks.iter().zip(b_blocks) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    let rest: f32 = a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum();
    sums.iter().sum::<f32>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_builds_of_the_integer_product_agree() {
        let rows: Vec<i8> = (0..384 * 5).map(|n| ((n * 37) % 255 - 127) as i8).collect();
        let query: Vec<i8> = (0..384).map(|n| ((n * 91) % 255 - 127) as i8).collect();
        let (mut fast, mut plain) = (Vec::new(), Vec::new());
        dot_rows_i8(&rows, &query, &mut fast);
        dot_rows_i8_portable(&rows, &query, &mut plain);
        assert_eq!(fast, plain);
        #[cfg(target_arch = "x86_64")]
        if std::arch::is_x86_feature_detected!("avx2") {
            let mut wide = Vec::new();
            // SAFETY: the CPU has AVX2, as was just asked.
            #[expect(unsafe_code, reason = "calls code compiled for a feature that was just detected")]
            unsafe {
                dot_rows_i8_avx2(&rows, &query, &mut wide);
            }
            assert_eq!(wide, plain);
        }
        let by_hand: i32 =
            rows[384..768].iter().zip(&query).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum();
        assert_eq!(fast[1], by_hand);
    }
}
