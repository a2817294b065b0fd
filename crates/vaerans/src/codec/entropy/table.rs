//! The table of a stream: frequencies of the symbols, told in few bytes.
//!
//! Either stored (per symbol the bit length of its frequency and a few bits after the leading one) or parametric
//! ([`super::shape`]); either way through an adaptive binary coder. Rare symbols may be left out: a marker stands for them and
//! they follow in a stream of their own, since at 12 bits a symbol costs a 4096th of the probability whatever its count.

use super::bits::{BitCoder, BitDecoder, BitEncoder, Chance};
use super::log2::log2;
use super::normal::{cost, normalise, spread, Counts};
use super::shape::Shape;
use crate::error::Result;
use crate::wire::Reader;

/// Frequencies of sum `2^bits`, each below the sum; a symbol without one is coded as the marker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Precision: 12 or 14.
    pub bits: u32,
    /// Slots of each symbol.
    pub frequencies: Counts,
    /// The symbol that stands for all symbols without slots, and for itself.
    pub marker: Option<u8>,
}

/// A table, its bytes, and what the stream will take.
#[derive(Debug, Clone)]
pub struct Choice {
    /// The table.
    pub table: Table,
    /// It, written.
    pub bytes: Vec<u8>,
    /// Symbols that the marker stands for.
    pub escaped: usize,
    /// Bits of the words, about.
    pub payload: u64,
    /// Bits of everything, with 16 fractional ones.
    total: u64,
}

/// Bits after the leading one that a stored table keeps of each frequency: one of these.
const MANTISSAS: [u32; 8] = [0, 1, 2, 3, 4, 5, 7, 15];

/// From this many symbols on only the exact table is tried: its bytes no longer matter.
const LARGE: u64 = 1 << 20;

/// The cheapest table for symbols of these counts, at least two of which are not zero.
pub fn choose(counts: &Counts, bits: u32, may_escape: bool) -> Choice {
    let total: u64 = counts.iter().map(|&c| u64::from(c)).sum();
    let kept = match may_escape {
        true => kept_symbols(counts, bits, total),
        false => Table { bits, frequencies: normalise(counts, bits), marker: None },
    };
    let worth_trying = match total {
        0..4096 => 1..4,
        4096..65_536 => 2..6,
        65_536..LARGE => 4..8,
        _ => 7..8,
    };
    let stored = MANTISSAS[worth_trying].iter().filter_map(|&mantissa| {
        let form = Form::Stored { mantissa, weights: quantised(&kept.frequencies, mantissa) };
        Choice::of(counts, form, kept.marker, bits)
    });
    let best = stored.min_by_key(|c| c.total);
    let shaped = (total < 1 << 17).then(|| Shape::fit(counts, &kept.frequencies, kept.marker, bits));
    let shaped = shaped.flatten().and_then(|(shape, marker)| Choice::of(counts, Form::Shape(shape), marker, bits));
    let both = best.into_iter().chain(shaped);
    both.min_by_key(|c| c.total).expect("a stored table holds every symbol that is kept")
}

/// Normalised counts with rare symbols left out as far as that pays.
fn kept_symbols(counts: &Counts, bits: u32, total: u64) -> Table {
    let all = Table { bits, frequencies: normalise(counts, bits), marker: None };
    let mut best = (estimate(counts, &all), all);
    // Symbols with less than 1/2, 1, 2, 4 slots to themselves.
    for twice in [1, 2, 4, 8] {
        let rare = |s: usize| counts[s] > 0 && 2 * (u64::from(counts[s]) << bits) < twice * total;
        let Some(table) = without(counts, rare, bits) else { continue };
        let bits = estimate(counts, &table);
        if bits < best.0 {
            best = (bits, table);
        }
    }
    best.1
}

/// The table whose marker is the middle one of the symbols left out; none if fewer than two would go, or be left.
fn without(counts: &Counts, rare: impl Fn(usize) -> bool, bits: u32) -> Option<Table> {
    let gone: Vec<usize> = (0..256).filter(|&s| rare(s)).collect();
    let mut kept = *counts;
    gone.iter().for_each(|&s| kept[s] = 0);
    if gone.len() < 2 || kept.iter().all(|&c| c == 0) {
        return None;
    }
    let heaviest = (0..256).max_by_key(|&s| counts[s])?;
    let marker = *gone.iter().min_by_key(|s| s.abs_diff(heaviest))?;
    kept[marker] = gone.iter().map(|&s| counts[s]).sum();
    Some(Table { bits, frequencies: normalise(&kept, bits), marker: Some(marker as u8) })
}

