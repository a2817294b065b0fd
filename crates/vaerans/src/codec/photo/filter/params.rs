//! A picture's filter as side bytes.

use super::pairs_of;
use crate::codec::entropy::bits::{BitCoder, BitDecoder, BitEncoder, Chance};
use crate::error::{Error, Result};
use vaerans_kernels::adapt::CLASSES;
use vaerans_kernels::reference::adapt::taps;

/// What is added to trained weights of some classes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// Log2 of how many of 1/128 a unit is: 0, 1, 2.
    pub shift: u32,
    /// Of each class the group of it, from 1 on as they first occur; 0: none.
    pub groups: [u8; CLASSES],
    /// Units of each group.
    pub weights: Vec<Vec<i32>>,
}

/// The filter of a picture: of each plane none, or the trained one with a correction or without.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// By plane.
    pub planes: Vec<Option<Option<Correction>>>,
}

/// Units are below 2 to this.
const MOST_LENGTH: usize = 10;
/// Kinds of weights: pairs 1, 2 and 3 samples away, linear and clipped.
const KINDS: usize = 6;

/// Chances of a kind of weights: whether one is 0, and how long it is.
#[derive(Default, Clone, Copy)]
struct Weight {
    zero: Chance,
    more: [Chance; MOST_LENGTH],
}

fn invalid(what: &str) -> Error {
    Error::new("stream.invalid", format!("a filter: {what}"))
}

impl Filter {
    /// Whether no plane is filtered.
    pub fn is_none(&self) -> bool {
        self.planes.iter().all(Option::is_none)
    }

    /// As side bytes: none where no plane is filtered.
    pub fn write(&self) -> Vec<u8> {
        if self.is_none() {
            return Vec::new();
        }
        let mut coder = BitEncoder::default();
        let mut all = self.clone();
        // What is written is in range.
        let _ = all.code(&mut coder);
        let mut bytes = coder.finish();
        // Bytes that are there say that there is a filter.
        if bytes.is_empty() {
            bytes.push(0);
        }
        bytes
    }

    /// Of side bytes, for so many planes.
    ///
    /// # Errors
    /// `stream.invalid`.
    pub fn read(bytes: &[u8], planes: usize) -> Result<Filter> {
        let mut filter = Filter { planes: vec![None; planes] };
        if !bytes.is_empty() {
            filter.code(&mut BitDecoder::new(bytes))?;
        }
        Ok(filter)
    }

    fn code(&mut self, coder: &mut impl BitCoder) -> Result<()> {
        for (plane, of) in self.planes.iter_mut().enumerate() {
            if coder.plain(u32::from(of.is_some()), 1) == 0 {
                *of = None;
                continue;
            }
            let mut correction = of.take().flatten();
            if coder.plain(u32::from(correction.is_some()), 1) == 1 {
                correction.get_or_insert_with(Correction::default).code(coder, pairs_of(plane))?;
            }
            *of = Some(correction);
        }
        Ok(())
    }
}

impl Correction {
    /// Codes all of it; a decoder begins with an empty one.
    pub(super) fn code(&mut self, coder: &mut impl BitCoder, pairs: usize) -> Result<()> {
        self.shift = coder.plain(self.shift, 2);
        if self.shift > 2 {
            return Err(invalid("units"));
        }
        let count = self.map(coder)?;
        self.weights.resize(count.into(), vec![0; 2 * pairs]);
        let away = |i: usize| taps(pairs)[i % pairs].0.unsigned_abs() + taps(pairs)[i % pairs].1.unsigned_abs();
        let kinds: Vec<usize> = (0..2 * pairs).map(|i| 2 * (away(i) - 1) + i / pairs).collect();
        let mut chances = [Weight::default(); KINDS];
        for w in &mut self.weights {
            for (w, &kind) in w.iter_mut().zip(&kinds) {
                *w = code_weight(coder, &mut chances[kind], *w)?;
            }
        }
        Ok(())
    }

