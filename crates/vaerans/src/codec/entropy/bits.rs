//! Bits: an adaptive binary range coder for the few bits of a table, and a plain bit buffer.

use crate::error::Result;
use crate::wire::Reader;

/// An adaptive probability: that of a zero, with 16 fractional bits, moving by 1/2, 1/3, ... towards what is seen.
#[derive(Debug, Clone, Copy)]
pub struct Chance {
    zero: u32,
    seen: u32,
}

impl Default for Chance {
    fn default() -> Self {
        Chance { zero: 1 << 15, seen: 0 }
    }
}

impl Chance {
    /// Never certain: 11 bits of the range coder, between 1/64 and 63/64.
    fn split(&self, range: u32) -> u32 {
        (range >> 11) * (self.zero >> 5).clamp(32, 2016)
    }

    fn update(&mut self, bit: bool) {
        let target = if bit { 0 } else { 1 << 16 };
        let step = (target - self.zero as i32) / (self.seen as i32 + 2);
        self.zero = (self.zero as i32 + step) as u32;
        self.seen = (self.seen + 1).min(30);
    }
}

/// Something that bits pass through, written once for both directions: the encoder hands bits on, the decoder makes them.
pub trait BitCoder {
    /// Codes one bit; a decoder ignores its value and gives the one it finds.
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> bool;

    /// Codes the low `count` bits of `value`, the highest first, without a model.
    fn plain(&mut self, value: u32, count: u32) -> u32 {
        (0..count).rev().fold(0, |seen, k| {
            let mut even = Chance::default();
            seen << 1 | u32::from(self.bit(&mut even, value >> k & 1 == 1))
        })
    }
}

/// Carry-propagating range encoder (G. Martin 1979, as in LZMA). What it leaves out at the end, the decoder reads as zeros.
#[derive(Debug)]
pub struct BitEncoder {
    low: u64,
    range: u32,
    bytes: Vec<u8>,
}

impl Default for BitEncoder {
    fn default() -> Self {
        BitEncoder { low: 0, range: u32::MAX, bytes: Vec::new() }
    }
}

impl BitEncoder {
    fn carry(&mut self) {
        if self.low >> 32 != 0 {
            let mut places = self.bytes.iter_mut().rev();
            while places.next().is_some_and(|b| {
                *b = b.wrapping_add(1);
                *b == 0
            }) {}
            self.low &= 0xffff_ffff;
        }
    }

    fn shift(&mut self) {
        self.bytes.push((self.low >> 24) as u8);
        self.low = (self.low << 8) & 0xffff_ffff;
        self.range <<= 8;
    }

    /// The bytes: the shortest number inside the last interval.
    pub fn finish(mut self) -> Vec<u8> {
        for drop in (0..=32).rev() {
            let rounded = ((self.low + (1u64 << drop) - 1) >> drop) << drop;
            if rounded < self.low + u64::from(self.range) {
                self.low = rounded;
                break;
            }
        }
        self.carry();
        while self.low != 0 {
            self.shift();
        }
        while self.bytes.last() == Some(&0) {
            self.bytes.pop();
        }
        self.bytes
    }
}

impl BitCoder for BitEncoder {
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> bool {
        let zero = chance.split(self.range);
        if bit {
            self.low += u64::from(zero);
            self.range -= zero;
            self.carry();
        } else {
            self.range = zero;
        }
        chance.update(bit);
        while self.range < 1 << 24 {
            self.shift();
        }
        bit
    }
}

/// Says what bits would take, without coding them.
#[cfg(feature = "encode")]
#[derive(Debug, Default)]
pub struct BitCounter {
    /// In 1/65536 of a bit.
    pub cost: u64,
}

#[cfg(feature = "encode")]
impl BitCoder for BitCounter {
    fn bit(&mut self, chance: &mut Chance, bit: bool) -> bool {
        use super::log2::{log2, ONE};
        let zero = chance.split(1 << 11);
        self.cost += u64::from(11 * ONE - log2(if bit { (1 << 11) - zero } else { zero }));
        chance.update(bit);
        bit
    }
}

/// The decoder of [`BitEncoder`]. Any bytes give bits; past the end there are zeros.
#[derive(Debug)]
pub struct BitDecoder<'a> {
    code: u32,
    range: u32,
    bytes: std::slice::Iter<'a, u8>,
}

