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
    /// Its number in kernels and plans (`cpp/include/vaerans/nn_epilogue.h`), with its numbers: limits, or a slope.
    pub fn numbered(self) -> (u32, f32, f32) {
        match self {
            Activation::None => (0, 0.0, 0.0),
            Activation::Clip(low, high) => (1, low, high),
            Activation::Leaky(slope) => (2, slope, 0.0),
            Activation::Silu => (3, 0.0, 0.0),
            Activation::Sigmoid => (4, 0.0, 0.0),
            Activation::Tanh => (5, 0.0, 0.0),
            Activation::Gelu => (6, 0.0, 0.0),
            Activation::HardSwish => (7, 0.0, 0.0),
        }
    }

    /// The function of a number.
    pub fn from_number(number: u32, low: f32, high: f32) -> Option<Activation> {
        Some(match number {
            0 => Activation::None,
            1 => Activation::Clip(low, high),
            2 => Activation::Leaky(low),
            3 => Activation::Silu,
            4 => Activation::Sigmoid,
            5 => Activation::Tanh,
            6 => Activation::Gelu,
            7 => Activation::HardSwish,
            _ => return None,
        })
    }

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
