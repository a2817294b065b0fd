//! Bits of the head, the lowest of a byte first.

use crate::error::Result;
use crate::wire::Reader;

/// Longest run of ones of a number.
const MOST_ONES: u32 = 1 << 12;

/// Appends bits to bytes.
#[cfg(feature = "encode")]
#[derive(Default)]
pub struct BitWriter {
    bytes: Vec<u8>,
    used: u32,
}

#[cfg(feature = "encode")]
impl BitWriter {
    pub fn bit(&mut self, bit: bool) {
        if self.used == 0 {
            self.bytes.push(0);
        }
        if let Some(last) = self.bytes.last_mut() {
            *last |= u8::from(bit) << self.used;
        }
        self.used = (self.used + 1) % 8;
    }

    pub fn bits(&mut self, value: u32, count: u32) {
        (0..count).for_each(|i| self.bit(value >> i & 1 == 1));
    }

    /// A signed number: folded to 0, -1, 1, -2, ...; ones for what is above its `low` lowest bits, a zero, the lowest bits.
    pub fn signed(&mut self, value: i32, low: u32) {
        let folded = fold(value);
        (0..folded >> low).for_each(|_| self.bit(true));
        self.bit(false);
        self.bits(folded, low);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

/// 0, -1, 1, -2, 2 as 0, 1, 2, 3, 4.
#[cfg(feature = "encode")]
pub fn fold(value: i32) -> u32 {
    (value << 1 ^ value >> 31) as u32
}

/// Bits that [`BitWriter::signed`] writes.
#[cfg(feature = "encode")]
pub fn length(value: i32, low: u32) -> u32 {
    (fold(value) >> low) + 1 + low
}

/// Takes bits of bytes.
pub struct BitReader<'a, 'b> {
    bytes: &'a mut Reader<'b>,
    now: u8,
    left: u32,
}

impl<'a, 'b> BitReader<'a, 'b> {
    pub fn new(bytes: &'a mut Reader<'b>) -> Self {
        BitReader { bytes, now: 0, left: 0 }
    }

    pub fn bit(&mut self) -> Result<bool> {
        if self.left == 0 {
            self.now = self.bytes.u8()?;
            self.left = 8;
        }
        self.left -= 1;
        let bit = self.now & 1 == 1;
        self.now >>= 1;
        Ok(bit)
    }

    pub fn bits(&mut self, count: u32) -> Result<u32> {
        (0..count).try_fold(0, |sum, i| Ok(sum | u32::from(self.bit()?) << i))
    }

    pub fn signed(&mut self, low: u32) -> Result<i32> {
        let mut high = 0;
        while self.bit()? {
            high += 1;
            if high > MOST_ONES {
                return Err(self.bytes.invalid("a coefficient out of range"));
            }
        }
        let folded = high << low | self.bits(low)?;
        Ok((folded >> 1) as i32 ^ -((folded & 1) as i32))
    }
}
