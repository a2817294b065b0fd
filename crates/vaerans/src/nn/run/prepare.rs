//! Works out shapes, step after step, for inputs of given shapes; what depends on them alone is worked out too.

use super::bands::Group;
use super::model::Model;
use super::session::Options;
use crate::error::{Error, Result};
use crate::nn::memory::{Bytes, BytesMut, MOST_THREADS};
use crate::nn::op::{self, Call, Infer, Operand};
use crate::nn::plan::{Extent, Form, Graph, Id, Step};
use crate::nn::ty::Spec;
use crate::wire::Limits;
use std::ops::Deref;
use std::sync::Arc;

/// Most elements of a value that is worked out before anything runs.
const MAX_KNOWN: usize = 1 << 12;

/// Elements that are known before anything runs.
#[derive(Debug, Clone)]
pub(super) struct Constant {
    pub spec: Spec,
    words: Vec<u64>,
}

impl Constant {
    fn zeros(spec: Spec) -> Constant {
        Constant { spec, words: vec![0; spec.bytes().div_ceil(8)] }
    }

    fn of(bytes: &Bytes) -> Constant {
        let mut new = Constant::zeros(bytes.spec);
        new.raw_mut().copy_from_slice(bytes.raw());
        new
    }

    fn raw_mut(&mut self) -> &mut [u8] {
        let n = self.spec.bytes();
        // SAFETY: a `u64` is eight bytes without padding, and every byte pattern is one.
        unsafe { std::slice::from_raw_parts_mut(self.words.as_mut_ptr().cast(), n) }
    }

    /// Its bytes.
    pub fn raw(&self) -> &[u8] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts(self.words.as_ptr().cast(), self.spec.bytes()) }
    }
}

/// What is known of every value of a plan, and what is left to do.
#[derive(Debug)]
pub(super) struct Values {
    pub specs: Vec<Option<Spec>>,
    pub constants: Vec<Option<Constant>>,
    pub tasks: Vec<Task>,
}

/// What is done at each run.
#[derive(Debug)]
pub(super) enum Task {
    /// A step.
    Run(Work),
    /// Steps that run some rows at a time.
    Bands(Group),
    /// The first list where the condition holds, else the second.
    Branch(Id, [Vec<Task>; 2]),
}

/// A step whose shapes are known.
#[derive(Debug)]
pub(super) struct Work {
    /// What the plan says of it.
    pub step: Arc<Step>,
    /// What it makes.
    pub specs: Vec<Spec>,
    /// Floats that it needs for itself.
    pub scratch: usize,
    /// What its shape rule worked out.
    pub kept: Arc<[i64]>,
}

impl Deref for Work {
    type Target = Step;

    fn deref(&self) -> &Step {
        &self.step
    }
}

/// What a search for shapes goes by.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Search {
    /// Inputs of few elements are taken for known.
    pub by_value: bool,
    /// Of an `If` one branch is enough, where the other does not fit: nothing will run.
    pub lenient: bool,
}

/// Works out all values for these inputs. Gives what was found where it stops, too.
pub(super) fn values(model: &Model, inputs: &[Bytes], search: Search, options: &Options) -> (Values, Option<Error>) {
    let n = model.plan.values.len();
    let mut out = Values { specs: vec![None; n], constants: vec![None; n], tasks: Vec::new() };
    if let Err(e) = bind(model, inputs) {
        return (out, Some(e));
    }
    for (input, given) in model.plan.inputs.iter().zip(inputs) {
        out.specs[input.value as usize] = Some(given.spec);
        if search.by_value && decides(given) {
            out.constants[input.value as usize] = Some(Constant::of(given));
        }
    }
    let threads = options.threads.min(MOST_THREADS);
    let mut shaper = Shaper { model, limits: &options.limits, threads, search, out, kept: 0 };
    match shaper.graph(&model.plan.graph) {
        Ok(tasks) => (Values { tasks, ..shaper.out }, None),
        Err(e) => (shaper.out, Some(e)),
    }
}

/// Whether shapes may depend on its elements.
pub(super) fn decides(input: &Bytes) -> bool {
    input.spec.shape.len() <= 16
}

/// Checks the inputs against the plan; the same symbol is the same extent everywhere.
fn bind(model: &Model, given: &[Bytes]) -> Result<()> {
    let inputs = &model.plan.inputs;
    if inputs.len() != given.len() {
        return Err(Error::new("param.shape", format!("{} inputs; the network has {}", given.len(), inputs.len())));
    }
    let mut extents = vec![None; model.plan.symbols.len()];
    for (input, given) in inputs.iter().zip(given) {
        let spec = given.spec;
        let wrong = |what: String| Error::new("param.shape", format!("input {}: {what}", input.name));
        if spec.ty != input.ty {
            let text = format!("input {} of {}; it is {}", input.name, spec.ty.name(), input.ty.name());
            return Err(Error::new("param.dtype", text));
        }
        if spec.shape.rank() != input.dims.len() {
            return Err(wrong(format!("shape {}; it has {} dimensions", spec.shape, input.dims.len())));
        }
        for (&have, extent) in spec.shape.iter().zip(&input.dims) {
            match *extent {
                Extent::Fixed(n) if n == have as u64 => {}
                Extent::Fixed(n) => return Err(wrong(format!("shape {}; {have} has to be {n}", spec.shape))),
                Extent::Symbol(s) => {
                    let first = *extents[s as usize].get_or_insert(have);
                    if first != have {
                        let name = &model.plan.symbols[s as usize];
                        return Err(wrong(format!("shape {}; {name} is {first} elsewhere", spec.shape)));
                    }
                }
            }
        }
    }
    Ok(())
}

