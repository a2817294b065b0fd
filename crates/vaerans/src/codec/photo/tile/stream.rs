//! The words of a tile as a decoder takes them.

use super::Tile;
use crate::error::{Error, Result};
use crate::wire::Reader;
use vaerans_kernels::photo::{LANES, PAD};

/// The words of a tile that are there, and its states.
pub(super) struct Stream {
    pub states: [u32; LANES],
    /// Bytes of words, then [`PAD`] more.
    pub words: Vec<u8>,
    /// Words used.
    pub at: usize,
    /// Words at the end of each section.
    pub ends: Vec<usize>,
}

pub(super) fn truncated() -> Error {
    Error::new("stream.truncated", "the words of a tile end early")
}

impl Stream {
    /// Of the first section from its states on, and the others that are there.
    ///
    /// # Errors
    /// `stream.*`.
    pub fn read(mut first: Reader, others: &[&[u8]], tile: &Tile) -> Result<Stream> {
        let mut states = [1 << 16; LANES];
        for state in &mut states[..tile.lanes()] {
            *state = first.u32()?;
        }
        if states.iter().any(|&x| x < 1 << 16) {
            return Err(Error::new("stream.invalid", "a rANS state below 65536"));
        }
        let mut words = first.bytes(first.remaining())?.to_vec();
        let mut ends = vec![words.len()];
        for section in others {
            words.extend_from_slice(section);
            ends.push(words.len());
        }
        if ends.iter().any(|end| end % 2 == 1) {
            return Err(Error::new("stream.invalid", "half a word at the end of a section"));
        }
        words.resize(words.len() + PAD, 0);
        Ok(Stream { states, words, at: 0, ends: ends.iter().map(|end| end / 2).collect() })
    }

    /// Refuses a section that does not end here.
    ///
    /// # Errors
    /// `stream.invalid`.
    pub fn check(&self, end: usize) -> Result<()> {
        match self.at == end {
            true => Ok(()),
            false => Err(Error::new("stream.invalid", "a section does not end where its words do")),
        }
    }
}
