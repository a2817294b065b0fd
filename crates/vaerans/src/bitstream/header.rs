//! The header body: content, geometry, colour, metadata, streams.

use super::budget::Budget;
use super::format::{CONTENT_PICTURE, CONTENT_TENSOR, MAX_KEY, MAX_STREAMS, MAX_TILE, MIN_TILE};
use super::metadata::Metadata;
use super::step::{read_shape, read_type, write_shape};
use super::stream::Stream;
use super::tile::Grid;
use crate::arena::DType;
use crate::component::Kind;
use crate::error::{Error, Result};
use crate::rect::Rect;
use crate::wire::{Limits, Reader, Writer};

/// Channels of a picture; the numbers are those of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Colour {
    /// One channel.
    Grey = 0,
    /// Grey and straight alpha.
    GreyAlpha = 1,
    /// Red, green, blue.
    Rgb = 2,
    /// Red, green, blue and straight alpha.
    Rgba = 3,
}

impl Colour {
    /// The colour of a picture of `channels` channels.
    ///
    /// # Errors
    /// `param.shape` for anything but 1 to 4.
    pub fn of_channels(channels: usize) -> Result<Colour> {
        Ok(match channels {
            1 => Colour::Grey,
            2 => Colour::GreyAlpha,
            3 => Colour::Rgb,
            4 => Colour::Rgba,
            n => return Err(Error::new("param.shape", format!("{n} channels; 1 to 4 expected"))),
        })
    }

    /// Number of channels.
    pub fn channels(self) -> usize {
        self as usize + 1
    }
}

/// Size and samples of a picture.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Geometry {
    /// Width in pixels.
    pub width: usize,
    /// Height in pixels.
    pub height: usize,
    /// Channels.
    pub colour: Colour,
    /// Bits per sample: 8 or 16.
    pub depth: u8,
    /// Edge of a square tile in pixels; 0: one tile holds all.
    pub tile: usize,
}

impl Geometry {
    /// The tiles of the picture.
    pub fn grid(&self) -> Grid {
        Grid::new(self.width, self.height, self.tile)
    }

    /// Element type of its samples.
    pub fn dtype(&self) -> DType {
        if self.depth == 8 {
            DType::U8
        } else {
            DType::U16
        }
    }

    /// Bits per sample of pictures of this element type; none for types that no picture has.
    pub fn depth_of(dtype: DType) -> Option<u8> {
        match dtype {
            DType::U8 => Some(8),
            DType::U16 => Some(16),
            _ => None,
        }
    }

    /// Bytes of all its samples.
    pub fn bytes(&self) -> u64 {
        let sides = [self.height, self.colour.channels(), self.dtype().size()];
        sides.iter().fold(self.width as u64, |n, &side| n.saturating_mul(side as u64))
    }
}

/// What a file gives when every step is undone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// A picture.
    Picture(Geometry),
    /// One tensor (a latent, a plane stack, ...).
    Tensor {
        /// Its kind.
        kind: Kind,
        /// Its element type.
        dtype: DType,
        /// Its shape.
        shape: Vec<usize>,
    },
}

impl Content {
    /// Shape of tile `i`: (H, W, C) of a picture, the tensor's own otherwise.
    pub fn tile_shape(&self, i: usize) -> Vec<usize> {
        match self {
            Content::Picture(g) => {
                let Rect { width, height, .. } = g.grid().rect(i);
                vec![height, width, g.colour.channels()]
            }
            Content::Tensor { shape, .. } => shape.clone(),
        }
    }

    /// Of these tiles the first of each shape, with the shape: those inside, at the right, at the bottom, and the corner.
    pub fn shapes(&self, tiles: impl IntoIterator<Item = usize>) -> Vec<(usize, Vec<usize>)> {
        let mut found: Vec<(usize, Vec<usize>)> = Vec::new();
        for i in tiles {
            let shape = self.tile_shape(i);
            if found.iter().all(|(_, s)| *s != shape) {
                found.push((i, shape));
            }
            if found.len() == 4 {
                break;
            }
        }
        found
    }

