//! What the chunks of a PNG file say of its picture, wherever in the file they stand.

use super::chunk::{chunks, Budget, Chunk};
use super::colors::Colors;
use super::raw_profile::{self, Raw};
use crate::picture::{is_exif, Block};
use crate::{Limits, Result};

/// Collected from all chunks.
#[derive(Default)]
pub(super) struct About {
    /// Pictures in the file: 1, or the frames of an animation.
    pub frames: u32,
    exif: Block,
    icc: Block,
    raw_exif: Block,
    raw_icc: Block,
    colors: Colors,
}

impl About {
    pub(super) fn read(file: &[u8], limits: &Limits) -> Result<Self> {
        let mut about = Self { frames: 1, ..Self::default() };
        let (mut animated, mut seen_fctl, mut behind) = (None, false, false);
        let mut budget = Budget::new(limits);
        for chunk in chunks(file) {
            let data = chunk.data;
            match chunk.name {
                b"acTL" if chunk.is_whole => animated = data.first_chunk().map(|frames| u32::from_be_bytes(*frames)),
                // The first picture is a frame of the animation if this stands in front of it: sequence number 0.
                b"fcTL" if chunk.is_whole && !behind => {
                    seen_fctl = data.starts_with(&[0; 4]);
                    behind = true;
                }
                b"iCCP" | b"eXIf" | b"tEXt" | b"zTXt" | b"iTXt" => about.add(&chunk, &mut budget)?,
                _ if chunk.is_whole => about.colors.add(chunk.name, data),
                _ => {}
            }
        }
        if let Some(frames) = animated {
            about.frames = frames.saturating_add(u32::from(!seen_fctl)).max(1);
        }
        Ok(about)
    }

    /// A chunk that may hold a block; of several that do the last counts.
    fn add(&mut self, chunk: &Chunk, budget: &mut Budget) -> Result<()> {
        let (slot, found) = match chunk.name {
            b"iCCP" if chunk.is_whole => (&mut self.icc, profile(chunk.data, budget)?),
            b"iCCP" => (&mut self.icc, Block::Damaged),
            b"eXIf" if chunk.is_whole => (&mut self.exif, block(chunk.data, budget)?),
            b"eXIf" => (&mut self.exif, Block::Damaged),
            _ => match raw_profile::read(chunk, budget)? {
                Some(Raw::Exif(block)) => (&mut self.raw_exif, block),
                Some(Raw::Icc(block)) => (&mut self.raw_icc, block),
                None => return Ok(()),
            },
        };
        *slot = found.or(std::mem::take(slot));
        Ok(())
    }

    /// The EXIF block: that of the chunk for it, or of a text.
    pub(super) fn exif(&mut self) -> Block {
        std::mem::take(&mut self.exif).or(std::mem::take(&mut self.raw_exif))
    }

    /// The ICC profile: that of the file, or one made from what its other chunks say of the colours.
    pub(super) fn profile(&mut self, is_grey: bool) -> Result<Block> {
        if self.colors.has_code() {
            return Ok(self.colors.of_code(is_grey)?.map_or(Block::None, Block::Found));
        }
        let stored = std::mem::take(&mut self.icc).or(std::mem::take(&mut self.raw_icc));
        match self.colors.of_gamma(is_grey) {
            Some(made) if stored == Block::None => Ok(Block::Found(made)),
            _ => Ok(stored),
        }
    }
}

/// A name, a zero, the method (0) and the deflated profile.
fn profile(data: &[u8], budget: &mut Budget) -> Result<Block> {
    let deflated = data.iter().position(|byte| *byte == 0).and_then(|end| data.get(end + 1..));
    match deflated {
        Some([0, deflated @ ..]) => Ok(Block::read(budget.inflate("ICC profile", deflated)?)),
        _ => Ok(Block::Damaged),
    }
}

/// What is no block counts as damaged: another chunk may hold one.
fn block(data: &[u8], budget: &mut Budget) -> Result<Block> {
    budget.take("EXIF block", data.len())?;
    Ok(Block::read(is_exif(data).then(|| data.to_vec())))
}
