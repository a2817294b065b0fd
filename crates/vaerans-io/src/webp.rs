//! Reading WebP, by the crate `image-webp`.

use std::io::Cursor;

use image_webp::{DecodingError, WebPDecoder};

use crate::decode::{damaged, DecodeOptions};
use crate::limits::{area, check_metadata, check_picture};
use crate::memory::zeroed;
use crate::{Error, Format, Picture, Result, Samples};

pub(crate) fn decode_webp(file: &[u8], options: &DecodeOptions) -> Result<Picture> {
    let limits = &options.limits;
    let fail = |error: DecodingError| damaged(Format::WebP, &error.to_string());
    let mut decoder = WebPDecoder::new(Cursor::new(file)).map_err(fail)?;
    let (width, height) = decoder.dimensions();
    let channels = if decoder.has_alpha() { 4 } else { 3 };
    // Its decoder holds four bytes of a pixel as well.
    check_picture(limits, width, height, area(width, height, usize::from(channels) + 4))?;
    // Nothing is deflated in them: what the chunks say is what they take.
    let block = |what: &str, found: std::result::Result<Option<Vec<u8>>, DecodingError>| {
        let block = found.ok().flatten().filter(|block| !block.is_empty());
        check_metadata(limits, what, block.as_ref().map_or(0, Vec::len))?;
        Ok::<_, Error>(block)
    };
    let icc = block("ICC profile", decoder.icc_profile())?;
    let exif = block("EXIF block", decoder.exif_metadata())?;
    let mut samples = zeroed(width as usize * height as usize * usize::from(channels))?;
    decoder.read_image(&mut samples).map_err(fail)?;
    let picture = Picture::new(Samples::U8(samples), width, height, channels)?.with_metadata(icc, exif);
    Ok(Picture { frames: decoder.num_frames().max(1), ..picture })
}