    /// Number of tiles.
    pub fn tiles(&self) -> usize {
        match self {
            Content::Picture(g) => g.grid().len(),
            Content::Tensor { .. } => 1,
        }
    }

    /// Channels of the picture; 0 of a tensor.
    pub fn channels(&self) -> usize {
        match self {
            Content::Picture(g) => g.colour.channels(),
            Content::Tensor { .. } => 0,
        }
    }
}

/// Everything in front of an item's sections.
#[derive(Debug, Clone, PartialEq)]
pub struct Header {
    /// Name of the item; empty for a file of one picture.
    pub key: String,
    /// What the item gives.
    pub content: Content,
    /// What travels with it.
    pub metadata: Metadata,
    /// Its streams; the first one is the picture.
    pub streams: Vec<Stream>,
}

impl Header {
    /// Bytes of all sections: they stand one after another.
    pub(super) fn section_bytes(&self) -> u64 {
        let ends = self.streams.iter().filter_map(|s| s.sections.last());
        ends.map(|s| s.offset + s.len as u64).max().unwrap_or(0)
    }

    pub(super) fn write(&self, w: &mut Writer) {
        w.text(&self.key, MAX_KEY);
        match &self.content {
            Content::Picture(g) => {
                w.u8(CONTENT_PICTURE);
                w.varint(g.width as u64);
                w.varint(g.height as u64);
                w.u8(g.colour as u8);
                w.u8(g.depth);
                w.varint(g.tile as u64);
            }
            Content::Tensor { kind, dtype, shape } => {
                w.u8(CONTENT_TENSOR);
                w.u8(*kind as u8);
                w.u8(*dtype as u8);
                write_shape(w, shape);
            }
        }
        self.metadata.write(w);
        w.count(self.streams.len(), MAX_STREAMS, "streams");
        self.streams.iter().for_each(|s| s.write(w));
    }

    pub(super) fn read(r: &mut Reader, limits: &Limits) -> Result<Header> {
        let key = r.text(MAX_KEY)?.to_owned();
        let content = match r.u8()? {
            CONTENT_PICTURE => Content::Picture(read_geometry(r, limits)?),
            CONTENT_TENSOR => {
                let (kind, dtype) = read_type(r)?;
                Content::Tensor { kind, dtype, shape: read_shape(r, limits)? }
            }
            other => return Err(r.invalid(&format!("content {other}"))),
        };
        let mut budget = Budget::new(limits);
        let metadata = Metadata::read(r, &mut budget)?;
        let tiles = budget.items(content.tiles() as u64)?;
        let count = r.count(MAX_STREAMS, "streams")?;
        let mut at = 0;
        let streams = (0..count).map(|_| Stream::read(r, tiles, &mut at, &mut budget)).collect::<Result<_>>()?;
        if r.remaining() != 0 {
            return Err(r.invalid(&format!("{} bytes behind the last stream", r.remaining())));
        }
        Ok(Header { key, content, metadata, streams })
    }
}

fn read_geometry(r: &mut Reader, limits: &Limits) -> Result<Geometry> {
    let (width, height) = (r.varint()?, r.varint()?);
    limits.check_picture(width, height)?;
    if width == 0 || height == 0 {
        return Err(r.invalid(&format!("a picture of {width} x {height} pixels")));
    }
    let number = r.u8()?;
    let colour = Colour::of_channels(usize::from(number) + 1).map_err(|_| r.invalid(&format!("colour {number}")))?;
    let depth = r.u8()?;
    if depth != 8 && depth != 16 {
        return Err(r.invalid(&format!("{depth} bits per sample")));
    }
    let tile = r.count(MAX_TILE, "pixels a tile")?;
    if tile > 0 && (tile as u64) < MIN_TILE {
        return Err(r.invalid(&format!("{tile} pixels a tile, at least {MIN_TILE} possible")));
    }
    Ok(Geometry { width: width as usize, height: height as usize, colour, depth, tile })
}
