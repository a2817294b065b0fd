//! A model at work: its block of memory, and what was prepared for the inputs of the last run.

use super::model::Model;
use super::place::{place, Placed, Prepared, Source};
use super::prepare::{at, decides, values, Search};
use super::step::Runner;
use crate::error::{Error, Result};
use crate::nn::memory::{Block, Bytes, BytesMut};
use crate::nn::ty::Spec;
use crate::wire::Limits;
use std::sync::Arc;

/// Told of every step that has run: its place among [`Session::steps`].
pub type Watch<'a> = &'a mut dyn FnMut(usize);

/// How a session runs.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Threads that one run may use.
    pub threads: usize,
    /// What it may take.
    pub limits: Limits,
    /// Bytes between the steps of a chain of local operators from which on it is run some rows at a time. It decides about the last bits of
    /// results, also in strict mode: whoever compares bits uses one number.
    pub band_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { threads: 1, limits: Limits::default(), band_bytes: 8 << 20 }
    }
}

/// A model at work; one run at a time.
#[derive(Debug)]
pub struct Session {
    model: Arc<Model>,
    options: Options,
    ready: Option<Ready>,
}

#[derive(Debug)]
struct Ready {
    specs: Vec<Spec>,
    /// Bytes of inputs that shapes depend on; none where shapes alone decide.
    values: Option<Vec<Vec<u8>>>,
    prepared: Prepared,
    block: Block,
}

impl Session {
    /// Of a model.
    pub fn new(model: Arc<Model>, options: Options) -> Session {
        Session { model, options, ready: None }
    }

    /// The model.
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// Gets ready for such inputs, unless it is; gives the types and shapes of the outputs.
    ///
    /// # Errors
    /// `param.shape`, `param.dtype` for inputs that are not the network's; `model.shape` where its steps do not fit them; `limit.*`.
    pub fn prepare(&mut self, inputs: &[Bytes]) -> Result<Vec<Spec>> {
        if !self.ready.as_ref().is_some_and(|ready| ready.is_for(inputs)) {
            self.ready = None; // its memory goes before there is new
            self.ready = Some(self.made_ready(inputs)?);
        }
        let ready = self.ready.as_ref().expect("made above");
        Ok(ready.prepared.outputs.iter().map(|(spec, _)| *spec).collect())
    }

    fn made_ready(&self, inputs: &[Bytes]) -> Result<Ready> {
        let find = |by_value| match values(&self.model, inputs, Search { by_value, lenient: false }, &self.options) {
            (found, None) => Ok(found),
            (_, Some(e)) => Err(e),
        };
        let (found, by_value) = match find(false) {
            Err(e) if e.code() == "model.unknown_values" => (find(true)?, true),
            other => (other?, false),
        };
        let prepared = place(&self.model, found, &self.options)?;
        let block = Block::new(prepared.bytes)?;
        let specs = inputs.iter().map(|b| b.spec).collect();
        Ok(Ready { specs, values: by_value.then(|| deciding(inputs)), prepared, block })
    }

    /// Runs the network: no memory is allocated where it is ready for such inputs.
    ///
    /// # Errors
    /// Those of [`Session::prepare`]; `param.shape`, `param.dtype` for outputs of other shapes or types.
    pub fn run(&mut self, inputs: &[Bytes], outputs: &mut [BytesMut]) -> Result<()> {
        self.run_watched(inputs, outputs, &mut |_| {})
    }

    /// Runs the network and calls `watch` after each step with its place among [`Session::steps`]: who has a clock learns what each takes. A step of a chain
    /// is called once a round.
    ///
    /// # Errors
    /// Those of [`Session::run`].
    pub fn run_watched(&mut self, inputs: &[Bytes], outputs: &mut [BytesMut], watch: Watch) -> Result<()> {
        if !self.ready.as_ref().is_some_and(|ready| ready.is_for(inputs)) {
            self.prepare(inputs)?;
        }
        let Session { model, options, ready } = self;
        let ready = ready.as_mut().expect("made above");
        check_outputs(&ready.prepared, outputs)?;
        let (kernels, threads) = (model.kernels, options.threads);
        let runner = Runner { model, prepared: &ready.prepared, inputs, kernels, threads };
        tasks(&runner, &ready.prepared.tasks, &mut ready.block, outputs, watch)?;
        copy_results(&runner, &mut ready.block, outputs)
    }

