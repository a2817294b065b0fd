//! How large a picture and its file may be; looked at before anything is decoded.

use crate::{Error, Result};

/// Upper bounds on what a file from outside may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Pixels along either side.
    pub max_side: u32,
    /// Width times height.
    pub max_pixels: u64,
    /// Bytes of decoded samples; a decoder's own work buffers may take a small multiple of it.
    pub max_bytes: u64,
    /// Bytes of the file itself.
    pub max_file_bytes: u64,
    /// Bytes of one ICC profile, EXIF block or text, inflated; a file with a larger one is refused.
    pub max_metadata_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_side: 1 << 20,
            max_pixels: 1 << 28,
            max_bytes: 2 << 30,
            max_file_bytes: 1 << 30,
            max_metadata_bytes: 16 << 20,
        }
    }
}

impl Limits {
    /// Checks the size a file's header states.
    ///
    /// # Errors
    /// `limit.dimensions`, naming the limit to raise.
    pub(crate) fn check(&self, width: u32, height: u32, bytes_per_pixel: u8) -> Result<()> {
        let pixels = u64::from(width) * u64::from(height);
        let bytes = pixels.saturating_mul(u64::from(bytes_per_pixel));
        let over = |name: &str, got: u64, limit: u64| {
            let message = format!(
                "a picture of {width}x{height} needs {name} {got}, the limit is {limit}; raise {name}, or make the picture smaller"
            );
            Err(Error::new("limit.dimensions", message))
        };
        if width.max(height) > self.max_side {
            return over("max_side", width.max(height).into(), self.max_side.into());
        }
        if pixels > self.max_pixels {
            return over("max_pixels", pixels, self.max_pixels);
        }
        if bytes > self.max_bytes {
            return over("max_bytes", bytes, self.max_bytes);
        }
        Ok(())
    }

    /// Checks the length of the file itself.
    ///
    /// # Errors
    /// `limit.file_size`.
    pub(crate) fn check_file(&self, bytes: u64) -> Result<()> {
        if bytes <= self.max_file_bytes {
            return Ok(());
        }
        let message = format!(
            "the file has {bytes} bytes or more, the limit is {}; raise max_file_bytes, or split the file",
            self.max_file_bytes
        );
        Err(Error::new("limit.file_size", message))
    }

    /// Checks the length of a block of metadata.
    ///
    /// # Errors
    /// `limit.metadata`.
    pub(crate) fn check_metadata(&self, what: &str, bytes: usize) -> Result<()> {
        if bytes <= self.max_metadata_bytes {
            return Ok(());
        }
        let message = format!(
            "the {what} of the file has {bytes} bytes or more, the limit is {}; raise max_metadata_bytes, or take it out of the file",
            self.max_metadata_bytes
        );
        Err(Error::new("limit.metadata", message))
    }
}
