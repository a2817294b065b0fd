//! What training found: coefficients, weights of the scale, and the tables with which coding begins, for each kind of plane.

use crate::codec::packed::{unpacked, LOSSLESS};
use once_cell::race::OnceBox;
use vaerans_kernels::lossless::{BITS, CLASSES, COEFFICIENTS, PHASES, SCALES, SYMBOLS, TABLES, WEIGHTS};

/// Kinds of planes.
pub const KINDS: usize = 3;
/// Number of tables of a plane.
const COUNT: usize = SCALES * PHASES;
/// Coefficients that are said of the plane itself, and of each of those before it; the others follow.
const OWN: [usize; 11] = [0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11];
const EARLIER: [usize; 6] = [0, 2, 3, 4, 5, 6];

/// Places of the coefficients that are said, in their order, with `earlier` planes to look at.
pub fn said(earlier: usize) -> impl Iterator<Item = usize> {
    let of = |k: usize| EARLIER.map(|i| 12 + 8 * k + i);
    OWN.into_iter().chain((0..earlier).flat_map(of))
}

/// Number of coefficients of a class that are said.
pub const fn taps(earlier: usize) -> usize {
    OWN.len() + EARLIER.len() * earlier
}

/// All coefficients of a class: those of a plane's own add up to 1, those of an earlier plane to 0, by the one of the sample to the left.
pub fn complete(given: &[i32], earlier: usize) -> [i32; COEFFICIENTS] {
    let mut all = [0; COEFFICIENTS];
    for (place, &c) in said(earlier).zip(given) {
        all[place] = c;
        match place {
            0..12 => all[8] -= c,
            _ => all[12 + (place - 12) / 8 * 8 + 1] -= c,
        }
    }
    all[8] += 256;
    all
}

/// One kind of plane.
#[derive(Debug, Clone)]
pub struct Kind {
    /// [`taps`] for each class, Q8.
    pub coefficients: Vec<i32>,
    /// Q10.
    pub weights: [i32; WEIGHTS],
    /// [`TABLES`].
    pub tables: Vec<u16>,
}

/// All kinds.
#[derive(Debug, Clone)]
pub struct Model(pub [Kind; KINDS]);

impl Model {
    /// The one that ships.
    pub fn shipped() -> &'static Model {
        static MODEL: OnceBox<Model> = OnceBox::new();
        MODEL.get_or_init(|| Box::new(Model::read(&shipped())))
    }

    /// Coefficients of a class.
    pub fn usual(&self, kind: usize, class: usize) -> &[i32] {
        &self.0[kind].coefficients[class * taps(kind)..][..taps(kind)]
    }

    /// Coefficients of all kinds, then weights, then tables.
    pub fn read(bytes: &[u8]) -> Model {
        let mut at = bytes.iter();
        let mut number = || {
            let (low, high) = (at.next(), at.next());
            i32::from(i16::from_le_bytes([low.copied().unwrap_or(0), high.copied().unwrap_or(0)]))
        };
        let coefficients: [Vec<i32>; KINDS] =
            std::array::from_fn(|k| (0..CLASSES * taps(k)).map(|_| number()).collect());
        let weights: [[i32; WEIGHTS]; KINDS] = std::array::from_fn(|_| std::array::from_fn(|_| number()));
        let codes = at.as_slice();
        let mut k = 0;
        Model(coefficients.map(|coefficients| {
            k += 1;
            let mut tables: Vec<u16> = codes[(k - 1) * COUNT * SYMBOLS..][..COUNT * SYMBOLS]
                .chunks_exact(SYMBOLS)
                .flat_map(cumulative)
                .collect();
            tables.push(0);
            debug_assert_eq!(tables.len(), TABLES);
            Kind { coefficients, weights: weights[k - 1], tables }
        }))
    }
}

/// Bytes of the model that ships.
fn shipped() -> Vec<u8> {
    unpacked(include_bytes!(concat!(env!("OUT_DIR"), "/lossless.packed")), LOSSLESS)
}

/// How often a symbol is expected: a byte is an exponent of 5 bits and a mantissa of 3.
pub fn frequency(code: u8) -> u64 {
    u64::from(8 + (code & 7)) << (code >> 3)
}

/// A table of the frequencies of its symbols: each has one unit of the probability, and its part of the rest.
fn cumulative(codes: &[u8]) -> impl Iterator<Item = u16> + '_ {
    let total: u64 = codes.iter().map(|&c| frequency(c)).sum();
    let mut sum = 0;
    codes.iter().enumerate().map(move |(i, &c)| {
        let begin = i as u64 + sum * ((1 << BITS) - SYMBOLS as u64) / total;
        sum += frequency(c);
        begin as u16
    })
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_model_comes_back() {
        assert_eq!(super::shipped(), include_bytes!("model.bin"));
    }
}
