//! EXIF orientation: reading it, taking it out, turning a picture by it.

use image::metadata::Orientation;

use crate::{Picture, Samples};

/// The orientation an EXIF block states, 1 to 8; 1 where it states none.
pub fn exif_orientation(exif: &[u8]) -> u8 {
    Orientation::from_exif_chunk(exif).map_or(1, Orientation::to_exif)
}

/// Sets the orientation in an EXIF block to 1, so that a picture already turned is not turned again.
pub fn reset_exif_orientation(exif: &mut [u8]) {
    // Gives None, and changes nothing, where the block states no orientation.
    let _ = Orientation::remove_from_exif_chunk(exif);
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
    if let Some(exif) = &mut picture.exif {
        reset_exif_orientation(exif);
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
