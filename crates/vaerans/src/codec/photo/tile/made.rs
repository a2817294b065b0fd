//! What a decoder will have of a tile.

use super::{Plane, TileEncoder};
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::steps::of_band;
use crate::codec::photo::transform::Planes;
use vaerans_kernels::photo::Part;

impl TileEncoder<'_> {
    /// The coefficients that a decoder will have, in place of those that were coded.
    pub fn put(&self, made: &mut Planes) {
        let (stride, planes) = (made.pyramid.width, &mut made.values);
        let pyramid = self.tile.pyramid;
        let part = pyramid.low_part(&self.tile.rect);
        let step = self.params.low_step(pyramid.levels);
        for (plane, q) in self.low.iter().enumerate() {
            for (y, row) in q.chunks_exact(part.width).enumerate() {
                let at = (part.y + y) * stride + part.x;
                planes[plane][at..at + part.width].iter_mut().zip(row).for_each(|(to, &q)| *to = q as f32 * step);
            }
        }
        let mut factors = Vec::new();
        for (level, coded) in &self.levels {
            for (plane, of_plane) in coded.iter().enumerate() {
                for (o, coded) in Orientation::ALL.into_iter().zip(of_plane) {
                    let Plane { rect, band, .. } = *level.band(plane, o);
                    let (cx, cy) = pyramid.corner(level.level, o);
                    let half = self.params.half_step(plane, level.level, o);
                    let steps = of_band(self.map.as_ref(), level.level, half);
                    let whole = Part { x: 0, y: 0, width: rect.width, height: rect.height };
                    let at = (cy + rect.y) * stride + cx + rect.x;
                    let to = planes[plane].get_mut(at..).unwrap_or_default();
                    self.kernels.photo_place(&band, &steps, &whole, &coded.values, to, stride, &mut factors);
                }
            }
        }
    }
}
