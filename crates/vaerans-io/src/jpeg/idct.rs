//! The inverse DCT in whole numbers, bit for bit that of libjpeg ("islow": Loeffler, Ligtenberg and Moschytz, 13 bits).

use super::block::Block;

const BITS: u32 = 13;
/// Bits that the first pass keeps more than the samples have.
const KEPT: u32 = 2;

// Each is a factor of the transform times 2^13.
const F0_298: i32 = 2446;
const F0_390: i32 = 3196;
const F0_541: i32 = 4433;
const F0_765: i32 = 6270;
const F0_899: i32 = 7373;
const F1_175: i32 = 9633;
const F1_501: i32 = 12299;
const F1_847: i32 = 15137;
const F1_961: i32 = 16069;
const F2_053: i32 = 16819;
const F2_562: i32 = 20995;
const F3_072: i32 = 25172;

/// Eight values in one dimension, scaled by 2^13.
#[inline(always)]
fn pass(v: [i32; 8]) -> [i32; 8] {
    let m = i32::wrapping_mul;
    let a = i32::wrapping_add;
    let s = i32::wrapping_sub;
    let z = m(a(v[2], v[6]), F0_541);
    let (even2, even3) = (s(z, m(v[6], F1_847)), a(z, m(v[2], F0_765)));
    let (even0, even1) = (a(v[0], v[4]) << BITS, s(v[0], v[4]) << BITS);
    let (e0, e3) = (a(even0, even3), s(even0, even3));
    let (e1, e2) = (a(even1, even2), s(even1, even2));
    let z5 = m(a(a(v[7], v[3]), a(v[5], v[1])), F1_175);
    let z1 = m(a(v[7], v[1]), -F0_899);
    let z2 = m(a(v[5], v[3]), -F2_562);
    let z3 = a(m(a(v[7], v[3]), -F1_961), z5);
    let z4 = a(m(a(v[5], v[1]), -F0_390), z5);
    let o0 = a(m(v[7], F0_298), a(z1, z3));
    let o1 = a(m(v[5], F2_053), a(z2, z4));
    let o2 = a(m(v[3], F3_072), a(z2, z3));
    let o3 = a(m(v[1], F1_501), a(z1, z4));
    [a(e0, o3), a(e1, o2), a(e2, o1), a(e3, o0), s(e3, o0), s(e2, o1), s(e1, o2), s(e0, o3)]
}

/// A sample from a value that is `bits` bits too fine.
#[inline(always)]
fn sample(value: i32, bits: u32) -> u8 {
    (value.wrapping_add(1 << (bits - 1)) >> bits).saturating_add(128).clamp(0, 255) as u8
}

/// Both dimensions: each is done for eight lines side by side, which compilers turn into vector instructions.
#[inline(always)]
fn both(block: &Block, quant: &[u16; 64]) -> [[u8; 8]; 8] {
    let mut half = [[0; 8]; 8];
    for x in 0..8 {
        let column = std::array::from_fn(|y| i32::from(block[y * 8 + x]).wrapping_mul(quant[y * 8 + x].into()));
        for (line, value) in half.iter_mut().zip(pass(column)) {
            line[x] = value.wrapping_add(1 << (BITS - KEPT - 1)) >> (BITS - KEPT);
        }
    }
    let half = transposed(&half);
    let mut samples = [[0; 8]; 8];
    for y in 0..8 {
        let row = std::array::from_fn(|x| half[x][y]);
        for (line, value) in samples.iter_mut().zip(pass(row)) {
            line[y] = sample(value, BITS + KEPT + 3);
        }
    }
    transposed(&samples)
}

#[inline(always)]
fn transposed<T: Copy>(from: &[[T; 8]; 8]) -> [[T; 8]; 8] {
    std::array::from_fn(|x| std::array::from_fn(|y| from[y][x]))
}

/// Samples of a block into `rows`, lines of `stride` bytes. `last` is the place in zigzag order behind which all are 0.
#[inline(always)]
pub(super) fn inverse(block: &Block, quant: &[u16; 64], last: usize, rows: &mut [u8], stride: usize) {
    if last == 0 {
        let flat = i32::from(block[0]).wrapping_mul(quant[0].into());
        let value = sample(flat, 3);
        rows.chunks_mut(stride).take(8).for_each(|row| row[..8].fill(value));
        return;
    }
    for (row, line) in both(block, quant).iter().zip(rows.chunks_mut(stride)) {
        line[..8].copy_from_slice(row);
    }
}
