//! What application segments say of the picture: colours, ICC profile, EXIF block.

use super::frame::Component;
use super::segment::Segment;
use crate::limits::check_metadata;
use crate::picture::Block;
use crate::tiff::ifd::Source;
use crate::{Limits, Result};

/// Parts that a profile may have.
const MOST_PARTS: usize = 255;

/// Collected from the segments in front of and between the scans.
#[derive(Default)]
pub(super) struct About {
    is_jfif: bool,
    /// The transform of an Adobe segment: 0 none, 1 YCbCr, 2 YCCK.
    adobe: Option<u8>,
    exif: Vec<u8>,
    /// As the index of further pictures counts them.
    pictures: u32,
    /// Number, count of all, and bytes of each part of the profile; and how many bytes there are of all.
    icc: Vec<(u8, u8, Vec<u8>)>,
    icc_bytes: usize,
}

/// How components become colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Colors {
    Grey,
    Rgb,
    YCbCr,
    /// The samples are 255 less the ink, as Adobe writes them, or the ink.
    Cmyk {
        is_inverted: bool,
    },
    /// The same with its first three as YCbCr.
    Ycck {
        is_inverted: bool,
    },
}

impl About {
    pub(super) fn add(&mut self, segment: &Segment, limits: &Limits) -> Result<()> {
        let body = segment.body;
        match segment.marker {
            0xe0 => self.is_jfif |= body.starts_with(b"JFIF\0"),
            0xe1 => {
                if let Some(block) = body.strip_prefix(b"Exif\0\0") {
                    check_metadata(limits, "EXIF block", self.exif.len() + block.len())?;
                    self.exif.extend_from_slice(block);
                }
            }
            0xe2 => {
                if let Some([number, count, part @ ..]) = body.strip_prefix(b"ICC_PROFILE\0") {
                    self.icc_bytes += part.len();
                    check_metadata(limits, "ICC profile", self.icc_bytes)?;
                    // A number has a byte: one part more shows that they are not what they say, and is enough.
                    if self.icc.len() <= MOST_PARTS {
                        self.icc.push((*number, *count, part.to_vec()));
                    }
                }
                if let Some(index) = body.strip_prefix(b"MPF\0") {
                    self.pictures = counted(index).unwrap_or(1);
                }
            }
            0xee => {
                if let Some(rest) = body.strip_prefix(b"Adobe") {
                    self.adobe = rest.get(6).copied().or(self.adobe);
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn exif(&mut self) -> Block {
        match std::mem::take(&mut self.exif) {
            block if block.is_empty() => Block::None,
            block => Block::Found(block),
        }
    }

    /// Pictures in the file: 1, or as many as its index of further pictures says (CIPA DC-007: stereo pairs, gain maps, previews).
    pub(super) fn pictures(&self) -> u32 {
        self.pictures.max(1)
    }

    /// The profile, if all its parts are there.
    pub(super) fn icc(&mut self) -> Block {
        let mut parts = std::mem::take(&mut self.icc);
        if parts.is_empty() {
            return Block::None;
        }
        parts.sort_by_key(|part| part.0);
        let whole = parts.iter().zip(1..).all(|(part, number)| part.0 == number && usize::from(part.1) == parts.len());
        let profile: Vec<u8> = parts.iter().flat_map(|part| &part.2).copied().collect();
        Block::read(whole.then_some(profile))
    }

    /// As libjpeg tells them: JFIF, then Adobe, then the names of the components.
    pub(super) fn colors(&self, components: &[Component]) -> Colors {
        // As all that write ink into JPEG do since Photoshop did.
        let is_inverted = true;
        match (components.len(), self.adobe) {
            (1, _) => Colors::Grey,
            (3, _) if self.is_jfif => Colors::YCbCr,
            (3, Some(0)) => Colors::Rgb,
            (3, Some(_)) => Colors::YCbCr,
            (3, None) if components.iter().map(|c| c.id).eq(*b"RGB") => Colors::Rgb,
            (3, None) => Colors::YCbCr,
            (_, None | Some(0)) => Colors::Cmyk { is_inverted },
            (_, Some(_)) => Colors::Ycck { is_inverted },
        }
    }
}

/// The number of pictures in an index of them, which is built as a TIFF file is.
fn counted(index: &[u8]) -> Option<u32> {
    const NUMBER_OF_IMAGES: u16 = 0xb001;
    let (source, first) = Source::new(index)?;
    u32::try_from(source.first(&source.directory(first)?, NUMBER_OF_IMAGES)?).ok()
}