struct Shaper<'a> {
    model: &'a Model,
    limits: &'a Limits,
    threads: usize,
    search: Search,
    out: Values,
    /// Bytes of what is known.
    kept: u64,
}

impl Shaper<'_> {
    fn spec(&self, id: Id) -> Option<Spec> {
        self.model.weight(id).map(|loaded| loaded.spec).or(self.out.specs[id as usize])
    }

    /// The elements of a value that are known.
    fn known(&self, id: Id) -> Option<Bytes<'_>> {
        let known = self.out.constants[id as usize].as_ref();
        let weight = || {
            self.model.weight(id).filter(|loaded| loaded.form == Form::Plain).map(|loaded| (loaded.spec, loaded.bytes))
        };
        let (spec, raw) = known.map(|c| (c.spec, c.raw())).or_else(weight)?;
        (spec.shape.len() <= MAX_KNOWN).then(|| Bytes::new(spec, raw).ok()).flatten()
    }

    fn graph(&mut self, graph: &Graph) -> Result<Vec<Task>> {
        let mut tasks = Vec::new();
        for step in &graph.steps {
            match step.op.number {
                op::IF => self.branches(step, &mut tasks),
                _ => self.step(step).map(|work| tasks.extend(work.map(Task::Run))),
            }
            .map_err(|e| at(&step.name, e))?;
        }
        Ok(tasks)
    }

    /// What the step leaves to do; nothing where its result is known.
    fn step(&mut self, step: &Arc<Step>) -> Result<Option<Work>> {
        let inputs: Vec<_> = step.inputs.iter().map(|id| id.and_then(|id| self.spec(id))).collect();
        let known: Vec<_> = step.inputs.iter().map(|id| id.and_then(|id| self.known(id))).collect();
        let forms = self.forms(step)?;
        let mut infer = Infer::new(step, &inputs, &forms, &known, self.model.kernels.panel(), self.threads);
        (step.op.infer)(&mut infer)?;
        let (outputs, scratch, result, kept) = (infer.outputs, infer.scratch, infer.result, infer.keep);
        self.limits.check_bytes((scratch as u64).saturating_mul(4), "bytes of a step's own memory")?;
        for (spec, id) in outputs.iter().zip(&step.outputs) {
            self.check(spec)?;
            if let Some(id) = id {
                self.out.specs[*id as usize] = Some(*spec);
            }
        }
        if let Some(missing) = step.outputs.iter().skip(outputs.len()).flatten().next() {
            return Err(Error::new("model.plan", format!("{}: no output for value {missing}", step.op.name)));
        }
        if self.evaluate(step, &outputs, scratch, &kept, result)? {
            return Ok(None);
        }
        Ok(Some(Work { step: step.clone(), specs: outputs, scratch, kept: kept.into() }))
    }

    /// How the inputs of a step are packed.
    fn forms(&self, step: &Step) -> Result<Vec<Form>> {
        let form = |id: &Option<Id>| id.and_then(|id| self.model.weight(id)).map_or(Form::Plain, |loaded| loaded.form);
        let forms: Vec<_> = step.inputs.iter().map(form).collect();
        match forms.iter().enumerate().any(|(i, form)| *form != Form::Plain && !(i == 1 && step.op.factor)) {
            true => {
                Err(Error::new("model.plan", format!("{}: a weight that is packed for another operator", step.op.name)))
            }
            false => Ok(forms),
        }
    }

    fn check(&self, spec: &Spec) -> Result<()> {
        // An extent counts where there is no element too: later steps add and multiply it.
        let n = spec.shape.iter().try_fold(1usize, |n, &d| n.checked_mul(d.max(1)));
        let n = n.and_then(|n| n.checked_mul(8)).map_or(u64::MAX, |n| n as u64 / 8);
        self.limits.check_elements(n, "elements of a tensor").map(|_| ())
    }

    /// Does the step now where everything it reads is known and what it makes is small.
    fn evaluate(
        &mut self,
        step: &Step,
        specs: &[Spec],
        scratch: usize,
        kept: &[i64],
        result: Option<Vec<i64>>,
    ) -> Result<bool> {
        if let (Some(numbers), Some(Some(id))) = (result, step.outputs.first()) {
            let mut constant = Constant::zeros(specs[0]);
            let raw = constant.raw_mut();
            raw.chunks_exact_mut(8).zip(&numbers).for_each(|(o, n)| o.copy_from_slice(&n.to_ne_bytes()));
            self.keep(*id, constant)?;
            return Ok(true);
        }
        let small = specs.iter().all(|s| s.shape.len() <= MAX_KNOWN) && scratch <= MAX_KNOWN;
        let all_known = step.inputs.iter().flatten().all(|id| self.known(*id).is_some());
        if !small || !all_known {
            return Ok(false);
        }
        let mut made: Vec<_> = specs.iter().map(|s| Constant::zeros(*s)).collect();
        let inputs: Vec<_> = step.inputs.iter().map(|id| self.operand(*id)).collect();
        let mut outputs =
            made.iter_mut().map(|c| BytesMut::new(c.spec, c.raw_mut()).map(Some)).collect::<Result<Vec<_>>>()?;
        let mut space = vec![0.0; scratch];
        (step.op.run)(&mut Call {
            op: step.op,
            attributes: &step.attributes,
            kept,
            inputs: &inputs,
            outputs: &mut outputs,
            scratch: &mut space,
            band: None,
            kernels: self.model.kernels,
            threads: 1,
        })?;
        drop(outputs);
        for (constant, id) in made.into_iter().zip(&step.outputs) {
            if let Some(id) = id {
                self.keep(*id, constant)?;
            }
        }
        Ok(true)
    }

    /// The elements of a value are known; all such together stay within the limit.
    fn keep(&mut self, id: Id, constant: Constant) -> Result<()> {
        self.kept += constant.spec.bytes() as u64;
        self.limits.check_bytes(self.kept, "bytes of values that are known")?;
        self.out.constants[id as usize] = Some(constant);
        Ok(())
    }

    fn operand(&self, id: Option<Id>) -> Operand<'_> {
        id.and_then(|id| self.known(id)).map_or(Operand::Absent, Operand::Here)
    }

    /// An `If`: the branch that is taken where that is known, else both, which then have to give the same types and shapes.
    fn branches(&mut self, step: &Step, tasks: &mut Vec<Task>) -> Result<()> {
        let condition = step.inputs[0].ok_or_else(|| Error::new("model.plan", "If: no condition"))?;
        let taken = self.known(condition).and_then(|bytes| bytes.raw().first().map(|&b| usize::from(b == 0)));
        if let Some(taken) = taken {
            tasks.extend(self.branch(step, taken)?);
            return Ok(());
        }
        let first = self.branch(step, 0).map_err(untaken);
        let made: Vec<_> = step.outputs.iter().map(|id| id.and_then(|id| self.out.specs[id as usize])).collect();
        let second = self.branch(step, 1).map_err(untaken);
        let (first, second) = match (first, second) {
            (Err(_), Ok(tasks)) | (Ok(tasks), Err(_)) if self.search.lenient => (tasks, Vec::new()),
            (first, second) => (first?, second?),
        };
        for (id, made) in step.outputs.iter().zip(made) {
            let Some(id) = id.map(|id| id as usize) else { continue };
            // Which branch is taken shows when it runs: nothing is known of what they give.
            self.out.constants[id] = None;
            if self.out.specs[id] != made && !self.search.lenient {
                return Err(untaken(Error::new("model.shape", "If: branches that differ in type or shape")));
            }
        }
        tasks.push(Task::Branch(condition, [first, second]));
        Ok(())
    }

    /// The tasks of a branch; its results become the outputs of the step.
    fn branch(&mut self, step: &Step, i: usize) -> Result<Vec<Task>> {
        let graph = &step.graphs[i];
        let mut tasks = self.graph(graph)?;
        for (&from, to) in graph.results.iter().zip(&step.outputs) {
            let (Some(to), Some(spec)) = (*to, self.spec(from)) else { continue };
            self.out.specs[to as usize] = Some(spec);
            self.out.constants[to as usize] = None;
            if let Some(constant) = self.known(from).map(|bytes| Constant::of(&bytes)) {
                self.keep(to, constant)?;
            }
            let (op, inputs, outputs) = (&op::IDENTITY, vec![Some(from)], vec![Some(to)]);
            let (attributes, graphs, name) = (Vec::new(), Vec::new(), String::new());
            let step = Arc::new(Step { op, inputs, outputs, attributes, graphs, name });
            tasks.push(Task::Run(Work { step, specs: vec![spec], scratch: 0, kept: Arc::new([]) }));
        }
        Ok(tasks)
    }
}

/// An error of a branch that may not be taken: which one is may follow from the values of inputs.
fn untaken(e: Error) -> Error {
    Error::new(
        "model.unknown_values",
        format!("{} ({}), in a branch that not every input takes", e.message(), e.code()),
    )
}

/// An error with the name of the node that it comes from.
pub(super) fn at(name: &str, e: Error) -> Error {
    match name.is_empty() {
        true => e,
        false => Error::new(e.code(), format!("{} (node {name})", e.message())),
    }
}
