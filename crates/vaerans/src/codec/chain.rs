//! Steps run one after another on one component, without a world: what files and profiles need.

use super::registry::{self, Direction};
use crate::component::{Component, StepRecord};
use crate::ecs::{Ctx, Input, System, Ty};
use crate::error::{Error, Result};
use std::sync::Arc;

/// A component and the store key it goes by.
#[derive(Debug, Clone)]
pub struct Keyed {
    /// Store key.
    pub key: String,
    /// The component.
    pub component: Component,
}

impl Keyed {
    /// Runs one step.
    ///
    /// # Errors
    /// The step's own; `pipe.missing_component` for a step that needs more than this component.
    pub fn step(self, ctx: &Ctx, system: &dyn System) -> Result<Keyed> {
        self.step_on(ctx, system, None)
    }

    /// Runs one step, on `base` too where it needs a second component (a residual's).
    fn step_on(self, ctx: &Ctx, system: &dyn System, base: Option<&Keyed>) -> Result<Keyed> {
        let all = [Some(&self), base];
        let wanted = system.needs().len();
        let inputs: Vec<Input> = all.into_iter().flatten().take(wanted).map(Keyed::input).collect();
        if inputs.len() != wanted {
            return Err(needs_more(system));
        }
        let types: Vec<Ty> = inputs.iter().map(|i| Ty::of(i.key, i.component)).collect();
        let ty = system.infer(&types)?;
        let component = system.run(ctx, &inputs).map_err(|e| e.at(system.name()))?;
        Ok(Keyed { key: ty.key, component })
    }

    fn input(&self) -> Input<'_> {
        Input { key: &self.key, component: &self.component }
    }

    /// Runs `steps` in order.
    ///
    /// # Errors
    /// Those of the steps.
    pub fn run(self, ctx: &Ctx, steps: &[Arc<dyn System>]) -> Result<Keyed> {
        steps.iter().try_fold(self, |k, s| k.step(ctx, s.as_ref()))
    }

    /// Undoes the steps of its history, newest first, down to the samples or to a step that only a
    /// home can undo: that one and the older ones are still in the history of the result.
    ///
    /// # Errors
    /// Those of the steps; `pipe.unknown_system` for a number no build has.
    pub fn undo(self, ctx: &Ctx) -> Result<Keyed> {
        self.undo_on(ctx, None)
    }

    /// [`Keyed::undo`] where a step may need a second component: what a residual is added to.
    ///
    /// # Errors
    /// As there.
    pub fn undo_on(mut self, ctx: &Ctx, base: Option<&Keyed>) -> Result<Keyed> {
        while let Some(record) = self.component.lineage.last() {
            let Some(system) = inverse_of(record)? else { break };
            self = self.step_on(ctx, system.as_ref(), base)?;
        }
        Ok(self)
    }
}

/// The native system that undoes a step; none for steps of a home.
///
/// # Errors
/// `pipe.unknown_system` for a number this build's registry lacks, `pipe.no_inverse`, `param.*` for impossible
/// parameters.
pub fn inverse_of(record: &StepRecord) -> Result<Option<Arc<dyn System>>> {
    if record.number >= registry::PRIVATE {
        return Ok(None);
    }
    let entry = registry::by_number(record.number).ok_or_else(|| {
        let text = format!("step number {} is not in this build's registry", record.number);
        Error::new("pipe.unknown_system", text)
    })?;
    if entry.inverse_name.is_none() {
        return Err(Error::new("pipe.no_inverse", format!("{} has no inverse", entry.name)));
    }
    let system = entry.build.map(|build| build(Direction::Inverse, &record.params).map_err(|e| e.at(entry.name)));
    system.transpose()
}

/// A file may name any step: one whose second component is not there is refused.
pub(super) fn needs_more(system: &dyn System) -> Error {
    Error::new("pipe.missing_component", format!("{} needs more than one component", system.name()))
}
