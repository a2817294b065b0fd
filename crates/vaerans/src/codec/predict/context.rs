//! Means and classes of integers that are all known.

use super::planes::Contexts;
use crate::error::Result;
use crate::learned::{Predictor, Weights};
use vaerans_kernels::reference::predict::residual;
use vaerans_kernels::Kernels;

/// Means (Q12) and classes of planes (C, h, w), C as many channels as there are weights.
///
/// # Errors
/// `limit.memory`.
pub fn contexts(
    kernels: Kernels,
    predictor: &Predictor,
    weights: &Weights,
    (height, width): (usize, usize),
    planes: &[i16],
    means: &mut [i32],
    classes: &mut [u8],
) -> Result<()> {
    let mut contexts = Contexts::new(kernels, predictor, weights, height, width)?;
    for layer in 0..predictor.layers_of(weights.channels.len()).unwrap_or(0) {
        contexts.layer(layer, |m, c, (channel, y), values, residuals| {
            let row = (channel * height + y) * width..(channel * height + y + 1) * width;
            values.copy_from_slice(&planes[row.clone()]);
            values.iter().zip(residuals).zip(m).for_each(|((&q, r), &mean)| *r = residual(q.into(), mean));
            means[row.clone()].copy_from_slice(&m[..width]);
            classes[row].copy_from_slice(&c[..width]);
            Ok(())
        })?;
    }
    Ok(())
}
