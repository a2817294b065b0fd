//! What of a picture does not depend on its quality: colour, coefficients, how busy its blocks are.

use super::{planes_of, unit};
use crate::codec::photo::activity::Luma;
use crate::codec::photo::colour::{covariance, Colour};
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

/// A sample of 8 bits.
fn eight(samples: Samples, i: usize) -> u16 {
    match samples {
        Samples::U8(s) => u16::from(s[i]),
        Samples::U16(s) => s[i] >> 8,
    }
}

fn luma(image: &ImageView) -> Luma {
    let (n, c) = (image.width * image.height, image.channels);
    let of = |i: usize| {
        let s = |k: usize| eight(image.samples, i * c + k);
        match c {
            1 | 2 => 4 * s(0),
            _ => s(0) + 2 * s(1) + s(2),
        }
    };
    Luma { width: image.width, values: (0..n).map(of).collect() }
}

fn colour(image: &ImageView) -> Colour {
    if image.channels < 3 {
        return Colour::DEFAULT;
    }
    Colour::of(&match image.samples {
        Samples::U8(s) => covariance(s, image.width, image.channels, i32::from),
        Samples::U16(s) => covariance(s, image.width, image.channels, |v| i32::from(v >> 8)),
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
        let colour = if is_reversible { Colour::DEFAULT } else { colour(image) };
        let mut planes = Planes::new(pyramid, planes_of(image.channels))?;
        match image.samples {
            Samples::U8(s) => planes.fill(kernels, s, image.channels, kind, &colour, unit(8))?,
            Samples::U16(s) => planes.fill(kernels, s, image.channels, kind, &colour, unit(16))?,
        }
        let planes = planes.forward(kernels, kind, threads)?;
        Ok(Analysis { colour, planes, luma: luma(image), depth: if let Samples::U8(_) = image.samples { 8 } else { 16 } })
    }
}
