//! Bits: an adaptive binary range coder for the few bits of a table, and a plain bit buffer.

pub use super::range::{BitCoder, BitDecoder, BitEncoder, Chance};
use crate::error::Result;
use crate::wire::Reader;

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
