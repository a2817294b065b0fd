//! What a file says of its filter, and the bytes of that.

use super::{pairs, MOST_WEIGHTS, PLANES};
use crate::codec::entropy::bits::{BitCoder, BitDecoder, BitEncoder, Chance};
use crate::error::{Error, Result};
use vaerans_kernels::adapt::CLASSES;
use vaerans_kernels::reference::adapt::taps;

/// What is added to the bank's weights of some classes of a plane.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Correction {
    /// Numbers are multiples of this power of two, at most 4.
    pub log2: u8,
    /// Group of each class, 1 to the number of groups; 0: none. Groups are numbered as they first occur.
    pub groups: [u8; CLASSES],
    /// What is added to the weights of each group's classes, linear ones before clipped ones, divided by 2^log2.
    pub added: Vec<[i16; MOST_WEIGHTS]>,
}

/// The filter of a picture.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of each plane: none, or its correction, which may be empty.
    pub planes: [Option<Correction>; PLANES],
}

/// Longest number: 2^11 - 1 and less.
const MOST_LENGTH: usize = 10;

/// Chances of one kind of numbers: whether one is 0, then of its length.
type Numbers = [Chance; 2 + MOST_LENGTH];

/// Kinds of weights: how far away the pair is (1, 2, 3), linear or clipped.
const KINDS: usize = 6;

fn kind(plane: usize, i: usize) -> usize {
    let n = pairs(plane);
    let (x, y) = taps(n)[i % n];
    (x.unsigned_abs() + y.unsigned_abs() - 1) * 2 + i / n
}

/// The kinds of a plane's weights.
fn kinds(plane: usize) -> [usize; MOST_WEIGHTS] {
    std::array::from_fn(|i| if i < 2 * pairs(plane) { kind(plane, i) } else { 0 })
}

fn invalid(what: &str) -> Error {
    Error::new("stream.invalid", format!("adaptive filter: {what}"))
}

/// A number: whether it is 0, its sign, and its magnitude less 1 in Elias gamma.
fn number(coder: &mut impl BitCoder, chances: &mut Numbers, value: i16) -> Result<i16> {
    if !coder.bit(&mut chances[0], value != 0) {
        return Ok(0);
    }
    let is_negative = coder.plain(u32::from(value < 0), 1) == 1;
    let size = u32::from(value.unsigned_abs()).max(1);
    let mut length = 0;
    while coder.bit(&mut chances[1 + length], size >> (length + 1) != 0) {
        length += 1;
        if length > MOST_LENGTH {
            return Err(invalid("a number of more than 11 bits"));
        }
    }
    let below = coder.plain(size & ((1 << length) - 1), length as u32);
    let size = (1 << length | below) as i16;
    Ok(if is_negative { -size } else { size })
}

impl Correction {
    /// Which group each class is in; gives the number of groups.
    fn map(&mut self, coder: &mut impl BitCoder) -> Result<u8> {
        let mut chances = [Chance::default(); 2];
        let mut seen = 0u8;
        for class in 0..CLASSES {
            let group = &self.groups[class];
            if coder.bit(&mut chances[0], *group > seen) {
                seen += 1;
                self.groups[class] = seen;
                continue;
            }
            // The same direction, less active.
            let before = class.checked_sub(5).map(|c| self.groups[c]);
            if before.is_some_and(|before| coder.bit(&mut chances[1], *group == before)) {
                self.groups[class] = before.unwrap_or(0);
                continue;
            }
            let found = coder.plain(u32::from(*group), u8::BITS - seen.leading_zeros()) as u8;
            if found > seen {
                return Err(invalid("a group that is none"));
            }
            self.groups[class] = found;
        }
        Ok(seen)
    }

    /// Codes all of it; a decoder begins with an empty one.
    pub(super) fn code(&mut self, coder: &mut impl BitCoder, plane: usize) -> Result<()> {
        let is_there = coder.plain(u32::from(!self.added.is_empty()), 1) == 1;
        if !is_there {
            return Ok(());
        }
        self.log2 = coder.plain(self.log2.into(), 2) as u8;
        if self.log2 > 2 {
            return Err(invalid("a denominator that is none"));
        }
        let count = self.map(coder)?;
        self.added.resize(count.into(), [0; MOST_WEIGHTS]);
        let (mut chances, kinds) = ([Numbers::default(); KINDS], kinds(plane));
        for group in &mut self.added {
            for i in 0..2 * pairs(plane) {
                group[i] = number(coder, &mut chances[kinds[i]], group[i])?;
            }
        }
        Ok(())
    }

    /// What is added to a weight of a class, in 1/128.
    pub fn of(&self, class: usize, i: usize) -> i32 {
        let group = usize::from(self.groups[class]).checked_sub(1);
        group.and_then(|g| self.added.get(g)).map_or(0, |added| i32::from(added[i]) << self.log2)
    }
}

impl Filter {
    /// Whether it leaves every sample as it is.
    pub fn is_nothing(&self) -> bool {
        self.planes.iter().all(Option::is_none)
    }

    fn code(&mut self, coder: &mut impl BitCoder, planes: usize) -> Result<()> {
        for (i, plane) in self.planes.iter_mut().enumerate().take(planes) {
            if coder.plain(u32::from(plane.is_some()), 1) == 0 {
                *plane = None;
                continue;
            }
            plane.get_or_insert_with(Correction::default).code(coder, i)?;
        }
        Ok(())
    }

    /// As a file holds it, for a picture of so many planes; at least a byte.
    pub fn write(&self, planes: usize) -> Vec<u8> {
        let mut encoder = BitEncoder::default();
        // An encoder finds nothing wrong but numbers that are too long, which `fit` makes none of.
        let coded = self.clone().code(&mut encoder, planes);
        debug_assert!(coded.is_ok());
        let mut bytes = encoder.finish();
        if bytes.is_empty() {
            bytes.push(0);
        }
        bytes
    }

    /// Of a file. Bytes that say nothing of the filter are zeros.
    ///
    /// # Errors
    /// `stream.invalid`.
    pub fn read(bytes: &[u8], planes: usize) -> Result<Filter> {
        let mut filter = Filter::default();
        filter.code(&mut BitDecoder::new(bytes), planes)?;
        Ok(filter)
    }
}
