//! rANS of a plane's records, from the last to the first.

use crate::wire::Writer;
use vaerans_kernels::lossless::{Record, BITS};
use vaerans_kernels::reference::rans::LOW;

/// Appends the stream of a plane: its number of words, the state, the words.
pub fn write(records: &[Record], w: &mut Writer) {
    let mut coder = Coder { state: LOW, words: Vec::with_capacity(records.len() / 3) };
    records.iter().rev().for_each(|r| coder.put(r));
    w.varint(coder.words.len() as u64);
    w.u32(coder.state);
    let bytes: Vec<u8> = coder.words.iter().rev().flat_map(|word| word.to_le_bytes()).collect();
    w.bytes(&bytes);
}

struct Coder {
    state: u32,
    words: Vec<u16>,
}

impl Coder {
    fn put(&mut self, r: &Record) {
        let (count, bits) = (r.raw >> 16, r.raw & 0xffff);
        if count > 0 {
            let x = self.room(1 << (32 - count));
            self.state = x << count | bits;
        }
        if r.interval > 0 {
            let (start, frequency) = (r.interval >> 16, r.interval & 0xffff);
            let x = self.room(u64::from(frequency) << (32 - BITS));
            self.state = ((x / frequency) << BITS) + x % frequency + start;
        }
    }

    /// The state, below `end`: a word goes out where it is not.
    fn room(&mut self, end: u64) -> u32 {
        if u64::from(self.state) >= end {
            self.words.push(self.state as u16);
            self.state >>= 16;
        }
        self.state
    }
}
