//! The plan that undoes the streams of one tile: down to the samples, then residual after residual.

use super::Opened;
use crate::arena::DType;
use crate::codec::coded::blame_file;
use crate::codec::run::{take, Run, Slots};
use crate::component::{Component, Kind, Lineage};
use crate::ecs::{Ctx, Native, Past, Planned, TensorType, Ty};
use crate::error::{Error, Result};
use crate::registry::{keys, Read};
use std::sync::Arc;

/// Planned steps over the coded streams of a tile, which stand in the first slots.
pub(super) struct Undo {
    steps: Vec<Planned>,
    /// Where the samples will be.
    result: usize,
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
    ///
    /// # Errors
    /// `stream.invalid` for histories that no encoder makes.
    pub fn plan(opened: &Opened, lineages: &[Lineage]) -> Result<Undo> {
        Undo::of(opened, Vec::new(), lineages).map_err(blame_file)
    }

    /// Of histories that refine a picture, which stands in the first slot.
    ///
    /// # Errors
    /// As [`Undo::plan`].
    pub fn onto(opened: &Opened, picture: Arc<Ty>, lineages: &[Lineage]) -> Result<Undo> {
        Undo::of(opened, vec![picture], lineages).map_err(blame_file)
    }

    fn of(opened: &Opened, mut types: Vec<Arc<Ty>>, lineages: &[Lineage]) -> Result<Undo> {
        let first = types.len();
        types.extend(lineages.iter().map(|l| Arc::new(coded(l))));
        let (mut steps, mut result) = (Vec::new(), 0);
        for (stream, lineage) in lineages.iter().enumerate() {
            // What a residual is added to.
            let base = std::mem::replace(&mut result, first + stream);
            for inverse in opened.inverses(lineage) {
                let Inverse { native, out, .. } = inverse?;
                let native = native.ok_or_else(|| Error::new("internal.bug", "a foreign step"))?;
                let slot = |read: &Read| if matches!(read, Read::Cursor) { result } else { base };
                // Types are known by slot: nothing has to be found, as in a pipe of a user's.
                let inputs: Vec<usize> = native.entry.inverse_reads.iter().map(slot).collect();
                let input_types: Vec<_> = inputs.iter().map(|&i| types[i].clone()).collect();
                let checked = native.check_inverse(&input_types).map_err(|e| e.at(native.name()))?;
                let planned = Planned::of(native.name(), checked, out);
                let planned = Planned { index: steps.len(), slot: types.len(), inputs, input_types, ..planned };
                result = planned.slot;
                types.push(planned.output.clone());
                steps.push(planned);
            }
        }
        Ok(Undo { steps, result })
    }

    fn run(&self) -> Run<'_> {
        Run { steps: &self.steps, keep: Some(std::slice::from_ref(&self.result)), observer: None }
    }

    /// The samples, or what else was coded, of the coded streams of a tile.
    ///
    /// # Errors
    /// Those of the steps, as faults of the file ([`blame_file`]).
    pub fn made(&self, ctx: &Ctx, mut slots: Slots) -> Result<Component> {
        self.run().on(ctx, std::slice::from_mut(&mut slots)).map_err(blame_file)?;
        take(&mut slots, self.result)
    }

    /// Bytes of an arena for streams of so many coded bytes.
    pub fn arena_bytes(&self, coded: &[u64]) -> u64 {
        self.run().arena_bytes(coded)
    }
}
