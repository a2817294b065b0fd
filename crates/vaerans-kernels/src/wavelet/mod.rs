//! 2-D wavelet transforms of planes: CDF 5/3, CDF 9/7, Haar, by lifting.

mod bands;
mod level;
mod parts;
mod planes;
mod sample;
mod scratch;

pub use bands::{Bands, BandsMut, Plane};
pub use parts::Spread;
pub use planes::WaveletPlanes;
pub use sample::{Filter, WaveletSample};
pub use scratch::WaveletScratch;

use crate::native::wavelet::Job;
use std::ops::Range;

/// The samples of one level: `height * width`, both at least 1. A pair is row n of `[LL HL]` with row n of `[LH HH]`; it belongs
/// to sample rows 2n and 2n + 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WaveletLevel {
    /// Filter along both dimensions.
    pub filter: Filter,
    /// Sample rows.
    pub height: usize,
    /// Sample columns.
    pub width: usize,
}

impl WaveletLevel {
    /// Number of pairs: rows of LL.
    pub fn pairs(&self) -> usize {
        self.height.div_ceil(2)
    }
    /// Columns of LL.
    pub fn low_width(&self) -> usize {
        self.width.div_ceil(2)
    }
    fn job(&self, pairs: &Range<usize>, flags: u32) -> Job {
        let (height, width, filter) = (self.height, self.width, self.filter as i32);
        let (planes, levels, src_step, dst_step) = (1, 1, 0, 0);
        Job { height, width, planes, src_step, dst_step, levels, begin: pairs.start, end: pairs.end, filter, flags }
    }
    /// The level after `splits` splits.
    fn after(&self, splits: usize) -> WaveletLevel {
        (0..splits).fold(*self, |l, _| WaveletLevel { height: l.pairs(), width: l.low_width(), ..l })
    }
    /// How many of these pairs have a lower row.
    fn lower_rows(&self, pairs: &Range<usize>) -> usize {
        pairs.end.min(self.height / 2).saturating_sub(pairs.start)
    }
}

fn check<T: WaveletSample>(level: &WaveletLevel, pairs: &Range<usize>) {
    assert!(level.height > 0 && level.width > 0, "wavelet: a plane of {} x {} samples", level.height, level.width);
    assert!(T::has(level.filter), "wavelet: there is no {:?} for {}", level.filter, std::any::type_name::<T>());
    assert!(pairs.start <= pairs.end && pairs.end <= level.pairs(), "wavelet: pairs {pairs:?} of {}", level.pairs());
}
