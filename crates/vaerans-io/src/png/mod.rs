//! Reading PNG: samples by the crate `png`, what the file says of them from its chunks.

mod about;
mod chunk;
mod colors;
mod icc;
mod matrix;
mod mended;
mod raw_profile;

use std::io::Cursor;

use ::png::{BitDepth, Decoder, DecodingError, Limits as PngLimits, Transformations};

use crate::decode::{damaged, kind, DecodeOptions};
use crate::limits::{area, beyond, check_picture};
use crate::memory::zeroed;
use crate::{Error, Format, Limits, Picture, Result, Samples};
use about::About;

pub(crate) fn decode_png(file: &[u8], options: &DecodeOptions) -> Result<Picture> {
    let limits = &options.limits;
    let most = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
    let mended = mended::mended(file)?;
    let mut decoder = Decoder::new_with_limits(Cursor::new(&mended[..]), PngLimits { bytes: most });
    // `About` reads these, within the limits.
    decoder.set_ignore_text_chunk(true);
    decoder.set_ignore_iccp_chunk(true);
    decoder.set_transformations(Transformations::EXPAND);
    let header = decoder.read_header_info().map_err(|error| from_png(error, limits))?;
    check_picture(limits, header.width, header.height, 0)?;
    let mut reader = decoder.read_info().map_err(|error| from_png(error, limits))?;
    let (color, depth) = reader.output_color_type();
    let channels = color.samples() as u8;
    let (width, height) = reader.info().size();
    let bytes_per_sample = if depth == BitDepth::Sixteen { 2 } else { 1 };
    // Samples of 16 bits are held as the file's bytes as well.
    let per_pixel = usize::from(channels * bytes_per_sample * bytes_per_sample);
    check_picture(limits, width, height, area(width, height, per_pixel))?;
    let mut about = About::read(file, limits)?;
    let mut bytes = zeroed::<u8>(width as usize * height as usize * usize::from(channels * bytes_per_sample))?;
    let damage = match reader.next_frame(&mut bytes).map_err(|error| from_png(error, limits)) {
        Ok(_) => None,
        Err(error) if options.allow_damaged && error.code() == "data.image_damaged" => Some(error.message().into()),
        Err(error) => return Err(error),
    };
    let samples = match depth {
        BitDepth::Eight => Samples::U8(bytes),
        BitDepth::Sixteen => Samples::U16(bytes.as_chunks().0.iter().map(|two| u16::from_be_bytes(*two)).collect()),
        other => return Err(kind(Format::Png, &format!("samples of {other:?} bits"))),
    };
    let icc = about.profile(channels <= 2)?;
    let picture = Picture::new(samples, width, height, channels)?.with_metadata(icc, about.exif());
    Ok(Picture { frames: about.frames, damage, ..picture })
}

fn from_png(error: DecodingError, limits: &Limits) -> Error {
    match error {
        DecodingError::LimitsExceeded => beyond(limits, Format::Png),
        other => damaged(Format::Png, &other.to_string()),
    }
}
