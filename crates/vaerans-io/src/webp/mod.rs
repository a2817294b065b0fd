//! Reading WebP: samples by the crate `image-webp`, what the file says of them from its chunks.

mod riff;

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::decode::{damaged, DecodeOptions};
use crate::limits::{area, check_metadata, check_picture};
use crate::memory::zeroed;
use crate::picture::Block;
use crate::{Format, Limits, Picture, Result, Samples};
use riff::{frame_size, Chunks};

pub(crate) fn decode_webp(file: &[u8], options: &DecodeOptions) -> Result<Picture> {
    let limits = &options.limits;
    let fail = |error: DecodingError| damaged(Format::WebP, &error.to_string());
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(fail)?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    // Its decoder holds planes, or four bytes of a pixel; of an animation a canvas and a frame, of alpha a plane more.
    let beside = if decoder.has_alpha() || decoder.is_animated() { 10 } else { 4 };
    check_picture(limits, width, height, area(width, height, usize::from(channels) + beside))?;
    let chunks = Chunks::new(file);
    // The decoder takes memory for what the coded picture says of its size, which is to be that of the file.
    if frame_size(&chunks).is_some_and(|(wide, high)| wide > width || high > height) {
        return Err(damaged(Format::WebP, "its picture is larger than its header says"));
    }
    let icc = block(&chunks, b"ICCP", "ICC profile", limits)?;
    let exif = block(&chunks, b"EXIF", "EXIF block", limits)?;
    let mut samples = zeroed(width as usize * height as usize * usize::from(channels))?;
    decoder.read_image(&mut samples).map_err(fail)?;
    let picture = Picture::new(Samples::U8(samples), width, height, channels)?.with_metadata(icc, exif);
    Ok(Picture { frames: decoder.num_frames().max(1), ..picture })
}

/// The first chunk of a name.
fn block(chunks: &Chunks, name: &[u8; 4], what: &str, limits: &Limits) -> Result<Block> {
    let found = chunks.clone().find(|chunk| chunk.name == name);
    let Some(chunk) = found.filter(|chunk| chunk.is_cut || !chunk.data.is_empty()) else { return Ok(Block::None) };
    if chunk.is_cut {
        return Ok(Block::Damaged);
    }
    check_metadata(limits, what, chunk.data.len())?;
    Ok(Block::Found(chunk.data.to_vec()))
}
