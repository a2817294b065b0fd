//! A range coder of bits (G. Martin 1979, as in LZMA), in both directions.

/// What bits pass through: an encoder hands them on, a decoder makes them.
pub trait Coder {
    /// Whether it is a decoder, which ignores the values that it is given.
    const DECODES: bool;

    /// Codes a bit whose probability of being 1 is `p / 65536`, and gives it.
    fn bit(&mut self, p: u32, bit: bool) -> bool;
}

/// From bytes, behind which are zeros.
pub struct Decoder<'a> {
    pub code: u32,
    pub range: u32,
    pub bytes: &'a [u8],
    pub at: usize,
}

impl Coder for Decoder<'_> {
    const DECODES: bool = true;

    fn bit(&mut self, p: u32, _: bool) -> bool {
        let bound = (self.range >> 16) * p;
        let bit = self.code < bound;
        if bit {
            self.range = bound;
        } else {
            self.code -= bound;
            self.range -= bound;
        }
        while self.range < 1 << 24 {
            self.range <<= 8;
            self.code = self.code << 8 | u32::from(self.bytes.get(self.at).copied().unwrap_or(0));
            self.at += 1;
        }
        bit
    }
}

/// To bytes.
pub struct Encoder<'a> {
    pub low: u32,
    pub range: u32,
    pub bytes: &'a mut [u8],
    pub at: usize,
}

impl Encoder<'_> {
    fn carry(&mut self) {
        for byte in self.bytes[..self.at].iter_mut().rev() {
            *byte = byte.wrapping_add(1);
            if *byte != 0 {
                return;
            }
        }
    }
}

impl Coder for Encoder<'_> {
    const DECODES: bool = false;

    fn bit(&mut self, p: u32, bit: bool) -> bool {
        let bound = (self.range >> 16) * p;
        if bit {
            self.range = bound;
        } else {
            self.range -= bound;
            let (low, carries) = self.low.overflowing_add(bound);
            self.low = low;
            if carries {
                self.carry();
            }
        }
        while self.range < 1 << 24 {
            self.bytes[self.at] = (self.low >> 24) as u8;
            self.at += 1;
            self.low <<= 8;
            self.range <<= 8;
        }
        bit
    }
}