/// Bits of payload, escapes and table, roughly, with 16 fractional ones.
fn estimate(counts: &Counts, table: &Table) -> u64 {
    let symbols = table.frequencies.iter().filter(|&&f| f > 0).count() as u64;
    table.payload(counts).map_or(u64::MAX, |(payload, _)| payload + table.escapes(counts) + ((5 * symbols) << 16))
}

/// Frequencies with `mantissa` bits after the leading one.
fn quantised(frequencies: &Counts, mantissa: u32) -> Counts {
    frequencies.map(|f| {
        let shift = (32 - f.leading_zeros()).saturating_sub(1 + mantissa);
        ((f >> shift) + (if shift > 0 { f >> (shift - 1) & 1 } else { 0 })) << shift
    })
}

impl Table {
    /// Whether the symbol is coded through the marker.
    pub fn is_escaped(&self, symbol: usize) -> bool {
        self.frequencies[symbol] == 0 || self.marker == Some(symbol as u8)
    }

    /// Bits of the words, with 16 fractional ones, and the number of escaped symbols; none if it cannot code the counts.
    fn payload(&self, counts: &Counts) -> Option<(u64, u32)> {
        let (mut payload, mut escaped) = (0, 0);
        for s in (0..256).filter(|&s| counts[s] > 0) {
            match self.is_escaped(s) {
                true => escaped += counts[s],
                false => payload += cost(counts[s], self.frequencies[s], self.bits),
            }
        }
        match self.marker {
            Some(m) => Some((payload + cost(escaped, self.frequencies[usize::from(m)], self.bits), escaped)),
            None => (escaped == 0).then_some((payload, 0)),
        }
    }

    /// Bits of the stream of escaped symbols, about, with 16 fractional ones.
    fn escapes(&self, counts: &Counts) -> u64 {
        let gone = (0..256).filter(|&s| counts[s] > 0 && self.is_escaped(s));
        let (mut sum, mut kinds, mut bits) = (0u32, 0u64, 0u64);
        for s in gone {
            sum += counts[s];
            kinds += 1;
            bits = bits.wrapping_sub(u64::from(counts[s]) * u64::from(log2(counts[s])));
        }
        if sum == 0 {
            return 0;
        }
        let entropy = bits.wrapping_add(u64::from(sum) * u64::from(log2(sum)));
        (entropy + ((60 + 6 * kinds) << 16)).min((8 * u64::from(sum) + 24) << 16)
    }

    /// Reads a table of a precision.
    ///
    /// # Errors
    /// `stream.truncated`, or `stream.invalid` for a table of fewer than two symbols.
    pub fn read(reader: &mut Reader, bits: u32, marked: bool) -> Result<Table> {
        let length = reader.count(1 << 12, "bytes of a table")?;
        let mut coder = BitDecoder::new(reader.bytes(length)?);
        let (form, marker) = Form::code(&mut coder, &Form::default(), marked.then_some(0), bits);
        let frequencies = form.frequencies(marker, bits);
        if frequencies.iter().filter(|&&f| f > 0).count() < 2 {
            return Err(reader.invalid("a table of fewer than two symbols"));
        }
        Ok(Table { bits, frequencies, marker })
    }
}

impl Choice {
    fn of(counts: &Counts, form: Form, marker: Option<u8>, bits: u32) -> Option<Choice> {
        let table = Table { bits, frequencies: form.frequencies(marker, bits), marker };
        let (payload, escaped) = table.payload(counts)?;
        let mut coder = BitEncoder::default();
        Form::code(&mut coder, &form, marker, bits);
        let bytes = coder.finish();
        let total = payload + table.escapes(counts) + ((8 * bytes.len() as u64) << 16);
        Some(Choice { table, bytes, escaped: escaped as usize, payload: payload >> 16, total })
    }

    /// Bytes of the whole stream, about, lanes aside.
    pub fn bytes(&self) -> usize {
        (self.total >> 19) as usize
    }

    /// Appends the table.
    pub fn write(&self, out: &mut crate::wire::Writer) {
        out.varint(self.bytes.len() as u64);
        out.bytes(&self.bytes);
    }
}

/// How a table is told.
#[derive(Debug, Clone)]
#[allow(clippy::large_enum_variant)] // short-lived, on the stack
enum Form {
    /// Symbol by symbol.
    Stored { mantissa: u32, weights: Counts },
    /// As the parameters of a curve.
    Shape(Shape),
}

