//! What tests of networks share: plans that grow, arrays, runs.

use super::*;
use crate::error::Result;
use crate::kernels::nn::{Mode, NnKernels};
use crate::kernels::Kernels;
use crate::nn::memory::{Block, Bytes, BytesMut};
use crate::nn::op;
use crate::nn::plan::{
    self, Attribute, Extent, Form, Id, Input, Output, Plan, Step, Storage, Value, Weight, WeightFile,
};
use crate::nn::ty::{Shape, Spec, Type};
use crate::wire::{checksum, Limits};
use std::sync::Arc;

/// A plan as it grows.
#[derive(Default)]
pub(in crate::nn) struct Net {
    pub plan: Plan,
    pub file: Vec<u8>,
}

impl Net {
    pub fn value(&mut self, value: Value) -> Id {
        self.plan.values.push(value);
        self.plan.values.len() as Id - 1
    }

    /// Extents below 0 are symbols.
    pub fn input(&mut self, ty: Type, dims: &[i64]) -> Id {
        let value = self.value(Value::Made);
        let extent = |&d: &i64| if d < 0 { Extent::Symbol((-d - 1) as u32) } else { Extent::Fixed(d as u64) };
        let most = dims.iter().copied().min().unwrap_or(0).min(0).unsigned_abs() as usize;
        while self.plan.symbols.len() < most {
            self.plan.symbols.push(format!("s{}", self.plan.symbols.len()));
        }
        let (name, dims) = (format!("in{value}"), dims.iter().map(extent).collect());
        self.plan.inputs.push(Input { name, value, ty, dims });
        value
    }

    pub fn weight(&mut self, ty: Type, shape: &[usize], bytes: &[u8]) -> Id {
        self.file.resize(self.file.len().next_multiple_of(64), 0);
        let (shape, offset) = (Shape::of(shape).unwrap(), self.file.len() as u64);
        self.file.extend_from_slice(bytes);
        self.value(Value::Weight(Weight { ty, shape, storage: Storage::Plain, form: Form::Plain, offset }))
    }

    pub fn numbers(&mut self, numbers: &[i64]) -> Id {
        let bytes: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
        self.weight(Type::I64, &[numbers.len()], &bytes)
    }

    pub fn step_of(&mut self, name: &str, inputs: &[Id], attributes: Vec<Attribute>) -> (Step, Id) {
        let op = op::by_name(name).unwrap();
        let to = self.value(Value::Made);
        let attributes = if attributes.is_empty() { vec![Attribute::Absent; op.attributes.len()] } else { attributes };
        let inputs = inputs.iter().map(|&id| Some(id)).collect();
        (Step { op, inputs, outputs: vec![Some(to)], attributes, graphs: Vec::new(), name: name.to_lowercase() }, to)
    }

    pub fn step(&mut self, name: &str, inputs: &[Id]) -> Id {
        let (step, to) = self.step_of(name, inputs, Vec::new());
        self.plan.graph.steps.push(step.into());
        to
    }

    pub fn model(mut self, outputs: &[Id]) -> Result<Arc<Model>> {
        self.plan.outputs = outputs.iter().map(|&value| Output { name: format!("out{value}"), value }).collect();
        let (bytes, crc) = (self.file.len() as u64, checksum(&self.file));
        self.plan.weights = WeightFile { bytes, crc, digest: [0; 32] };
        let kernels = NnKernels::of(Kernels::REFERENCE, Mode::Strict);
        Model::load(&plan::write(&self.plan).unwrap(), &self.file, kernels, &Limits::default()).map(Arc::new)
    }

    pub fn session(self, outputs: &[Id]) -> Session {
        Session::new(self.model(outputs).unwrap(), Options::default())
    }
}

/// An array in memory that is aligned as elements want it.
pub(in crate::nn) struct Array(pub Spec, pub Block);

impl Array {
    pub fn zeros(ty: Type, dims: &[usize]) -> Array {
        let spec = Spec::new(ty, Shape::of(dims).unwrap());
        Array(spec, Block::new(spec.bytes()).unwrap())
    }

    pub fn floats(dims: &[usize], values: &[f32]) -> Array {
        let mut made = Array::zeros(Type::F32, dims);
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
        made.1.all().copy_from_slice(&bytes);
        made
    }

    pub fn flag(value: bool) -> Array {
        let mut made = Array::zeros(Type::Bool, &[]);
        made.1.all()[0] = value.into();
        made
    }

    pub fn numbers(values: &[i64]) -> Array {
        let mut made = Array::zeros(Type::I64, &[values.len()]);
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_ne_bytes()).collect();
        made.1.all().copy_from_slice(&bytes);
        made
    }
}

/// Runs a session once; all outputs as floats.
pub(in crate::nn) fn run(session: &mut Session, inputs: &mut [Array]) -> Result<Vec<Vec<f32>>> {
    let inputs: Vec<Bytes> = inputs.iter_mut().map(|a| Bytes::new(a.0, a.1.all()).unwrap()).collect();
    let specs = session.prepare(&inputs)?;
    let mut made: Vec<Array> = specs.iter().map(|s| Array::zeros(s.ty, &s.shape)).collect();
    let mut outputs: Vec<_> = made.iter_mut().map(|a| BytesMut::new(a.0, a.1.all()).unwrap()).collect();
    session.run(&inputs, &mut outputs)?;
    Ok(outputs.iter_mut().map(|o| o.elements::<f32>().unwrap().to_vec()).collect())
}

pub(in crate::nn) fn told(result: Result<Vec<Vec<f32>>>) -> (&'static str, String) {
    let e = result.unwrap_err();
    (e.code(), e.message().to_string())
}
