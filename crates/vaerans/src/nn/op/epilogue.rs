//! What operators do to their results before they store them: attributes that several of them have.

use super::{float, int, word, Attribute, Call, Declared, Infer};
use crate::error::Result;
use crate::kernels::reference::nn::epilogue::{Activation, Epilogue};
use crate::nn::ty::Type;

/// The functions.
const ACTIVATIONS: &[&str] = &["none", "clip", "leaky", "silu", "sigmoid", "tanh", "gelu", "hard_swish"];

/// The place of `leaky`, whose slope has a default of its own.
const LEAKY: i64 = 2;

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
    let Attribute::Int(which) = attributes[at] else { return Activation::None };
    let low = number(1, if which == LEAKY { 0.01 } else { f32::NEG_INFINITY });
    let found = u32::try_from(which).ok().and_then(|n| Activation::from_number(n, low, number(2, f32::INFINITY)));
    found.unwrap_or_default()
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
