//! What went wrong with a picture file: a stable code and a message for people.

use std::fmt;
use std::io;
use std::path::Path;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Every code about files with its meaning and the next step, for the generated table of errors. The codes `param.shape`,
/// `limit.dimensions` and `limit.memory` are the core's.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "data.image_format",
        "the bytes are no JPEG, PNG, WebP or TIFF file",
        "check that the file is a picture; convert other formats first",
    ),
    ("data.image_damaged", "the picture file is cut short or damaged", "fetch the file again"),
    (
        "data.image_kind",
        "the picture has samples this codec has no place for: floating point, a TIFF palette, more than four channels",
        "convert it to 8 or 16-bit grey, RGB or RGBA",
    ),
    (
        "param.image_format",
        "the file format asked for cannot hold this picture",
        "write PNG or TIFF, which hold every picture, or convert the picture first",
    ),
    (
        "limit.file_size",
        "the file is larger than the limits allow",
        "raise the limit the message names, or split the file",
    ),
    ("unavailable.file", "the file cannot be opened, read or written", "check the path, its permissions and the disk"),
];

/// An error with a stable dotted code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// One of [`CODES`], or one of the core's.
    pub code: &'static str,
    /// What, where, expected, got, next step.
    pub message: String,
    /// The operating system's word on it, where it had one: a binding may turn "not found" into its own kind of error.
    pub io: Option<io::ErrorKind>,
}

impl Error {
    pub(crate) fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), io: None }
    }

    pub(crate) fn file(path: &Path, what: &str, error: &io::Error) -> Self {
        Self {
            code: "unavailable.file",
            message: format!(
                "{}: cannot {what}: {error}; check the path, its permissions and the disk",
                path.display()
            ),
            io: Some(error.kind()),
        }
    }

    /// The same error with the file's name in front of the message.
    pub(crate) fn at(mut self, path: &Path) -> Self {
        self.message = format!("{}: {}", path.display(), self.message);
        self
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