    pub(super) fn tasks(&self) -> Option<&[Placed]> {
        self.ready.as_ref().map(|ready| ready.prepared.tasks.as_slice())
    }

    /// Bytes of activations and scratch that the session holds now.
    pub fn block_bytes(&self) -> usize {
        self.ready.as_ref().map_or(0, |ready| ready.block.len())
    }
}

impl Ready {
    fn is_for(&self, inputs: &[Bytes]) -> bool {
        let same_specs = self.specs.len() == inputs.len() && self.specs.iter().zip(inputs).all(|(a, b)| *a == b.spec);
        same_specs && self.values.as_ref().is_none_or(|values| same_values(values, inputs))
    }
}

fn deciding(inputs: &[Bytes]) -> Vec<Vec<u8>> {
    inputs.iter().filter(|b| decides(b)).map(|b| b.raw().to_vec()).collect()
}

fn same_values(values: &[Vec<u8>], inputs: &[Bytes]) -> bool {
    let mut given = inputs.iter().filter(|b| decides(b)).map(|b| b.raw());
    values.iter().all(|v| given.next().is_some_and(|g| g == v.as_slice())) && given.next().is_none()
}

fn check_outputs(prepared: &Prepared, outputs: &[BytesMut]) -> Result<()> {
    if prepared.outputs.len() != outputs.len() {
        let text = format!("{} outputs; the network has {}", outputs.len(), prepared.outputs.len());
        return Err(Error::new("param.shape", text));
    }
    for (i, ((spec, _), output)) in prepared.outputs.iter().zip(outputs).enumerate() {
        if output.spec != *spec {
            let (have, is) = (output.spec, spec);
            let text =
                format!("output {i}: {} of {}; it is {} of {}", have.ty.name(), have.shape, is.ty.name(), is.shape);
            return Err(Error::new(if have.ty == is.ty { "param.shape" } else { "param.dtype" }, text));
        }
    }
    Ok(())
}

fn tasks(runner: &Runner, all: &[Placed], block: &mut Block, outputs: &mut [BytesMut], watch: Watch) -> Result<()> {
    for task in all {
        match task {
            Placed::Step(step) => {
                runner.step(step, block, outputs).map_err(|e| at(&step.of.name, e))?;
                watch(step.place);
            }
            Placed::Bands(bands) => bands.run(runner, block, outputs, watch)?,
            Placed::Branch(condition, [yes, no]) => {
                let holds = holds(runner, block, *condition);
                tasks(runner, if holds { yes } else { no }, block, outputs, watch)?;
            }
        }
    }
    Ok(())
}

fn holds(runner: &Runner, block: &mut Block, condition: Source) -> bool {
    match condition {
        Source::Block(range) => block.all()[range.at..range.at + range.bytes].first().is_some_and(|&b| b != 0),
        outside => runner.outside(outside).and_then(|bytes| bytes.first()).is_some_and(|&b| b != 0),
    }
}

/// Outputs that are inputs, weights, known, or read by a step are copied.
fn copy_results(runner: &Runner, block: &mut Block, outputs: &mut [BytesMut]) -> Result<()> {
    for (output, (_, source)) in outputs.iter_mut().zip(&runner.prepared.outputs) {
        match *source {
            None => {}
            Some(Source::Block(range)) => output.raw().copy_from_slice(&block.all()[range.at..range.at + range.bytes]),
            Some(outside) => output.raw().copy_from_slice(runner.outside(outside).unwrap_or_default()),
        }
    }
    Ok(())
}
