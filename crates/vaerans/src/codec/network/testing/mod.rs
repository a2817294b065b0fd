//! A learned model for tests, and with the feature `testing` for fuzzing: means of 2 x 2 pixels times 40, and back.
#![allow(missing_docs, clippy::unwrap_used, clippy::missing_panics_doc)] // helpers of tests, which fail where these should

#[cfg(feature = "predict")]
pub mod layered;

use super::{Files, Learned};
use crate::nn::op;
use crate::nn::plan::{self, Attribute, Extent, Form, Input, Output, Plan, Step, Storage, Value, Weight, WeightFile};
use crate::nn::ty::{Shape, Type};
use crate::wire::{checksum, Limits};
use std::sync::Arc;
use vaerans_kernels::Kernels;

/// What a latent is of the mean of its pixels.
pub const GAIN: f32 = 40.0;

/// Plan and weights.
pub struct Compiled(pub Vec<u8>, pub Vec<u8>);

impl Compiled {
    pub fn files(&self) -> Files<'_> {
        Files { plan: &self.0, weights: &self.1 }
    }
}

type Given<'a> = (&'a str, &'a [Option<u32>], &'a [(&'a str, Attribute)]);

/// A network of value 0 (its input, `dims`), weights of floats, and what each step makes.
pub fn network(dims: Vec<Extent>, weights: &[(&[usize], &[f32])], steps: &[Given]) -> Compiled {
    let mut plan =
        Plan { symbols: ["n", "h", "w"].map(String::from).to_vec(), values: vec![Value::Made], ..Plan::default() };
    let mut file = Vec::new();
    for (shape, values) in weights {
        file.resize(usize::next_multiple_of(file.len(), 64), 0);
        let (shape, offset) = (Shape::of(shape).unwrap(), file.len() as u64);
        plan.values.push(Value::Weight(Weight {
            ty: Type::F32,
            shape,
            storage: Storage::Plain,
            form: Form::Plain,
            offset,
        }));
        file.extend(values.iter().flat_map(|v| v.to_le_bytes()));
    }
    for (name, inputs, given) in steps {
        let (op, made) = (op::by_name(name).unwrap(), plan.values.len() as u32);
        plan.values.push(Value::Made);
        let find = |name: &str| given.iter().find(|(n, _)| *n == name).map_or(Attribute::Absent, |(_, a)| a.clone());
        let attributes = op.attributes.iter().map(|d| find(d.name)).collect();
        let (inputs, outputs) = (inputs.to_vec(), vec![Some(made)]);
        let step = Step { op, inputs, outputs, attributes, graphs: Vec::new(), name: name.to_lowercase() };
        plan.graph.steps.push(step.into());
    }
    plan.inputs = vec![Input { name: "x".into(), value: 0, ty: Type::F32, dims }];
    plan.outputs = vec![Output { name: "y".into(), value: plan.values.len() as u32 - 1 }];
    plan.weights = WeightFile { bytes: file.len() as u64, crc: checksum(&file), digest: [0; 32] };
    Compiled(plan::write(&plan).unwrap(), file)
}

fn perm(axes: [i64; 4]) -> [(&'static str, Attribute); 1] {
    [("perm", Attribute::Ints(axes.to_vec()))]
}

/// (n, 3, h, w)
pub fn latent() -> Vec<Extent> {
    vec![Extent::Symbol(0), Extent::Fixed(3), Extent::Symbol(1), Extent::Symbol(2)]
}

/// (n, h, w, 3)
pub fn picture() -> Vec<Extent> {
    vec![Extent::Symbol(0), Extent::Symbol(1), Extent::Symbol(2), Extent::Fixed(3)]
}

pub fn encoder() -> Compiled {
    let first = perm([0, 3, 1, 2]);
    let window = ["kernel_shape", "strides"].map(|name| (name, Attribute::Ints(vec![2, 2])));
    network(
        picture(),
        &[(&[1], &[GAIN])],
        &[("AveragePool", &[Some(0)], &window), ("Mul", &[Some(2), Some(1)], &[]), ("Transpose", &[Some(3)], &first)],
    )
}

/// That many pixels for each sample along an axis.
pub fn decoder_of(times: f32) -> Compiled {
    let like = [("coordinate_transformation_mode", Attribute::Int(4)), ("nearest_mode", Attribute::Int(2))];
    network(
        latent(),
        &[(&[1], &[1.0 / GAIN]), (&[4], &[1.0, 1.0, times, times])],
        &[
            ("Mul", &[Some(0), Some(1)], &[]),
            ("Resize", &[Some(3), None, Some(2)], &like),
            ("Transpose", &[Some(4)], &perm([0, 2, 3, 1])),
        ],
    )
}

pub fn learned() -> Arc<Learned> {
    let (decoder, encoder) = (decoder_of(2.0), encoder());
    let files = (decoder.files(), Some(encoder.files()));
    Arc::new(Learned::load(files.0, files.1, Kernels::active(), &Limits::default()).unwrap())
}
