//! From the bytes of a file to a [`Picture`].

use std::fs::File;
use std::io::{Cursor, Read};
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;

use image::codecs::{jpeg::JpegDecoder, png::PngDecoder, tiff::TiffDecoder, webp::WebPDecoder};
use image::{ColorType, ImageDecoder, ImageError};

use crate::decode_tiff::decode_grey_alpha;
use crate::picture::profile_fits;
use crate::{jpeg, Error, Format, Limits, Picture, Result, Samples};

/// Reads one picture file.
///
/// # Errors
/// As [`decode`], the file's name in front; `unavailable.file` when it cannot be read, `limit.file_size` when it is too long.
pub fn read(path: &Path, limits: &Limits) -> Result<Picture> {
    let bytes = read_bytes(path, limits)?;
    decode(&bytes, limits).map_err(|error| error.at(path))
}

fn read_bytes(path: &Path, limits: &Limits) -> Result<Vec<u8>> {
    let fail = |error: std::io::Error| Error::file(path, "read the file", &error);
    let file = File::open(path).map_err(fail)?;
    let length = file.metadata().map_err(fail)?.len();
    limits.check_file(length).map_err(|e| e.at(path))?;
    let mut bytes = Vec::new();
    // A pipe states no length: what is read counts.
    let most = limits.max_file_bytes.saturating_add(1);
    file.take(most).read_to_end(&mut bytes).map_err(fail)?;
    let length = bytes.len() as u64;
    limits.check_file(length).map_err(|e| e.at(path))?;
    Ok(bytes)
}

/// Decodes a JPEG, PNG, WebP or TIFF file: the first picture of it, its first frame where it moves.
///
/// Palettes and fewer than 8 bits become 8-bit RGB(A) or grey, CMYK becomes RGB by the plain formula.
///
/// # Errors
/// `data.image_format`, `data.image_damaged`, `data.image_kind`, `limit.dimensions`, `limit.file_size`.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture> {
    limits.check_file(bytes.len() as u64)?;
    let format = Format::of_bytes(bytes).ok_or_else(|| {
        let first: Vec<String> = bytes.iter().take(8).map(|b| format!("{b:02x}")).collect();
        let message = format!(
            "expected a JPEG, PNG, WebP or TIFF file, got {} bytes that begin with [{}]; convert other formats first",
            bytes.len(),
            first.join(" ")
        );
        Error::new("data.image_format", message)
    })?;
    if format == Format::Jpeg && !jpeg::is_whole(bytes) {
        return Err(damaged(format, "it is cut short: no end-of-image marker after the picture"));
    }
    // The decoders are asked for errors, not panics, on hostile files; should one panic all the same, the file is to blame.
    // They own all they touch, so nothing half-changed outlives the panic.
    catch_unwind(AssertUnwindSafe(|| decode_as(format, bytes, limits)))
        .unwrap_or_else(|_| Err(damaged(format, "its decoder gave up on it")))
}

fn decode_as(format: Format, bytes: &[u8], limits: &Limits) -> Result<Picture> {
    if format == Format::Tiff {
        if let Some(picture) = decode_grey_alpha(bytes, limits)? {
            return Ok(picture);
        }
    }
    let fail = |error| from_image(format, error);
    let input = Cursor::new(bytes);
    let mut decoder: Box<dyn ImageDecoder + '_> = match format {
        Format::Jpeg => Box::new(JpegDecoder::new(input).map_err(fail)?),
        Format::Png => Box::new(PngDecoder::with_limits(input, limits.for_decoder()).map_err(fail)?),
        Format::WebP => Box::new(WebPDecoder::new(input).map_err(fail)?),
        Format::Tiff => Box::new(TiffDecoder::new(input).map_err(fail)?),
    };
    let (width, height) = decoder.dimensions();
    let color = decoder.color_type();
    limits.check(width, height, color.bytes_per_pixel())?;
    let channels = color.channel_count();
    let icc = metadata(decoder.icc_profile(), limits).filter(|icc| profile_fits(icc, channels));
    let exif = metadata(decoder.exif_metadata(), limits);
    let orientation = decoder.orientation().map_or(1, |o| o.to_exif());
    // After the metadata: the TIFF decoder measures its profile by what the samples leave of the limits.
    decoder.set_limits(limits.for_decoder()).map_err(fail)?;
    let samples = samples(format, decoder, color)?;
    Ok(Picture { icc, exif, orientation, ..Picture::new(samples, width, height, channels)? })
}

/// Metadata that cannot be read costs the metadata, not the picture.
pub(crate) fn metadata(found: image::ImageResult<Option<Vec<u8>>>, limits: &Limits) -> Option<Vec<u8>> {
    let block = found.ok().flatten()?;
    (!block.is_empty() && block.len() <= limits.max_metadata_bytes).then_some(block)
}

fn samples(format: Format, decoder: Box<dyn ImageDecoder + '_>, color: ColorType) -> Result<Samples> {
    let bytes = usize::try_from(decoder.total_bytes()).unwrap_or(usize::MAX);
    let fail = |error| from_image(format, error);
    match color {
        ColorType::L8 | ColorType::La8 | ColorType::Rgb8 | ColorType::Rgba8 => {
            let mut out = zeroed::<u8>(bytes)?;
            decoder.read_image_boxed(&mut out).map_err(fail)?;
            Ok(Samples::U8(out))
        }
        ColorType::L16 | ColorType::La16 | ColorType::Rgb16 | ColorType::Rgba16 => {
            let mut out = zeroed::<u16>(bytes / 2)?;
            let into = bytemuck::cast_slice_mut(&mut out);
            decoder.read_image_boxed(into).map_err(fail)?;
            Ok(Samples::U16(out))
        }
        other => Err(kind(format, &format!("samples of type {other:?}"))),
    }
}

/// Memory for the samples; where the machine has none left this is an error, not the end of the process.
///
/// Asked for first, as `vec!` cannot fail, and then given back for `vec!`, as only that takes pages the system has zeroed:
/// a small file that states a large size costs no more than what is decoded of it.
fn zeroed<T: Clone + Default>(length: usize) -> Result<Vec<T>> {
    Vec::<T>::new().try_reserve_exact(length).map_err(|_| {
        let bytes = length.saturating_mul(size_of::<T>());
        let message = format!("no memory left for {bytes} bytes of samples; read fewer pictures at once");
        Error::new("limit.memory", message)
    })?;
    Ok(vec![T::default(); length])
}

pub(crate) fn damaged(format: Format, why: &str) -> Error {
    let message = format!("this {} file cannot be decoded: {why}; fetch the file again", format.name());
    Error::new("data.image_damaged", message)
}

fn kind(format: Format, what: &str) -> Error {
    let message = format!(
        "this {} file holds what the codec has no place for: {what}; convert it to 8 or 16-bit grey, RGB or RGBA",
        format.name()
    );
    Error::new("data.image_kind", message)
}

fn from_image(format: Format, error: ImageError) -> Error {
    match error {
        ImageError::Unsupported(what) => kind(format, &what.to_string()),
        ImageError::Limits(what) => {
            let message = format!("this {} file asks for too much: {what}; raise max_bytes", format.name());
            Error::new("limit.dimensions", message)
        }
        other => damaged(format, &other.to_string()),
    }
}
