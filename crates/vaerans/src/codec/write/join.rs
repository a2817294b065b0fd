//! The file of a picture from the files of its parts.

use super::picture::edge_in_header;
use super::Whole;
use crate::bitstream::{self, Colour, Content, Geometry, Item, Metadata, NewItem, NewStream};
use crate::codec::profile::photo;
use crate::component::Params;
use crate::error::{Dims, Error, Result};
use crate::wire::{Limits, Slice};

/// Makes the file that [`super::compress`] makes of a whole picture out of those that [`super::compress_part`] made of its
/// rows of tiles.
pub struct Joiner {
    geometry: Geometry,
    metadata: Metadata,
    tiles: usize,
    streams: Vec<NewStream<Vec<u8>>>,
}

impl Joiner {
    /// For a picture of 8 or 16 bits, and the options that its parts were given.
    ///
    /// # Errors
    /// `param.shape` for a number of channels no picture has, `param.*`.
    pub fn new(whole: Whole, depth: u8, options: &Params, metadata: Metadata) -> Result<Joiner> {
        let Whole { width, height, channels } = whole;
        let tile = photo::PROFILE.complete(options)?.int("tile") as usize;
        let tile = edge_in_header(tile, width, height);
        let colour = Colour::of_channels(channels)?;
        let geometry = Geometry { width, height, colour, depth, tile };
        let metadata = metadata.settled(channels)?;
        Ok(Joiner { geometry, metadata, tiles: 0, streams: Vec::new() })
    }

    /// Takes the next part, from the top.
    ///
    /// # Errors
    /// `stream.*`; `param.shape` for a part whose tiles are not the next ones of the picture.
    pub fn add(&mut self, part: &[u8], limits: &Limits) -> Result<()> {
        let source = Slice(part);
        let item = Item::first(&source, limits)?;
        for i in 0..item.header.content.tiles() {
            let shape = item.header.content.tile_shape(i);
            let is_next = self.tiles < self.geometry.grid().len() && shape == self.tile_shape(self.tiles);
            if !is_next {
                let text = format!("a tile of {} is not tile {} of the picture", Dims(&shape), self.tiles);
                return Err(Error::new("param.shape", text));
            }
            self.add_tile(&item, i, &shape)?;
        }
        Ok(())
    }

    fn add_tile(&mut self, item: &Item, i: usize, shape: &[usize]) -> Result<()> {
        if self.streams.is_empty() {
            let new = |s: &bitstream::Stream| NewStream {
                role: s.role,
                key: s.key.clone(),
                lineages: Vec::new(),
                tiles: Vec::new(),
            };
            self.streams = item.header.streams.iter().map(new).collect();
        }
        if self.streams.len() != item.header.streams.len() {
            return Err(Error::new("param.shape", "a part with another number of streams"));
        }
        for (number, (to, from)) in self.streams.iter_mut().zip(&item.header.streams).enumerate() {
            to.tiles.push(item.tile_bytes(number, i)?);
            to.lineages.push(from.lineage(i, shape)?);
        }
        self.tiles += 1;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// `param.shape` where parts are missing.
    pub fn finish(self) -> Result<Vec<u8>> {
        let expected = self.geometry.grid().len();
        if self.tiles != expected {
            return Err(Error::new("param.shape", format!("{} tiles of {expected}", self.tiles)));
        }
        let (content, metadata) = (Content::Picture(self.geometry), self.metadata);
        bitstream::to_vec(&NewItem { content, metadata, streams: self.streams })
    }

    fn tile_shape(&self, i: usize) -> Vec<usize> {
        Content::Picture(self.geometry).tile_shape(i)
    }
}
