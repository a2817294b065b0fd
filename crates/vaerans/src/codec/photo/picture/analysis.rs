//! What of a picture does not depend on its quality: colour, coefficients, how busy its blocks are.

use super::{planes_of, unit};
use crate::arena::zeros;
use crate::codec::photo::activity::Luma;
use crate::codec::photo::colour::Colour;
use crate::codec::photo::geometry::Pyramid;
use crate::codec::photo::transform::{Kind, Planes};
use crate::codec::tile::{ImageView, Samples};
use crate::error::Result;
use vaerans_kernels::Kernels;

/// A picture's coefficients.
pub struct Analysis {
    /// Its colour transform.
    pub colour: Colour,
    /// Packed pyramids.
    pub planes: Planes,
    /// How busy it is.
    pub luma: Luma,
    /// Bits of its samples.
    pub depth: u8,
}

fn luma(kernels: Kernels, image: &ImageView) -> Result<Luma> {
    let mut values = zeros(image.width * image.height)?;
    match image.samples {
        Samples::U8(s) => kernels.photo_luma(s, image.channels, &mut values),
        Samples::U16(s) => kernels.photo_luma(s, image.channels, &mut values),
    }
    Ok(Luma { width: image.width, values })
}

fn colour(kernels: Kernels, image: &ImageView) -> Colour {
    if image.channels < 3 {
        return Colour::DEFAULT;
    }
    Colour::of(&match image.samples {
        Samples::U8(s) => kernels.photo_covariance(s, image.width, image.channels),
        Samples::U16(s) => kernels.photo_covariance(s, image.width, image.channels),
    })
}

impl Analysis {
    /// Of a picture; `is_reversible`: in integers.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn new(kernels: Kernels, image: &ImageView, is_reversible: bool, threads: usize) -> Result<Analysis> {
        let pyramid = Pyramid::new(image.width, image.height);
        let kind = if is_reversible { Kind::Reversible } else { Kind::Lossy };
        let colour = if is_reversible { Colour::DEFAULT } else { colour(kernels, image) };
        let mut planes = Planes::new(pyramid, planes_of(image.channels))?;
        match image.samples {
            Samples::U8(s) => planes.fill(kernels, s, image.channels, kind, &colour, unit(8))?,
            Samples::U16(s) => planes.fill(kernels, s, image.channels, kind, &colour, unit(16))?,
        }
        let planes = planes.forward(kernels, kind, threads)?;
        Ok(Analysis { colour, planes, luma: luma(kernels, image)?, depth: if let Samples::U8(_) = image.samples { 8 } else { 16 } })
    }
}
