//! Smaller pictures out of the coarse levels of a file.
//!
//! The low band of CDF 5/3 and 9/7 (unit gain at frequency 0) is a smaller picture, and a file without its finest levels is
//! the file of that picture: so the history of a tile is written as if the smaller picture had been coded. What no wavelet can
//! leave out is averaged.

use crate::codec::tile::{Image, SampleBuf};
use crate::codec::transform::pyramid::low;
use crate::component::{Kind, Lineage, StepRecord, Value};
use crate::registry::{Reduced, Registry};

/// How many splits the wavelet of a history could leave out: 0 unless every step knows what to do then.
pub(super) fn splits(registry: &Registry, lineage: &Lineage) -> u32 {
    let reduced = |s: &StepRecord| registry.by_number(s.number).map_or(Reduced::Never, |e| e.reduced);
    let steps = || lineage.steps().iter().map(|s| (reduced(s), s));
    let mut wavelets = steps().filter(|(r, _)| *r == Reduced::Levels);
    match (wavelets.next(), wavelets.next(), steps().all(|(r, _)| r != Reduced::Never)) {
        (Some((_, wavelet)), None, true) => wavelet.params.int("levels") as u32,
        _ => 0,
    }
}

/// The history that the tile would have had at 1/2^`k`; `k` is at most [`splits`].
pub(super) fn lineage(registry: &Registry, full: &Lineage, k: u32) -> Lineage {
    if k == 0 {
        return full.clone();
    }
    let one = |step: &StepRecord| {
        let mut step = step.clone();
        let shape = &mut step.origin.shape;
        // Pictures are (H, W, C), everything after the colour transform ends with (H, W).
        let at = if step.origin.kind == Kind::Image { 0 } else { shape.len().saturating_sub(2) };
        shape.iter_mut().skip(at).take(2).for_each(|n| *n = low(*n, k as usize));
        let params = step.params.clone();
        step.params = match registry.by_number(step.number).map(|e| e.reduced) {
            Some(Reduced::Levels) => {
                let levels = params.int("levels") - i64::from(k);
                params.replaced("levels", Value::Int(levels))
            }
            Some(Reduced::Counted) => params.with("reduced", Value::Int(i64::from(k))),
            _ => params,
        };
        step
    };
    Lineage::of(full.steps().iter().map(|s| one(s)).collect())
}

/// A picture halved `times` times: means of 2 x 2 samples, rounded; an odd side repeats its last line.
pub(super) fn average(mut image: Image, times: u32) -> Image {
    for _ in 0..times {
        let size = (image.width, image.height, image.channels);
        image.samples = match image.samples {
            SampleBuf::U8(s) => SampleBuf::U8(halve(&s, size)),
            SampleBuf::U16(s) => SampleBuf::U16(halve(&s, size)),
        };
        (image.width, image.height) = (image.width.div_ceil(2), image.height.div_ceil(2));
    }
    image
}

fn halve<T: Copy + Into<u32> + TryFrom<u32> + Default>(from: &[T], (w, h, c): (usize, usize, usize)) -> Vec<T> {
    let columns = w.div_ceil(2);
    let mut to = Vec::with_capacity(columns * h.div_ceil(2) * c);
    for y in (0..h).step_by(2) {
        let row = |y: usize| &from[y.min(h - 1) * w * c..][..w * c];
        let (upper, lower) = (row(y), row(y + 1));
        for x in 0..columns {
            let (left, right) = (2 * x * c, (2 * x + 1).min(w - 1) * c);
            to.extend((0..c).map(|i| {
                let sum: u32 = [upper[left + i], upper[right + i], lower[left + i], lower[right + i]]
                    .into_iter()
                    .map(Into::<u32>::into)
                    .sum();
                // A mean of samples is one.
                T::try_from((sum + 2) >> 2).unwrap_or_default()
            }));
        }
    }
    to
}
