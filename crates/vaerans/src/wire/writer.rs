//! The counterpart of [`super::Reader`].

use crate::error::{Error, Result};

/// Appends little-endian fields to a byte vector.
#[derive(Debug, Default, Clone)]
pub struct Writer {
    bytes: Vec<u8>,
    /// The first thing that no reader would take.
    refused: Option<Error>,
}

impl Writer {
    /// An empty writer.
    pub fn new() -> Self {
        Writer::default()
    }

    /// Bytes written so far.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether nothing was written yet.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Appends raw bytes.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    /// Appends one byte.
    pub fn u8(&mut self, v: u8) {
        self.bytes.push(v);
    }

    /// Appends two bytes, little endian.
    pub fn u16(&mut self, v: u16) {
        self.bytes(&v.to_le_bytes());
    }

    /// Appends four bytes, little endian.
    pub fn u32(&mut self, v: u32) {
        self.bytes(&v.to_le_bytes());
    }

    /// Appends eight bytes, little endian.
    pub fn u64(&mut self, v: u64) {
        self.bytes(&v.to_le_bytes());
    }

    /// Appends a 32-bit float.
    pub fn f32(&mut self, v: f32) {
        self.u32(v.to_bits());
    }

    /// Appends an unsigned LEB128 number.
    pub fn varint(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.bytes.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.bytes.push(v as u8);
    }

    /// Appends a signed number in zigzag LEB128.
    pub fn signed(&mut self, v: i64) {
        self.varint(((v << 1) ^ (v >> 63)) as u64);
    }

    /// Appends a count that a reader takes up to `max`.
    pub fn count(&mut self, n: usize, max: u64, what: &str) {
        if n as u64 > max && self.refused.is_none() {
            self.refused = Some(Error::new("param.range", format!("{n} {what}; a file holds at most {max}")));
        }
        self.varint(n as u64);
    }

    /// Appends UTF-8 text with its length in front, which a reader takes up to `max` bytes.
    pub fn text(&mut self, text: &str, max: u64) {
        self.count(text.len(), max, "bytes of text");
        self.bytes(text.as_bytes());
    }

    /// The bytes written.
    ///
    /// # Errors
    /// `param.range` where a count or a text was larger than a reader takes.
    pub fn finish(self) -> Result<Vec<u8>> {
        match self.refused {
            Some(error) => Err(error),
            None => Ok(self.bytes),
        }
    }

    /// The bytes written, of fields without a largest value.
    pub fn into_vec(self) -> Vec<u8> {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::super::Reader;
    use super::*;

    #[test]
    fn numbers_come_back() {
        let mut w = Writer::new();
        let unsigned = [0, 1, 127, 128, 300, u64::MAX];
        let signed = [0, -1, 1, i64::MIN, i64::MAX];
        unsigned.iter().for_each(|&v| w.varint(v));
        signed.iter().for_each(|&v| w.signed(v));
        w.f32(-0.5);
        let bytes = w.into_vec();
        let mut r = Reader::new(&bytes, "test");
        unsigned.iter().for_each(|&v| assert_eq!(r.varint().unwrap(), v));
        signed.iter().for_each(|&v| assert_eq!(r.signed().unwrap(), v));
        assert_eq!(r.f32().unwrap(), -0.5);
        assert_eq!(r.u8().unwrap_err().code(), "stream.truncated");
    }

    #[test]
    fn endless_numbers_are_refused() {
        assert_eq!(Reader::new(&[0xff; 12], "t").varint().unwrap_err().code(), "stream.invalid");
    }
}
