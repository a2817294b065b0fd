//! EXIF orientation: read and set by the codec's rules, and applied to samples.

use vaerans::exif;

use crate::{Picture, Samples};

/// The orientation an EXIF block states, 1 to 8; 1 where it states none.
pub fn exif_orientation(block: &[u8]) -> u8 {
    exif::orientation(exif::strip(block)).unwrap_or(1)
}

/// Sets the orientation in an EXIF block to 1, so that a picture already turned is not turned again.
pub fn reset_exif_orientation(block: &mut [u8]) {
    let start = block.len() - exif::strip(block).len();
    exif::set_orientation(&mut block[start..], 1);
}

/// The picture upright: samples turned, orientation 1 in field and EXIF block.
pub fn apply_orientation(mut picture: Picture) -> Picture {
    if picture.orientation != 1 {
        let (width, height) = (picture.width as usize, picture.height as usize);
        let (channels, how) = (usize::from(picture.channels), picture.orientation);
        picture.samples = match picture.samples {
            Samples::U8(from) => Samples::U8(turned(&from, width, height, channels, how)),
            Samples::U16(from) => Samples::U16(turned(&from, width, height, channels, how)),
        };
        if how >= 5 {
            (picture.width, picture.height) = (picture.height, picture.width);
        }
        picture.orientation = 1;
    }
    if let Some(block) = &mut picture.exif {
        reset_exif_orientation(block);
    }
    picture
}

/// Gathers each pixel of the upright picture from where the stored one has it (EXIF 2.32, 4.6.4, tag 0x0112).
fn turned<T: Copy>(from: &[T], width: usize, height: usize, channels: usize, how: u8) -> Vec<T> {
    let (out_width, out_height) = if how >= 5 { (height, width) } else { (width, height) };
    let mut out = Vec::with_capacity(from.len());
    for y in 0..out_height {
        for x in 0..out_width {
            let (sx, sy) = match how {
                2 => (width - 1 - x, y),
                3 => (width - 1 - x, height - 1 - y),
                4 => (x, height - 1 - y),
                5 => (y, x),
                6 => (y, height - 1 - x),
                7 => (width - 1 - y, height - 1 - x),
                8 => (width - 1 - y, x),
                _ => (x, y),
            };
            let start = (sy * width + sx) * channels;
            out.extend_from_slice(&from[start..start + channels]);
        }
    }
    out
}
