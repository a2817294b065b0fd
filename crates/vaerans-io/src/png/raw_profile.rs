//! EXIF blocks and ICC profiles as text, which ImageMagick and exiftool write: "Raw profile type exif".

use super::chunk::{Budget, Chunk};
use crate::picture::{is_exif, Block};
use crate::Result;

/// A block that a text chunk holds.
pub(super) enum Raw {
    Exif(Block),
    Icc(Block),
}

/// The block in a text chunk, if it is one of these.
pub(super) fn read(chunk: &Chunk, budget: &mut Budget) -> Result<Option<Raw>> {
    let Some(end) = chunk.data.iter().position(|byte| *byte == 0) else { return Ok(None) };
    let (keyword, data) = (&chunk.data[..end], &chunk.data[end + 1..]);
    let kind = keyword.strip_prefix(b"Raw profile type ");
    let Some(kind @ (b"exif" | b"APP1" | b"app1" | b"icc" | b"icm")) = kind else { return Ok(None) };
    let text = if chunk.is_whole { text(chunk.name, data, budget)? } else { None };
    let block = match text {
        Some(text) => bytes(&text, budget)?,
        None => None,
    };
    Ok(match (kind, block) {
        (b"icc" | b"icm", block) => Some(Raw::Icc(Block::read(block))),
        (b"exif", block) => Some(Raw::Exif(Block::read(block.filter(|block| is_exif(block))))),
        // APP1 is XMP as well.
        (_, block) => block.filter(|block| is_exif(block)).map(|block| Raw::Exif(Block::Found(block))),
    })
}

/// The text behind the keyword, inflated where it is deflated.
fn text(name: &[u8; 4], data: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>> {
    let text = match (name, data) {
        (b"tEXt", _) => (false, Some(data)),
        (b"zTXt", [0, deflated @ ..]) => (true, Some(deflated)),
        // Flag, method, and behind them language and translated keyword, each ended by a zero.
        (b"iTXt", [flag, _, rest @ ..]) => (*flag == 1, rest.splitn(3, |byte| *byte == 0).nth(2)),
        _ => (false, None),
    };
    match text {
        (true, Some(deflated)) => budget.inflate("text", deflated),
        (_, plain) => Ok(plain.map(<[u8]>::to_vec)),
    }
}

/// A line with a name, one with the number of bytes, and the bytes in hexadecimal.
fn bytes(text: &[u8], budget: &mut Budget) -> Result<Option<Vec<u8>>> {
    let Ok(text) = std::str::from_utf8(text) else { return Ok(None) };
    let mut words = text.split_ascii_whitespace();
    let Some(count) = words.nth(1).and_then(|word| word.parse::<usize>().ok()) else { return Ok(None) };
    budget.take("raw profile", count)?;
    let digits: Vec<u8> = words.flat_map(str::bytes).collect();
    let block: Option<Vec<u8>> = digits.as_chunks().0.iter().map(hexadecimal).collect();
    Ok(block.filter(|block| block.len() == count))
}

fn hexadecimal([high, low]: &[u8; 2]) -> Option<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    Some((digit(*high)? << 4 | digit(*low)?) as u8)
}
