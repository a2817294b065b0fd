//! What the chunks of a PNG file say of its picture, wherever in the file they stand.

use super::chunk::{chunks, inflate};
use super::colors::Colors;
use super::raw_profile::{self, Raw};
use crate::limits::check_metadata;
use crate::picture::exif_block;
use crate::{Limits, Result};

/// Collected from all chunks.
#[derive(Default)]
pub(super) struct About {
    pub exif: Option<Vec<u8>>,
    /// Pictures in the file: 1, or the frames of an animation.
    pub frames: u32,
    icc: Option<Vec<u8>>,
    raw_exif: Option<Vec<u8>>,
    raw_icc: Option<Vec<u8>>,
    colors: Colors,
}

impl About {
    pub(super) fn read(file: &[u8], limits: &Limits) -> Result<Self> {
        let mut about = Self { frames: 1, ..Self::default() };
        let (mut animated, mut seen_fctl, mut behind) = (None, false, false);
        for (name, data) in chunks(file) {
            match &name {
                b"iCCP" => about.icc = profile(data, limits)?.or(about.icc),
                b"eXIf" => {
                    check_metadata(limits, "EXIF block", data.len())?;
                    // The last that is one counts.
                    if exif_block(data).is_some() || about.exif.is_none() {
                        about.exif = Some(data.to_vec());
                    }
                }
                b"tEXt" | b"zTXt" | b"iTXt" => match raw_profile::read(&name, data, limits)? {
                    Some(Raw::Exif(block)) => about.raw_exif = Some(block),
                    Some(Raw::Icc(block)) => about.raw_icc = Some(block),
                    None => {}
                },
                b"acTL" => animated = data.first_chunk().map(|frames| u32::from_be_bytes(*frames)),
                // The first picture is a frame of the animation if this stands in front of it: sequence number 0.
                b"fcTL" if !behind => {
                    seen_fctl = data.starts_with(&[0; 4]);
                    behind = true;
                }
                _ => about.colors.add(&name, data),
            }
        }
        if let Some(frames) = animated {
            about.frames = frames.saturating_add(u32::from(!seen_fctl)).max(1);
        }
        // Text is looked at where no chunk is a block.
        let is_block = about.exif.as_deref().is_some_and(|block| exif_block(block).is_some());
        about.exif = if is_block { about.exif } else { about.raw_exif.take().or(about.exif) };
        Ok(about)
    }

    /// The ICC profile: that of the file, or one made from what its other chunks say of the colours.
    pub(super) fn profile(&self, is_grey: bool) -> Result<Option<Vec<u8>>> {
        if self.colors.has_code() {
            return self.colors.of_code(is_grey);
        }
        let stored = self.icc.clone().or_else(|| self.raw_icc.clone());
        Ok(stored.or_else(|| self.colors.of_gamma(is_grey)))
    }
}

/// A name, a zero, the method (0) and the deflated profile.
fn profile(data: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    let Some(end) = data.iter().position(|byte| *byte == 0) else { return Ok(None) };
    match data.get(end + 1..) {
        Some([0, deflated @ ..]) => inflate("ICC profile", deflated, limits),
        _ => Ok(None),
    }
}
