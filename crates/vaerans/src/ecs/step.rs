//! A step at its place in a pipe: an entry of the registry with its parameters, or a system of the caller's own.

use super::system::System;
use super::ty::{Need, Past, TensorType, Ty};
use crate::component::{Kind, Params};
use crate::error::{Error, Result};
use crate::registry::schema::{complete, Giver};
use crate::registry::{Direction, Entry};
use std::borrow::Cow;
use std::sync::Arc;

/// What runs at one place of a pipe.
#[derive(Clone)]
pub enum Step {
    /// A system of this library.
    Native(Native),
    /// A system of the caller's.
    Foreign(Arc<Foreign>),
}

/// A system of this library with its parameters.
#[derive(Clone)]
pub struct Native {
    /// Its entry.
    pub entry: &'static Entry,
    /// Forward or inverse.
    pub direction: Direction,
    /// Of a forward step: complete. Of an inverse: what its caller said; the step that it undoes decides the others.
    pub params: Params,
}

/// Element type and shape of a foreign step's first product, as far as it can tell them from its inputs.
pub type ForeignInfer = Arc<dyn Fn(&[Arc<Ty>]) -> Result<TensorType> + Send + Sync>;

/// A step that the caller runs (a Python class, ONNX Runtime): the core plans it and hands it over.
#[derive(Clone)]
pub struct Foreign {
    /// What the caller uses to find its object again.
    pub handle: u64,
    /// Class name.
    pub name: String,
    /// Registry number; 0 where it was not registered.
    pub number: u16,
    /// JSON or plain parameters, as a file stores them.
    pub params: Params,
    /// Inputs.
    pub needs: Vec<Need>,
    /// Keys it produces with what stands under them; the first is where the cursor goes.
    pub produces: Vec<(String, Kind)>,
    /// Element type and shape of its first product; none: it does not say.
    pub infer: Option<ForeignInfer>,
    /// Whether it undoes the forward step of the same number.
    pub is_inverse: bool,
    /// Whether it belongs into a decodable history (false for metrics and side products).
    pub is_recorded: bool,
}

/// How a step goes into the history of its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// It is added: the newest step behind the type of the result.
    Push,
    /// The newest one is taken away.
    Pop,
    /// The result has no history.
    Fresh,
}

/// What the plan finds out about a step, given the types of its inputs.
pub struct Checked {
    /// Type of the result.
    pub output: Ty,
    /// What runs; none for foreign steps.
    pub work: Option<Arc<dyn System>>,
    /// How it is remembered.
    pub record: Record,
}

impl Native {
    /// A forward step; parameters are checked and completed.
    ///
    /// # Errors
    /// `param.*`.
    pub fn forward(entry: &'static Entry, params: &Params) -> Result<Native> {
        let params = entry.complete(params, Giver::User)?;
        Ok(Native { entry, direction: Direction::Forward, params })
    }

    /// The inverse of an entry; what is given must be what the step that it undoes was given.
    ///
    /// # Errors
    /// `param.*`, `pipe.no_inverse`.
    pub fn inverse(entry: &'static Entry, params: &Params) -> Result<Native> {
        let Some(name) = entry.inverse_name else {
            return Err(Error::new("pipe.no_inverse", format!("{} has no inverse", entry.name)));
        };
        if !params.is_empty() {
            complete(name, entry.params, params, Giver::User)?;
        }
        Ok(Native { entry, direction: Direction::Inverse, params: params.clone() })
    }

