//! A picture whose first step works on all of it: tiles hold parts of what that step makes. They are decoded and put together, then the
//! step is undone for the part of the picture that is wanted; what refines the picture is added tile by tile.

#[cfg(all(feature = "network", feature = "predict"))]
mod integers;
#[cfg(all(feature = "network", feature = "predict"))]
mod learned;
mod photo;
mod refine;

use super::picture::Decoder;
use super::place::blank;
use super::{reduce, DecodeOptions};
use crate::bitstream::Geometry;
use crate::codec::tile::Image;
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use vaerans_kernels::Kernels;

/// The picture of such a file.
pub(super) fn decode(decoder: &Decoder, kernels: Kernels, options: &DecodeOptions) -> Result<Image> {
    let threads = pool::resolve(options.threads)?;
    let is_refined = decoder.streams.len() > 1;
    let channels = match decoder.geometry.colour.channels() {
        3 if options.rgba && !is_refined => 4,
        own => own,
    };
    let whole = Whole { decoder, kernels, threads, channels };
    // Tiles that refine the picture want the whole of what they refine.
    let wanted = decoder.window.tiles();
    let inner = decoder.window.inner();
    let window = match is_refined {
        false => inner,
        true => wanted.iter().map(|&t| decoder.geometry.grid().rect(t)).fold(inner, |all, t| all.with(&t)),
    };
    let mut image = whole.render(window)?;
    if is_refined {
        image = whole.refine(&wanted, &image, window)?;
    }
    let mut image = reduce::average(image, decoder.window.averages);
    image.metadata = decoder.opened.item.header.metadata.clone();
    Ok(image)
}

struct Whole<'a> {
    decoder: &'a Decoder<'a>,
    kernels: Kernels,
    threads: usize,
    /// Of a photo: with alpha where RGBA is wanted, which then costs nothing.
    channels: usize,
}

impl Whole<'_> {
    /// The samples of a window, before they are refined.
    fn render(&self, window: Rect) -> Result<Image> {
        let inner = Geometry { width: window.width, height: window.height, ..self.decoder.geometry };
        if self.decoder.opened.is_photo() {
            return self.photo(window, &inner);
        }
        #[allow(unused_mut)] // a build without networks knows no other such step
        let mut image = blank(&inner)?;
        #[cfg(all(feature = "network", feature = "predict"))]
        self.learned(window, &mut image)?;
        Ok(image)
    }
}
