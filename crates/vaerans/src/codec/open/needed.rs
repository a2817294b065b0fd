//! The learned models of a file.

use crate::bitstream::StoredStep;
use crate::codec::network::vae::ENTRY;

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
        let sha256 = step.params.array("model")?;
        Some(Needed { sha256, source: step.params.array("source"), name: step.params.text("name") })
    }
}

/// A learned codec in layers that a file needs.
#[cfg(feature = "predict")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeededCodec<'a> {
    /// First bytes of the SHA-256 of its head.
    pub name: [u8; crate::learned::NAME],
    /// What people call it.
    pub label: &'a str,
    /// Layers of it that the file has.
    pub layers: usize,
    /// Of these, layers whose bytes are all there.
    pub there: usize,
}

#[cfg(feature = "predict")]
impl super::Opened<'_> {
    /// The codec that the file's picture is coded with, for [`super::Opened::with_models`].
    pub fn codec(&self) -> Option<NeededCodec<'_>> {
        let stream = self.item.header.streams.first()?;
        let step = stream.steps.iter().find(|s| s.number == crate::codec::network::layered::ENTRY.number)?;
        let name = step.params.array("model")?;
        let there = self.item.whole_levels(0);
        Some(NeededCodec { name, label: step.params.text("name"), layers: stream.levels, there })
    }
}