    /// Groups of classes: a new one, that of the less active class of the same direction, or one of those that were there. Gives their number.
    fn map(&mut self, coder: &mut impl BitCoder) -> Result<u8> {
        let (mut new, mut same, mut count) = (Chance::default(), Chance::default(), 0);
        for class in 0..CLASSES {
            let group = self.groups[class];
            if coder.bit(&mut new, group > count) {
                count += 1;
                self.groups[class] = count;
                continue;
            }
            if let Some(below) = class.checked_sub(5).map(|c| self.groups[c]) {
                if coder.bit(&mut same, group == below) {
                    self.groups[class] = below;
                    continue;
                }
            }
            let group = coder.plain(u32::from(group), u8::BITS - count.leading_zeros()) as u8;
            if group > count {
                return Err(invalid("a group that is none"));
            }
            self.groups[class] = group;
        }
        Ok(count)
    }
}

/// Whether it is 0; its sign; its size in Elias gamma.
fn code_weight(coder: &mut impl BitCoder, chance: &mut Weight, w: i32) -> Result<i32> {
    if !coder.bit(&mut chance.zero, w != 0) {
        return Ok(0);
    }
    let is_negative = coder.plain(u32::from(w < 0), 1) == 1;
    let size = w.unsigned_abs().max(1);
    let mut length = 0;
    while coder.bit(&mut chance.more[length], size >> (length + 1) > 0) {
        length += 1;
        if length == MOST_LENGTH {
            return Err(invalid("a weight"));
        }
    }
    let low = coder.plain(size & ((1 << length) - 1), length as u32);
    let size = (1 << length | low) as i32;
    Ok(if is_negative { -size } else { size })
}

#[cfg(test)]
mod tests {
    use super::*;
    use vaerans_kernels::testing::SplitMix64;

    fn random(random: &mut SplitMix64, plane: usize) -> Option<Option<Correction>> {
        if random.below(3) == 0 {
            return None;
        }
        let mut made = Correction { shift: random.below(3) as u32, ..Correction::default() };
        let (most, mut count) = (1 + random.below(25), 0);
        for group in &mut made.groups {
            *group = (random.below(most + 1) as u8).min(count + 1);
            count = count.max(*group);
        }
        let size = 1i32 << random.below(10);
        let mut weight = || random.below(2 * size as u64) as i32 - size;
        made.weights = (0..count).map(|_| (0..2 * pairs_of(plane)).map(|_| weight()).collect()).collect();
        Some((random.below(4) > 0).then_some(made))
    }

    #[test]
    fn bytes_come_back() {
        let mut numbers = SplitMix64(5);
        for round in 0..400 {
            let planes = [1, 3][round % 2];
            let filter = Filter { planes: (0..planes).map(|p| random(&mut numbers, p)).collect() };
            assert_eq!(Filter::read(&filter.write(), planes).unwrap(), filter);
        }
    }

    #[test]
    fn damaged_bytes_are_a_filter_or_refused() {
        let mut numbers = SplitMix64(3);
        let (mut errors, mut fine) = (0, 0);
        for round in 0..3000 {
            let mut bytes = Filter { planes: (0..3).map(|p| random(&mut numbers, p)).collect() }.write();
            match round % 3 {
                0 => bytes.truncate(numbers.below(bytes.len() as u64 + 1) as usize),
                1 => bytes.iter_mut().skip(round % 7).for_each(|b| *b = numbers.next() as u8),
                _ => bytes.iter_mut().take(1 + round % 5).for_each(|b| *b ^= 1 << (round % 8)),
            }
            match Filter::read(&bytes, 3) {
                Ok(filter) => {
                    fine += 1;
                    let all = filter.planes.iter().flatten().flatten();
                    assert!(all.clone().all(|c| c.weights.len() <= CLASSES));
                    assert!(all.flat_map(|c| c.weights.iter().flatten()).all(|w| w.abs() < 1 << MOST_LENGTH));
                }
                Err(error) => {
                    errors += 1;
                    assert_eq!(error.code(), "stream.invalid");
                }
            }
        }
        assert!(errors > 100 && fine > 100, "{errors} {fine}");
    }
}
