//! What went wrong with a picture file: a stable code and a message for people.

use std::fmt;
use std::io;
use std::path::Path;

/// Shorthand for results of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An error with a stable dotted code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// A code of the table of errors (docs/errors.md).
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
