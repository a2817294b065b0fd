//! A tile's indices to the words of its sections, encoded from the last to the first.

use super::encode::Coded;
use super::{Level, TileEncoder};
use crate::codec::entropy::bits::BitEncoder;
use crate::codec::photo::geometry::Orientation;
use crate::codec::photo::low;
use crate::error::Result;
use crate::wire::Writer;
use vaerans_kernels::photo::{LANES, WORDS};

/// States of a tile's lanes.
type States = [u32; LANES];

impl TileEncoder<'_> {
    /// The tile's sections.
    ///
    /// # Errors
    /// `internal.bug`.
    pub fn sections(&self) -> Result<Vec<Vec<u8>>> {
        let mut states: States = [1 << 16; LANES];
        let mut buffer = Vec::new();
        let finest_first = self.levels.iter().rev();
        let mut words: Vec<Vec<u16>> =
            finest_first.map(|(level, coded)| self.words_of(level, coded, &mut states, &mut buffer)).collect();
        words.reverse();
        let low = self.words_of_low(&mut states);
        let mut sections = vec![self.head(&states, &low)?];
        for (i, words) in words.iter().enumerate() {
            let bytes = words.iter().flat_map(|w| w.to_le_bytes());
            match i {
                0 => sections[0].extend(bytes),
                _ => sections.push(bytes.collect()),
            }
        }
        Ok(sections)
    }

    /// Words of a level, as they are read.
    fn words_of(&self, level: &Level, coded: &[Vec<Coded>], states: &mut States, buffer: &mut Vec<u16>) -> Vec<u16> {
        let mut of_bands: Vec<Vec<u16>> = Vec::new();
        for (plane, of_plane) in coded.iter().enumerate().rev() {
            for (o, coded) in Orientation::ALL.into_iter().zip(of_plane).rev() {
                if level.band(plane, o).is_empty() {
                    continue;
                }
                let band = level.band(plane, o).band;
                let room = WORDS * band.width * band.height;
                if buffer.len() < room {
                    buffer.resize(room, 0);
                }
                let model = self.model_of(plane, o, level.level);
                let Coded { indices, rows, values } = coded;
                let (k, to) = (self.kernels, &mut buffer[..room]);
                let n = k.photo_encode(&band, &model, rows, indices, values, states, to);
                of_bands.push(buffer[room - n..room].to_vec());
            }
        }
        of_bands.reverse();
        of_bands.concat()
    }

    /// Words of the low bands, as they are read.
    fn words_of_low(&self, states: &mut States) -> Vec<u16> {
        let mut words = Vec::new();
        let width = self.tile.pyramid.low_part(&self.tile.rect).width;
        for q in self.low.iter().rev() {
            let symbols = low::symbols(q, width);
            states[0] = low::encode(self.model, &symbols, states[0], &mut |w| words.push(w));
        }
        words.reverse();
        words
    }

    /// What the first section begins with: the map of steps, states, words of the low bands.
    fn head(&self, states: &States, low: &[u16]) -> Result<Vec<u8>> {
        let mut first = Writer::new();
        if let Some(map) = &self.map {
            let mut coder = BitEncoder::default();
            map.encode(&mut coder)?;
            let bytes = coder.finish();
            first.varint(bytes.len() as u64);
            first.bytes(&bytes);
        }
        states[..self.tile.lanes()].iter().for_each(|&x| first.u32(x));
        low.iter().for_each(|&w| first.u16(w));
        first.finish()
    }
}
