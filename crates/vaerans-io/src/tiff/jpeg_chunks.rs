//! TIFF with JPEG compression: each strip or tile is a JPEG file of its own, its tables kept apart (TIFF Technical Note 2).

use super::chunks::Chunks;
use super::header::{Header, Meaning};
use super::ifd::{Directory, Source};
use crate::decode::{damaged, DecodeOptions};
use crate::jpeg::{decode_part, Colors};
use crate::memory::zeroed;
use crate::{Format, Result};

/// The pixels of the picture, grey or RGB.
pub(super) fn decode(
    source: &Source,
    tags: &Directory,
    header: &Header,
    chunks: &Chunks,
    options: &DecodeOptions,
) -> Result<Vec<u8>> {
    let (colors, channels) = match header.meaning {
        Meaning::YCbCr => (Colors::YCbCr, 3),
        Meaning::Rgb => (Colors::Rgb, 3),
        Meaning::Cmyk => (Colors::Cmyk { is_inverted: false }, 3),
        _ => (Colors::Grey, 1),
    };
    let tables = tags.fields.get(&347).map_or(&[][..], |field| field.bytes);
    let mut out = zeroed::<u8>(header.width * header.height * channels)?;
    // Tiles are whole; encoders fill the last strip up to whole blocks too.
    let whole = (chunks.width.next_multiple_of(32), chunks.height.next_multiple_of(32));
    for chunk in 0..chunks.per_plane {
        let (x, y) = (chunk % chunks.across * chunks.width, chunk / chunks.across * chunks.height);
        let start = chunks.offsets[chunk] as usize;
        let bytes = &source.bytes[start..start + chunks.lengths[chunk] as usize];
        let (width, height, samples) = decode_part(tables, bytes, colors, header.colors, whole, options)?;
        let wanted = (chunks.width.min(header.width - x), chunks.height.min(header.height - y));
        if width < wanted.0 || height < wanted.1 {
            return Err(damaged(Format::Tiff, "a strip or tile is smaller than it should be"));
        }
        for (row, line) in samples.chunks_exact(width * channels).take(wanted.1).enumerate() {
            let to = ((y + row) * header.width + x) * channels;
            out[to..to + wanted.0 * channels].copy_from_slice(&line[..wanted.0 * channels]);
        }
    }
    if header.meaning == Meaning::WhiteIsZero {
        out.iter_mut().for_each(|value| *value = 255 - *value);
    }
    Ok(out)
}
