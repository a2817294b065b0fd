//! What can go wrong in choosing kernels. Everything else about them is decided by lengths, which the caller owns.

/// An error with a stable dotted code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// Stable code, for instance `unavailable.isa`.
    pub code: &'static str,
    /// What, where, expected, got and the next step.
    pub message: String,
}

/// A result with this crate's [`Error`].
pub type Result<T> = core::result::Result<T, Error>;

impl core::fmt::Display for Error {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
