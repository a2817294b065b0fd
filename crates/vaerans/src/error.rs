//! Errors: one code per thing that can go wrong, the same in Rust, Python and JavaScript.

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

/// One row of docs/errors.md: a code, what it means, and what to do about it.
#[derive(Debug, Clone, Copy)]
pub struct CodeDoc {
    /// Stable dotted code.
    pub code: &'static str,
    /// What happened.
    pub meaning: &'static str,
    /// What to do next.
    pub next: &'static str,
}

const fn row(code: &'static str, meaning: &'static str, next: &'static str) -> CodeDoc {
    CodeDoc { code, meaning, next }
}

/// Every code the core raises, sorted by family; docs/errors.md is generated from it.
pub static CODES: &[CodeDoc] = &[
    row(
        "pipe.missing_input",
        "a step needs a component that no earlier step produces",
        "add the system the message names, or select another key",
    ),
    row(
        "pipe.wrong_kind",
        "a step was given a component kind it cannot take",
        "put the system the message names in between",
    ),
    row(
        "pipe.wrong_inverse",
        "an inverse step does not match the newest forward step of its input",
        "undo the steps in reverse order",
    ),
    row("pipe.unknown_system", "the file names a system this build does not have", "register the system, or update"),
    row(
        "pipe.unregistered_system",
        "a pipe with an unregistered custom system cannot be saved",
        "register it with a number of the private range",
    ),
    row("pipe.no_inverse", "the system has no inverse", "leave the system out of pipes that must be decoded"),
    row("pipe.unknown_entity", "the entity does not exist or was despawned", "spawn it first"),
    row("pipe.missing_component", "the entity has no component under that key", "run the pipe that produces it"),
    row("pipe.not_saveable", "the component is not a whole file", "save the component named Bitstream"),
    row("param.range", "an argument lies outside its range", "use a value inside the range the message gives"),
    row("param.type", "an argument has the wrong type", "pass the type the message names"),
    row("param.unknown", "there is no parameter or system of that name", "see the list in the message"),
    row("param.shape", "an array has the wrong shape", "pass the shape the message gives"),
    row("param.overlap", "an output array shares memory with the input", "pass an array of its own"),
    row("param.dtype", "an array has the wrong dtype", "convert it to the dtype the message names"),
    row("param.arena_in_use", "an arena was reset while a view of its memory lives", "drop the views first"),
    row("param.stale_tensor", "a tensor reference is older than the arena's last reset", "allocate it anew"),
    row("param.read_only", "a leased or frozen tensor cannot be written", "allocate a tensor of your own"),
    row("data.empty", "a picture or tensor has no samples", "pass at least one sample"),
    row(
        "data.too_small",
        "a side is too short for this computation",
        "use larger samples, or the setting the message names",
    ),
    row(
        "data.base_differs",
        "the reconstruction is not the one the residual was made over",
        "decode with the same network and library version, or without the residual",
    ),
    row("data.not_finite", "the samples hold NaN or infinity", "clean the samples first"),
    row("data.range", "a sample does not fit the target type", "scale the samples, or use a wider type"),
    row("limit.arena", "the arena has too little free memory", "raise arena_bytes"),
    row("limit.dimensions", "a picture is larger than the limits allow", "raise the limit the message names"),
    row("limit.symbols", "a stream claims more symbols than the limits allow", "raise the limit the message names"),
    row("limit.memory", "the system refused memory", "use a smaller picture or arena"),
    row("stream.truncated", "the bytes end too early", "fetch the whole file again"),
    row("stream.checksum", "a section's CRC32C differs: the bytes were changed", "fetch the file again"),
    row("stream.magic", "these bytes are not a vaerans file", "pass a .vrn file"),
    row("stream.version", "the file was written by another, incompatible version", "use the version the message names"),
    row(
        "stream.invalid",
        "a field of the file holds an impossible value",
        "the file is damaged or hostile: do not trust it",
    ),
    row(
        "unavailable.isa",
        "this CPU or build lacks the instruction set asked for",
        "unset VAERANS_ISA or choose one the message lists",
    ),
    row(
        "unavailable.feature",
        "this build lacks an optional part",
        "install the extra or build with the feature the message names",
    ),
    row("internal.bug", "an invariant of ours is broken", "please report it with the message"),
];

/// An error with a stable code and a message for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    code: &'static str,
    message: String,
}

/// The core's result type.
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// An error with a code of [`CODES`]. The message says what, where, expected and got.
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        debug_assert!(CODES.iter().any(|c| c.code == code), "unlisted error code {code}");
        Error { code, message: message.into() }
    }

    /// The stable dotted code.
    pub fn code(&self) -> &'static str {
        self.code
    }

    /// The message without its code.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The same error with a place put in front of its message.
    pub fn at(mut self, place: &str) -> Self {
        self.message = format!("{place}: {}", self.message);
        self
    }

    /// The family its code belongs to.
    pub fn family(&self) -> Family {
        match self.code.split('.').next().unwrap_or("") {
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
        write!(f, "[{}] {}", self.code, self.message)
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
