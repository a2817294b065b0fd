//! EXIF blocks and ICC profiles as text, which ImageMagick and exiftool write: "Raw profile type exif".

use super::chunk::inflate;
use crate::limits::check_metadata;
use crate::picture::exif_block;
use crate::{Limits, Result};

/// A block that a text chunk holds.
pub(super) enum Raw {
    Exif(Vec<u8>),
    Icc(Vec<u8>),
}

/// The block in a text chunk, if it is one of these.
pub(super) fn read(name: &[u8; 4], data: &[u8], limits: &Limits) -> Result<Option<Raw>> {
    let Some(end) = data.iter().position(|byte| *byte == 0) else { return Ok(None) };
    let (keyword, data) = (&data[..end], &data[end + 1..]);
    let is_exif = match keyword.strip_prefix(b"Raw profile type ") {
        Some(b"exif" | b"APP1" | b"app1") => true,
        Some(b"icc" | b"icm") => false,
        _ => return Ok(None),
    };
    let Some(text) = text(name, data, limits)? else { return Ok(None) };
    let Some(block) = bytes(&text, limits)? else { return Ok(None) };
    Ok(match is_exif {
        // APP1 is XMP as well.
        true => exif_block(&block).map(Raw::Exif),
        false => Some(Raw::Icc(block)),
    })
}

/// The text behind the keyword, inflated where it is deflated.
fn text(name: &[u8; 4], data: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    let text = match (name, data) {
        (b"tEXt", _) => (false, Some(data)),
        (b"zTXt", [0, deflated @ ..]) => (true, Some(deflated)),
        // Flag, method, and behind them language and translated keyword, each ended by a zero.
        (b"iTXt", [flag, _, rest @ ..]) => (*flag == 1, rest.splitn(3, |byte| *byte == 0).nth(2)),
        _ => (false, None),
    };
    match text {
        (true, Some(deflated)) => inflate("text", deflated, limits),
        (_, plain) => Ok(plain.map(<[u8]>::to_vec)),
    }
}

/// A line with a name, one with the number of bytes, and the bytes in hexadecimal.
fn bytes(text: &[u8], limits: &Limits) -> Result<Option<Vec<u8>>> {
    let Ok(text) = std::str::from_utf8(text) else { return Ok(None) };
    let mut words = text.split_ascii_whitespace();
    let Some(count) = words.nth(1).and_then(|word| word.parse::<usize>().ok()) else { return Ok(None) };
    check_metadata(limits, "raw profile", count)?;
    let digits: Vec<u8> = words.flat_map(str::bytes).collect();
    let block: Option<Vec<u8>> = digits.as_chunks().0.iter().map(hexadecimal).collect();
    Ok(block.filter(|block| block.len() == count))
}

fn hexadecimal([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? << 4 | digit(*low)?) as u8)
}
