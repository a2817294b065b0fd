//! From a [`Picture`] to the bytes of a file.

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError};
use vaerans::{exif, icc};

use crate::encode_tiff::encode_tiff;
use crate::{Error, Format, Picture, Result, Samples};

/// The longest EXIF block one JPEG segment holds: 65,535 less its length field and `Exif\0\0`.
const JPEG_EXIF_MOST: usize = 65_535 - 2 - 6;

/// How to write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WriteOptions {
    /// JPEG quality, 1 to 100; the other formats are lossless.
    pub quality: u8,
}

impl Default for WriteOptions {
    fn default() -> Self {
        Self { quality: 90 }
    }
}

/// Encodes a picture with its ICC profile, EXIF block and orientation; nothing is dropped or narrowed in silence.
///
/// JPEG holds 8-bit grey and RGB, WebP (lossless) 8 bits, PNG and TIFF everything. The orientation stands in the EXIF block, which
/// gets a tag for it where it has none; TIFF has the tag itself, and the EXIF block as directories, without its thumbnail.
///
/// # Errors
/// `param.image_format` when the format cannot hold the picture, `param.shape` when its sizes do not belong together,
/// `param.metadata` for a block that is not EXIF and for a profile of another colour space, `param.range` for an orientation
/// outside 1 to 8.
pub fn encode(picture: &Picture, format: Format, options: &WriteOptions) -> Result<Vec<u8>> {
    picture.check()?;
    let exif = checked(picture)?;
    let color = color_type(picture, format)?;
    let mut out = Cursor::new(Vec::new());
    match format {
        Format::Jpeg => {
            let quality = options.quality.clamp(1, 100);
            let encoder = JpegEncoder::new_with_quality(&mut out, quality);
            write(encoder, picture, exif, format, color)?;
        }
        Format::Png => write(PngEncoder::new(&mut out), picture, exif, format, color)?,
        Format::WebP => write(WebPEncoder::new_lossless(&mut out), picture, exif, format, color)?,
        Format::Tiff => encode_tiff(&mut out, picture, exif.as_deref())?,
    }
    Ok(out.into_inner())
}

/// The EXIF block as it is written: it states the picture's orientation.
fn checked(picture: &Picture) -> Result<Option<Vec<u8>>> {
    if !(1..=8).contains(&picture.orientation) {
        return Err(Error::new("param.range", format!("orientation {}; EXIF knows 1 to 8", picture.orientation)));
    }
    icc::check(picture.icc.as_deref().unwrap_or_default(), picture.channels.into())?;
    let block = exif::strip(picture.exif.as_deref().unwrap_or_default());
    if !block.is_empty() && !exif::is_block(block) {
        let text = "exif: expected an EXIF block, which begins with II*\\0 or MM\\0*, got other bytes";
        return Err(Error::new("param.metadata", text));
    }
    let is_stated = exif::orientation(block).unwrap_or(1) == picture.orientation;
    let block = if is_stated { block.to_vec() } else { exif::stating(block, picture.orientation) };
    if !is_stated && exif::orientation(&block) != Some(picture.orientation) {
        let text = "the EXIF block has no place left for the orientation: leave it out, or turn the picture";
        return Err(Error::new("param.metadata", text));
    }
    Ok(Some(block).filter(|block| !block.is_empty()))
}

fn write(
    mut encoder: impl ImageEncoder,
    picture: &Picture,
    exif: Option<Vec<u8>>,
    format: Format,
    color: ExtendedColorType,
) -> Result<()> {
    let fail = |error: ImageError| refused(format, &error.to_string());
    if let Some(icc) = &picture.icc {
        let set = encoder.set_icc_profile(icc.clone());
        set.map_err(|e| refused(format, &e.to_string()))?;
    }
    if let Some(exif) = exif {
        if format == Format::Jpeg && exif.len() > JPEG_EXIF_MOST {
            let why = format!("its EXIF block has {} bytes, the most is {JPEG_EXIF_MOST}", exif.len());
            return Err(refused(format, &why));
        }
        let set = encoder.set_exif_metadata(exif);
        set.map_err(|e| refused(format, &e.to_string()))?;
    }
    let bytes = picture.samples.as_bytes();
    encoder.write_image(bytes, picture.width, picture.height, color).map_err(fail)
}

/// The crate's name for the picture's samples, once it is sure that the format holds them.
fn color_type(picture: &Picture, format: Format) -> Result<ExtendedColorType> {
    let wide = matches!(picture.samples, Samples::U16(_));
    let most_side = match format {
        Format::Jpeg => 65_535,
        Format::WebP => 16_384,
        Format::Png => i32::MAX as u32,
        Format::Tiff => u32::MAX,
    };
    if picture.width.max(picture.height) > most_side {
        let why = format!("{}x{}, sides up to {most_side}", picture.width, picture.height);
        return Err(refused(format, &why));
    }
    if wide && matches!(format, Format::Jpeg | Format::WebP) {
        return Err(refused(format, "16-bit samples, it holds 8"));
    }
    if format == Format::Jpeg && matches!(picture.channels, 2 | 4) {
        return Err(refused(format, "an alpha channel, it has none"));
    }
    Ok(match (picture.channels, wide) {
        (1, false) => ExtendedColorType::L8,
        (2, false) => ExtendedColorType::La8,
        (3, false) => ExtendedColorType::Rgb8,
        (_, false) => ExtendedColorType::Rgba8,
        (1, true) => ExtendedColorType::L16,
        (2, true) => ExtendedColorType::La16,
        (3, true) => ExtendedColorType::Rgb16,
        (_, true) => ExtendedColorType::Rgba16,
    })
}

pub(crate) fn refused(format: Format, why: &str) -> Error {
    let instead = if format == Format::Tiff { "PNG" } else { "PNG or TIFF" };
    let message =
        format!("{} cannot hold this picture: {why}; write {instead}, or convert the picture first", format.name());
    Error::new("param.image_format", message)
}
