//! What operators do to their results before they store them: attributes that several of them have.

use super::{float, int, word, Attribute, Call, Declared, Infer};
use crate::error::Result;
use crate::kernels::reference::nn::epilogue::{Activation, Epilogue};
use crate::nn::ty::Type;

/// The functions.
const ACTIVATIONS: &[&str] = &["none", "clip", "leaky", "silu", "sigmoid", "tanh", "gelu", "hard_swish"];

/// Which function; limits of `clip` (`low` is the slope of `leaky`); whether a residual is added behind it.
pub(super) const ACTIVATION: Declared = word("activation", ACTIVATIONS);
pub(super) const LOW: Declared = float("low");
pub(super) const HIGH: Declared = float("high");
pub(super) const RESIDUAL_LAST: Declared = int("residual_last");

/// The function that attributes from `at` on say.
pub(super) fn activation(attributes: &[Attribute], at: usize) -> Activation {
    let number = |i: usize, other: f32| match attributes[at + i] {
        Attribute::Float(v) => v,
        _ => other,
    };
    match attributes[at] {
        Attribute::Int(which @ 2) => numbered_activation(which, number(1, 0.01), 0.0),
        Attribute::Int(which) => numbered_activation(which, number(1, f32::NEG_INFINITY), number(2, f32::INFINITY)),
        _ => Activation::None,
    }
}

/// A function by its place, with its numbers.
pub(super) fn numbered_activation(which: i64, low: f32, high: f32) -> Activation {
    match which {
        1 => Activation::Clip(low, high),
        2 => Activation::Leaky(low),
        3 => Activation::Silu,
        4 => Activation::Sigmoid,
        5 => Activation::Tanh,
        6 => Activation::Gelu,
        7 => Activation::HardSwish,
        _ => Activation::None,
    }
}

/// Refuses a bias that is not one number a column, and a residual that is not as the result (the first output).
pub(super) fn check(infer: &Infer, bias: usize, columns: usize) -> Result<()> {
    if let Some(spec) = infer.optional(bias).filter(|s| s.shape.dims() != [columns] || s.ty != Type::F32) {
        return Err(infer.refuse(format_args!("a bias of {}", spec.shape)));
    }
    let result = infer.outputs.first().copied();
    match infer.optional(bias + 1).filter(|&s| Some(s) != result) {
        Some(spec) => Err(infer.refuse(format_args!("a residual of {}", spec.shape))),
        None => Ok(()),
    }
}

impl<'a> Call<'a, '_> {
    /// Bias and residual (inputs `bias` and the next), and what the attributes from `at` on say.
    pub(super) fn epilogue(&self, at: usize, bias: usize) -> Result<Epilogue<'a>> {
        Ok(Epilogue {
            bias: self.optional(bias)?,
            residual: self.optional(bias + 1)?,
            residual_last: self.int(at + 3, 0) != 0,
            activation: activation(self.attributes, at),
        })
    }
}
