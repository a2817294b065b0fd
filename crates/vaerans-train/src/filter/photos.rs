//! Photos as a decoder has them before the filter, and as they are.

use crate::ppm::Picture;
use std::borrow::Cow;
use vaerans::bitstream::Grid;
use vaerans::codec::photo::filter::{synthesis, Bank, Eighths};
use vaerans::codec::photo::picture::{Analysis, Effort, Request, Tune};
use vaerans::codec::tile::{ImageView, Samples};
use vaerans::kernels::adapt::Plane;
use vaerans::kernels::Kernels;
use vaerans::pool;

/// A photo.
pub struct Photo {
    /// What a decoder has.
    pub made: Eighths,
    /// What it should have.
    pub wanted: Vec<Plane>,
    /// Bytes of its tiles.
    pub bytes: usize,
}

fn coded_one(picture: &Picture, number: u16, tune: Tune) -> vaerans::error::Result<Photo> {
    let kernels = Kernels::active();
    let (width, height) = (picture.width, picture.height);
    let image = ImageView { width, height, channels: 3, samples: Samples::U8(&picture.rgb) };
    let analysis = Analysis::new(kernels, &image, false, 1)?;
    let request = Request { step: number, tune, effort: Effort(5), thrift: 0 };
    let coded = analysis.code(kernels, &Grid::new(width, height, 0), &request, 1)?;
    let bytes = coded.bytes();
    let made = coded.made.expect("a lossy picture");
    let planes = synthesis(kernels, Cow::Borrowed(&made.planes), 1)?;
    Ok(Photo {
        made: Eighths::new(kernels, planes, made.steps, &Bank::at(number), number, 1)?,
        wanted: analysis.eighths(kernels)?,
        bytes,
    })
}

/// Photos coded at a step, in turns with each tune but that for MS-SSIM.
pub fn coded(pictures: &[Picture], number: u16) -> Vec<Photo> {
    coded_with(pictures, number, |i| if i % 3 == 2 { Tune::Psnr } else { Tune::Balanced })
}

/// The same, with a tune of each photo.
pub fn coded_with(pictures: &[Picture], number: u16, tune: impl Fn(usize) -> Tune + Sync) -> Vec<Photo> {
    pool::map(2, pictures.len(), |i| coded_one(&pictures[i], number, tune(i))).expect("photos")
}