impl<'a> BitDecoder<'a> {
    /// A decoder at the start of `bytes`.
    pub fn new(bytes: &'a [u8]) -> Self {
        let mut new = BitDecoder { code: 0, range: u32::MAX, bytes: bytes.iter() };
        (0..4).for_each(|_| new.shift());
        new
    }

    fn shift(&mut self) {
        self.code = self.code << 8 | u32::from(self.bytes.next().copied().unwrap_or(0));
    }
}

impl BitCoder for BitDecoder<'_> {
    fn bit(&mut self, chance: &mut Chance, _: bool) -> bool {
        let zero = chance.split(self.range);
        let bit = self.code >= zero;
        if bit {
            self.code -= zero;
            self.range -= zero;
        } else {
            self.range = zero;
        }
        chance.update(bit);
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.shift();
        }
        bit
    }
}

/// Plain bits, the lowest of a byte first.
#[derive(Debug, Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    held: u64,
    count: u32,
}

impl BitWriter {
    /// Appends the low `count` (at most 32) bits of `value`; its other bits are zero.
    pub fn put(&mut self, value: u32, count: u32) {
        self.held |= u64::from(value) << self.count;
        self.count += count;
        while self.count >= 8 {
            self.bytes.push(self.held as u8);
            self.held >>= 8;
            self.count -= 8;
        }
    }

    /// The bytes, the last filled up with zeros.
    pub fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.held as u8);
        }
        self.bytes
    }
}

/// Reads what a [`BitWriter`] wrote.
#[derive(Debug)]
pub struct BitReader<'r, 'a> {
    reader: &'r mut Reader<'a>,
    held: u64,
    count: u32,
}

impl<'r, 'a> BitReader<'r, 'a> {
    /// Takes bytes from `reader` as bits are asked for.
    pub fn new(reader: &'r mut Reader<'a>) -> Self {
        BitReader { reader, held: 0, count: 0 }
    }

    /// The next `count` (at most 32) bits.
    ///
    /// # Errors
    /// `stream.truncated` where the bytes end.
    pub fn get(&mut self, count: u32) -> Result<u32> {
        while self.count < count {
            self.held |= u64::from(self.reader.u8()?) << self.count;
            self.count += 8;
        }
        let value = self.held & ((1 << count) - 1);
        self.held >>= count;
        self.count -= count;
        Ok(value as u32)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_come_back_even_where_carries_run_far() {
        for seed in 1..300u64 {
            let mut random = seed;
            let bits: Vec<(bool, usize)> = (0..seed as usize * 3)
                .map(|_| {
                    random = random.wrapping_mul(0x5851_f42d_4c95_7f2d).wrapping_add(1);
                    ((random >> 40) % (1 + seed % 40) == 0, (random >> 33) as usize % 3)
                })
                .collect();
            let (mut encoder, mut chances) = (BitEncoder::default(), [Chance::default(); 3]);
            for &(bit, context) in &bits {
                encoder.bit(&mut chances[context], bit);
            }
            encoder.plain(0xfff_ffff, 28);
            let bytes = encoder.finish();
            #[cfg(feature = "encode")]
            {
                let (mut counter, mut chances) = (BitCounter::default(), [Chance::default(); 3]);
                bits.iter().for_each(|&(bit, context)| assert_eq!(counter.bit(&mut chances[context], bit), bit));
                counter.plain(0xfff_ffff, 28);
                let counted = counter.cost >> 16;
                assert!(counted.abs_diff(8 * bytes.len() as u64) <= 12 + (counted >> 6), "seed {seed}");
            }
            let (mut decoder, mut chances) = (BitDecoder::new(&bytes), [Chance::default(); 3]);
            for &(bit, context) in &bits {
                assert_eq!(decoder.bit(&mut chances[context], false), bit, "seed {seed}");
            }
            assert_eq!(decoder.plain(0, 28), 0xfff_ffff);
        }
    }

    #[test]
    fn plain_bits_come_back() {
        let mut writer = BitWriter::default();
        (0..=32u32).for_each(|n| writer.put(((1u64 << n) - 1) as u32 & 0xa5a5_a5a5, n));
        let bytes = writer.finish();
        let mut reader = Reader::new(&bytes, "test");
        let mut bits = BitReader::new(&mut reader);
        for n in 0..=32 {
            assert_eq!(bits.get(n).unwrap(), ((1u64 << n) - 1) as u32 & 0xa5a5_a5a5);
        }
        assert!(bits.get(32).is_err());
    }
}
