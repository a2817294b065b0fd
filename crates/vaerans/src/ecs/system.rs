//! What a step of a pipe is: a [`System`] of this library, or a [`Foreign`] one of the home.

use crate::arena::{Arena, TensorRef};
use crate::component::{Component, Kind, Meta, Origin, Params, StepRecord};
use crate::error::{Error, Result};
use crate::wire::Limits;
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// A forward step behind a planned component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// Registry number.
    pub number: u16,
    /// Public name.
    pub name: String,
    /// Key and kind of its input.
    pub key: String,
    /// Kind of its input.
    pub kind: Kind,
}

/// What the plan knows of a component before it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ty {
    /// Store key.
    pub key: String,
    /// Kind.
    pub kind: Kind,
    /// Forward steps behind it, oldest first.
    pub past: Vec<Past>,
}

impl Ty {
    /// The type of a component that exists.
    pub fn of(key: &str, component: &Component) -> Ty {
        let past = |s: &StepRecord| Past {
            number: s.number,
            name: s.name.clone(),
            key: s.origin.key.clone(),
            kind: s.origin.kind,
        };
        Ty { key: key.to_string(), kind: component.kind, past: component.lineage.steps().iter().map(past).collect() }
    }

    /// The type after a forward step.
    pub fn forward(&self, number: u16, name: &str, key: &str, kind: Kind) -> Ty {
        let mut past = self.past.clone();
        past.push(Past { number, name: name.to_string(), key: self.key.clone(), kind: self.kind });
        Ty { key: key.to_string(), kind, past }
    }

    /// The type after the inverse of step `number`: what that step was applied to.
    ///
    /// # Errors
    /// `pipe.wrong_inverse` where the newest forward step is another one.
    pub fn inverse(&self, number: u16, inverse_name: &str) -> Result<Ty> {
        match self.past.last() {
            Some(p) if p.number == number => {
                let key = if p.key == "RGB" { "ReconRGB" } else { &p.key };
                let past = self.past[..self.past.len() - 1].to_vec();
                Ok(Ty { key: key.to_string(), kind: p.kind, past })
            }
            other => {
                let newest = other.map_or("none", |p| &p.name);
                let text = format!("{inverse_name} on {}: the newest forward step is {newest}", self.key);
                Err(Error::new("pipe.wrong_inverse", text))
            }
        }
    }

    /// A type without history.
    pub fn fresh(key: &str, kind: Kind) -> Ty {
        Ty { key: key.to_string(), kind, past: Vec::new() }
    }
}

/// One input of a system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Need {
    /// Name of the input, for messages.
    pub arg: String,
    /// Kinds it takes.
    pub kinds: Vec<Kind>,
    /// Store keys it takes beside those kinds.
    pub keys: Vec<String>,
    /// The key it reads; none: the pipe's cursor.
    pub from: Option<String>,
}

impl Need {
    /// The component under the pipe's cursor.
    pub fn cursor(kinds: &[Kind]) -> Need {
        Need { arg: "input".into(), kinds: kinds.to_vec(), keys: Vec::new(), from: None }
    }

    /// The newest component called `key`.
    pub fn key(arg: &str, key: &str, kinds: &[Kind]) -> Need {
        Need { arg: arg.into(), kinds: kinds.to_vec(), keys: Vec::new(), from: Some(key.into()) }
    }

    /// Whether `ty` will do.
    pub fn takes(&self, ty: &Ty) -> bool {
        self.kinds.contains(&ty.kind) || self.keys.contains(&ty.key)
    }
}

/// What a running system may use.
#[derive(Debug)]
pub struct Ctx<'a> {
    /// Kernels of the chosen instruction set.
    pub kernels: Kernels,
    /// Where results go.
    pub arena: &'a Arena,
    /// Threads this call may use inside itself; 1 where entities already fill the pool.
    pub threads: usize,
    /// Bounds on untrusted sizes.
    pub limits: &'a Limits,
}

/// An input as it is handed to a running system.
#[derive(Debug, Clone, Copy)]
pub struct Input<'a> {
    /// Its store key.
    pub key: &'a str,
    /// The component.
    pub component: &'a Component,
}

/// A step that this library runs: one entity at a time, entities side by side.
pub trait System: Send + Sync {
    /// Public class name, e.g. `Hadamard4` or `Hadamard4Inverse`.
    fn name(&self) -> &'static str;
    /// Registry number; a forward system and its inverse share it.
    fn number(&self) -> u16;
    /// Parameters, as a file stores them.
    fn params(&self) -> Params;
    /// Inputs; the first is usually the cursor.
    fn needs(&self) -> Vec<Need>;
    /// Checks the types of the inputs and gives the type of the result. Runs nothing.
    fn infer(&self, inputs: &[Ty]) -> Result<Ty>;
    /// Runs on one entity.
    fn run(&self, ctx: &Ctx, inputs: &[Input]) -> Result<Component>;
    /// The system that undoes this one.
    fn inverse(&self) -> Result<Arc<dyn System>> {
        Err(Error::new("pipe.no_inverse", format!("{} has no inverse", self.name())))
    }
}

/// The result of a forward step: `data` with `input`'s history and this step on top of it.
pub fn forward(system: &dyn System, input: Input, kind: Kind, data: TensorRef, meta: Meta, side: Vec<u8>) -> Component {
    let record = StepRecord {
        number: system.number(),
        name: system.name().to_string(),
        params: system.params(),
        side,
        origin: Origin::of(input.key, input.component),
    };
    Component { kind, data, meta, lineage: input.component.lineage.pushed(record) }
}

/// The result of an inverse step: `data` in place of what the newest forward step was applied to.
pub fn inverse(input: Input, data: TensorRef, meta: Meta) -> Component {
    let lineage = &input.component.lineage;
    let kind = lineage.last().map_or(input.component.kind, |s| s.origin.kind);
    Component { kind, data, meta, lineage: lineage.popped() }
}

/// A step that the home runs (a Python class, ONNX Runtime): the core plans it and hands it over.
#[derive(Debug, Clone, PartialEq)]
pub struct Foreign {
    /// What the home uses to find its object again.
    pub handle: u64,
    /// Class name.
    pub name: String,
    /// Registry number; 0 where it was not registered.
    pub number: u16,
    /// JSON or plain parameters, as a file stores them.
    pub params: Params,
    /// Inputs.
    pub needs: Vec<Need>,
    /// Keys it produces; the first is where the cursor goes.
    pub produces: Vec<String>,
    /// Whether it undoes the forward step of the same number.
    pub is_inverse: bool,
    /// Whether it belongs into a decodable history (false for metrics and side products).
    pub is_recorded: bool,
}

impl Foreign {
    /// The type of its first product.
    pub fn infer(&self, inputs: &[Ty]) -> Result<Ty> {
        let key = self.produces.first().map_or("", String::as_str);
        match inputs.first() {
            Some(ty) if self.is_inverse => {
                let back = ty.inverse(self.number, &self.name)?;
                Ok(Ty { key: key.to_string(), ..back })
            }
            Some(ty) if self.is_recorded => Ok(ty.forward(self.number, &self.name, key, Kind::of_key(key))),
            _ => Ok(Ty::fresh(key, Kind::of_key(key))),
        }
    }
}
