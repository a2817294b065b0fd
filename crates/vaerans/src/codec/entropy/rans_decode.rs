//! The decoder of [`super::rans`]'s streams.

use super::rans::{CONSTANT, COUNTED, ESCAPED, PIECE, PLAIN, RANS14};
use super::table::Table;
use crate::arena::zeros;
use crate::error::{Error, Result};
use crate::wire::Reader;
use vaerans_kernels::reference::rans::LOW;
use vaerans_kernels::{Kernels, RANS_PAD};

impl Table {
    fn decoder(&self) -> Decoder {
        if self.bits == 12 {
            return Decoder::Fast(fast_slots(&self.frequencies));
        }
        let mut start = 0;
        let (mut symbols, mut intervals) = (Box::new([0; 16384 + RANS_PAD]), Box::new([0; 256]));
        for (s, &f) in self.frequencies.iter().enumerate() {
            intervals[s] = (start as u32) << 16 | f;
            symbols[start..start + f as usize].fill(s as u8);
            start += f as usize;
        }
        Decoder::Precise(symbols, intervals)
    }
}

/// For each of 4096 slots its symbol, the symbol's frequency, and the slot's place among the symbol's own.
#[inline(never)]
fn fast_slots(frequencies: &[u32; 256]) -> Box<[u32; 4096]> {
    let mut slots = Box::new([0; 4096]);
    let mut start = 0;
    for (s, &f) in frequencies.iter().enumerate() {
        let entries = slots[start..start + f as usize].iter_mut().zip(0u32..);
        entries.for_each(|(e, i)| *e = f << 20 | i << 8 | s as u32);
        start += f as usize;
    }
    slots
}

/// The decoder's tables.
enum Decoder {
    Fast(Box<[u32; 4096]>),
    Precise(Box<[u8; 16384 + RANS_PAD]>, Box<[u32; 256]>),
}

impl Decoder {
    fn run(&self, kernels: &Kernels, states: &mut [u32], words: &[u8], symbols: &mut [u8]) -> Option<usize> {
        match self {
            Decoder::Fast(slots) => kernels.rans_decode12(slots, states, words, symbols),
            Decoder::Precise(slots, i) => kernels.rans_decode14(slots, i, states, words, symbols),
        }
    }
}

/// Decodes the stream that `reader` stands at; `count` is the number of symbols where the caller knows it.
///
/// # Errors
/// `stream.truncated`, `stream.invalid` (also where `count` differs from what is stored) and `limit.symbols`.
pub fn decode_u8(kernels: &Kernels, reader: &mut Reader, count: Option<usize>, max_symbols: u64) -> Result<Vec<u8>> {
    let (head, n) = read_head(reader, count, max_symbols)?;
    check_plausible(reader, head, n)?;
    let mut symbols = zeros(n)?;
    decode_body(kernels, reader, head, &mut symbols, true)?;
    Ok(symbols)
}

/// As [`decode_u8`], into a slice that has as many elements as the stream.
///
/// # Errors
/// As [`decode_u8`].
pub fn decode_u8_into(kernels: &Kernels, reader: &mut Reader, symbols: &mut [u8]) -> Result<()> {
    let (head, _) = read_head(reader, Some(symbols.len()), symbols.len() as u64)?;
    decode_body(kernels, reader, head, symbols, true)
}

/// Refuses a number of symbols that the stream that `reader` stands at cannot hold.
///
/// # Errors
/// As [`decode_u8`].
pub fn check(mut reader: Reader, count: u64) -> Result<()> {
    let (head, n) = read_head(&mut reader, usize::try_from(count).ok(), count)?;
    check_plausible(&reader, head, n)
}

/// Bits of a probability and frequencies of the stream that `reader` stands at: a constant has 0 bits, plain symbols 8. A marker
/// keeps the slots of the symbols that it stands for.
///
/// # Errors
/// `stream.truncated`, `stream.invalid`.
pub fn table(mut reader: Reader) -> Result<(u32, super::normal::Counts)> {
    let head = reader.u8()?;
    let n = if head & COUNTED != 0 { reader.varint()? } else { 1 };
    match head & 3 {
        CONSTANT => {
            let mut counts = [0; 256];
            counts[usize::from(if n > 0 { reader.u8().unwrap_or(0) } else { 0 })] = 1;
            Ok((0, counts))
        }
        PLAIN => Ok((8, [1; 256])),
        form => {
            let bits = if form == RANS14 { 14 } else { 12 };
            Ok((bits, Table::read(&mut reader, bits, head & ESCAPED != 0)?.frequencies))
        }
    }
}

