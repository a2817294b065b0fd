//! TIFF, straight through the crate `tiff`: the wrapper in `image` has no grey with alpha, no compression, no orientation.

use std::io::{Seek, Write};

use ::tiff::encoder::colortype::{ColorType, Gray16, Gray8, RGB16, RGB8, RGBA16, RGBA8};
use ::tiff::encoder::{Compression, DeflateLevel, Predictor, TiffEncoder, TiffValue};
use ::tiff::tags::{ExtraSamples, PhotometricInterpretation, SampleFormat, Tag};

use crate::encode::refused;
use crate::encode_tiff_exif::{parse, write_below, write_fields};
use crate::{Error, Format, Picture, Result, Samples};

/// Grey and alpha: two samples, of which the second is not multiplied in (TIFF 6.0, section 18).
macro_rules! grey_alpha {
    ($name:ident, $sample:ty, $bits:literal) => {
        struct $name;
        impl ColorType for $name {
            type Inner = $sample;
            const TIFF_VALUE: PhotometricInterpretation = PhotometricInterpretation::BlackIsZero;
            const BITS_PER_SAMPLE: &'static [u16] = &[$bits, $bits];
            const SAMPLE_FORMAT: &'static [SampleFormat] = &[SampleFormat::Uint; 2];

            fn horizontal_predict(row: &[$sample], result: &mut Vec<$sample>) {
                let (first, rest) = row.split_at(row.len().min(2));
                result.extend_from_slice(first);
                result.extend(row.iter().zip(rest).map(|(left, here)| here.wrapping_sub(*left)));
            }
        }
    };
}
grey_alpha!(GreyAlpha8, u8, 8);
grey_alpha!(GreyAlpha16, u16, 16);

/// `exif`: the block, from its TIFF header on.
pub(crate) fn encode_tiff<W: Write + Seek>(out: W, picture: &Picture, exif: Option<&[u8]>) -> Result<()> {
    if exif.is_some_and(|block| parse(block).is_none()) {
        let text = "the EXIF block is damaged, and TIFF holds its fields one by one: leave it out, or write PNG";
        return Err(Error::new("param.metadata", text));
    }
    let done = match (&picture.samples, picture.channels) {
        (Samples::U8(samples), 1) => write::<Gray8, W>(out, picture, exif, samples),
        (Samples::U8(samples), 2) => write::<GreyAlpha8, W>(out, picture, exif, samples),
        (Samples::U8(samples), 3) => write::<RGB8, W>(out, picture, exif, samples),
        (Samples::U8(samples), _) => write::<RGBA8, W>(out, picture, exif, samples),
        (Samples::U16(samples), 1) => write::<Gray16, W>(out, picture, exif, samples),
        (Samples::U16(samples), 2) => write::<GreyAlpha16, W>(out, picture, exif, samples),
        (Samples::U16(samples), 3) => write::<RGB16, W>(out, picture, exif, samples),
        (Samples::U16(samples), _) => write::<RGBA16, W>(out, picture, exif, samples),
    };
    done.map_err(|error| refused(Format::Tiff, &error.to_string()))
}

fn write<C: ColorType, W: Write + Seek>(
    out: W,
    picture: &Picture,
    exif: Option<&[u8]>,
    samples: &[C::Inner],
) -> ::tiff::TiffResult<()>
where
    [C::Inner]: TiffValue,
{
    let mut encoder = TiffEncoder::new(out)?
        .with_predictor(Predictor::Horizontal)
        .with_compression(Compression::Deflate(DeflateLevel::Balanced));
    let exif = exif.and_then(parse);
    let below = match &exif {
        Some((tree, is_little)) => write_below(&mut encoder, tree, *is_little)?,
        None => Vec::new(),
    };
    let mut image = encoder.new_image::<C>(picture.width, picture.height)?;
    let tags = image.encoder();
    if let Some((tree, is_little)) = &exif {
        write_fields(tags, tree, &below, *is_little)?;
    }
    if picture.orientation != 1 {
        tags.write_tag(Tag::Orientation, u16::from(picture.orientation))?;
    }
    if let Some(icc) = &picture.icc {
        tags.write_tag(Tag::IccProfile, icc.as_slice())?;
    }
    if matches!(picture.channels, 2 | 4) {
        let alpha = ExtraSamples::UnassociatedAlpha.to_u16();
        tags.write_tag(Tag::ExtraSamples, &[alpha][..])?;
    }
    image.write_data(samples)
}
