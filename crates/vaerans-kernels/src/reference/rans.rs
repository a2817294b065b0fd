//! Interleaved rANS over bytes (J. Duda, arXiv:1311.2540; interleaving: F. Giesen, arXiv:1402.3392).
//!
//! States lie in [2^16, 2^32), probabilities are frequencies of sum 2^bits, renormalisation moves 16-bit little-endian words.
//! Symbol i belongs to lane i % lanes; all lanes share one word stream, in the order in which the decoder wants words.

/// The least state, and the state with which encoding starts.
pub const LOW: u32 = 1 << 16;

/// What a symbol coder knows of a symbol: frequency and start of its interval.
#[derive(Clone, Copy)]
pub struct Interval {
    /// Slots of the symbol.
    pub frequency: u32,
    /// Its first slot.
    pub start: u32,
}

/// Decodes into `symbols`; `find` gives the symbol and interval of a slot. Returns the words consumed, none if there are too few.
pub fn decode(
    bits: u32,
    find: impl Fn(u32) -> (u8, Interval),
    states: &mut [u32],
    words: &[u8],
    symbols: &mut [u8],
) -> Option<usize> {
    let mut rest = words.chunks_exact(2);
    let lanes = states.len();
    for (i, out) in symbols.iter_mut().enumerate() {
        let x = &mut states[i % lanes];
        let slot = *x & ((1 << bits) - 1);
        let (symbol, interval) = find(slot);
        // Wrapping: a damaged table or state may overflow, and every instruction set has to give the same garbage.
        *x = interval.frequency.wrapping_mul(*x >> bits).wrapping_add(slot).wrapping_sub(interval.start);
        if *x < LOW {
            let word = rest.next()?;
            *x = *x << 16 | u32::from(u16::from_le_bytes([word[0], word[1]]));
        }
        *out = symbol;
    }
    Some(words.len() / 2 - rest.len())
}

/// Encodes `symbols`, which start at lane 0, so that the words end at the end of `words`. Returns their number, none if
/// there is too little room: a round of all lanes wants room for twice as many words.
pub fn encode(
    intervals: &[u64; 256],
    bits: u32,
    states: &mut [u32],
    symbols: &[u8],
    words: &mut [u8],
) -> Option<usize> {
    let lanes = states.len();
    let mut end = words.len();
    for (i, &s) in symbols.iter().enumerate().rev() {
        let round_begins = i % lanes == lanes - 1 || i == symbols.len() - 1;
        if round_begins && end < 4 * lanes {
            return None;
        }
        let entry = intervals[usize::from(s)] as u32;
        let (f, start) = (entry & 0xffff, entry >> 16);
        let x = &mut states[i % lanes];
        if *x >> (32 - bits) >= f {
            end -= 2;
            words[end..end + 2].copy_from_slice(&(*x as u16).to_le_bytes());
            *x >>= 16;
        }
        *x = (*x / f) << bits | (*x % f + start);
    }
    Some((words.len() - end) / 2)
}
