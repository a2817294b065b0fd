//! Streams of signed 32-bit values: a token per value through rANS, the bits below it raw.
//!
//! A value is zigzagged (0, -1, 1, -2, ... to 0, 1, 2, 3, ...). Below 16 it is its own token; from there on a token holds the
//! length and the two bits after the leading one (as JPEG XL's hybrid integers), and the bits below those follow raw.
//!
//! ```text
//! tokens  a stream of rans.rs
//! extra   bits of the values whose token is 16 or more, in order, lowest bit of a byte first; the last byte filled with zeros
//! ```

use super::bits::{BitReader, BitWriter};
use super::rans::{self, Count};
use super::Setting;
use crate::arena::zeros;
use crate::error::Result;
use crate::wire::Reader;
use vaerans_kernels::reference::symbols::{unzigzag, zigzag};
use vaerans_kernels::Kernels;

/// Zigzagged values below this are their own token.
const DIRECT: u32 = 16;
/// The largest token: 32 bits long, both next bits set.
const LAST: u8 = (DIRECT + 4 * (31 - 4) + 3) as u8;

/// Token, extra bits and their number, of a zigzagged value from [`DIRECT`] on.
fn split(z: u32) -> (u8, u32, u32) {
    let length = z.ilog2();
    let extra = length - 2;
    let token = DIRECT + 4 * (length - 4) + (z >> extra & 3);
    (token as u8, z & ((1 << extra) - 1), extra)
}

/// The least zigzagged value of a token from [`DIRECT`] on, and the number of its extra bits.
fn base(token: u8) -> (u32, u32) {
    let t = u32::from(token) - DIRECT;
    let extra = t / 4 + 2;
    ((4 | t & 3) << extra, extra)
}

/// Appends a stream of `values` to `out`. All zeros take two bytes where the count is known.
///
/// # Errors
/// `limit.symbols` from 2^32 values on.
pub fn encode_i32(kernels: &Kernels, values: &[i32], setting: Setting, count: Count, out: &mut Vec<u8>) -> Result<()> {
    encode_with(kernels, values, out, |tokens, out| rans::encode_u8(kernels, tokens, setting, count, out))
}

/// [`encode_i32`] with any coder for the tokens.
pub(super) fn encode_with(
    kernels: &Kernels,
    values: &[i32],
    out: &mut Vec<u8>,
    encode: impl FnOnce(&[u8], &mut Vec<u8>) -> Result<()>,
) -> Result<()> {
    let mut tokens = zeros::<u8>(values.len())?;
    kernels.zigzag(values, DIRECT as u8, &mut tokens);
    let mut extra = BitWriter::default();
    for_each_large(&mut tokens, |i, token| {
        let (t, bits, count) = split(zigzag(values[i]));
        *token = t;
        extra.put(bits, count);
        Ok(())
    })?;
    encode(&tokens, out)?;
    out.extend(extra.finish());
    Ok(())
}

/// Decodes the stream that `reader` stands at; `count` is the number of values where the caller knows it.
///
/// # Errors
/// As [`rans::decode_u8`].
pub fn decode_i32(kernels: &Kernels, reader: &mut Reader, count: Option<usize>, max_symbols: u64) -> Result<Vec<i32>> {
    let tokens = rans::decode_u8(kernels, reader, count, max_symbols)?;
    let mut values = zeros(tokens.len())?;
    join(kernels, reader, tokens, &mut values)?;
    Ok(values)
}

/// As [`decode_i32`], into a slice that has as many elements as the stream.
///
/// # Errors
/// As [`decode_i32`].
pub fn decode_i32_into(kernels: &Kernels, reader: &mut Reader, values: &mut [i32]) -> Result<()> {
    let tokens = rans::decode_u8(kernels, reader, Some(values.len()), values.len() as u64)?;
    join(kernels, reader, tokens, values)
}

/// Values from tokens and the extra bits that `reader` stands at.
pub(super) fn join(kernels: &Kernels, reader: &mut Reader, mut tokens: Vec<u8>, values: &mut [i32]) -> Result<()> {
    kernels.unzigzag(&tokens, values);
    let place = reader.clone();
    let mut extra = BitReader::new(reader);
    for_each_large(&mut tokens, |i, token| {
        if *token > LAST {
            return Err(place.invalid(&format!("token {token}, at most {LAST} possible")));
        }
        let (least, count) = base(*token);
        values[i] = unzigzag(least | extra.get(count)?);
        Ok(())
    })
}

/// Calls `f` with place and token of every token from [`DIRECT`] on. They are rare.
fn for_each_large(tokens: &mut [u8], mut f: impl FnMut(usize, &mut u8) -> Result<()>) -> Result<()> {
    let mut at = 0;
    while let Some(i) = next_large(tokens, at) {
        f(i, &mut tokens[i])?;
        at = i + 1;
    }
    Ok(())
}

/// The place of the first token from [`DIRECT`] on, from place `at` on: eight at a time are looked at.
#[inline(never)]
fn next_large(tokens: &[u8], at: usize) -> Option<usize> {
    const { assert!(DIRECT == 16) }; // what is less has no bit in its upper half
    const UPPER: u64 = u64::from_ne_bytes([0xf0; 8]);
    let rest = &tokens[at..];
    let small = |eight: &&[u8]| <[u8; 8]>::try_from(*eight).is_ok_and(|e| u64::from_ne_bytes(e) & UPPER == 0);
    let skipped = 8 * rest.chunks_exact(8).take_while(small).count();
    rest[skipped..].iter().position(|&t| u32::from(t) >= DIRECT).map(|i| at + skipped + i)
}

#[cfg(test)]
#[path = "token_tests.rs"]
mod tests;
