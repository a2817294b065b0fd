//! Bits of entropy-coded bytes, and the Huffman tables that read them (ITU-T T.81, F.2.2).

use super::damage::{Damage, Found};

/// Reads bits, the highest first; behind the last byte come zeros, which are counted.
pub(super) struct Bits<'a> {
    data: &'a [u8],
    at: usize,
    /// The next bits, from the top.
    window: u64,
    /// How many bits of `window` count.
    ready: u32,
    /// How many of the bits read so far were made up.
    made_up: u32,
}

impl<'a> Bits<'a> {
    /// `data` holds no markers; 0xff in it is followed by 0.
    pub(super) fn new(data: &'a [u8]) -> Self {
        Self { data, at: 0, window: 0, ready: 0, made_up: 0 }
    }

    fn refill(&mut self) {
        if let Some(Ok(next)) = self.data.get(self.at..self.at + 8).map(<[u8; 8]>::try_from) {
            let next = u64::from_be_bytes(next);
            if !holds_ff(next) {
                // Bits below the whole bytes taken are set early; the same bits are set there again by the next refill.
                self.window |= next >> self.ready;
                let bytes = (63 - self.ready) / 8;
                self.at += bytes as usize;
                self.ready += bytes * 8;
                return;
            }
        }
        while self.ready <= 48 {
            let byte = match self.data.get(self.at) {
                Some(&byte) => {
                    self.at += 1;
                    if byte == 0xff && self.data.get(self.at) == Some(&0) {
                        self.at += 1;
                    }
                    byte
                }
                None => {
                    self.made_up += 8;
                    0
                }
            };
            self.window |= u64::from(byte) << (56 - self.ready);
            self.ready += 8;
        }
    }

    /// Makes at least 32 bits ready: a code of 16 and a value of 16.
    #[inline]
    pub(super) fn ensure(&mut self) {
        if self.ready < 32 {
            self.refill();
        }
    }

    #[inline]
    fn peek(&self, count: u32) -> u32 {
        (self.window >> 1 >> (63 - count)) as u32
    }

    #[inline]
    fn skip(&mut self, count: u32) {
        self.window <<= count;
        self.ready -= count;
    }

    /// The next `count` bits, 0 to 16, of those that `ensure` made ready.
    #[inline]
    pub(super) fn take(&mut self, count: u32) -> u32 {
        let bits = self.peek(count);
        self.skip(count);
        bits
    }

    /// One bit.
    #[inline]
    pub(super) fn bit(&mut self) -> bool {
        self.ensure();
        self.take(1) == 1
    }

    /// A signed value of `size` bits.
    #[inline]
    pub(super) fn signed(&mut self, size: u32) -> i32 {
        extended(self.take(size), size)
    }

    /// Whether more was read than there was.
    #[inline]
    pub(super) fn is_past_end(&self) -> bool {
        self.made_up > self.ready
    }

    /// Whether nothing but fill is left: less than a byte, or bytes of 0 or of ones.
    pub(super) fn is_spent(&self) -> bool {
        let unread = (self.ready.saturating_sub(self.made_up) / 8) as usize;
        let start = self.at.saturating_sub(unread);
        self.data.get(start..).is_none_or(|rest| rest.iter().all(|byte| matches!(byte, 0 | 0xff)))
    }
}

/// The signed value that `size` bits stand for (F.2.2.1, EXTEND).
#[inline]
fn extended(bits: u32, size: u32) -> i32 {
    let bits = bits as i32;
    let below = i32::from(size > 0 && bits < 1 << (size - 1));
    bits - below * ((1 << size) - 1)
}

/// Whether one of the eight bytes is 0xff.
fn holds_ff(word: u64) -> bool {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let inverse = !word;
    inverse.wrapping_sub(ONES) & !inverse & (ONES << 7) != 0
}

/// Bits that are looked up at once.
const FAST: u32 = 10;

/// A Huffman table (C.2), with short codes looked up at once, and the values behind them where both are short.
pub(super) struct Huffman {
    /// Length << 8 | symbol for the next bits; 0 where the code is longer.
    fast: Box<[u16; 1 << FAST]>,
    /// Value << 16 | zeros in front of it << 8 | length of code and value; 0 where they are longer, or the symbol is another.
    short: Box<[i32; 1 << FAST]>,
    /// For each length, the first 16-bit word that belongs to a longer code.
    end: [u32; 17],
    /// For each length, the index of a symbol less its code.
    offset: [i32; 17],
    symbols: Vec<u8>,
}

impl Huffman {
    /// From the counts of codes of 1 to 16 bits and their symbols; `None` if there are more codes than bits for them.
    pub(super) fn new(counts: &[u8; 16], symbols: &[u8]) -> Option<Self> {
        let (mut fast, mut end, mut offset) = (Box::new([0; 1 << FAST]), [0; 17], [0; 17]);
        let (mut code, mut index) = (0_u32, 0_usize);
        for length in 1..=16_u32 {
            let count = usize::from(counts[length as usize - 1]);
            offset[length as usize] = index as i32 - code as i32;
            for &symbol in symbols.get(index..index + count)? {
                if code >= 1 << length {
                    return None;
                }
                if length <= FAST {
                    let first = (code << (FAST - length)) as usize;
                    let value = (length as u16) << 8 | u16::from(symbol);
                    fast[first..first + (1 << (FAST - length))].fill(value);
                }
                code += 1;
            }
            index += count;
            end[length as usize] = code << (16 - length);
            code <<= 1;
        }
        let short = Box::new(std::array::from_fn(|bits| short_value(fast[bits], bits)));
        Some(Self { fast, short, end, offset, symbols: symbols.to_vec() })
    }

    /// A coefficient, if its code and its value are short: the zeros in front of it, and the value.
    #[inline(always)]
    pub(super) fn read_short(&self, bits: &mut Bits) -> Option<(usize, i32)> {
        bits.ensure();
        let found = self.short[bits.peek(FAST) as usize];
        if found == 0 {
            return None;
        }
        bits.skip(found as u32 & 0xff);
        Some((found as usize >> 8 & 0xff, found >> 16))
    }

    /// The next symbol; 16 more bits are ready behind it.
    #[inline]
    pub(super) fn read(&self, bits: &mut Bits) -> Found<u8> {
        bits.ensure();
        let found = self.fast[bits.peek(FAST) as usize];
        if found != 0 {
            bits.skip(u32::from(found >> 8));
            return Ok(found as u8);
        }
        self.read_long(bits)
    }

    fn read_long(&self, bits: &mut Bits) -> Found<u8> {
        let word = bits.peek(16);
        for length in FAST + 1..=16 {
            if word < self.end[length as usize] {
                bits.skip(length);
                let index = (word >> (16 - length)) as i32 + self.offset[length as usize];
                return self.symbols.get(index as usize).copied().ok_or(Damage::Code);
            }
        }
        Err(Damage::Code)
    }
}

/// What [`Huffman::read_short`] finds for these next bits, of which a code is looked up as `fast`.
fn short_value(fast: u16, bits: usize) -> i32 {
    let (length, run, size) = (u32::from(fast >> 8), i32::from(fast >> 4 & 15), u32::from(fast & 15));
    if fast == 0 || size == 0 || length + size > FAST {
        return 0;
    }
    let value = extended(bits as u32 >> (FAST - length - size) & ((1 << size) - 1), size);
    value << 16 | run << 8 | (length + size) as i32
}
