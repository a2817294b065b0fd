//! From the bytes of a file to a [`Picture`].

use std::fs::File;
use std::io::Read;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::Path;

use crate::jpeg::decode_jpeg;
use crate::limits::check_file;
use crate::png::decode_png;
use crate::tiff::decode_tiff;
use crate::webp::decode_webp;
use crate::{Error, FileError, Format, Limits, Picture, Result};

/// How to decode.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DecodeOptions {
    /// What a file may ask for.
    pub limits: Limits,
    /// Whether a damaged JPEG or PNG file gives what can be saved of it, with [`Picture::damage`] set, instead of
    /// `data.image_damaged`. Lost parts are grey or black. A JPEG file with restart markers goes on behind the damage.
    pub allow_damaged: bool,
}

/// Reads one picture file.
///
/// # Errors
/// As [`decode`], the file's name in front; `unavailable.file` when it cannot be read.
pub fn read(path: &Path, options: &DecodeOptions) -> std::result::Result<Picture, FileError> {
    let bytes = read_bytes(path, &options.limits)?;
    decode_with(&bytes, options).map_err(|error| FileError::refused(path, error))
}

fn read_bytes(path: &Path, limits: &Limits) -> std::result::Result<Vec<u8>, FileError> {
    let fail = |cause| FileError::Unreadable { path: path.to_path_buf(), cause };
    let check = |length| check_file(limits, length).map_err(|error| FileError::refused(path, error));
    let file = File::open(path).map_err(fail)?;
    check(file.metadata().map_err(fail)?.len())?;
    let mut bytes = Vec::new();
    // A pipe states no length: what is read counts.
    file.take(limits.max_bytes.saturating_add(1)).read_to_end(&mut bytes).map_err(fail)?;
    check(bytes.len() as u64)?;
    Ok(bytes)
}

/// Decodes a JPEG, PNG, WebP or TIFF file: the first picture of it; [`Picture::frames`] says how many there are.
///
/// Palettes and fewer than 8 bits become 8-bit RGB(A) or grey, CMYK becomes RGB by the plain formula, alpha is divided out.
///
/// # Errors
/// `data.image_format`, `data.image_damaged`, `data.image_kind`, `limit.dimensions`, `limit.file_size`, `limit.memory`,
/// `limit.metadata`.
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Picture> {
    decode_with(bytes, &DecodeOptions { limits: *limits, ..DecodeOptions::default() })
}

/// As [`decode`], with all options.
///
/// # Errors
/// As [`decode`].
pub fn decode_with(bytes: &[u8], options: &DecodeOptions) -> Result<Picture> {
    check_file(&options.limits, bytes.len() as u64)?;
    let format = Format::of_bytes(bytes).ok_or_else(|| {
        let first: Vec<String> = bytes.iter().take(8).map(|b| format!("{b:02x}")).collect();
        let message = format!(
            "expected a JPEG, PNG, WebP or TIFF file, got {} bytes that begin with [{}]; convert other formats first",
            bytes.len(),
            first.join(" ")
        );
        Error::new("data.image_format", message)
    })?;
    let decoder = match format {
        Format::Jpeg => decode_jpeg,
        Format::Png => decode_png,
        Format::WebP => decode_webp,
        Format::Tiff => decode_tiff,
    };
    // The decoders are asked for errors, not panics, on hostile files; should one panic all the same, the file is to blame.
    // They own all they touch, so nothing half-changed outlives the panic.
    catch_unwind(AssertUnwindSafe(|| decoder(bytes, options)))
        .unwrap_or_else(|_| Err(damaged(format, "its decoder gave up on it")))
}

pub(crate) fn damaged(format: Format, why: &str) -> Error {
    let message = format!("this {} file cannot be decoded: {why}; fetch the file again", format.name());
    Error::new("data.image_damaged", message)
}

pub(crate) fn kind(format: Format, what: &str) -> Error {
    let message = format!(
        "this {} file holds what the codec has no place for: {what}; convert it to 8 or 16-bit grey, RGB or RGBA",
        format.name()
    );
    Error::new("data.image_kind", message)
}
