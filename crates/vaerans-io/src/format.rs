//! The four file formats, told apart by their first bytes.

use std::path::Path;

use crate::{Error, Result};

/// A file format that can be read and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// JPEG: 8 bits, with loss.
    Jpeg,
    /// PNG: 8 or 16 bits, lossless.
    Png,
    /// WebP: 8 bits; read with loss or without, written without.
    WebP,
    /// TIFF: 8 or 16 bits, lossless.
    Tiff,
}

impl Format {
    /// The format of a file that begins with `bytes`; the name of a file says nothing.
    pub fn of_bytes(bytes: &[u8]) -> Option<Self> {
        const TIFF: [&[u8]; 4] = [b"II\x2a\0", b"MM\0\x2a", b"II\x2b\0", b"MM\0\x2b"];
        if bytes.starts_with(b"\xff\xd8\xff") {
            Some(Self::Jpeg)
        } else if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            Some(Self::Png)
        } else if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
            Some(Self::WebP)
        } else if TIFF.iter().any(|magic| bytes.starts_with(magic)) {
            Some(Self::Tiff)
        } else {
            None
        }
    }

    /// The format a file of this name should be written in.
    ///
    /// # Errors
    /// `param.image_format` for a name that ends in none of the known extensions.
    pub fn of_name(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or("");
        match extension.to_ascii_lowercase().as_str() {
            "jpg" | "jpeg" | "jpe" | "jfif" => Ok(Self::Jpeg),
            "png" => Ok(Self::Png),
            "webp" => Ok(Self::WebP),
            "tif" | "tiff" => Ok(Self::Tiff),
            other => Err(Error::new(
                "param.image_format",
                format!(
                    "{}: no format for the extension {other:?}; expected .jpg, .png, .webp or .tif",
                    path.display()
                ),
            )),
        }
    }

    /// The name people use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Png => "PNG",
            Self::WebP => "WebP",
            Self::Tiff => "TIFF",
        }
    }
}
