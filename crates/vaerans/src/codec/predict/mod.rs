//! Predictive coding of planes of integers (C, h, w) by a [`Predictor`](crate::learned::Predictor): a stream for each of its layers.
//!
//! Channel follows channel, row follows row. What an integer's mean and scale follow from lies in rows above or in earlier channels, so
//! that all columns of a row are worked on at once, and are dealt onto 1 to 32 rANS states. What a row means is said by
//! [`vaerans_kernels::reference::predict`].

#[cfg(feature = "decode")]
mod decode;
#[cfg(feature = "encode")]
mod encode;
mod planes;
#[cfg(test)]
mod tests;

#[cfg(feature = "decode")]
pub use decode::decode;
#[cfg(feature = "encode")]
pub use encode::encode;
pub use planes::bytes;

use crate::error::Result;
use crate::learned::{Predictor, Weights};
use planes::Contexts;
use vaerans_kernels::Kernels;

/// The state with which encoding starts, and with which decoding has to end.
const START: u32 = vaerans_kernels::reference::rans::LOW;

/// Means (Q12) and classes of planes (C, h, w), C as many channels as there are weights.
///
/// # Errors
/// `limit.memory`.
#[cfg(feature = "encode")]
pub fn contexts(
    kernels: Kernels,
    predictor: &Predictor,
    weights: &Weights,
    (height, width): (usize, usize),
    planes: &[i16],
    means: &mut [i32],
    classes: &mut [u8],
) -> Result<()> {
    use vaerans_kernels::reference::predict::residual;
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
