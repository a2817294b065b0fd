//! Streams of bytes-as-symbols, coded with interleaved rANS.
//!
//! ```text
//! head      u8      bits 0-1 form: 0 constant, 1 plain, 2 rANS 12 bits, 3 rANS 14 bits
//!                   bits 2-4 log2 of the number of lanes
//!                   bit 5 some symbols are escaped, bit 6 the count follows, bit 7 zero
//! count     varint  number of symbols, unless the reader knows it
//! constant: symbol u8, unless the count is 0
//! plain:    the symbols
//! rANS:     table   length varint, then bytes of the binary coder (table.rs)
//!           escapes (bit 5) a stream as this one with its count, without escapes of its own
//!           states  u32 per lane
//!           words   u16, as many as the decoder asks for
//! ```
//! All numbers are little-endian. Decoding ends with every state at 2^16, which catches most damage by itself.

use super::normal::Counts;
use super::table::{choose, Choice, Table};
use super::{count_of, token, Coder, Setting};
use crate::arena::zeros;
use crate::error::{Error, Result};
use crate::wire::{Limits, Reader, Writer};
use vaerans_kernels::reference::rans::LOW;
use vaerans_kernels::{rans_interval, Kernels, RANS_PAD};

const CONSTANT: u8 = 0;
const PLAIN: u8 = 1;
const RANS12: u8 = 2;
const RANS14: u8 = 3;
const ESCAPED: u8 = 1 << 5;
const COUNTED: u8 = 1 << 6;

/// Symbols that are coded, and searched for escapes, while they are in the cache. A multiple of every number of lanes.
const PIECE: usize = 1 << 15;

/// Most lanes of a stream this encoder writes: more do not help any instruction set. Decoders take up to 128.
const MOST_LANES: u64 = 64;

/// Bytes of payload for each lane, which costs about 3: 0.2 %, or 0.02 %.
fn bytes_per_lane(setting: Setting) -> u64 {
    match setting {
        Setting::Fast => 1536,
        Setting::Precise => 12_288,
    }
}

/// The interleaved rANS coder.
#[derive(Debug, Clone, Copy, Default)]
pub struct Rans {
    /// Precision of its probabilities.
    pub setting: Setting,
}

impl Coder for Rans {
    fn name(&self) -> &'static str {
        "rans"
    }

    fn encode_u8(&self, kernels: &Kernels, symbols: &[u8], out: &mut Vec<u8>) -> Result<()> {
        encode_u8(kernels, symbols, self.setting, Count::Stored, out)
    }

    fn decode_u8(&self, kernels: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<u8>, usize)> {
        let mut reader = Reader::new(bytes, "symbols");
        let symbols = decode_u8(kernels, &mut reader, None, max_symbols)?;
        Ok((symbols, reader.offset()))
    }

    fn encode_i32(&self, kernels: &Kernels, values: &[i32], out: &mut Vec<u8>) -> Result<()> {
        token::encode_i32(kernels, values, self.setting, Count::Stored, out)
    }

    fn decode_i32(&self, kernels: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<i32>, usize)> {
        let mut reader = Reader::new(bytes, "symbols");
        let values = token::decode_i32(kernels, &mut reader, None, max_symbols)?;
        Ok((values, reader.offset()))
    }
}

/// Whether a stream says how many symbols it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// It does.
    Stored,
    /// The decoder is told.
    Known,
}

/// Appends a stream of `symbols` to `out`.
///
/// # Errors
/// `limit.symbols` from 2^32 symbols on.
pub fn encode_u8(kernels: &Kernels, symbols: &[u8], setting: Setting, count: Count, out: &mut Vec<u8>) -> Result<()> {
    count_of(symbols.len())?;
    let mut counts = [0; 256];
    kernels.histogram(symbols, &mut counts);
    encode_counted(kernels, symbols, &counts, setting, count, true, out)
}

fn encode_counted(
    kernels: &Kernels,
    symbols: &[u8],
    counts: &Counts,
    setting: Setting,
    count: Count,
    may_escape: bool,
    out: &mut Vec<u8>,
) -> Result<()> {
    let head = |form: u8| {
        let mut w = Writer::new();
        w.u8(form | if count == Count::Stored { COUNTED } else { 0 });
        if count == Count::Stored {
            w.varint(symbols.len() as u64);
        }
        w
    };
    let kinds = counts.iter().filter(|&&c| c > 0).count();
    if kinds < 2 {
        let mut w = head(CONSTANT);
        w.bytes(&symbols[..symbols.len().min(1)]);
        out.extend(w.into_vec());
        return Ok(());
    }
    let choice = choose(counts, setting.bits(), may_escape);
    let start = out.len();
    if choice.bytes() < symbols.len() {
        let form = if setting == Setting::Fast { RANS12 } else { RANS14 };
        let form = form | if choice.escaped > 0 { ESCAPED } else { 0 };
        encode_rans(kernels, symbols, counts, &choice, setting, |lanes| head(form | lanes), out)?;
    }
    let plain = head(PLAIN);
    if out.len() == start || out.len() - start > plain.len() + symbols.len() {
        out.truncate(start);
        out.extend(plain.into_vec());
        out.extend_from_slice(symbols);
    }
    Ok(())
}

