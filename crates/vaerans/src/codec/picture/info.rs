//! What a file says of itself.

use crate::bitstream::{self, Content, File, Metadata};
use crate::codec::registry::{self, Family};
use crate::component::Params;
use crate::error::Result;
use crate::wire::Limits;

/// One step of a file's pipe.
#[derive(Debug, Clone, PartialEq)]
pub struct StepInfo {
    /// Registry number.
    pub number: u16,
    /// Public name; that of the file for private systems.
    pub name: String,
    /// Parameters.
    pub params: Params,
}

/// What a file says of itself; no section was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Info {
    /// Version of the format.
    pub version: u16,
    /// What the file gives.
    pub content: Content,
    /// ICC, EXIF, orientation, JSON.
    pub metadata: Metadata,
    /// The pipe of the first stream.
    pub steps: Vec<StepInfo>,
    /// Bytes of every level of resolution of the first stream, coarsest first.
    pub level_bytes: Vec<usize>,
    /// Number of tiles.
    pub tiles: usize,
    /// Number of streams; more than one: the first is refined by the others (a residual).
    pub streams: usize,
    /// Bytes of the header.
    pub header_bytes: usize,
    /// Bytes the whole file has.
    pub file_bytes: usize,
    /// Whether all of them are there.
    pub is_complete: bool,
    /// Whether every sample comes back.
    pub is_lossless: bool,
}

/// Reads the header of a file.
///
/// # Errors
/// `stream.*`, `limit.*`.
pub fn info(bytes: &[u8], limits: &Limits) -> Result<Info> {
    let file = File::parse(bytes, limits)?;
    let tiles = file.header.content.tiles();
    let stream = file.header.streams.first();
    let steps: Vec<_> = stream.map(|s| s.steps.iter().map(step_info).collect()).unwrap_or_default();
    let sections = stream.map(|s| &s.sections[..]).unwrap_or_default();
    let sum = |level: &[bitstream::Section]| level.iter().map(|s| s.len).sum();
    Ok(Info {
        version: bitstream::format::VERSION,
        level_bytes: sections.chunks(tiles.max(1)).map(sum).collect(),
        tiles,
        streams: file.header.streams.len(),
        header_bytes: file.header_len(),
        file_bytes: file.expected_len(),
        is_complete: file.expected_len() <= bytes.len(),
        is_lossless: is_lossless(&file, &steps),
        steps,
        content: file.header.content,
        metadata: file.header.metadata,
    })
}

/// Whether every sample comes back: all steps are exact, or a later stream is a residual that leaves no error.
fn is_lossless(file: &File, steps: &[StepInfo]) -> bool {
    let is_picture = matches!(file.header.content, Content::Picture(_));
    let exact = |s: &bitstream::StoredStep| {
        registry::by_number(s.number).is_some_and(|e| e.name == "Residual")
            && s.params.int("max_error", 0, 0..=i64::MAX).is_ok_and(|e| e == 0)
    };
    let refined = file.header.streams.iter().skip(1).any(|s| s.steps.first().is_some_and(exact));
    refined || (is_picture && steps.iter().all(is_exact))
}

fn step_info(step: &bitstream::StoredStep) -> StepInfo {
    let known = registry::by_number(step.number).map(|e| e.name.to_owned());
    StepInfo { number: step.number, name: known.unwrap_or_else(|| step.name.clone()), params: step.params.clone() }
}

/// Whether a step gives back exactly what it took; unknown steps may not.
fn is_exact(step: &StepInfo) -> bool {
    let family = registry::by_number(step.number).map(|e| e.family);
    let float = step.params.flag("float", false).unwrap_or(true);
    match family {
        Some(Family::Coder) => true,
        Some(Family::Color) => !float,
        Some(Family::Transform) => step.name != "WaveletCDF97",
        _ => false,
    }
}
