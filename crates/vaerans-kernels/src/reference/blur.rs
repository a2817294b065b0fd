//! The meaning of the blur: one output sample at a time.
//!
//! Per sample, first down the column and then along the row, in `f32`:
//! `acc = w[0] * x[0]`, then for `k = 1..=radius`: `acc += w[k] * (x[-k] + x[k])`.

use crate::exact::round_clamp;
use crate::BlurShape;
use std::ops::Range;

/// A sample type the blur reads and writes.
pub trait Sample: Copy {
    /// The sample's value.
    fn to_f32(self) -> f32;
    /// Nearest value of the type, ties to even, held in its range.
    fn from_f32(value: f32) -> Self;
}

impl Sample for f32 {
    fn to_f32(self) -> f32 {
        self
    }
    fn from_f32(value: f32) -> Self {
        value
    }
}

impl Sample for u8 {
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    fn from_f32(value: f32) -> Self {
        round_clamp(value, 0.0, 255.0) as u8
    }
}

impl Sample for u16 {
    fn to_f32(self) -> f32 {
        f32::from(self)
    }
    fn from_f32(value: f32) -> Self {
        round_clamp(value, 0.0, 65535.0) as u16
    }
}

/// Index of the sample that stands at `index` when `length` samples are mirrored about their outer edges for ever.
pub fn reflect(index: isize, length: usize) -> usize {
    let folded = index.rem_euclid(2 * length as isize) as usize;
    folded.min(2 * length - 1 - folded)
}

/// Rows `range` of the blurred picture; `dst` holds exactly these rows.
pub fn rows<T: Sample>(shape: &BlurShape, weights: &[f32], src: &[T], dst: &mut [T], range: Range<usize>) {
    let mut column = vec![0f32; shape.row];
    for (y, out) in range.zip(dst.chunks_exact_mut(shape.row)) {
        for (i, value) in column.iter_mut().enumerate() {
            *value = taps(weights, |k| src[reflect(y as isize + k, shape.height) * shape.row + i].to_f32());
        }
        for (i, value) in out.iter_mut().enumerate() {
            let (x, c) = ((i / shape.channels) as isize, i % shape.channels);
            let width = shape.row / shape.channels;
            *value = T::from_f32(taps(weights, |k| column[reflect(x + k, width) * shape.channels + c]));
        }
    }
}

fn taps(weights: &[f32], at: impl Fn(isize) -> f32) -> f32 {
    let mut acc = weights[0] * at(0);
    for (k, &weight) in weights.iter().enumerate().skip(1) {
        acc += weight * (at(-(k as isize)) + at(k as isize));
    }
    acc
}
