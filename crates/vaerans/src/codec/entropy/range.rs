//! An adaptive binary range coder, which packs trained tables too: build.rs includes this file.

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
    pub(crate) fn split(&self, range: u32) -> u32 {
        (range >> 11) * (self.zero >> 5).clamp(32, 2016)
    }

    pub(crate) fn update(&mut self, bit: bool) {
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
