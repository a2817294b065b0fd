//! A picture of the photo coder.

use super::Whole;
use crate::bitstream::{Geometry, Metadata, Side};
use crate::codec::open::picture::Decoder;
use crate::codec::photo::geometry::Pyramid;
use crate::codec::photo::params::Params;
use crate::codec::photo::picture::{planes_of, render, Source};
use crate::codec::photo::transform::Kind as PhotoKind;
use crate::codec::photo::MAX_LEVELS;
use crate::codec::tile::Image;
use crate::error::{Error, Result};
use crate::rect::Rect;

/// Bytes that a pixel takes while it is decoded: coefficients, samples, and what of a tile stands beside them, for three planes.
const BYTES: u64 = 36;

impl Source for Decoder<'_> {
    fn sections(&self, tile: usize, most: usize) -> Result<Vec<Vec<u8>>> {
        let item = &self.opened.item;
        let sizes = item.level_bytes(0, tile, most.min(self.levels));
        let mut bytes = vec![0; sizes.iter().sum()];
        item.read_levels(0, tile, &sizes, &mut bytes)?;
        let mut rest = &bytes[..];
        let one = |&n: &usize| {
            let (this, behind) = rest.split_at(n);
            rest = behind;
            this.to_vec()
        };
        Ok(sizes.iter().map(one).collect())
    }
}

impl Whole<'_> {
    /// The samples of a window of the picture at its scale.
    pub(super) fn photo(&self, window: Rect, inner: &Geometry) -> Result<Image> {
        let (decoder, geometry) = (self.decoder, self.decoder.geometry);
        let elements = window.len().saturating_mul(planes_of(geometry.colour.channels()));
        decoder.opened.limits.check_elements(elements as u64, "coefficients of a photo")?;
        decoder.opened.check_memory((window.width as u64 * window.height as u64).saturating_mul(BYTES))?;
        let stream = &decoder.opened.item.header.streams[0];
        let pyramid = Pyramid::new(geometry.width, geometry.height);
        let grid = geometry.grid();
        // Whole coefficients of every level, and whole blocks of every size.
        let is_cut = grid.len() > 1 && grid.edge() % (1 << MAX_LEVELS) > 0;
        if stream.steps.len() > 1 || stream.levels != pyramid.levels.max(1) || is_cut {
            return Err(Error::new("stream.invalid", "other steps, levels or tiles than a photo has"));
        }
        let step = &stream.steps[0];
        let Side::Shared(side) = &step.side else {
            return Err(Error::new("stream.invalid", "a photo without its parameters"));
        };
        let params = Params::of_step(step.params.flag("lossy"), side, planes_of(geometry.colour.channels()))?;
        if params.is_reversible && !PhotoKind::HAS_REVERSIBLE {
            return Err(Error::new(
                "unavailable.feature",
                "lossless photos of several sizes are left out of this build",
            ));
        }
        let reduce = decoder.window.splits as usize;
        let Geometry { width, height, .. } = *inner;
        let channels = self.channels;
        let samples = render(self.kernels, &geometry, &params, reduce, window, decoder, self.threads, channels)?;
        Ok(Image { width, height, channels, samples, metadata: Metadata::default() })
    }
}
