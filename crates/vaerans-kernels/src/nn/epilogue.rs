//! What is done to sums before they are stored, as the kernels take it.

use crate::native::nn as native;
use crate::reference::nn::epilogue::{Activation, Epilogue};

impl Epilogue<'_> {
    /// From column `at` on.
    pub(crate) fn native(&self, at: usize) -> native::Epilogue {
        let (activation, low, high) = numbered(self.activation);
        native::Epilogue {
            bias: self.bias.map_or(std::ptr::null(), |bias| bias[at..].as_ptr()),
            residual: self.residual.map_or(std::ptr::null(), |r| r[at..].as_ptr()),
            residual_last: (self.residual.is_some() && self.residual_last).into(),
            activation,
            low,
            high,
        }
    }
}

/// A function as the kernels know it.
pub(super) fn numbered(activation: Activation) -> (u32, f32, f32) {
    match activation {
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
