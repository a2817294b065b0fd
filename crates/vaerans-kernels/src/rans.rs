//! Interleaved rANS over bytes: see [`crate::reference::rans`] for the format.

use crate::native::rans::SHORT;
use crate::reference::rans::{decode, encode, Interval};
use crate::Kernels;

/// The most lanes of a stream.
pub const RANS_LANES: usize = 128;

/// Bytes behind the symbols of the 14-bit slots: a vector load of the last one reads into them.
pub const RANS_PAD: usize = 4;

fn check(lanes: usize, words: usize) {
    assert!(lanes.is_power_of_two() && lanes <= RANS_LANES, "rans: {lanes} lanes; a power of two up to 128 expected");
    assert!(words % 2 == 0, "rans: {words} bytes of words; an even number expected");
}

impl Kernels {
    /// Decodes symbols coded with 12-bit probabilities; one state per lane.
    ///
    /// `slots[i]` is `frequency << 20 | (i - start) << 8 | symbol` of the interval that slot i lies in. Returns the words
    /// consumed, or `None` if there are too few; then `symbols` and `states` hold garbage.
    ///
    /// # Panics
    /// If the number of states is not a power of two up to [`RANS_LANES`], or the number of bytes of `words` is odd.
    pub fn rans_decode12(
        &self,
        slots: &[u32; 4096],
        states: &mut [u32],
        words: &[u8],
        symbols: &mut [u8],
    ) -> Option<usize> {
        check(states.len(), words.len());
        let Some(f) = self.native.and_then(|t| t.rans.decode12) else {
            Kernels::by_reference();
            let find = |slot: u32| {
                let e = slots[slot as usize];
                (e as u8, Interval { frequency: e >> 20, start: slot.wrapping_sub(e >> 8 & 0xfff) })
            };
            return decode(12, find, states, words, symbols);
        };
        let (lanes, count, n) = (states.len(), words.len() / 2, symbols.len());
        let (states, words, symbols) = (states.as_mut_ptr(), words.as_ptr(), symbols.as_mut_ptr());
        // SAFETY: the kernel masks a slot to 12 bits, reads `count` words, writes `n` symbols and `lanes` states, which `check`
        // has found to be a number it knows; `&mut` slices overlap nothing.
        let used = unsafe { f(slots.as_ptr(), states, lanes, words, count, symbols, n) };
        (used != SHORT).then_some(used)
    }

    /// Decodes symbols coded with 14-bit probabilities: the symbol of every slot (and [`RANS_PAD`] bytes), and per symbol
    /// `start << 16 | frequency`. Otherwise as [`Kernels::rans_decode12`].
    ///
    /// # Panics
    /// As [`Kernels::rans_decode12`].
    pub fn rans_decode14(
        &self,
        slot_symbols: &[u8; 16384 + RANS_PAD],
        intervals: &[u32; 256],
        states: &mut [u32],
        words: &[u8],
        symbols: &mut [u8],
    ) -> Option<usize> {
        check(states.len(), words.len());
        let Some(f) = self.native.and_then(|t| t.rans.decode14) else {
            let find = |slot: u32| {
                let symbol = slot_symbols[slot as usize];
                let e = intervals[usize::from(symbol)];
                (symbol, Interval { frequency: e & 0xffff, start: e >> 16 })
            };
            return decode(14, find, states, words, symbols);
        };
        let (lanes, count, n) = (states.len(), words.len() / 2, symbols.len());
        let (states, words, symbols) = (states.as_mut_ptr(), words.as_ptr(), symbols.as_mut_ptr());
        let (slots, intervals) = (slot_symbols.as_ptr(), intervals.as_ptr());
        // SAFETY: as above; a slot is masked to 14 bits and read as four bytes, for which RANS_PAD bytes follow the last.
        let used = unsafe { f(slots, intervals, states, lanes, words, count, symbols, n) };
        (used != SHORT).then_some(used)
    }

    /// Encodes `symbols`, the first of which belongs to lane 0; the words end at the end of `words`. The last symbol comes
    /// first: a long stream is encoded piece by piece from its end, pieces a multiple of the number of lanes long.
    ///
    /// `intervals[s]` is `reciprocal << 32 | start << 16 | frequency` ([`rans_interval`]); `bits` is 12 or 14. Returns the words
    /// written, or `None` if a round of all lanes found less room than two words a lane.
    ///
    /// # Panics
    /// As [`Kernels::rans_decode12`], or if `bits` is another number, or if a frequency of a symbol is not in 1..2^bits.
    pub fn rans_encode(
        &self,
        intervals: &[u64; 256],
        bits: u32,
        states: &mut [u32],
        symbols: &[u8],
        words: &mut [u8],
    ) -> Option<usize> {
        check(states.len(), words.len());
        assert!(bits == 12 || bits == 14, "rans: {bits} bits; 12 or 14 expected");
        let Some(f) = self.native.and_then(|t| t.rans.encode) else {
            Kernels::by_reference();
            return encode(intervals, bits, states, symbols, words);
        };
        let (lanes, room, n) = (states.len(), words.len() / 2, symbols.len());
        let (states, words, symbols) = (states.as_mut_ptr(), words.as_mut_ptr(), symbols.as_ptr());
        // SAFETY: the kernel reads `n` symbols, writes within `room` words whatever the intervals are, and `lanes` states.
        let used = unsafe { f(intervals.as_ptr(), bits, states, lanes, symbols, n, words, room) };
        (used != SHORT).then_some(used)
    }
}

/// The encoder's entry of a symbol: its interval, and the reciprocal that replaces the division.
pub fn rans_interval(start: u32, frequency: u32) -> u64 {
    u64::from(u32::MAX / frequency.max(1)) << 32 | u64::from(start) << 16 | u64::from(frequency)
}
