//! A way to run a network, and the text under which it is kept.

use crate::error::{Error, Quoted, Result};
use crate::kernels::nn::{Mode, NnKernels};
use crate::kernels::{Isa, Kernels};
use crate::nn::plan::{self, Form, Id, Plan, Value};
use crate::nn::{Model, Options};
use crate::wire::Limits;
use std::fmt;
use std::str::FromStr;

/// Threads that a text may ask for.
const MOST_THREADS: usize = 1024;

/// A way to run a network. As text it is a line for each thing: `isa avx2`, `threads 4`, `band_bytes 8388608`, and `winograd 12` or
/// `panels 12` for weight 12, where the plan says the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The instruction set.
    pub isa: Isa,
    /// Threads of a run.
    pub threads: usize,
    /// See [`Options::band_bytes`].
    pub band_bytes: usize,
    /// Weights that are packed in another way than the plan says.
    pub forms: Vec<(Id, Form)>,
}

impl Choice {
    /// What the plan says, on an instruction set.
    pub fn of(isa: Isa, options: &Options) -> Choice {
        Choice { isa, threads: options.threads.max(1), band_bytes: options.band_bytes, forms: Vec::new() }
    }

    /// The kernels.
    ///
    /// # Errors
    /// `unavailable.isa`: this machine has not that instruction set.
    pub fn kernels(&self, mode: Mode) -> Result<NnKernels> {
        let found = Kernels::from_name(self.isa.name());
        found.map(|kernels| NnKernels::of(kernels, mode)).map_err(|e| Error::new("unavailable.isa", e.message))
    }

    /// The options of a session.
    pub fn options(&self, options: &Options) -> Options {
        Options { threads: self.threads, band_bytes: self.band_bytes, ..*options }
    }

    /// A network in this way, from its two files.
    ///
    /// # Errors
    /// Those of [`Choice::kernels`], [`Choice::applied`] and [`Model::of`].
    pub fn load(&self, plan: &[u8], weights: &[u8], mode: Mode, limits: &Limits) -> Result<Model> {
        self.load_read(plan::read(plan)?, weights, mode, limits)
    }

    pub(super) fn load_read(&self, plan: Plan, weights: &[u8], mode: Mode, limits: &Limits) -> Result<Model> {
        let fetch = &mut |at: u64, out: &mut [u8]| out.copy_from_slice(&weights[at as usize..][..out.len()]);
        Model::of(self.applied(plan)?, weights.len() as u64, fetch, self.kernels(mode)?, limits)
    }

    /// The plan with its weights packed in this way.
    ///
    /// # Errors
    /// `model.plan`: a weight that this plan has not.
    pub fn applied(&self, mut plan: Plan) -> Result<Plan> {
        for (id, form) in &self.forms {
            match plan.values.get_mut(*id as usize) {
                Some(Value::Weight(weight)) if super::forms::is_open(weight) => weight.form = *form,
                _ => return Err(Error::new("model.plan", format!("no convolution's weight {id}: of another plan"))),
            }
        }
        Ok(plan)
    }
}

impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "isa {}\nthreads {}\nband_bytes {}", self.isa.name(), self.threads, self.band_bytes)?;
        for (id, form) in &self.forms {
            writeln!(f, "{} {id}", if *form == Form::Winograd { "winograd" } else { "panels" })?;
        }
        Ok(())
    }
}

impl FromStr for Choice {
    type Err = Error;

    /// # Errors
    /// `param.range`: text that is no choice.
    fn from_str(text: &str) -> Result<Choice> {
        let mut isa = None;
        let mut choice = Choice { forms: Vec::new(), ..Choice::of(Isa::Reference, &Options::default()) };
        for line in text.lines() {
            let refused = || Error::new("param.range", format!("a choice of kernels has no line {}", Quoted(line)));
            let (key, value) = line.split_once(' ').ok_or_else(refused)?;
            let number = || value.parse::<usize>().ok().ok_or_else(refused);
            let id = || value.parse::<Id>().ok().ok_or_else(refused);
            match key {
                "isa" => isa = Some(Isa::from_name(value).ok_or_else(refused)?),
                "threads" => {
                    choice.threads = number().ok().filter(|n| (1..=MOST_THREADS).contains(n)).ok_or_else(refused)?
                }
                "band_bytes" => choice.band_bytes = number()?,
                "winograd" => choice.forms.push((id()?, Form::Winograd)),
                "panels" => choice.forms.push((id()?, Form::Panels(1))),
                _ => return Err(refused()),
            }
        }
        let isa = isa.ok_or_else(|| Error::new("param.range", "a choice of kernels without an instruction set"))?;
        Ok(Choice { isa, ..choice })
    }
}
