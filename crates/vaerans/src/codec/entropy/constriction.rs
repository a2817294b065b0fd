//! A second coder: the crate `constriction`, whose Python package decodes these streams. The oracle of the first.
//!
//! ```text
//! count        u32   n, number of symbols; if 0 nothing follows
//! words        u32   m, number of compressed words
//! first, last  u8    the alphabet, last > first
//! frequencies  u16   of first..=last, sum 65536
//! compressed   u32   m words of an `AnsCoder`
//! ```
//! All numbers are little-endian. In Python:
//!
//! ```python
//! n, m = np.frombuffer(data, "<u4", 2)
//! first, last = data[8], data[9]
//! frequencies = np.frombuffer(data, "<u2", last - first + 1, 10)
//! words = np.frombuffer(data, "<u4", m, 10 + 2 * len(frequencies)).astype(np.uint32)
//! model = constriction.stream.model.Categorical(frequencies / 65536, perfect=False)  # float64
//! symbols = constriction.stream.stack.AnsCoder(words).decode(model, int(n)) + first
//! ```
//!
//! The model quantises the probabilities to 24 bits with products and sums of float64 that are the same on every machine;
//! a symbol of frequency 0 keeps the least probability.

use super::normal::{normalise, Counts};
use super::{count_of, token, Coder};
use crate::arena::zeros;
use crate::error::{Error, Result};
use crate::wire::{Reader, Writer};
use ::constriction::stream::model::DefaultContiguousCategoricalEntropyModel as Model;
use ::constriction::stream::stack::DefaultAnsCoder;
use ::constriction::stream::Decode;
use vaerans_kernels::Kernels;

/// `AnsCoder` with a `Categorical` model.
#[derive(Debug, Clone, Copy, Default)]
pub struct Constriction;

impl Coder for Constriction {
    fn name(&self) -> &'static str {
        "constriction"
    }

    fn encode_u8(&self, kernels: &Kernels, symbols: &[u8], out: &mut Vec<u8>) -> Result<()> {
        let n = count_of(symbols.len())?;
        let mut w = Writer::new();
        w.u32(n);
        if n > 0 {
            let mut counts = [0; 256];
            kernels.histogram(symbols, &mut counts);
            encode(symbols, &counts, &mut w)?;
        }
        out.extend(w.into_vec());
        Ok(())
    }

    fn decode_u8(&self, _: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<u8>, usize)> {
        let mut reader = Reader::new(bytes, "symbols");
        let symbols = decode(&mut reader, max_symbols)?;
        Ok((symbols, reader.offset()))
    }

    fn encode_i32(&self, kernels: &Kernels, values: &[i32], out: &mut Vec<u8>) -> Result<()> {
        token::encode_with(kernels, values, out, |tokens, out| self.encode_u8(kernels, tokens, out))
    }

    fn decode_i32(&self, kernels: &Kernels, bytes: &[u8], max_symbols: u64) -> Result<(Vec<i32>, usize)> {
        let mut reader = Reader::new(bytes, "symbols");
        let tokens = decode(&mut reader, max_symbols)?;
        let mut values = zeros(tokens.len())?;
        token::join(kernels, &mut reader, tokens, &mut values)?;
        Ok((values, reader.offset()))
    }
}

/// First symbol of the alphabet and its frequencies; a lone kind of symbol gets an idle neighbour.
fn alphabet(counts: &Counts) -> (u8, Vec<u32>) {
    let kinds: Vec<usize> = (0..256).filter(|&s| counts[s] > 0).collect();
    let (mut first, mut last) = (kinds[0], kinds[kinds.len() - 1]);
    let mut counts = *counts;
    if first == last {
        (first, last) = if first == 255 { (254, 255) } else { (first, first + 1) };
        counts[first] = counts[first].max(1);
        counts[last] = counts[last].max(1);
    }
    (first as u8, normalise(&counts, 16)[first..=last].to_vec())
}

fn model(frequencies: &[u32], place: &str) -> Result<Model> {
    let probabilities: Vec<f64> = frequencies.iter().map(|&f| f64::from(f) / 65536.0).collect();
    Model::from_floating_point_probabilities_fast(&probabilities, None)
        .map_err(|()| Error::new("stream.invalid", format!("{place}: frequencies that make no model")))
}

