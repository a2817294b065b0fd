//! Trained tables as a library holds them. Each number is foretold from some before it, by weights that follow what was wrong; what is left is
//! coded in adaptive bits. That takes two thirds of what a general compressor makes of a table. build.rs packs, and includes this file.

use crate::codec::entropy::range::{BitCoder, BitDecoder, Chance};

/// Numbers of a table that are alike: `count` of them, in runs that begin every so many bytes.
pub struct Part {
    /// Byte where the first run begins, numbers of a run, bytes from run to run.
    pub begin: usize,
    pub run: usize,
    pub period: usize,
    pub count: usize,
    /// What a number is.
    pub number: Number,
    /// How far back the numbers are that it is foretold from; the first two also say how wrong that will be.
    pub from: &'static [usize],
    /// How slowly weights follow: they go 1/2^rate of the way.
    pub rate: u32,
}

/// What a number is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Number {
    /// A byte of which many are 0.
    Unsigned,
    /// A byte with a sign.
    Signed,
    /// Two bytes with a sign.
    Wide,
}

impl Number {
    fn size(self) -> usize {
        if self == Number::Wide {
            2
        } else {
            1
        }
    }
}

/// Of crates/vaerans/src/codec/photo/filter/bank.bin: limits, weights of luma, of chroma.
pub const BANK: &[Part] = &[
    Part { begin: 0, run: 28, period: 56, count: 28, number: Number::Wide, from: &[4, 1], rate: 3 },
    bank(56, &[600, 24, 624, 120, 720]),
    bank(656, &[600, 12, 612, 60, 660, 300]),
];

const fn bank(begin: usize, from: &'static [usize]) -> Part {
    Part { begin, run: 600, period: 1200, count: 7 * 600, number: Number::Signed, from, rate: 3 }
}

/// Of crates/vaerans/src/codec/lossless/model.bin: coefficients of each kind of plane, weights, tables.
pub const LOSSLESS: &[Part] = &[
    wide(0, 12 * 11, &[11, 1, 33, 12]),
    wide(264, 12 * 17, &[17, 1, 51, 18]),
    wide(672, 12 * 23, &[23, 1, 69, 24]),
    wide(1224, 54, &[18, 1]),
    Part {
        begin: 1332,
        run: 5376,
        period: 5376,
        count: 5376,
        number: Number::Unsigned,
        from: &[16, 64, 1792],
        rate: 7,
    },
];

const fn wide(begin: usize, count: usize, from: &'static [usize]) -> Part {
    Part { begin, run: count, period: 2 * count, count, number: Number::Wide, from, rate: 6 }
}

/// Classes of how wrong guesses were.
const CLASSES: usize = 12;
/// Most numbers that one is foretold from.
const MOST: usize = 6;
/// The constant that every number is foretold from too.
const BIAS: i64 = 16;

/// Chances of a part.
#[derive(Clone, Copy)]
struct Chances {
    few: [[Chance; 2]; 27],
    zero: [Chance; CLASSES],
    sign: Chance,
    length: [[Chance; 20]; CLASSES],
    low: [[Chance; 20]; 20],
}

impl Part {
    /// Where number `i` is.
    fn place(&self, i: usize) -> usize {
        self.begin + i / self.run * self.period + i % self.run * self.number.size()
    }

    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn get(&self, bytes: &[u8], i: usize) -> i64 {
        let at = self.place(i);
        match self.number {
            Number::Unsigned => i64::from(bytes[at]),
            Number::Signed => i64::from(bytes[at] as i8),
            Number::Wide => i64::from(i16::from_le_bytes([bytes[at], bytes[at + 1]])),
        }
    }

    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn put(&self, bytes: &mut [u8], i: usize, value: i64) {
        let at = self.place(i);
        bytes[at] = value as u8;
        if self.number == Number::Wide {
            bytes[at + 1] = (value >> 8) as u8;
        }
    }

    /// Codes its numbers: a decoder fills them in.
    fn code(&self, coder: &mut impl BitCoder, bytes: &mut [u8]) {
        let even = Chance::default();
        let mut chances = Chances {
            few: [[even; 2]; 27],
            zero: [even; CLASSES],
            sign: even,
            length: [[even; 20]; CLASSES],
            low: [[even; 20]; 20],
        };
        let mut guess = Guess::new(self.from.len());
        // The numbers before, and by how many 1/16 the guess of each was wrong.
        let mut known: Vec<(i64, i64)> = Vec::with_capacity(self.count);
        for i in 0..self.count {
            let (one, two) = guess.look_back(&known, self.from);
            let given = self.get(bytes, i);
            let small = if self.number == Number::Unsigned { chances.small(coder, &guess.seen, given) } else { None };
            let (value, wrong) = match small {
                Some(value) => (value, one),
                None => guess.code(coder, &mut chances, class_of((one + two) / 2), given, self.rate),
            };
            self.put(bytes, i, value);
            known.push((value, wrong));
        }
    }
}

