//! What the plan knows of components before they exist.

use crate::arena::{DType, TensorRef};
use crate::component::{Component, Kind, Params, StepRecord};
use crate::error::{Dims, Error, Names, Result};
use crate::registry::keys;
use std::borrow::Cow;
use std::sync::Arc;

/// Element type and shape of a tensor, as far as they are known before it is made.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TensorType {
    /// Element type.
    pub dtype: Option<DType>,
    /// Length of each axis.
    pub shape: Option<Vec<usize>>,
}

impl TensorType {
    /// Both are known.
    pub fn known(dtype: DType, shape: &[usize]) -> TensorType {
        TensorType { dtype: Some(dtype), shape: Some(shape.to_vec()) }
    }

    /// That of a tensor.
    pub fn of(t: &TensorRef) -> TensorType {
        TensorType::known(t.dtype(), t.shape())
    }

    /// The same shape of another element type.
    pub fn with_dtype(&self, dtype: DType) -> TensorType {
        TensorType { dtype: Some(dtype), shape: self.shape.clone() }
    }

    /// Bytes that such a tensor takes; none where that is not known.
    pub fn bytes(&self) -> Option<u64> {
        let shape = self.shape.as_ref()?;
        Some(shape.iter().fold(self.dtype?.size() as u64, |n, &d| n.saturating_mul(d as u64)))
    }

    /// Whether a tensor of `other` may turn out to be one of this type.
    pub fn fits(&self, other: &TensorType) -> bool {
        let dtype = self.dtype.zip(other.dtype).is_none_or(|(a, b)| a == b);
        dtype && self.shape.as_ref().zip(other.shape.as_ref()).is_none_or(|(a, b)| a == b)
    }

    /// Refuses an element type that is known not to be one of `all`.
    ///
    /// # Errors
    /// `param.dtype`.
    pub fn one_of(&self, all: &[DType]) -> Result<()> {
        match self.dtype {
            Some(d) if !all.contains(&d) => {
                let names: Vec<_> = all.iter().map(|d| d.name()).collect();
                Err(Error::new("param.dtype", format!("{d}; expected one of {}", Names(&names))))
            }
            _ => Ok(()),
        }
    }
}

impl std::fmt::Display for TensorType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.dtype.map_or("?", DType::name))?;
        match &self.shape {
            Some(shape) => write!(f, " {}", Dims(shape)),
            None => f.write_str(" [?]"),
        }
    }
}

/// A forward step behind a planned component.
#[derive(Debug, Clone, PartialEq)]
pub struct Past {
    /// Registry number.
    pub number: u16,
    /// Public name.
    pub name: Cow<'static, str>,
    /// Parameters, complete.
    pub params: Params,
    /// Store key of its input.
    pub key: String,
    /// Kind of its input.
    pub kind: Kind,
    /// Element type and shape of its input.
    pub tensor: TensorType,
}

impl Past {
    /// The step of a history.
    pub fn of(record: &StepRecord) -> Past {
        Past {
            number: record.number,
            name: record.name.clone(),
            params: record.params.clone(),
            key: record.origin.key.clone(),
            kind: record.origin.kind,
            tensor: TensorType::known(record.origin.dtype, &record.origin.shape),
        }
    }
}

/// The type of a component.
#[derive(Debug, Clone, PartialEq)]
pub struct Ty {
    /// Store key.
    pub key: String,
    /// Kind.
    pub kind: Kind,
    /// Element type and shape.
    pub tensor: TensorType,
    /// Forward steps behind it, oldest first.
    pub past: Vec<Arc<Past>>,
}

impl Ty {
    /// The type of a component that exists.
    pub fn of(key: &str, component: &Component) -> Ty {
        Ty {
            key: key.to_string(),
            kind: component.kind,
            tensor: TensorType::of(&component.data),
            past: component.lineage.steps().iter().map(|s| Arc::new(Past::of(s))).collect(),
        }
    }

    /// A type without history.
    pub fn fresh(key: &str, kind: Kind, tensor: TensorType) -> Ty {
        Ty { key: key.to_string(), kind, tensor, past: Vec::new() }
    }

    /// The type after a forward step, which makes a `tensor` of `kind` under `key`.
    pub fn forward(&self, step: (u16, Cow<'static, str>, Params), key: &str, kind: Kind, tensor: TensorType) -> Ty {
        let (number, name, params) = step;
        let (origin, mut past) = (self.clone(), self.past.clone());
        past.push(Arc::new(Past { number, name, params, key: origin.key, kind: origin.kind, tensor: origin.tensor }));
        Ty { key: key.to_string(), kind, tensor, past }
    }

    /// The forward step that an inverse of `number` is about to undo.
    ///
    /// # Errors
    /// `pipe.wrong_inverse` where the newest forward step is another one.
    pub fn newest(&self, number: u16, inverse_name: &str) -> Result<&Arc<Past>> {
        match self.past.last() {
            Some(p) if p.number == number => Ok(p),
            other => {
                let newest = other.map_or("none", |p| &p.name);
                let text = format!("{inverse_name} on {}: the newest forward step is {newest}", self.key);
                Err(Error::new("pipe.wrong_inverse", text))
            }
        }
    }

    /// The type after the inverse of step `number`: what that step was applied to.
    ///
    /// # Errors
    /// As [`Ty::newest`].
    pub fn inverse(&self, number: u16, inverse_name: &str) -> Result<Ty> {
        let p = self.newest(number, inverse_name)?;
        let past = self.past[..self.past.len() - 1].to_vec();
        Ok(Ty { key: keys::undone(&p.key).to_string(), kind: p.kind, tensor: p.tensor.clone(), past })
    }
}

/// One input of a step.
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