/// Refuses a count that the bytes left cannot hold, before there is memory for it. The cheapest symbol takes
/// log2(2^14 / (2^14 - 1)) bits: less than 2^17 symbols a byte. Equal symbols take none.
fn check_plausible(reader: &Reader, head: u8, n: usize) -> Result<()> {
    let most = match head & 3 {
        CONSTANT => n,
        PLAIN => reader.remaining(),
        _ => reader.remaining().saturating_mul(1 << 17),
    };
    if n <= most {
        return Ok(());
    }
    let text = format!("offset {}: {n} symbols in the {} bytes left", reader.offset(), reader.remaining());
    Err(Error::new("stream.truncated", text))
}

/// Head and number of symbols.
fn read_head(reader: &mut Reader, count: Option<usize>, max_symbols: u64) -> Result<(u8, usize)> {
    let head = reader.u8()?;
    if head & 0x80 != 0 {
        return Err(reader.invalid(&format!("form {head:#04x} of a symbol stream")));
    }
    let stored = if head & COUNTED != 0 { Some(reader.varint()?) } else { None };
    let n = match (stored, count) {
        (Some(n), Some(known)) if n != known as u64 => {
            return Err(reader.invalid(&format!("{n} symbols stored, {known} expected")));
        }
        (Some(n), _) => n,
        (None, Some(known)) => known as u64,
        (None, None) => return Err(reader.invalid("a symbol stream without its count")),
    };
    Ok((head, super::check_count(n, max_symbols)?))
}

fn decode_body(kernels: &Kernels, reader: &mut Reader, head: u8, out: &mut [u8], may_escape: bool) -> Result<()> {
    match head & 3 {
        CONSTANT => {
            if !out.is_empty() {
                out.fill(reader.u8()?);
            }
        }
        PLAIN => out.copy_from_slice(reader.bytes(out.len())?),
        form => decode_rans(kernels, reader, if form == RANS14 { 14 } else { 12 }, head, out, may_escape)?,
    }
    Ok(())
}

fn decode_rans(
    kernels: &Kernels,
    reader: &mut Reader,
    bits: u32,
    head: u8,
    out: &mut [u8],
    may_escape: bool,
) -> Result<()> {
    let escaped = head & ESCAPED != 0;
    if escaped && !may_escape {
        return Err(reader.invalid("escapes within escapes"));
    }
    let table = Table::read(reader, bits, escaped)?;
    let mut escapes = Vec::new();
    if escaped {
        let (head, n) = read_head(reader, None, out.len() as u64)?;
        escapes = zeros(n)?;
        decode_body(kernels, reader, head, &mut escapes, false)?;
    }
    let mut states = vec![0; 1 << (head >> 2 & 7)];
    for s in &mut states {
        *s = reader.u32()?;
    }
    decode_words(kernels, reader, &table, &mut states, &escapes, out)?;
    if states.iter().any(|&s| s != LOW) {
        return Err(reader.invalid("rANS states that do not end where they began"));
    }
    Ok(())
}

fn decode_words(
    kernels: &Kernels,
    reader: &mut Reader,
    table: &Table,
    states: &mut [u32],
    escapes: &[u8],
    out: &mut [u8],
) -> Result<()> {
    let decoder = table.decoder();
    let mut taken = 0;
    let piece = if table.marker.is_some() { PIECE } else { out.len().max(1) };
    for piece in out.chunks_mut(piece) {
        let all = reader.clone().rest();
        let Some(words) = decoder.run(kernels, states, &all[..all.len() / 2 * 2], piece) else {
            let text = format!("offset {}: the words of a rANS stream end too early", reader.offset());
            return Err(Error::new("stream.truncated", text));
        };
        reader.bytes(2 * words)?;
        if let Some(marker) = table.marker {
            taken += kernels.replace_symbols(marker, piece, escapes.get(taken..).unwrap_or(&[]));
        }
    }
    if taken != escapes.len() {
        return Err(reader.invalid(&format!("{} escaped symbols for {taken} markers", escapes.len())));
    }
    Ok(())
}