/// Lanes for a payload.
fn lanes_for(payload_bytes: u64, setting: Setting) -> usize {
    let most = (payload_bytes / bytes_per_lane(setting)).clamp(1, MOST_LANES);
    1 << most.ilog2()
}

fn encode_rans(
    kernels: &Kernels,
    symbols: &[u8],
    counts: &Counts,
    choice: &Choice,
    setting: Setting,
    head: impl Fn(u8) -> Writer,
    out: &mut Vec<u8>,
) -> Result<()> {
    let lanes = lanes_for(choice.payload / 8, setting);
    let start = out.len();
    // The words go to the end of `out` first and the rest in front of them, so that they move once and stay in one buffer.
    let front = 64 + choice.bytes.len() + 4 * lanes + choice.escaped + 16;
    let expected = (choice.payload / 16) as usize;
    let mut states = vec![LOW; lanes];
    let mut escapes = vec![0; choice.escaped];
    let worst = symbols.len() + 2 * lanes;
    let mut room = (expected + expected / 256 + 4 * lanes + 64).min(worst);
    let used = loop {
        out.resize(start + front + 2 * room, 0);
        let words = &mut out[start + front..];
        match encode_words(kernels, symbols, &choice.table, &mut states, words, &mut escapes) {
            Some(used) => break used,
            None if room >= worst => return Err(Error::new("internal.bug", "rANS wrote more words than symbols")),
            None => room = worst,
        }
        states.fill(LOW);
    };
    let mut w = head((lanes.ilog2() as u8) << 2);
    choice.write(&mut w);
    if choice.escaped > 0 {
        let mut inner = Vec::new();
        let counts = escaped_counts(counts, &choice.table);
        encode_counted(kernels, &escapes, &counts, setting, Count::Stored, false, &mut inner)?;
        w.bytes(&inner);
    }
    states.iter().for_each(|&s| w.u32(s));
    let (front, words) = (w.into_vec(), out.len() - 2 * used);
    debug_assert!(start + front.len() <= words);
    out[start..start + front.len()].copy_from_slice(&front);
    out.copy_within(words.., start + front.len());
    out.truncate(start + front.len() + 2 * used);
    Ok(())
}

fn escaped_counts(counts: &Counts, table: &Table) -> Counts {
    std::array::from_fn(|s| if table.is_escaped(s) { counts[s] } else { 0 })
}

/// Encodes piece by piece from the end, collecting the escaped symbols of each piece; both fill their slices from the end.
fn encode_words(
    kernels: &Kernels,
    symbols: &[u8],
    table: &Table,
    states: &mut [u32],
    words: &mut [u8],
    escapes: &mut [u8],
) -> Option<usize> {
    let intervals = table.encoder();
    if escapes.is_empty() {
        return kernels.rans_encode(&intervals, table.bits, states, symbols, words);
    }
    let set = table.escaped_set();
    let mut found = vec![0; PIECE.min(escapes.len())];
    let (mut end, mut left) = (words.len(), escapes.len());
    for piece in symbols.chunks(PIECE).rev() {
        let n = kernels.collect_symbols(&set, piece, &mut found);
        escapes[left - n..left].copy_from_slice(&found[..n]);
        left -= n;
        end -= 2 * kernels.rans_encode(&intervals, table.bits, states, piece, &mut words[..end])?;
    }
    Some((words.len() - end) / 2)
}

impl Table {
    /// The encoder's entries; escaped symbols have the marker's.
    fn encoder(&self) -> [u64; 256] {
        let mut start = 0;
        let mut entries = self.frequencies.map(|f| {
            start += f;
            rans_interval(start - f, f)
        });
        if let Some(m) = self.marker {
            let marker = entries[usize::from(m)];
            (0..256).filter(|&s| self.frequencies[s] == 0).for_each(|s| entries[s] = marker);
        }
        entries
    }

    fn escaped_set(&self) -> [u8; 32] {
        let mut set = [0; 32];
        (0..256).filter(|&s| self.is_escaped(s)).for_each(|s| set[s / 8] |= 1 << (s % 8));
        set
    }

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
pub(super) fn read_head(reader: &mut Reader, count: Option<usize>, max_symbols: u64) -> Result<(u8, usize)> {
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
    Ok((head, Limits::check_count(n, max_symbols.min(u32::MAX.into()), "symbols in a stream", "max_symbols")?))
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

#[cfg(test)]
#[path = "rans_tests.rs"]
mod tests;
