//! The integers of a picture.

use super::work::Planes;
use crate::arena::zeros;
use crate::error::Result;

/// The integers of a whole picture, (C, h, w).
pub(in crate::codec) struct Integers {
    pub shape: [usize; 3],
    pub values: Vec<i16>,
    /// Layers of which nothing is known.
    pub missing: usize,
}

impl Integers {
    /// All 0, of nothing missing.
    ///
    /// # Errors
    /// `limit.memory` where there is not so much.
    pub fn zeros(shape: [usize; 3]) -> Result<Integers> {
        Ok(Integers { shape, values: zeros(shape.iter().product())?, missing: 0 })
    }

    /// As a synthesis takes them.
    pub fn planes(&self) -> Planes<'_> {
        Planes { shape: &self.shape, values: &self.values, missing: self.missing }
    }
}
