//! TIFF with grey and alpha, which the crate `image` refuses: two samples a pixel, side by side.

use std::io::Cursor;

use tiff::decoder::{Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError, TiffResult};

use crate::decode::{damaged, metadata};
use crate::picture::profile_fits;
use crate::{Error, Format, Limits, Picture, Result, Samples};

/// The picture if it is of this kind, `None` for all others.
pub(crate) fn decode_grey_alpha(bytes: &[u8], limits: &Limits) -> Result<Option<Picture>> {
    let fail = |error: TiffError| damaged(Format::Tiff, &error.to_string());
    let Ok(mut decoder) = Decoder::new(Cursor::new(bytes)) else {
        return Ok(None);
    };
    let bits = match decoder.colortype() {
        Ok(ColorType::Multiband { bit_depth: bits @ (8 | 16), num_samples: 2 }) => bits,
        _ => return Ok(None),
    };
    let (width, height) = decoder.dimensions().map_err(fail)?;
    limits.check(width, height, bits / 4)?;
    let icc = metadata(Ok(decoder.get_tag_u8_vec(Tag::IccProfile).ok()), limits);
    let orientation = decoder.find_tag_unsigned::<u8>(Tag::Orientation);
    let orientation = orientation.ok().flatten().unwrap_or(1);
    let Some(samples) = samples(decoder, limits).map_err(fail)? else {
        return Ok(None);
    };
    Ok(Some(Picture {
        icc: icc.filter(|icc| profile_fits(icc, 2)),
        orientation: if (1..=8).contains(&orientation) { orientation } else { 1 },
        ..Picture::new(samples, width, height, 2).map_err(|e: Error| damaged(Format::Tiff, &e.message))?
    }))
}

fn samples(decoder: Decoder<Cursor<&[u8]>>, limits: &Limits) -> TiffResult<Option<Samples>> {
    let mut within = TiffLimits::default();
    within.decoding_buffer_size = usize::try_from(limits.max_bytes).unwrap_or(usize::MAX);
    within.intermediate_buffer_size = within.decoding_buffer_size;
    let mut decoder = decoder.with_limits(within);
    let mut out = DecodingResult::U8(Vec::new());
    let layout = decoder.read_image_to_buffer(&mut out)?;
    Ok(match out {
        _ if layout.planes > 1 => None,
        DecodingResult::U8(samples) => Some(Samples::U8(samples)),
        DecodingResult::U16(samples) => Some(Samples::U16(samples)),
        _ => None,
    })
}
