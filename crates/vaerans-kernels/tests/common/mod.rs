//! What every agreement test needs: all kernels, awkward lengths, guarded and misaligned buffers, a small generator.
#![allow(dead_code)] // each test file uses a part

pub use vaerans_kernels::testing::SplitMix64 as Rng;
use vaerans_kernels::{Isa, Kernels, Streaming};

/// Every instruction set of this machine, the reference excluded, each with and without non-temporal stores.
pub fn all_kernels() -> Vec<Kernels> {
    let native = Kernels::available().into_iter().filter(|k| k.isa() != Isa::Reference);
    native.flat_map(|k| [Streaming::Never, Streaming::Always].map(|s| k.with_streaming(s))).collect()
}

/// 0, 1, and lane - 1, lane, lane + 1 of every vector width and block; odd ones; one long enough for every main loop.
pub fn lengths() -> Vec<usize> {
    let mut all = vec![0, 1, 2, 5, 77, 300, 1021];
    for lane in [4usize, 8, 16, 32, 64, 128, 256] {
        all.extend([lane - 1, lane, lane + 1]);
    }
    all.sort_unstable();
    all.dedup();
    all
}

/// Elements past a 64-byte boundary at which a buffer starts.
pub const MISALIGNMENTS: [usize; 3] = [0, 1, 7];

const GUARD: usize = 64;

/// A buffer that starts a chosen number of elements past a 64-byte boundary, with guard elements on both sides.
pub struct Guarded<T> {
    data: Vec<T>,
    start: usize,
    len: usize,
    guard: T,
}

impl<T: Copy + PartialEq + std::fmt::Debug> Guarded<T> {
    pub fn new(len: usize, misalignment: usize, guard: T) -> Self {
        let line = 64 / size_of::<T>();
        let data = vec![guard; len + 2 * GUARD + line + misalignment];
        // Elements larger than a line begin where they can.
        let aligned = data[GUARD..].as_ptr().align_offset(64);
        let start = GUARD + if aligned <= line { aligned } else { 0 } + misalignment;
        Guarded { data, start, len, guard }
    }

    pub fn of(values: &[T], misalignment: usize, guard: T) -> Self {
        let mut new = Self::new(values.len(), misalignment, guard);
        new.copy_from_slice(values);
        new
    }

    /// Fails if a guard element changed.
    #[track_caller]
    pub fn check(&self) {
        let (before, rest) = self.data.split_at(self.start);
        let touched = before.iter().chain(&rest[self.len..]).any(|x| *x != self.guard);
        assert!(!touched, "wrote outside the buffer of {} elements", self.len);
    }
}

impl<T> std::ops::Deref for Guarded<T> {
    type Target = [T];
    fn deref(&self) -> &[T] {
        &self.data[self.start..self.start + self.len]
    }
}

impl<T> std::ops::DerefMut for Guarded<T> {
    fn deref_mut(&mut self) -> &mut [T] {
        &mut self.data[self.start..self.start + self.len]
    }
}

/// The bits, so that NaN and the sign of zero count.
pub fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|v| v.to_bits()).collect()
}
