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

pub use super::rans_decode::{check, decode_u8, decode_u8_into, table};

use super::normal::Counts;
use super::table::{choose, Choice, Table};
use super::{count_of, token, Coder, Setting};
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};
use vaerans_kernels::reference::rans::LOW;
use vaerans_kernels::{rans_interval, Kernels};

pub(super) const CONSTANT: u8 = 0;
pub(super) const PLAIN: u8 = 1;
const RANS12: u8 = 2;
pub(super) const RANS14: u8 = 3;
pub(super) const ESCAPED: u8 = 1 << 5;
pub(super) const COUNTED: u8 = 1 << 6;

/// Symbols that are coded, and searched for escapes, while they are in the cache. A multiple of every number of lanes.
pub(super) const PIECE: usize = 1 << 15;

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
}

#[cfg(test)]
#[path = "rans_tests.rs"]
mod tests;
