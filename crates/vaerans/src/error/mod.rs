//! Errors: one code per thing that can go wrong, the same in Rust, Python and JavaScript.

mod codes;

pub use codes::{CodeDoc, CODES};

use std::fmt::Write;

/// Who can mend an error; the part of a code before its first dot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// `pipe.*`: the pipe as written cannot work.
    Pipe,
    /// `param.*`: an argument is out of its range or of the wrong type.
    Param,
    /// `data.*`: the samples themselves cannot be coded (NaN, infinity, empty).
    Data,
    /// `stream.*`: bytes from outside are truncated, damaged or hostile.
    Bitstream,
    /// `model.*`: a learned model is missing or does not fit.
    Model,
    /// `limit.*`: a limit was reached; the message names the argument to raise.
    Limit,
    /// `unavailable.*`: this build or machine cannot do it.
    Unavailable,
    /// `internal.*`: a defect of ours.
    Internal,
}

/// A shape in a message: `[512, 768, 3]`. (`{:?}` would do, and brings 8 KB of formatting into a module to be downloaded.)
pub(crate) struct Dims<'a>(pub &'a [usize]);

impl std::fmt::Display for Dims<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (i, extent) in self.0.iter().enumerate() {
            write!(f, "{}{extent}", if i == 0 { "[" } else { ", " })?;
        }
        f.write_str(if self.0.is_empty() { "[]" } else { "]" })
    }
}

/// A number in a message. What prints floats is a tenth of a small module, whose numbers come from files or from a quality: there
/// it is given in thousandths.
pub(crate) struct Number(pub f64);

impl std::fmt::Display for Number {
    #[cfg(feature = "extra")]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.0)
    }

    #[cfg(not(feature = "extra"))]
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/1000", (self.0 * 1000.0) as i64)
    }
}

/// A text from outside in a message: in quotation marks, control characters replaced.
pub(crate) struct Quoted<'a>(pub &'a str);

impl std::fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_char('"')?;
        self.0.chars().try_for_each(|c| f.write_char(if c.is_control() { '\u{fffd}' } else { c }))?;
        f.write_char('"')
    }
}

/// Names in a message: `a, b, c`.
pub(crate) struct Names<'a>(pub &'a [&'a str]);

impl std::fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.iter().enumerate().try_for_each(|(i, name)| write!(f, "{}{name}", if i == 0 { "" } else { ", " }))
    }
}

/// An error with a stable code and a message for people. (One pointer: what hands results on is smaller by a tenth than with the text in it.)
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error(Box<Text>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Text {
    code: &'static str,
    message: String,
}

/// The core's result type.
pub type Result<T> = std::result::Result<T, Error>;

/// What an error can say.
pub trait Message {
    #[doc(hidden)]
    fn error(self, code: &'static str) -> Error;
}

impl Message for String {
    fn error(self, code: &'static str) -> Error {
        Error::of(code, self)
    }
}

impl Message for &str {
    // Not where it is called: most errors are of this kind, and each would copy its text.
    #[cold]
    #[inline(never)]
    fn error(self, code: &'static str) -> Error {
        Error::of(code, self.to_owned())
    }
}

impl Error {
    /// An error with a code of [`CODES`]. The message says what, where, expected and got.
    pub fn new(code: &'static str, message: impl Message) -> Self {
        message.error(code)
    }

    #[cold]
    #[inline(never)]
    fn of(code: &'static str, message: String) -> Self {
        debug_assert!(CODES.iter().any(|c| c.code == code), "unlisted error code {code}");
        Error(Box::new(Text { code, message }))
    }

    /// The stable dotted code.
    pub fn code(&self) -> &'static str {
        self.0.code
    }

    /// The message without its code.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The same error with a place put in front of its message.
    pub fn at(mut self, place: &str) -> Self {
        self.0.message = format!("{place}: {}", self.0.message);
        self
    }

    /// The family its code belongs to.
    pub fn family(&self) -> Family {
        match self.0.code.split('.').next().unwrap_or("") {
            "pipe" => Family::Pipe,
            "param" => Family::Param,
            "data" => Family::Data,
            "stream" => Family::Bitstream,
            "model" => Family::Model,
            "limit" => Family::Limit,
            "unavailable" => Family::Unavailable,
            _ => Family::Internal,
        }
    }
}

impl std::fmt::Display for Error {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "[{}] {}", self.code(), self.message())
    }
}

impl std::error::Error for Error {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_have_a_family() {
        let mut seen = std::collections::HashSet::new();
        for doc in CODES {
            assert!(seen.insert(doc.code), "{} twice", doc.code);
            let family = Error::new(doc.code, "").family();
            assert!(doc.code.starts_with("internal.") || family != Family::Internal, "{}", doc.code);
        }
    }
}
