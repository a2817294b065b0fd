//! Groups of bands: bands of like symbols share a table, which costs more than it saves where they are short.

use super::blob::Coding;
use super::blocks::{entropy, folded, BINS, TABLE_BITS};
use crate::error::Result;
use crate::wire::Reader;
use vaerans_kernels::Kernels;

/// What a sequence is made of.
pub trait Symbol: Copy + Default {
    /// Its place in a histogram that guides grouping; large values share the last one.
    fn bin(self) -> usize;
    /// The difference, modulo the range of the type.
    fn minus(self, other: Self) -> Self;
    /// The sum, likewise.
    fn plus(self, other: Self) -> Self;
    /// Appends a sequence.
    fn encode(coding: Coding, k: &Kernels, sequence: &[Self], out: &mut Vec<u8>) -> Result<()>;
    /// Reads a sequence of `n`.
    fn decode(coding: Coding, k: &Kernels, r: &mut Reader, n: usize) -> Result<Vec<Self>>;
}

impl Symbol for u8 {
    fn bin(self) -> usize {
        self.into()
    }
    fn minus(self, other: u8) -> u8 {
        self.wrapping_sub(other)
    }
    fn plus(self, other: u8) -> u8 {
        self.wrapping_add(other)
    }
    fn encode(coding: Coding, k: &Kernels, sequence: &[u8], out: &mut Vec<u8>) -> Result<()> {
        coding.encode_u8(k, sequence, out)
    }
    fn decode(coding: Coding, k: &Kernels, r: &mut Reader, n: usize) -> Result<Vec<u8>> {
        coding.decode_u8(k, r, n)
    }
}

impl Symbol for i32 {
    fn bin(self) -> usize {
        folded(self)
    }
    fn minus(self, other: i32) -> i32 {
        self.wrapping_sub(other)
    }
    fn plus(self, other: i32) -> i32 {
        self.wrapping_add(other)
    }
    fn encode(coding: Coding, k: &Kernels, sequence: &[i32], out: &mut Vec<u8>) -> Result<()> {
        coding.encode_i32(k, sequence, out)
    }
    fn decode(coding: Coding, k: &Kernels, r: &mut Reader, n: usize) -> Result<Vec<i32>> {
        coding.decode_i32(k, r, n)
    }
}

/// Which bands share a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Groups {
    /// The group of every band.
    pub map: Vec<u8>,
    /// Number of groups.
    pub count: usize,
    /// Bits of all symbols and tables, about.
    pub bits: u64,
}

/// So many bands are compared with one another; more share one table.
const MOST: usize = 512;
/// Bits of a table of a whole band beyond those of a class's.
const MORE: u64 = 80;

fn histogram<'a, T: Symbol + 'a>(symbols: impl Iterator<Item = &'a T>) -> [u32; BINS] {
    let mut histogram = [0; BINS];
    symbols.for_each(|s| histogram[s.bin()] += 1);
    histogram
}

struct Group {
    bands: Vec<usize>,
    histogram: [u32; BINS],
    bits: u64,
}

impl Group {
    fn new(bands: Vec<usize>, histogram: [u32; BINS]) -> Group {
        Group { bands, bits: entropy(&histogram), histogram }
    }

    fn with(&self, other: &Group) -> Group {
        let histogram = std::array::from_fn(|i| self.histogram[i] + other.histogram[i]);
        Group::new([&self.bands[..], &other.bands].concat(), histogram)
    }

    /// Bits that joining costs.
    fn loss(&self, other: &Group) -> u64 {
        self.with(other).bits.saturating_sub(self.bits + other.bits)
    }

    /// Bits a symbol, with eight fractional ones.
    fn rate(&self) -> u64 {
        let symbols: u64 = self.histogram.iter().map(|&n| u64::from(n)).sum();
        (self.bits << 8) / symbols.max(1)
    }
}

impl Groups {
    /// One group of all bands.
    pub fn one(bands: usize) -> Groups {
        Groups { map: vec![0; bands], count: 1, bits: 0 }
    }

    /// Of the symbols of every band. Bands of like entropy stand side by side, and neighbours are joined as long as that saves.
    pub fn of<T: Symbol>(bands: &[Vec<T>]) -> Groups {
        if bands.len() > MOST {
            let bits = entropy(&histogram(bands.iter().flatten())) + TABLE_BITS + MORE;
            return Groups { bits, ..Groups::one(bands.len()) };
        }
        let alone = |(i, symbols): (usize, &Vec<T>)| Group::new(vec![i], histogram(symbols.iter()));
        let mut groups: Vec<Group> = bands.iter().enumerate().map(alone).collect();
        groups.sort_by_key(|g| (g.rate(), g.bands[0]));
        let mut losses: Vec<u64> = groups.windows(2).map(|g| g[0].loss(&g[1])).collect();
        while let Some((loss, i)) = losses.iter().copied().zip(0..).min() {
            if loss >= TABLE_BITS + MORE && groups.len() < usize::from(u8::MAX) {
                break;
            }
            groups[i] = groups[i].with(&groups[i + 1]);
            groups.remove(i + 1);
            losses.remove(i);
            for pair in i.saturating_sub(1)..(i + 1).min(losses.len()) {
                losses[pair] = groups[pair].loss(&groups[pair + 1]);
            }
        }
        let mut map = vec![0; bands.len()];
        for (group, number) in groups.iter().zip(0..) {
            group.bands.iter().for_each(|&b| map[b] = number);
        }
        let bits = groups.iter().map(|g| g.bits + TABLE_BITS + MORE).sum();
        Groups { map, count: groups.len(), bits }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn like_bands_share_a_table_and_others_do_not() {
        let noise = |n: usize, seed: usize, of: usize| -> Vec<u8> {
            (0..n).map(|i| ((((i + seed) * 7919) >> 3) ^ ((i * 104_729) >> 5)) as u8 % of as u8).collect()
        };
        let bands: Vec<_> = (0..8).map(|i| noise(2000, i, if i % 2 == 0 { 200 } else { 7 })).collect();
        let groups = Groups::of(&bands);
        assert_eq!((groups.count, &groups.map[..]), (2, &[1, 0, 1, 0, 1, 0, 1, 0][..]));
        let many: Vec<_> = (0..600).map(|i| noise(4, i, 200)).collect();
        let of_many = Groups::of(&many);
        assert_eq!((of_many.count, of_many.map), (1, vec![0; 600]));
        // As many as would take minutes if each were joined to all before it.
        assert_eq!(Groups::of(&vec![vec![1_u8]; 1 << 20]).count, 1);
    }
}
