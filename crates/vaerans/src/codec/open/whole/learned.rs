//! A picture of a learned codec in layers.

use super::Whole;
use crate::codec::coded::blame_file;
use crate::codec::network::layered::Step;
use crate::codec::scratch::{with_arena, SPARE};
use crate::codec::tile::{Image, SampleBuf};
use crate::error::Result;
use crate::rect::Rect;

impl Whole<'_> {
    /// The samples of a window.
    pub(super) fn learned(&self, window: Rect, image: &mut Image) -> Result<()> {
        let geometry = self.decoder.geometry;
        let step = Step::of(&self.decoder.opened.item.header.streams[0].steps[0].params).map_err(blame_file)?;
        let picture = [geometry.height, geometry.width, geometry.colour.channels()];
        with_arena(SPARE as usize, |arena| {
            let ctx = self.decoder.opened.ctx(self.kernels, arena, self.threads);
            let needed = step.needed(&ctx, &picture, window).map_err(blame_file)?;
            let codec = step.codec(&ctx).map_err(blame_file)?;
            let integers = self.integers(needed, &codec)?;
            let planes = integers.planes();
            match &mut image.samples {
                SampleBuf::U8(out) => step.render(&ctx, &planes, &picture, window, out),
                SampleBuf::U16(out) => step.render(&ctx, &planes, &picture, window, out),
            }
            .map_err(blame_file)
        })
    }
}
