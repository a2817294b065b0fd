//! Smaller pictures out of the coarse levels of a file.
//!
//! The low band of CDF 5/3 and 9/7 (unit gain at frequency 0) is a smaller picture, and a file without its finest levels is
//! the file of that picture: so the history of a tile is written as if the smaller picture had been coded. What no wavelet can
//! leave out is averaged.

use crate::arena::{Arena, DType, Element, TensorRef};
use crate::codec::transform::pyramid::low;
use crate::component::{Kind, Lineage, Value};
use crate::error::{Dims, Error, Result};

/// Numbers of the registry of the steps that do not know how large the picture is.
const COLOUR: u16 = 1;
const WAVELETS: [u16; 2] = [17, 18];
const DEAD_ZONE: u16 = 33;
const CODER: u16 = 48;

/// Whether the pipe has the steps of a photo alone, one wavelet among them.
pub(super) fn is_photo(lineage: &Lineage) -> bool {
    let is_wavelet = |n: u16| WAVELETS.contains(&n);
    let known = |n: u16| [COLOUR, DEAD_ZONE, CODER].contains(&n) || is_wavelet(n);
    let steps = lineage.steps();
    steps.iter().all(|s| known(s.number)) && steps.iter().filter(|s| is_wavelet(s.number)).count() == 1
}

/// How many of `reduce` halvings a file's wavelet can leave out.
pub(super) fn by_wavelet(lineage: &Lineage, reduce: u32) -> u32 {
    if !is_photo(lineage) {
        return 0;
    }
    let wavelet = lineage.steps().iter().find(|s| WAVELETS.contains(&s.number));
    let levels = wavelet.and_then(|s| s.params.int("levels", 4, 0..=i64::from(u32::MAX)).ok());
    reduce.min(levels.unwrap_or(0) as u32)
}

/// The history that the tile would have had at 1/2^`reduce`; `reduce` is what [`by_wavelet`] allows.
pub(super) fn lineage(full: &Lineage, reduce: u32) -> Lineage {
    let mut steps = full.steps().to_vec();
    for step in &mut steps {
        let shape = &mut step.origin.shape;
        // Pictures are (H, W, C), everything after the colour transform ends with (H, W).
        let at = if step.origin.kind == Kind::Image { 0 } else { shape.len().saturating_sub(2) };
        shape.iter_mut().skip(at).take(2).for_each(|n| *n = low(*n, reduce as usize));
        if WAVELETS.contains(&step.number) {
            let levels = step.params.int("levels", 4, 0..=i64::MAX).unwrap_or(0);
            step.params = step.params.clone().with("levels", Value::Int(levels - i64::from(reduce)));
        }
        if step.number == DEAD_ZONE {
            step.params = step.params.clone().with("reduced", Value::Int(i64::from(reduce)));
        }
    }
    Lineage::of(steps)
}

/// A picture (H, W, C) halved `times` times: means of 2 x 2 samples, rounded; an odd side repeats its last line.
pub(super) fn average(arena: &Arena, picture: TensorRef, times: u32) -> Result<TensorRef> {
    (0..times).try_fold(picture, |p, _| match p.dtype() {
        DType::U8 => halve::<u8>(arena, &p),
        DType::U16 => halve::<u16>(arena, &p),
        other => Err(Error::new("param.dtype", format!("{other}; uint8 or uint16 expected"))),
    })
}

fn halve<T: Element + Into<u32> + TryFrom<u32>>(arena: &Arena, picture: &TensorRef) -> Result<TensorRef> {
    let &[h, w, c] = picture.shape() else {
        return Err(Error::new("param.shape", format!("{}; a picture (H, W, C) expected", Dims(picture.shape()))));
    };
    let mut out = arena.alloc(T::DTYPE, &[h.div_ceil(2), w.div_ceil(2), c])?;
    let (from, to) = (picture.read::<T>()?, out.as_mut_slice::<T>()?);
    let at = |y: usize, x: usize, c_: usize| -> u32 { from[(y.min(h - 1) * w + x.min(w - 1)) * c + c_].into() };
    for (i, to) in to.iter_mut().enumerate() {
        let (y, x, c_) = (i / c / w.div_ceil(2) * 2, i / c % w.div_ceil(2) * 2, i % c);
        let sum = at(y, x, c_) + at(y, x + 1, c_) + at(y + 1, x, c_) + at(y + 1, x + 1, c_);
        if let Ok(mean) = T::try_from((sum + 2) >> 2) {
            *to = mean;
        }
    }
    Ok(out.freeze())
}
