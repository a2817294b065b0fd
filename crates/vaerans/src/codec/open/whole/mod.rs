//! A picture whose first step works on all of it: tiles hold parts of what that step makes. They are decoded and put together, then the
//! step is undone for the part of the picture that is wanted; what refines the picture is added tile by tile.

mod integers;
mod refine;

use super::picture::Decoder;
use super::place::blank;
use super::{reduce, DecodeOptions};
use crate::bitstream::Geometry;
use crate::codec::coded::blame_file;
use crate::codec::network::layered::Step;
use crate::codec::scratch::{with_arena, SPARE};
use crate::codec::tile::{Image, SampleBuf};
use crate::error::Result;
use crate::pool;
use crate::rect::Rect;
use vaerans_kernels::Kernels;

/// The picture of such a file.
pub(super) fn decode(decoder: &Decoder, kernels: Kernels, options: &DecodeOptions) -> Result<Image> {
    let threads = pool::resolve(options.threads)?;
    let whole = Whole {
        decoder,
        kernels,
        threads,
        step: Step::of(&decoder.opened.item.header.streams[0].steps[0].params).map_err(blame_file)?,
    };
    // Tiles that refine the picture want the whole of what they refine.
    let wanted = decoder.window.tiles();
    let is_refined = decoder.streams.len() > 1;
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
    /// The step that works on all of the picture, and how its results are laid out.
    step: Step,
}

impl Whole<'_> {
    /// The samples of a window, before they are refined.
    fn render(&self, window: Rect) -> Result<Image> {
        let geometry = self.decoder.geometry;
        let inner = Geometry { width: window.width, height: window.height, ..geometry };
        let picture = [geometry.height, geometry.width, geometry.colour.channels()];
        let mut image = blank(&inner)?;
        with_arena(SPARE as usize, |arena| {
            let ctx = self.decoder.opened.ctx(self.kernels, arena, self.threads);
            let needed = self.step.needed(&ctx, &picture, window).map_err(blame_file)?;
            let codec = self.step.codec(&ctx).map_err(blame_file)?;
            let integers = self.integers(needed, &codec)?;
            let planes = integers.planes();
            match &mut image.samples {
                SampleBuf::U8(out) => self.step.render(&ctx, &planes, &picture, window, out),
                SampleBuf::U16(out) => self.step.render(&ctx, &planes, &picture, window, out),
            }
            .map_err(blame_file)
        })?;
        Ok(image)
    }
}
