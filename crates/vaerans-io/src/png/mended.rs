//! What the crate `png` takes as it stands in the file, though PNG says otherwise.

use std::borrow::Cow;

use super::chunk::chunks;
use crate::decode::kind;
use crate::{Format, Result};

/// The file, with the transparent colour cut to the bits that samples have (PNG, 11.3.1.1: only they count).
///
/// # Errors
/// `data.image_kind` for methods of compression or filtering that do not exist.
pub(super) fn mended(file: &[u8]) -> Result<Cow<'_, [u8]>> {
    let mut whole = chunks(file).filter(|chunk| chunk.is_whole);
    let Some(&[_, _, _, _, _, _, _, _, bits, color, compression, filter, _]) = whole.next().map(|chunk| chunk.data)
    else {
        return Ok(Cow::Borrowed(file)); // the decoder says what is wrong
    };
    if (compression, filter) != (0, 0) {
        return Err(kind(Format::Png, "an unknown method of compression or filtering"));
    }
    let most = if bits < 16 { (1_u16 << bits) - 1 } else { u16::MAX };
    let Some(stated) = whole.find(|chunk| chunk.name == b"tRNS").map(|chunk| chunk.data) else {
        return Ok(Cow::Borrowed(file));
    };
    let cut: Vec<u8> =
        stated.as_chunks().0.iter().flat_map(|two| (u16::from_be_bytes(*two) & most).to_be_bytes()).collect();
    if !matches!(color, 0 | 2) || cut == stated {
        return Ok(Cow::Borrowed(file));
    }
    let start = stated.as_ptr() as usize - file.as_ptr() as usize;
    let mut copy = file.to_vec();
    copy[start..start + cut.len()].copy_from_slice(&cut);
    let mut crc = flate2::Crc::new();
    crc.update(&copy[start - 4..start + stated.len()]);
    copy[start + stated.len()..start + stated.len() + 4].copy_from_slice(&crc.sum().to_be_bytes());
    Ok(Cow::Owned(copy))
}