fn encode(symbols: &[u8], counts: &Counts, w: &mut Writer) -> Result<()> {
    let (first, frequencies) = alphabet(counts);
    let mut coder = DefaultAnsCoder::new();
    let places = symbols.iter().map(|&s| usize::from(s - first));
    coder
        .encode_iid_symbols_reverse(places, &model(&frequencies, "encoder")?)
        .map_err(|e| Error::new("internal.bug", format!("constriction: {e:?}")))?;
    let words = coder.into_compressed().unwrap_or_else(|never| match never {});
    w.u32(count_of(words.len())?);
    w.u8(first);
    w.u8(first + (frequencies.len() - 1) as u8);
    frequencies.iter().for_each(|&f| w.u16(f as u16));
    words.iter().for_each(|&x| w.u32(x));
    Ok(())
}

/// Bits of a probability and frequencies of a stream.
///
/// # Errors
/// `stream.truncated`.
pub fn table(mut reader: Reader) -> Result<(u32, Counts)> {
    let mut counts = [0; 256];
    if reader.u32()? == 0 {
        counts[0] = 1;
        return Ok((0, counts));
    }
    reader.u32()?;
    let (first, last) = (reader.u8()?, reader.u8()?);
    for count in &mut counts[usize::from(first)..=usize::from(last.max(first))] {
        *count = u32::from(reader.u16()?);
    }
    Ok((16, counts))
}

fn decode(reader: &mut Reader, max_symbols: u64) -> Result<Vec<u8>> {
    let n = super::check_count(reader.u32()?.into(), max_symbols)?;
    if n == 0 {
        return Ok(Vec::new());
    }
    let words = reader.u32()? as usize;
    let (first, last) = (reader.u8()?, reader.u8()?);
    let mut frequencies = vec![0; usize::from(last.saturating_sub(first)) + 1];
    for f in &mut frequencies {
        *f = u32::from(reader.u16()?);
    }
    if last <= first || frequencies.iter().sum::<u32>() != 1 << 16 {
        return Err(reader.invalid("an alphabet whose frequencies do not sum up to 65536"));
    }
    let bytes = reader.bytes(words.saturating_mul(4))?;
    let words: Vec<u32> = bytes.chunks_exact(4).map(|b| u32::from_le_bytes([b[0], b[1], b[2], b[3]])).collect();
    let mut coder =
        DefaultAnsCoder::from_compressed(words).map_err(|_| reader.invalid("compressed words that end with a zero"))?;
    let mut symbols = zeros(n)?;
    for (s, place) in symbols.iter_mut().zip(coder.decode_iid_symbols(n, &model(&frequencies, "decoder")?)) {
        *s = first + place.map_err(|e| reader.invalid(&format!("{e:?}")))? as u8;
    }
    if !coder.is_empty() {
        return Err(reader.invalid("words left over after the last symbol"));
    }
    Ok(symbols)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::test_kit::SplitMix64;

    #[test]
    fn streams_come_back_and_damage_is_survived() {
        let (mut random, k) = (SplitMix64(41), Kernels::active());
        for n in [0usize, 1, 2, 300, 4000] {
            for kinds in [1, 2, 256] {
                let symbols: Vec<u8> = (0..n).map(|_| 255 - (random.below(kinds) & random.next()) as u8).collect();
                let mut bytes = Vec::new();
                Constriction.encode_u8(&k, &symbols, &mut bytes).unwrap();
                let used = bytes.len();
                assert_eq!(Constriction.decode_u8(&k, &[&bytes[..], &[9]].concat(), 4000).unwrap(), (symbols, used));
                for cut in (0..bytes.len()).step_by(7) {
                    assert_eq!(Constriction.decode_u8(&k, &bytes[..cut], 4000).unwrap_err().code(), "stream.truncated");
                }
                for _ in 0..100 {
                    let at = random.below(bytes.len() as u64) as usize;
                    let old = bytes[at];
                    bytes[at] ^= 1 << random.below(8);
                    if let Err(error) = Constriction.decode_u8(&k, &bytes, 4000) {
                        assert!(error.code().starts_with("stream.") || error.code() == "limit.symbols", "{error}");
                    }
                    bytes[at] = old;
                }
            }
        }
    }

    #[test]
    fn wide_values_come_back() {
        let (mut random, k) = (SplitMix64(42), Kernels::active());
        let values: Vec<i32> = (0..3000).map(|_| (random.next() as i32) >> (random.next() % 32)).collect();
        let mut bytes = Vec::new();
        Constriction.encode_i32(&k, &values, &mut bytes).unwrap();
        assert_eq!(Constriction.decode_i32(&k, &bytes, 3000).unwrap(), (values, bytes.len()));
    }
}
