//! What of a picture does not depend on its quality: colour, coefficients, how busy its blocks are.

use super::{planes_of, unit};
use crate::arena::zeros;
use crate::codec::photo::activity::Luma;
use crate::codec::photo::colour::Colour;
use crate::codec::photo::geometry::Pyramid;
use crate::codec::photo::transform::{Kind, Planes};
use crate::codec::tile::{ImageView, Samples};
use crate::error::Result;
use vaerans_kernels::adapt::Plane;
use vaerans_kernels::Kernels;

/// A picture's coefficients.
pub struct Analysis<'a> {
    /// The picture.
    pub image: ImageView<'a>,
    /// Its colour transform.
    pub colour: Colour,
    /// Packed pyramids.
    pub planes: Planes,
    /// How busy it is.
    pub luma: Luma,
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

impl<'a> Analysis<'a> {
    /// Of a picture; `is_reversible`: in integers.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn new(kernels: Kernels, image: &ImageView<'a>, is_reversible: bool, threads: usize) -> Result<Analysis<'a>> {
        let kind = if is_reversible { Kind::Reversible } else { Kind::Lossy };
        let colour = if is_reversible { Colour::DEFAULT } else { colour(kernels, image) };
        let planes = samples(kernels, image, kind, &colour)?.forward(kernels, kind, threads)?;
        Ok(Analysis { image: *image, colour, planes, luma: luma(kernels, image)? })
    }

    /// Its planes before they were transformed, in eighths of samples; of a picture that is not reversible.
    ///
    /// # Errors
    /// `limit.memory`.
    pub fn eighths(&self, kernels: Kernels) -> Result<Vec<Plane>> {
        let ImageView { width, height, channels, .. } = self.image;
        let mut all: Vec<Plane> = (0..planes_of(channels)).map(|_| Plane::new(width, height)).collect();
        for begin in (0..height).step_by(STRIP) {
            let rows = samples(kernels, &strip(&self.image, begin), Kind::Lossy, &self.colour)?;
            for (from, to) in rows.values.iter().zip(&mut all) {
                let from = from.chunks_exact(width).zip(begin..);
                from.for_each(|(row, y)| kernels.adapt_eighths(row, to.row_mut(y)));
            }
        }
        all.iter_mut().for_each(Plane::mirror);
        Ok(all)
    }
}

/// Rows that are held as floats at a time.
const STRIP: usize = 64;

/// Rows of a picture, from one on.
fn strip<'a>(image: &ImageView<'a>, begin: usize) -> ImageView<'a> {
    let height = STRIP.min(image.height - begin);
    let row = image.width * image.channels;
    let part = begin * row..(begin + height) * row;
    let samples = match image.samples {
        Samples::U8(s) => Samples::U8(&s[part]),
        Samples::U16(s) => Samples::U16(&s[part]),
    };
    ImageView { height, samples, ..*image }
}

fn samples(kernels: Kernels, image: &ImageView, kind: Kind, colour: &Colour) -> Result<Planes> {
    let pyramid = Pyramid::new(image.width, image.height);
    let mut planes = Planes::new(pyramid, planes_of(image.channels))?;
    match image.samples {
        Samples::U8(s) => planes.fill(kernels, s, image.channels, kind, colour, unit(8))?,
        Samples::U16(s) => planes.fill(kernels, s, image.channels, kind, colour, unit(16))?,
    }
    Ok(planes)
}
