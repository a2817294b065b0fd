//! The learned models of a file.

use crate::bitstream::StoredStep;
use crate::codec::network::vae::{digest, ENTRY};

/// A learned model that a file needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needed<'a> {
    /// SHA-256 of the plan of its decoder.
    pub sha256: [u8; 32],
    /// SHA-256 of what the decoder was compiled from, where the file says it.
    pub source: Option<[u8; 32]>,
    /// What people call it.
    pub name: &'a str,
}

impl Needed<'_> {
    pub(super) fn of(step: &StoredStep) -> Option<Needed<'_>> {
        if step.number != ENTRY.number {
            return None;
        }
        let sha256 = digest(&step.params, "model")?;
        Some(Needed { sha256, source: digest(&step.params, "source"), name: step.params.text("name") })
    }
}
