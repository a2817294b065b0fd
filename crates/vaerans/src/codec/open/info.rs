//! What a file says of itself.

use super::Opened;
use crate::bitstream::{self, Content, Metadata, StoredStep, Stream};
use crate::codec::filter::alpha;
use crate::component::Params;
use crate::ecs::TensorType;
use crate::registry::{Levels, Registry, Role};

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
    /// Name of the item.
    pub key: String,
    /// What the file gives.
    pub content: Content,
    /// ICC, EXIF, orientation, JSON.
    pub metadata: Metadata,
    /// The pipe of the first stream.
    pub steps: Vec<StepInfo>,
    /// Bytes of every level of the first stream, coarsest (or topmost) first.
    pub level_bytes: Vec<usize>,
    /// What a level is. A file of rows is decoded whole and made smaller by averaging.
    pub levels: Levels,
    /// Number of tiles.
    pub tiles: usize,
    /// What each stream is; the first is the picture or tensor.
    pub streams: Vec<Role>,
    /// Names of the steps that only the caller can undo (a network, a system of the writer's own).
    pub foreign: Vec<String>,
    /// Bytes of the header.
    pub header_bytes: u64,
    /// Bytes the whole item has.
    pub file_bytes: u64,
    /// Whether all of them are there.
    pub is_complete: bool,
    /// Whether every sample comes back.
    pub is_lossless: bool,
}

impl Opened<'_> {
    /// What the item says of itself.
    pub fn info(&self) -> Info {
        let (item, header) = (&self.item, &self.item.header);
        let tiles = header.content.tiles();
        let first = &header.streams[0];
        let sum = |level: &[bitstream::Section]| level.iter().map(|s| s.len).sum();
        let name = |s: &StoredStep| s.name.clone();
        Info {
            version: bitstream::format::VERSION,
            key: header.key.clone(),
            level_bytes: first.sections.chunks(tiles.max(1)).map(sum).collect(),
            levels: first
                .steps
                .last()
                .and_then(|s| self.registry.by_number(s.number))
                .map_or(Levels::Own, |e| e.levels),
            tiles,
            streams: header.streams.iter().map(|s| s.role).collect(),
            foreign: self.foreign().into_iter().map(name).collect(),
            header_bytes: item.header_len(),
            file_bytes: item.bytes(),
            is_complete: item.is_complete(),
            is_lossless: is_lossless(self.registry, header),
            steps: first.steps.iter().map(step_info).collect(),
            content: header.content.clone(),
            metadata: header.metadata.clone(),
        }
    }
}

/// Whether every sample comes back: all steps are exact, or a later stream is a residual that leaves no error.
fn is_lossless(registry: &Registry, header: &bitstream::Header) -> bool {
    let exact = |s: &StoredStep, shape: Option<Vec<usize>>| {
        let input = TensorType { dtype: Some(s.dtype), shape };
        registry.by_number(s.number).is_some_and(|e| e.exact.holds(&s.params, &input))
    };
    let all_exact = |steps: &[StoredStep]| steps.iter().all(|s| exact(s, None));
    let mut residuals = header.streams.iter().skip(1).filter(|s| s.role == Role::Residual);
    if residuals.clone().any(|s| all_exact(&s.steps)) {
        return true;
    }
    let (Content::Picture(g), Some((first, rest))) = (&header.content, header.streams[0].steps.split_first()) else {
        return false;
    };
    // Alpha that the first step leaves out may have a stream of its own.
    let is_alpha = |s: &Stream| {
        s.steps.split_first().is_some_and(|(first, rest)| first.number == alpha::ENTRY.number && all_exact(rest))
    };
    let shape = match residuals.any(is_alpha) {
        true => None,
        false => Some(vec![g.height, g.width, g.colour.channels()]),
    };
    exact(first, shape) && all_exact(rest)
}

fn step_info(step: &StoredStep) -> StepInfo {
    StepInfo { number: step.number, name: step.name.clone(), params: step.params.clone() }
}