impl Default for Form {
    fn default() -> Self {
        Form::Stored { mantissa: 0, weights: [0; 256] }
    }
}

impl Form {
    fn frequencies(&self, marker: Option<u8>, bits: u32) -> Counts {
        match self {
            Form::Stored { weights, .. } => spread(weights, 1, bits),
            Form::Shape(shape) => shape.frequencies(marker, bits),
        }
    }

    /// Encodes the form, or decodes one and gives it; which of the two depends on the coder.
    fn code(coder: &mut impl BitCoder, form: &Form, marker: Option<u8>, bits: u32) -> (Form, Option<u8>) {
        let marker = marker.map(|m| coder.plain(m.into(), 8) as u8);
        let is_shape = coder.plain(matches!(form, Form::Shape(_)).into(), 1) == 1;
        if is_shape {
            let shape = if let Form::Shape(s) = form { *s } else { Shape::default() };
            return (Form::Shape(shape.code(coder, marker.is_some())), marker);
        }
        let empty = (0, [0; 256]);
        let (mantissa, weights) =
            if let Form::Stored { mantissa, weights } = form { (*mantissa, *weights) } else { empty };
        let index = MANTISSAS.iter().position(|&m| m == mantissa).unwrap_or(0);
        let mantissa = MANTISSAS[coder.plain(index as u32, 3) as usize];
        (Form::Stored { mantissa, weights: code_weights(coder, &weights, mantissa, bits) }, marker)
    }
}

/// First and last symbol with a weight, as two numbers that are small for the tokens of small values.
pub(super) fn code_range(coder: &mut impl BitCoder, first: usize, last: usize) -> (usize, usize) {
    let first = if coder.plain((first > 0).into(), 1) == 1 { coder.plain(first as u32, 8) } else { 0 };
    let wide = coder.plain((last > 31).into(), 1) == 1;
    let last = coder.plain(last as u32, if wide { 8 } else { 5 });
    (first as usize, (last as usize).max(first as usize))
}

/// Where the weights begin and end.
pub(super) fn range_of(weights: &Counts) -> (usize, usize) {
    let present = |s: &usize| weights[*s] > 0;
    ((0..256).find(present).unwrap_or(0), (0..256).rev().find(present).unwrap_or(0))
}

/// Adaptive chances of the stored weights: whether a symbol is absent, and how its bit length differs from the last one's.
#[derive(Default)]
struct Contexts {
    absent: [Chance; 2],
    differs: [Chance; 3],
    falls: [Chance; 3],
    farther: [Chance; 4],
}

fn code_weights(coder: &mut impl BitCoder, weights: &Counts, mantissa: u32, bits: u32) -> Counts {
    let (first, last) = range_of(weights);
    let (first, last) = code_range(coder, first, last);
    let mut contexts = Contexts::default();
    let (mut result, mut length, mut trend, mut was_absent) = ([0; 256], 1, 0, 0);
    for s in first..=last {
        was_absent = usize::from(coder.bit(&mut contexts.absent[was_absent], weights[s] == 0));
        if was_absent == 1 {
            continue;
        }
        length = code_length(coder, &mut contexts, &mut trend, length, 32 - weights[s].leading_zeros(), bits);
        let kept = mantissa.min(length - 1);
        let shift = length - 1 - kept;
        result[s] = (1 << kept | coder.plain(weights[s] >> shift & ((1 << kept) - 1), kept)) << shift;
    }
    result
}

/// The bit length of a weight (rounding may add one to `bits`), given the last one's and which way (0 none, 1 up, 2 down) it
/// last went.
fn code_length(
    coder: &mut impl BitCoder,
    contexts: &mut Contexts,
    trend: &mut usize,
    before: u32,
    length: u32,
    bits: u32,
) -> u32 {
    if !coder.bit(&mut contexts.differs[*trend], length != before) {
        return before;
    }
    let falls = match before {
        1 => false,
        _ if before > bits => true,
        _ => coder.bit(&mut contexts.falls[*trend], length < before),
    };
    let most = if falls { before - 1 } else { bits + 1 - before };
    let mut step = 1;
    while step < most && coder.bit(&mut contexts.farther[(step as usize - 1).min(3)], length.abs_diff(before) > step) {
        step += 1;
    }
    *trend = if falls { 2 } else { 1 };
    if falls {
        before - step
    } else {
        before + step
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
