//! How a component came to be: the forward steps behind it, as a file stores them.

use super::{Component, Kind, Params};
use crate::arena::DType;
use std::borrow::Cow;
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
    pub name: Cow<'static, str>,
    /// Parameters, complete.
    pub params: Params,
    /// What the step learned from the data and its inverse needs (ranges, tables, model hash).
    pub side: Vec<u8>,
    /// What it was applied to.
    pub origin: Origin,
}

/// The steps from samples to a component, oldest first; cheap to clone.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Lineage(Arc<Vec<Arc<StepRecord>>>);

impl Lineage {
    /// A lineage of these steps.
    pub fn of(steps: Vec<StepRecord>) -> Lineage {
        Lineage(Arc::new(steps.into_iter().map(Arc::new).collect()))
    }

    /// The steps, oldest first.
    pub fn steps(&self) -> &[Arc<StepRecord>] {
        &self.0
    }

    /// The newest step.
    pub fn last(&self) -> Option<&StepRecord> {
        self.0.last().map(Arc::as_ref)
    }

    /// This lineage with one more step.
    pub fn pushed(&self, step: StepRecord) -> Lineage {
        let mut steps = Vec::with_capacity(self.0.len() + 1);
        steps.extend_from_slice(&self.0);
        steps.push(Arc::new(step));
        Lineage(Arc::new(steps))
    }

    /// This lineage without its newest step.
    pub fn popped(&self) -> Lineage {
        let keep = self.0.len().saturating_sub(1);
        Lineage(Arc::new(self.0[..keep].to_vec()))
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

    /// Number of elements; `u64::MAX` where that is more.
    pub fn elements(&self) -> u64 {
        self.shape.iter().fold(1, |n, &d| n.saturating_mul(d as u64))
    }
}