    /// Class name.
    pub fn name(&self) -> &'static str {
        self.entry.name_of(self.direction)
    }

    fn is_forward(&self) -> bool {
        self.direction == Direction::Forward
    }

    /// The system that undoes this one.
    ///
    /// # Errors
    /// `pipe.no_inverse`.
    pub fn undo(&self) -> Result<Native> {
        Native::inverse(self.entry, &Params::new())
    }

    fn check(&self, inputs: &[Arc<Ty>]) -> Result<Checked> {
        match self.is_forward() {
            true if cfg!(feature = "encode") => self.check_forward(inputs),
            true => Err(self.entry.left_out(self.direction)),
            false => self.check_inverse(inputs),
        }
    }

    fn check_forward(&self, inputs: &[Arc<Ty>]) -> Result<Checked> {
        let entry = self.entry;
        let work = entry.forward.ok_or_else(|| entry.left_out(self.direction))?(&self.params)?;
        let tensor = (entry.infer)(&self.params, inputs)?;
        if entry.is_recorded() {
            let step = (entry.number, Cow::Borrowed(entry.name), self.params.clone());
            let output = inputs[0].forward(step, entry.key, entry.gives, tensor);
            return Ok(Checked { output, work: Some(work), record: Record::Push });
        }
        let output = Ty::fresh(entry.key, entry.gives, tensor);
        Ok(Checked { output, work: Some(work), record: Record::Fresh })
    }

    /// Refuses parameters that the step to be undone was not given.
    fn check_said(&self, past: &Past) -> Result<()> {
        let said = self.entry.said(&self.params)?;
        let differs = said.iter().find(|(n, v)| self.entry.decides(n) && past.params.get(n) != Some(v));
        let Some((given, _)) = differs else { return Ok(()) };
        let text =
            format!("{}({}) does not undo {}({}): {given} differs", self.name(), self.params, past.name, past.params);
        Err(Error::new("pipe.wrong_inverse", text))
    }

    /// What an inverse makes of inputs of these types.
    ///
    /// # Errors
    /// `pipe.wrong_inverse`, `param.*`, `unavailable.feature`.
    pub(crate) fn check_inverse(&self, inputs: &[Arc<Ty>]) -> Result<Checked> {
        let (entry, name) = (self.entry, self.name());
        let past = inputs[0].newest(entry.number, name)?;
        if cfg!(feature = "extra") && !self.params.is_empty() {
            self.check_said(past)?;
        }
        let build = entry.inverse.ok_or_else(|| entry.left_out(self.direction))?;
        (entry.check_inverse)(&past.params, past, inputs)?;
        let work = build(&past.params)?;
        let output = inputs[0].inverse(entry.number, name)?;
        Ok(Checked { output, work: Some(work), record: Record::Pop })
    }
}

impl std::fmt::Debug for Foreign {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}({})", self.name, self.params)
    }
}

impl Foreign {
    fn makes(&self, inputs: &[Arc<Ty>]) -> Result<TensorType> {
        self.infer.as_ref().map_or(Ok(TensorType::default()), |infer| infer(inputs))
    }

    fn check(&self, inputs: &[Arc<Ty>]) -> Result<Checked> {
        let none = (String::new(), Kind::Foreign);
        let (key, kind) = self.produces.first().unwrap_or(&none);
        let checked = |output, record| Ok(Checked { output, work: None, record });
        match inputs.first() {
            Some(ty) if self.is_inverse => {
                let back = ty.inverse(self.number, &self.name)?;
                checked(Ty { key: key.clone(), ..back }, Record::Pop)
            }
            Some(ty) if self.is_recorded => {
                let step = (self.number, Cow::Owned(self.name.clone()), self.params.clone());
                checked(ty.forward(step, key, *kind, self.makes(inputs)?), Record::Push)
            }
            _ => checked(Ty::fresh(key, *kind, self.makes(inputs)?), Record::Fresh),
        }
    }
}

impl Step {
    /// Class name.
    pub fn name(&self) -> &str {
        match self {
            Step::Native(s) => s.name(),
            Step::Foreign(f) => &f.name,
        }
    }

    /// Parameters.
    pub fn params(&self) -> &Params {
        match self {
            Step::Native(s) => &s.params,
            Step::Foreign(f) => &f.params,
        }
    }

    /// Inputs.
    pub fn needs(&self) -> Vec<Need> {
        match self {
            Step::Native(s) => s.entry.needs(s.direction, &s.params),
            Step::Foreign(f) => f.needs.clone(),
        }
    }

    /// Checks the types of the inputs, of which there are as many as needs.
    ///
    /// # Errors
    /// `pipe.*`, `param.*`, `unavailable.feature`.
    pub fn check(&self, inputs: &[Arc<Ty>]) -> Result<Checked> {
        match self {
            Step::Native(s) => s.check(inputs),
            Step::Foreign(f) if cfg!(feature = "extra") => f.check(inputs),
            Step::Foreign(f) => Err(Error::new("unavailable.feature", f.name.clone())),
        }
    }
}
