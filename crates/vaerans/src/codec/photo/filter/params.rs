//! A picture's filter as side bytes.

use super::pairs_of;
use crate::codec::entropy::bits::{BitCoder, BitDecoder, BitEncoder, Chance};
use crate::error::{Error, Result};
use vaerans_kernels::adapt::CLASSES;

/// What is added to trained weights of some classes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correction {
    /// Log2 of how many of 1/128 a unit is: 0, 1, 2.
    pub shift: u32,
    /// Of each class the group of it; as many as there are groups: none.
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

/// The least step at which trained weights are taken unmeasured.
const LEAST_STEP: u16 = 690;
/// Units are at most this.
const MOST: u32 = 1023;

/// Chances of a weight: whether it is 0, and how large it is.
#[derive(Default, Clone, Copy)]
struct Weight {
    zero: Chance,
    more: [Chance; 12],
}

impl Filter {
    /// Whether no plane is filtered.
    pub fn is_none(&self) -> bool {
        self.planes.iter().all(Option::is_none)
    }

    /// The trained one, for a picture on which nothing was measured: from steps on at which it helps nearly every photo.
    pub fn trained(planes: usize, step: u16) -> Filter {
        Filter { planes: vec![(step >= LEAST_STEP).then_some(None); planes] }
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
            let correction = of.take().flatten();
            let has = coder.plain(u32::from(correction.is_some()), 1) == 1;
            *of = Some(if has { Some(code_correction(coder, correction, 2 * pairs_of(plane))?) } else { None });
        }
        Ok(())
    }
}

fn code_correction(coder: &mut impl BitCoder, given: Option<Correction>, n: usize) -> Result<Correction> {
    let given = given.unwrap_or(Correction { shift: 0, groups: [0; CLASSES], weights: Vec::new() });
    let shift = coder.plain(given.shift, 2);
    let count = coder.plain(given.weights.len().saturating_sub(1) as u32, 5) as usize + 1;
    if shift > 2 || count > CLASSES {
        return Err(Error::new("stream.invalid", "a filter's correction"));
    }
    let bits = usize::BITS - count.leading_zeros();
    let mut groups = [0; CLASSES];
    for (group, &was) in groups.iter_mut().zip(&given.groups) {
        *group = coder.plain(u32::from(was), bits) as u8;
        if usize::from(*group) > count {
            return Err(Error::new("stream.invalid", "a group of a filter that is none"));
        }
    }
    let mut chances = vec![Weight::default(); n];
    let mut weights = Vec::with_capacity(count);
    for i in 0..count {
        let was = given.weights.get(i);
        let one = |(k, chance): (usize, &mut Weight)| code_weight(coder, chance, was.map_or(0, |w| w[k]));
        weights.push(chances.iter_mut().enumerate().map(one).collect::<Result<Vec<_>>>()?);
    }
    Ok(Correction { shift, groups, weights })
}

#[cfg(feature = "encode")]
impl Correction {
    /// The bits of it.
    pub(super) fn bits(&self, pairs: usize) -> f64 {
        let mut counter = crate::codec::entropy::bits::BitCounter::default();
        match code_correction(&mut counter, Some(self.clone()), 2 * pairs) {
            Ok(_) => counter.cost as f64 / 65536.0,
            Err(_) => f64::INFINITY,
        }
    }
}

/// Whether it is 0; its sign; ones up to a zero, from the twelfth on Elias gamma of what is left.
fn code_weight(coder: &mut impl BitCoder, chance: &mut Weight, w: i32) -> Result<i32> {
    if !coder.bit(&mut chance.zero, w != 0) {
        return Ok(0);
    }
    let is_negative = coder.plain(u32::from(w < 0), 1) == 1;
    let (mut size, most) = (1u32, chance.more.len() as u32);
    while size <= most && coder.bit(&mut chance.more[size as usize - 1], w.unsigned_abs() > size) {
        size += 1;
    }
    if size > most {
        let left = w.unsigned_abs().saturating_sub(most).max(1);
        let wanted = left.ilog2();
        let mut length = 0;
        while length < 11 && coder.plain(u32::from(length < wanted), 1) == 1 {
            length += 1;
        }
        let low = coder.plain(left & ((1 << length) - 1), length);
        size = most + (1 << length | low);
    }
    match size <= MOST {
        true if is_negative => Ok(-(size as i32)),
        true => Ok(size as i32),
        false => Err(Error::new("stream.invalid", "a weight of a filter")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back() {
        let weights = |n: usize, k: i32| (0..n as i32).map(|i| (i * 7 - 40) * k % 900).collect::<Vec<_>>();
        let mut groups = [2; CLASSES];
        groups[3] = 0;
        groups[7] = 1;
        let correction = Correction { shift: 1, groups, weights: vec![weights(24, 1), weights(24, 30)] };
        for planes in [vec![None, None, None], vec![Some(None)], vec![Some(Some(correction)), None, Some(None)]] {
            let filter = Filter { planes };
            let bytes = filter.write();
            assert_eq!(Filter::read(&bytes, filter.planes.len()).unwrap(), filter);
        }
    }

    #[test]
    fn any_bytes_are_a_filter_or_refused() {
        let mut random = vaerans_kernels::testing::SplitMix64(3);
        for _ in 0..2000 {
            let bytes: Vec<u8> = (0..random.below(60)).map(|_| random.below(256) as u8).collect();
            drop(Filter::read(&bytes, 3));
        }
    }
}
