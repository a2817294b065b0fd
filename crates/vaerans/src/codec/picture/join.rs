//! The file of a picture from the files of its parts.

use super::encode::{edge_in_header, level_major};
use super::Whole;
use crate::bitstream::{self, Colour, Content, File, Geometry, Metadata};
use crate::codec::profile;
use crate::component::Lineage;
use crate::error::{Dims, Error, Result};
use crate::wire::Limits;

/// Makes the file that [`super::compress`] makes of a whole picture out of those that [`super::compress_part`] made of its
/// rows of tiles.
#[derive(Debug)]
pub struct Joiner {
    geometry: Geometry,
    metadata: Metadata,
    tiles: Vec<(Vec<Vec<u8>>, Lineage)>,
}

impl Joiner {
    /// For a picture of 8 or 16 bits in tiles of `tile` pixels (none: the profile's).
    ///
    /// # Errors
    /// `param.shape` for a number of channels no picture has.
    pub fn new(whole: Whole, depth: u8, tile: Option<usize>, metadata: Metadata) -> Result<Joiner> {
        let Whole { width, height, channels } = whole;
        let tile = edge_in_header(tile.unwrap_or(profile::TILE), width, height);
        let colour = Colour::of_channels(channels)?;
        Ok(Joiner { geometry: Geometry { width, height, colour, depth, tile }, metadata, tiles: Vec::new() })
    }

    /// Takes the next part, from the top.
    ///
    /// # Errors
    /// `stream.*`; `param.shape` for a part whose tiles are not the next ones of the picture.
    pub fn add(&mut self, part: &[u8], limits: &Limits) -> Result<()> {
        let file = File::parse(part, limits)?;
        let (tiles, levels) = (file.header.content.tiles(), file.header.streams.first().map_or(0, |s| s.levels));
        if file.header.streams.len() != 1 {
            return Err(Error::new("param.shape", "a part has one stream"));
        }
        for i in 0..tiles {
            let shape = file.header.content.tile_shape(i);
            if self.tiles.len() >= self.geometry.grid().len() || shape != self.tile_shape(self.tiles.len()) {
                let text = format!("a tile of {} is not tile {} of the picture", Dims(&shape), self.tiles.len());
                return Err(Error::new("param.shape", text));
            }
            let sections = (0..levels).map(|l| file.section(0, l, i).map(<[u8]>::to_vec)).collect::<Result<_>>()?;
            self.tiles.push((sections, file.header.streams[0].lineage(i, &shape)?));
        }
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// `param.shape` where parts are missing.
    pub fn finish(self) -> Result<Vec<u8>> {
        let expected = self.geometry.grid().len();
        if self.tiles.len() != expected {
            return Err(Error::new("param.shape", format!("{} tiles of {expected}", self.tiles.len())));
        }
        let stream = level_major("Bitstream", self.tiles);
        bitstream::write(Content::Picture(self.geometry), self.metadata, &[stream])
    }

    fn tile_shape(&self, i: usize) -> Vec<usize> {
        Content::Picture(self.geometry).tile_shape(i)
    }
}
