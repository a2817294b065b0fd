//! What went wrong with a picture file: a stable code and a message for people.

use std::fmt;
use std::io;
use std::path::Path;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// Every code of this crate with its meaning and the next step, for the generated table of errors.
pub const CODES: &[(&str, &str, &str)] = &[
    (
        "data.image_format",
        "The bytes are no JPEG, PNG, WebP or TIFF file.",
        "Check that the file is a picture; convert other formats first.",
    ),
    (
        "data.image_damaged",
        "The picture file is cut short or damaged.",
        "Fetch the file again; its decoder could not read all of it.",
    ),
    (
        "data.image_kind",
        "The picture has samples this codec has no place for (floating point, a TIFF palette, more than four channels).",
        "Convert it to 8 or 16-bit grey, RGB or RGBA.",
    ),
    (
        "param.image_format",
        "The file format asked for cannot hold this picture.",
        "Write PNG or TIFF: they hold every picture; or convert the picture first.",
    ),
    (
        "param.image_shape",
        "Width, height, channels and the number of samples do not belong together.",
        "Give height x width x channels samples, 1 to 4 channels, sides of at least 1.",
    ),
    (
        "limit.image_size",
        "The picture is larger than the limits allow.",
        "Raise the limit the message names, or make the picture smaller.",
    ),
    (
        "limit.file_size",
        "The file is larger than the limits allow.",
        "Raise the limit the message names, or split the file.",
    ),
    (
        "unavailable.file",
        "The file cannot be opened or read.",
        "Check the path, its permissions and the disk.",
    ),
];

/// An error with a stable dotted code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// One of [`CODES`].
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
