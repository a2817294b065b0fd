//! How a component came to be: the forward steps behind it, as a file stores them.

use super::{Component, Kind, Params};
use crate::arena::DType;
use crate::error::{Error, Result};
use std::sync::Arc;

/// What a forward step was applied to, and so what its inverse gives back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Store key of the step's input.
    pub key: String,
    /// Its kind.
    pub kind: Kind,
    /// Its element type.
    pub dtype: DType,
    /// Its shape.
    pub shape: Vec<usize>,
}

/// One forward step: enough to undo it.
#[derive(Debug, Clone, PartialEq)]
pub struct StepRecord {
    /// Registry number; 0 for a custom system that was not registered.
    pub number: u16,
    /// Public name, for messages.
    pub name: String,
    /// Parameters as the user gave them.
    pub params: Params,
    /// What the step learned from the data and its inverse needs (ranges, tables, model hash).
    pub side: Vec<u8>,
    /// What it was applied to.
    pub origin: Origin,
}

/// The steps from samples to a component, oldest first; cheap to clone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lineage(Arc<Vec<StepRecord>>);

impl Lineage {
    /// A lineage of these steps.
    pub fn of(steps: Vec<StepRecord>) -> Lineage {
        Lineage(Arc::new(steps))
    }

    /// The steps, oldest first.
    pub fn steps(&self) -> &[StepRecord] {
        &self.0
    }

    /// The newest step.
    pub fn last(&self) -> Option<&StepRecord> {
        self.0.last()
    }

    /// This lineage with one more step.
    pub fn pushed(&self, step: StepRecord) -> Lineage {
        let mut steps = self.0.as_ref().clone();
        steps.push(step);
        Lineage(Arc::new(steps))
    }

    /// This lineage without its newest step.
    pub fn popped(&self) -> Lineage {
        let keep = self.0.len().saturating_sub(1);
        Lineage(Arc::new(self.0[..keep].to_vec()))
    }

    /// The newest step, which an inverse of `number` is about to undo.
    ///
    /// # Errors
    /// `pipe.wrong_inverse` where the newest step is another one or there is none.
    pub fn expect(&self, number: u16, inverse_name: &str) -> Result<&StepRecord> {
        match self.last() {
            Some(step) if step.number == number => Ok(step),
            other => {
                let was = other.map_or("no forward step".to_string(), |s| s.name.clone());
                let text = format!("{inverse_name} cannot undo {was}");
                Err(Error::new("pipe.wrong_inverse", text))
            }
        }
    }
}

impl Origin {
    /// The origin that `component`, stored under `key`, is to the next step.
    pub fn of(key: &str, component: &Component) -> Origin {
        Origin {
            key: key.to_string(),
            kind: component.kind,
            dtype: component.data.dtype(),
            shape: component.data.shape().to_vec(),
        }
    }
}
