//! A cursor over untrusted bytes: every read is checked, every error knows its offset.

use crate::error::{Error, Result};

/// Reads little-endian fields from a slice.
#[derive(Debug, Clone)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    section: &'static str,
}

impl<'a> Reader<'a> {
    /// A reader at the start of `bytes`; `section` names them in errors.
    pub fn new(bytes: &'a [u8], section: &'static str) -> Self {
        Reader { bytes, at: 0, section }
    }

    /// Bytes read so far.
    pub fn offset(&self) -> usize {
        self.at
    }

    /// Bytes left.
    pub fn remaining(&self) -> usize {
        self.bytes.len() - self.at
    }

    /// The next `n` bytes.
    pub fn bytes(&mut self, n: usize) -> Result<&'a [u8]> {
        if n > self.remaining() {
            let text = format!(
                "section {}, offset {}: {} bytes expected, {} there",
                self.section,
                self.at,
                n,
                self.remaining()
            );
            return Err(Error::new("stream.truncated", text));
        }
        let out = &self.bytes[self.at..self.at + n];
        self.at += n;
        Ok(out)
    }

    /// All bytes left.
    pub fn rest(&mut self) -> &'a [u8] {
        let out = &self.bytes[self.at..];
        self.at = self.bytes.len();
        out
    }

    /// The next `N` bytes, for numbers and digests.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.bytes(N)?);
        Ok(out)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8> {
        Ok(self.array::<1>()?[0])
    }

    /// Two bytes, little endian.
    pub fn u16(&mut self) -> Result<u16> {
        Ok(u16::from_le_bytes(self.array()?))
    }

    /// Four bytes, little endian.
    pub fn u32(&mut self) -> Result<u32> {
        Ok(u32::from_le_bytes(self.array()?))
    }

    /// Eight bytes, little endian.
    pub fn u64(&mut self) -> Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    /// A 32-bit float, little endian.
    pub fn f32(&mut self) -> Result<f32> {
        Ok(f32::from_bits(self.u32()?))
    }

    /// An unsigned LEB128 number of at most 64 bits.
    pub fn varint(&mut self) -> Result<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            let part = u64::from(byte & 0x7f);
            if shift == 63 && part > 1 {
                break;
            }
            value |= part << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(self.invalid("a number longer than 64 bits"))
    }

    /// A signed number in zigzag LEB128.
    pub fn signed(&mut self) -> Result<i64> {
        let z = self.varint()?;
        Ok((z >> 1) as i64 ^ -((z & 1) as i64))
    }

    /// A number of at most `max`; `what` names it in the error.
    pub fn count(&mut self, max: u64, what: &str) -> Result<usize> {
        let value = self.varint()?;
        if value > max {
            return Err(self.invalid(&format!("{value} {what}, at most {max} possible")));
        }
        Ok(value as usize)
    }

    /// UTF-8 text with its length in front.
    pub fn text(&mut self, max: u64) -> Result<&'a str> {
        let n = self.count(max, "bytes of text")?;
        let bytes = self.bytes(n)?;
        std::str::from_utf8(bytes).map_err(|_| self.invalid("text that is not UTF-8"))
    }

    /// A `stream.invalid` error at this offset.
    pub fn invalid(&self, what: &str) -> Error {
        Error::new("stream.invalid", format!("section {}, offset {}: {what}", self.section, self.at))
    }
}
