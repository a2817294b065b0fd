//! What is done to sums before they are stored.

use super::math;

/// What is done to each sum before it is stored, in this order: bias, residual, activation; or bias, activation, residual.
#[derive(Debug, Clone, Copy, Default)]
pub struct Epilogue<'a> {
    /// One number a column.
    pub bias: Option<&'a [f32]>,
    /// As many rows as the result, so far apart as the result's.
    pub residual: Option<&'a [f32]>,
    /// Whether the residual is added behind the function.
    pub residual_last: bool,
    /// A function of each element.
    pub activation: Activation,
}

/// A function of one element.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Activation {
    /// As it is.
    #[default]
    None,
    /// No less than the first, no more than the second; NaN stays.
    Clip(f32, f32),
    /// So many times itself where it is negative.
    Leaky(f32),
    /// x sigmoid(x).
    Silu,
    /// 1 / (1 + e^-x).
    Sigmoid,
    /// Hyperbolic tangent.
    Tanh,
    /// x times the Gaussian distribution function.
    Gelu,
    /// x clip(x / 6 + 1/2, 0, 1).
    HardSwish,
}

impl Activation {
    /// Of one element.
    pub fn of(self, x: f32) -> f32 {
        match self {
            Activation::None => x,
            Activation::Clip(low, high) => {
                let x = if low > x { low } else { x };
                if high < x {
                    high
                } else {
                    x
                }
            }
            Activation::Leaky(slope) => {
                if x < 0.0 {
                    slope * x
                } else {
                    x
                }
            }
            Activation::Silu => x * math::sigmoid(x),
            Activation::Sigmoid => math::sigmoid(x),
            Activation::Tanh => math::tanh(x),
            Activation::Gelu => 0.5 * x * (1.0 + math::erf(x * std::f32::consts::FRAC_1_SQRT_2)),
            Activation::HardSwish => x * Activation::Clip(0.0, 1.0).of(x * (1.0 / 6.0) + 0.5),
        }
    }
}

impl Epilogue<'_> {
    /// The result of a sum in `column`, at `offset` of the results.
    pub fn of(&self, mut x: f32, column: usize, offset: usize) -> f32 {
        if let Some(bias) = self.bias {
            x += bias[column];
        }
        match self.residual {
            Some(residual) if self.residual_last => self.activation.of(x) + residual[offset],
            Some(residual) => self.activation.of(x + residual[offset]),
            None => self.activation.of(x),
        }
    }
}
