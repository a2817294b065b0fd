//! What goes wrong with a file that is named by its path.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use vaerans::Error;

/// A picture file that was not read.
#[derive(Debug)]
pub enum FileError {
    /// The operating system does not give its bytes: `unavailable.file`.
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The operating system's word on it.
        cause: io::Error,
    },
    /// Its bytes are no picture that this crate decodes; the message begins with the file's name.
    Refused(Error),
}

impl FileError {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable { .. } => "unavailable.file",
            Self::Refused(error) => error.code(),
        }
    }

    pub(crate) fn refused(path: &Path, error: Error) -> Self {
        Self::Refused(error.at(&path.display().to_string()))
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable { path, cause } => {
                let next = "check the path, its permissions and the disk";
                write!(f, "[{}] {}: cannot read the file: {cause}; {next}", self.code(), path.display())
            }
            Self::Refused(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for FileError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unreadable { cause, .. } => Some(cause),
            Self::Refused(error) => Some(error),
        }
    }
}
