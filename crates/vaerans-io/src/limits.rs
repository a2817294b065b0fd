//! The codec's limits, as readers of picture files apply them: before memory is spent.

use vaerans::wire::{Limit, Limits};

use crate::{Error, Format, Result};

/// Checks the sides that a header states, and the bytes that decoding takes: what is decoded included.
///
/// # Errors
/// `limit.dimensions`, `limit.memory`.
pub(crate) fn check_picture(limits: &Limits, width: u32, height: u32, bytes: u64) -> Result<()> {
    limits.check_picture(width.into(), height.into())?;
    limits.check_bytes(bytes, "bytes of memory to decode the picture")
}

/// Bytes of `per_pixel` for each pixel.
pub(crate) fn area(width: u32, height: u32, per_pixel: usize) -> u64 {
    (u64::from(width) * u64::from(height)).saturating_mul(per_pixel as u64)
}

/// Checks the length of the file itself.
///
/// # Errors
/// `limit.file_size`.
pub(crate) fn check_file(limits: &Limits, bytes: u64) -> Result<()> {
    check("limit.file_size", limits, "the file", bytes, limits.max_bytes)
}

/// Checks the length of a block of metadata.
///
/// # Errors
/// `limit.metadata`.
pub(crate) fn check_metadata(limits: &Limits, what: &str, bytes: usize) -> Result<()> {
    check("limit.metadata", limits, &format!("the {what} of the file"), bytes as u64, limits.max_metadata())
}

/// What a decoder's own bound on memory becomes.
pub(crate) fn beyond(limits: &Limits, format: Format) -> Error {
    let (most, advice) = (limits.max_bytes, limits.advice(Limit::Bytes));
    Error::new("limit.memory", format!("this {} file asks for more than {most} bytes of memory{advice}", format.name()))
}

fn check(code: &'static str, limits: &Limits, what: &str, bytes: u64, most: u64) -> Result<()> {
    match bytes <= most {
        true => Ok(()),
        false => {
            let advice = limits.advice(Limit::Bytes);
            Err(Error::new(code, format!("{what} has {bytes} bytes or more; at most {most}{advice}")))
        }
    }
}
