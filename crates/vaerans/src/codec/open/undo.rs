//! The plan that undoes the streams of one tile: down to the samples, then residual after residual.

use super::Opened;
use crate::arena::DType;
use crate::codec::run::Run;
use crate::component::{Kind, Lineage};
use crate::ecs::{Cursor, Native, Past, Planned, Planner, Step, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::keys;
use std::sync::Arc;

/// Planned steps over the coded streams of a tile, which stand in the first slots.
pub(super) struct Undo {
    pub steps: Vec<Planned>,
    /// Where the samples will be.
    pub result: usize,
}

/// Type of a coded stream with this history.
pub(super) fn coded(lineage: &Lineage) -> Ty {
    let past = lineage.steps().iter().map(|s| Arc::new(Past::of(s))).collect();
    let tensor = TensorType { dtype: Some(DType::U8), shape: None };
    Ty { key: keys::BITSTREAM.into(), kind: Kind::Bitstream, tensor, past }
}

/// What undoes a step of a history.
pub(super) struct Inverse<'a> {
    /// The step, if this library runs it.
    pub native: Option<Native>,
    /// Name of the step that is undone.
    pub name: &'a str,
    /// Key of the result, where it is not that of the history.
    pub out: Option<&'static str>,
}

impl Opened<'_> {
    /// What undoes a history, newest step first. Its picture is always called the same: a residual is added to what the streams
    /// before it gave, whatever that was called where it was coded.
    pub(super) fn inverses<'a>(&self, lineage: &'a Lineage) -> impl Iterator<Item = Result<Inverse<'a>>> + 'a {
        let registry = self.registry;
        lineage.steps().iter().enumerate().rev().map(move |(i, record)| {
            let out = (i == 0 && record.origin.kind == Kind::Image).then_some(keys::RECON);
            Ok(Inverse { native: registry.inverse_of(record)?, name: &record.name, out })
        })
    }
}

impl Undo {
    /// Of these histories, the first of which is the picture's or tensor's, if this library can undo them all.
    pub fn plan(opened: &Opened, lineages: &[Lineage]) -> Result<Undo> {
        let mut planner = Planner::new(Some(opened.registry), lineages.iter().map(coded).collect());
        let mut result = 0;
        for (stream, lineage) in lineages.iter().enumerate() {
            result = stream;
            for inverse in opened.inverses(lineage) {
                let Inverse { native, out, .. } = inverse?;
                let step = native.map(Step::Native).ok_or_else(|| Error::new("internal.bug", "a foreign step"))?;
                result = planner.add(&step, Cursor::Slot(result), out)?;
            }
        }
        Ok(Undo { steps: planner.steps, result })
    }

    pub fn run(&self) -> Run<'_> {
        Run { steps: &self.steps, keep: Some(std::slice::from_ref(&self.result)), observer: None }
    }

    /// Bytes of an arena for streams of so many coded bytes.
    pub fn arena_bytes(&self, coded: &[u64]) -> u64 {
        self.run().arena_bytes(coded)
    }
}
