//! Working memory of the wavelet kernels.

use super::WaveletSample;
use crate::native::{wavelet::Job, Table, LINE};

/// Working memory of the wavelet kernels; grows to the largest job it has seen.
#[derive(Debug, Default)]
pub struct WaveletScratch<T>(Vec<T>);

impl<T: WaveletSample> WaveletScratch<T> {
    /// No memory yet.
    pub fn new() -> Self {
        WaveletScratch(Vec::new())
    }

    /// As many elements as the kernel says that the job needs, from a cache line on.
    pub(super) fn for_job(&mut self, table: &Table, job: &Job) -> *mut T {
        let line = LINE / size_of::<T>();
        // SAFETY: the function reads the job and nothing else.
        let need = unsafe { (table.wavelet.scratch)(job, size_of::<T>()) };
        if self.0.len() < need + line {
            self.0 = vec![T::default(); need + line];
        }
        let at = self.0.as_ptr().align_offset(LINE).min(line);
        self.0[at..at + need].as_mut_ptr()
    }
}
