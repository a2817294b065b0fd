//! The head of the first slice: what holds for a whole tile.

use super::bits::BitReader;
#[cfg(feature = "encode")]
use super::bits::{length, BitWriter};
use super::model::Model;
use super::{Shape, MOST_ERROR};
use crate::error::Result;
use crate::wire::Reader;
#[cfg(feature = "encode")]
use crate::wire::Writer;
use vaerans_kernels::lossless::CLASSES;

/// Largest magnitude of a coefficient, Q8.
pub const MOST_COEFFICIENT: i32 = 4095;
const CONSTANT: u8 = 0;
const USUAL: u8 = 1;
const FITTED: u8 = 2;

/// What is said of a plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlaneHead {
    /// All samples are `start`, and nothing is coded.
    pub is_constant: bool,
    /// What stands above and to the left of the first sample.
    pub start: i32,
    /// For each class the coefficients, where they are not those of the model.
    pub fitted: [Option<Vec<i32>>; CLASSES],
}

/// What is said of a tile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// Bound on the error.
    pub max_error: u32,
    /// Tables adapt by 2^-rate.
    pub rate: u32,
    /// Limits of activity are multiplied by 2^scale.
    pub scale: u32,
    /// Planes in the order of coding.
    pub planes: Vec<PlaneHead>,
}

impl Head {
    pub fn read(r: &mut Reader, shape: Shape, most: i32) -> Result<Head> {
        let first = r.u8()?;
        let (rate, scale) = (u32::from(first & 15), u32::from(first >> 4));
        if rate == 0 || scale > 8 {
            return Err(r.invalid("a rate of 0, or a scale above 8"));
        }
        let max_error = r.count(MOST_ERROR.into(), "bound on the error")? as u32;
        let plane = |i: usize| PlaneHead::read(r, shape.kind(i), most);
        let planes = (0..shape.channels).map(plane).collect::<Result<Vec<_>>>()?;
        Ok(Head { max_error, rate, scale, planes })
    }

    #[cfg(feature = "encode")]
    pub fn write(&self, shape: Shape, w: &mut Writer) {
        w.u8((self.rate | self.scale << 4) as u8);
        w.varint(self.max_error.into());
        for (i, plane) in self.planes.iter().enumerate() {
            plane.write(shape.kind(i), w);
        }
    }
}

impl PlaneHead {
    fn read(r: &mut Reader, kind: usize, most: i32) -> Result<PlaneHead> {
        let mode = r.u8()?;
        let start = r.signed()?;
        let most = i64::from(most);
        if mode > FITTED || start > most || start < if kind > 0 { -most } else { 0 } {
            return Err(r.invalid("an unknown mode, or a first sample out of range"));
        }
        let mut head =
            PlaneHead { is_constant: mode == CONSTANT, start: start as i32, fitted: std::array::from_fn(|_| None) };
        if mode == FITTED {
            head.read_fitted(r, kind)?;
        }
        Ok(head)
    }

    fn read_fitted(&mut self, r: &mut Reader, kind: usize) -> Result<()> {
        let mut bits = BitReader::new(r);
        let low = bits.bits(3)?;
        let mut is_inside = true;
        for (class, fitted) in self.fitted.iter_mut().enumerate() {
            if bits.bit()? {
                let usual = Model::shipped().usual(kind, class);
                let all = usual.iter().map(|u| Ok(u + bits.signed(low)?)).collect::<Result<Vec<_>>>()?;
                is_inside &= all.iter().all(|c| c.abs() <= MOST_COEFFICIENT);
                *fitted = Some(all);
            }
        }
        match is_inside {
            true => Ok(()),
            false => Err(r.invalid("a coefficient out of range")),
        }
    }

    #[cfg(feature = "encode")]
    fn write(&self, kind: usize, w: &mut Writer) {
        let is_fitted = self.fitted.iter().any(Option::is_some);
        let mode = match (self.is_constant, is_fitted) {
            (true, _) => CONSTANT,
            (_, false) => USUAL,
            _ => FITTED,
        };
        w.u8(mode);
        w.signed(self.start.into());
        if mode != FITTED {
            return;
        }
        let differences = |class: usize, all: &[i32]| -> Vec<i32> {
            all.iter().zip(Model::shipped().usual(kind, class)).map(|(c, u)| c - u).collect()
        };
        let classes: Vec<Option<Vec<i32>>> =
            self.fitted.iter().enumerate().map(|(i, f)| f.as_ref().map(|all| differences(i, all))).collect();
        let cost = |low: &u32| -> u32 { classes.iter().flatten().flatten().map(|&d| length(d, *low)).sum() };
        let low = (0..8).min_by_key(cost).unwrap_or(0);
        let mut bits = BitWriter::default();
        bits.bits(low, 3);
        for class in &classes {
            bits.bit(class.is_some());
            class.iter().flatten().for_each(|&d| bits.signed(d, low));
        }
        w.bytes(&bits.into_bytes());
    }
}
