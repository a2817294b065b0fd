//! Where the strips or tiles of a TIFF file lie.

use super::header::Header;
use super::ifd::{Directory, Source};
use crate::decode::damaged;
use crate::{Format, Result};

/// Strips or tiles: rectangles of samples, of one plane or all.
pub(super) struct Chunks {
    pub is_tiled: bool,
    /// Pixels of a chunk; the last ones of a row or column of tiles reach beyond the picture.
    pub width: usize,
    pub height: usize,
    /// How many stand side by side, and how many one plane has.
    pub across: usize,
    pub per_plane: usize,
    pub offsets: Vec<u64>,
    pub lengths: Vec<u64>,
}

impl Chunks {
    pub(super) fn read(source: &Source, tags: &Directory, header: &Header) -> Result<Self> {
        let fail = |why: &str| damaged(Format::Tiff, why);
        let size = |tag| source.first(tags, tag).filter(|size| (1..1 << 32).contains(size)).map(|size| size as usize);
        let is_tiled = tags.fields.contains_key(&324);
        let (width, height) = match is_tiled {
            true => (size(322), size(323)),
            false => (Some(header.width), Some(size(278).unwrap_or(header.height).min(header.height))),
        };
        let (Some(width), Some(height)) = (width, height) else { return Err(fail("its tiles have no size")) };
        let across = header.width.div_ceil(width);
        let per_plane = across * header.height.div_ceil(height);
        let planes = if header.is_planar { header.samples } else { 1 };
        let count = per_plane.saturating_mul(planes);
        let all = |tag| tags.fields.get(&tag).and_then(|field| source.numbers(field, count));
        let offsets =
            all(if is_tiled { 324 } else { 273 }).ok_or_else(|| fail("it does not say where its samples are"))?;
        let mut chunks = Self { is_tiled, width, height, across, per_plane, offsets, lengths: Vec::new() };
        let lengths = all(if is_tiled { 325 } else { 279 });
        chunks.lengths = lengths.unwrap_or_else(|| chunks.plain_lengths(header));
        if chunks.offsets.len() < count || chunks.lengths.len() < count {
            return Err(fail("it has fewer strips or tiles than its size asks for"));
        }
        chunks.check(source.bytes.len(), header, count)?;
        Ok(chunks)
    }

    /// Bytes of the chunks where they are not compressed.
    fn plain_lengths(&self, header: &Header) -> Vec<u64> {
        let length = |i: usize| self.row_bytes(header).saturating_mul(self.rows(i, header)) as u64;
        (0..self.offsets.len()).map(length).collect()
    }

    fn row_bytes(&self, header: &Header) -> usize {
        let samples = if header.is_planar { 1 } else { header.samples };
        self.width.saturating_mul(samples * header.bits).div_ceil(8)
    }

    /// Rows that are stored of a chunk: the last strip ends with the picture.
    fn rows(&self, chunk: usize, header: &Header) -> usize {
        let above = chunk % self.per_plane.max(1) / self.across.max(1) * self.height;
        if self.is_tiled {
            self.height
        } else {
            self.height.min(header.height.saturating_sub(above))
        }
    }

    /// Each chunk must lie in the file; one that is not compressed must have all its samples there.
    fn check(&self, file: usize, header: &Header, count: usize) -> Result<()> {
        for i in 0..count {
            let end = self.offsets[i].checked_add(self.lengths[i]);
            let needed = self.row_bytes(header).saturating_mul(self.rows(i, header)) as u64;
            let short = header.compression == 1 && self.lengths[i] < needed;
            if end.is_none_or(|end| end > file as u64) || short {
                return Err(damaged(Format::Tiff, "it is cut short: strips or tiles end behind its last byte"));
            }
        }
        Ok(())
    }
}
