//! Tiles in their places of the picture.

use crate::arena::{Element, TensorRef};
use crate::bitstream::{Geometry, Metadata};
use crate::codec::tile::{Image, SampleBuf};
use crate::error::Result;
use crate::rect::Rect;

/// The part of a tile that lies in the window, and where it goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// In the pixels of the tile.
    pub from: Rect,
    /// Column and row in the result.
    pub to: (usize, usize),
}

/// A picture of zeros. Whoever asks has held its size against the limits.
pub(in crate::codec) fn blank(g: &Geometry) -> Result<Image> {
    let channels = g.colour.channels();
    let n = g.width.saturating_mul(g.height).saturating_mul(channels);
    let samples = SampleBuf::zeros(g.dtype(), n)?;
    Ok(Image { width: g.width, height: g.height, channels, samples, metadata: Metadata::default() })
}

impl Place {
    /// Copies the part of a tile to its place.
    pub(super) fn copy(self, tile: &TensorRef, image: &mut Image) -> Result<()> {
        let (width, channels) = (image.width, image.channels);
        match &mut image.samples {
            SampleBuf::U8(s) => self.copy_rows(tile, width, channels, s),
            SampleBuf::U16(s) => self.copy_rows(tile, width, channels, s),
        }
    }

    fn copy_rows<T: Element>(self, tile: &TensorRef, width: usize, channels: usize, out: &mut [T]) -> Result<()> {
        let Place { from, to: (x, y) } = self;
        let row = tile.shape()[1] * channels;
        let (tile, n) = (tile.read::<T>()?, from.width * channels);
        for i in 0..from.height {
            let (at, to) = ((from.y + i) * row + from.x * channels, ((y + i) * width + x) * channels);
            out[to..to + n].copy_from_slice(&tile[at..at + n]);
        }
        Ok(())
    }
}
