//! What runs at a step of this library's own: a [`System`]. Everything else about the step, its entry of the registry says.

use crate::arena::{Arena, TensorRef};
use crate::component::{Component, Meta};
use crate::error::{Error, Result};
#[cfg(all(feature = "predict", feature = "network"))]
use crate::learned::Layered;
#[cfg(feature = "predict")]
use crate::learned::{Predictor, NAME};
use crate::nn::Model;
use crate::registry::Direction;
use crate::wire::{hex, Limits};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// Where steps find learned models.
pub trait Models: Send + Sync {
    /// The network of a learned model that runs in this direction, in strict mode; the model is the one whose decoder's plan has this SHA-256.
    ///
    /// # Errors
    /// `model.not_found`.
    fn network(&self, sha256: &[u8; 32], direction: Direction) -> Result<Arc<Model>>;

    /// The predictor of that name.
    ///
    /// # Errors
    /// `model.not_found`.
    #[cfg(feature = "predict")]
    fn predictor(&self, name: &[u8; NAME]) -> Result<Arc<Predictor>> {
        Err(not_found(name))
    }

    /// The learned codec of that name.
    ///
    /// # Errors
    /// `model.not_found`.
    #[cfg(all(feature = "predict", feature = "network"))]
    fn layered(&self, name: &[u8; NAME]) -> Result<Arc<Layered>> {
        Err(not_found(name))
    }
}

/// No models at all.
#[derive(Debug, Clone, Copy)]
pub struct NoModels;

impl Models for NoModels {
    fn network(&self, sha256: &[u8; 32], _: Direction) -> Result<Arc<Model>> {
        Err(not_found(sha256))
    }
}

/// The error where nobody has a model.
pub(crate) fn not_found(sha256: &[u8]) -> Error {
    let text = format!("no model with SHA-256 {} was given to what runs the step", hex(sha256));
    Error::new("model.not_found", text)
}

/// What a running system may use.
#[derive(Clone, Copy)]
pub struct Ctx<'a> {
    /// Kernels of the chosen instruction set.
    pub kernels: Kernels,
    /// Where results go.
    pub arena: &'a Arena,
    /// Threads this call may use inside itself; 1 where entities already fill the pool.
    pub threads: usize,
    /// Bounds on untrusted sizes.
    pub limits: &'a Limits,
    /// Learned models, by hash.
    pub models: &'a dyn Models,
}

impl<'a> Ctx<'a> {
    /// One thread, no models.
    pub fn new(kernels: Kernels, arena: &'a Arena, limits: &'a Limits) -> Ctx<'a> {
        Ctx { kernels, arena, threads: 1, limits, models: &NoModels }
    }
}

/// An input as it is handed to a running system.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its store key.
    pub key: &'a str,
    /// The component.
    pub component: &'a Component,
}

impl Input<'_> {
    /// What the newest forward step behind the component left for its inverse.
    pub fn side(&self) -> &[u8] {
        self.component.lineage.last().map_or(&[], |s| &s.side)
    }
}

/// What a system made of one entity's inputs. The executor gives it its key, kind and history.
#[derive(Debug, Clone)]
pub struct Output {
    /// The tensor.
    pub data: TensorRef,
    /// What else is known.
    pub meta: Meta,
    /// What a forward step learned from the data and its inverse needs.
    pub side: Vec<u8>,
}

impl From<TensorRef> for Output {
    fn from(data: TensorRef) -> Output {
        Output { data, meta: Meta::None, side: Vec::new() }
    }
}

impl Output {
    /// The same with `meta`.
    pub fn with_meta(self, meta: Meta) -> Output {
        Output { meta, ..self }
    }

    /// The same with `side` bytes.
    pub fn with_side(self, side: Vec<u8>) -> Output {
        Output { side, ..self }
    }
}

/// A step that this library runs, in one direction, with its parameters.
pub trait System: Send + Sync {
    /// Runs on one entity. The types of the inputs are what the plan checked.
    ///
    /// # Errors
    /// `data.*`, `limit.*`, `stream.*`.
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Output>;

    /// Runs on several entities whose inputs have the same types; one output for each. A small module gives it one at a time.
    ///
    /// # Errors
    /// As [`System::run`].
    fn run_batch(&self, ctx: &Ctx, batch: &[Vec<Input>]) -> Result<Vec<Output>> {
        if cfg!(feature = "extra") {
            return batch.iter().map(|inputs| self.run(ctx, inputs)).collect();
        }
        Err(Error::new("internal.bug", "a small module runs a step on one entity at a time"))
    }

    /// How many entities it likes to be given at once; 1 keeps an entity on one thread from its first step to its last.
    fn batch(&self) -> usize {
        1
    }
}
