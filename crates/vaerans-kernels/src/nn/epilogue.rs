//! What is done to sums before they are stored, as the kernels take it.

use crate::native::nn as native;
use crate::reference::nn::epilogue::Epilogue;

impl Epilogue<'_> {
    /// From column `at` on.
    pub(crate) fn native(&self, at: usize) -> native::Epilogue {
        let (activation, low, high) = self.activation.numbered();
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