/// What a number is foretold from, and the weight of each, 16 bits behind the point; then a constant.
struct Guess {
    weights: [i64; MOST + 1],
    seen: [i64; MOST + 1],
}

impl Guess {
    fn new(n: usize) -> Guess {
        let (mut weights, mut seen) = ([0; MOST + 1], [0; MOST + 1]);
        weights[..n].fill((1 << 16) / n as i64);
        seen[n] = BIAS;
        Guess { weights, seen }
    }

    /// Takes what a number is foretold from; gives by how many 1/16 the first two were wrong.
    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn look_back(&mut self, known: &[(i64, i64)], from: &[usize]) -> (i64, i64) {
        let back = |n: usize| known.len().checked_sub(n).map_or((0, 48), |at| known[at]);
        self.seen.iter_mut().zip(from).for_each(|(seen, &n)| *seen = back(n).0);
        (back(from[0]).1, back(from[1]).1)
    }

    /// Codes a number; gives it, and by how many 1/16 the guess of it was wrong.
    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn code(
        &mut self,
        coder: &mut impl BitCoder,
        chances: &mut Chances,
        class: usize,
        given: i64,
        rate: u32,
    ) -> (i64, i64) {
        let sum = self.sum();
        let near = ((sum + 0x8000) >> 16).clamp(-0xffff, 0xffff);
        let value = near + chances.code(coder, class, given - near);
        let wrong = (value << 16) - sum;
        self.learn(wrong, rate);
        (value, wrong.abs() >> 12)
    }

    fn sum(&self) -> i64 {
        self.weights.iter().zip(&self.seen).map(|(w, s)| w * s).sum()
    }

    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn learn(&mut self, wrong: i64, rate: u32) {
        let gain = (wrong << 16) / self.seen.iter().map(|s| s * s).sum::<i64>();
        self.weights.iter_mut().zip(&self.seen).for_each(|(w, s)| *w += (gain * s) >> (16 + rate));
    }
}

/// The class of by how many 1/16 guesses are wrong.
#[inline(never)] // docs/decisions/0008-cold-start.md
fn class_of(mut wrong: i64) -> usize {
    let mut class = 0;
    while wrong > 8 && class + 1 < CLASSES {
        wrong = wrong * 2 / 3;
        class += 1;
    }
    class
}

impl Chances {
    /// A number of at most 1, by those before; none where it is more.
    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn small(&mut self, coder: &mut impl BitCoder, seen: &[i64], given: i64) -> Option<i64> {
        let kind = seen[..3].iter().fold(0, |kind, &n| 3 * kind + n.min(2) as usize);
        let few = &mut self.few[kind];
        (0..2).find(|&n| !coder.bit(&mut few[n as usize], given > n))
    }

    /// What a guess was wrong by: whether it was, its sign, its size as an Elias gamma code.
    #[inline(never)] // docs/decisions/0008-cold-start.md
    fn code(&mut self, coder: &mut impl BitCoder, class: usize, wrong: i64) -> i64 {
        if !coder.bit(&mut self.zero[class], wrong != 0) {
            return 0;
        }
        let is_negative = coder.bit(&mut self.sign, wrong < 0);
        let size = wrong.unsigned_abs().max(1);
        let wanted = size.ilog2() as usize;
        let mut length = 0;
        while length < 19 && coder.bit(&mut self.length[class][length], length < wanted) {
            length += 1;
        }
        let low =
            |found: i64, k: usize| found << 1 | i64::from(coder.bit(&mut self.low[length][k], size >> k & 1 == 1));
        let size = (0..length).rev().fold(1, low);
        if is_negative {
            -size
        } else {
            size
        }
    }
}

/// Codes a table: a decoder fills in its bytes.
pub fn code(coder: &mut impl BitCoder, parts: &[Part], bytes: &mut [u8]) {
    parts.iter().for_each(|part| part.code(coder, bytes));
}

/// Bytes of a table of these parts.
pub fn bytes_of(parts: &[Part]) -> usize {
    parts.iter().map(|part| part.place(part.count - 1) + part.number.size()).max().unwrap_or(0)
}

/// A table as build.rs was given it.
pub fn unpacked(packed: &[u8], parts: &[Part]) -> Vec<u8> {
    let mut bytes = vec![0; bytes_of(parts)];
    code(&mut BitDecoder::new(packed), parts, &mut bytes);
    bytes
}
