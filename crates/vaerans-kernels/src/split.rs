//! One large elementwise kernel over OpenMP threads (feature `openmp`; without it there is one thread).

use crate::Kernels;

impl Kernels {
    /// Bytes that one thread writes at least: below, starting it costs more than it saves.
    #[cfg(feature = "openmp")]
    const SPLIT_BYTES: usize = 1 << 20;

    /// Calls `range(begin, end, flags)` for parts that cover `0..n` once; the whole writes `count` elements of `T`.
    #[cfg(feature = "openmp")]
    pub(crate) fn over<T>(&self, n: usize, count: usize, range: impl Fn(usize, usize, u32)) {
        let flags = self.flags::<T>(count);
        let threads = self.threads.min(count.saturating_mul(size_of::<T>()) / Self::SPLIT_BYTES);
        match threads {
            0 | 1 => range(0, n, flags),
            _ => openmp::split(n, threads, &|begin, end| range(begin, end, flags)),
        }
    }

    #[cfg(not(feature = "openmp"))]
    pub(crate) fn over<T>(&self, n: usize, count: usize, range: impl Fn(usize, usize, u32)) {
        range(0, n, self.flags::<T>(count))
    }
}

#[cfg(feature = "openmp")]
mod openmp {
    use std::ffi::c_void;

    type Range = unsafe extern "C" fn(*const c_void, usize, usize);

    extern "C" {
        fn vaerans_split(n: usize, threads: usize, step: usize, range: Range, context: *const c_void);
    }

    /// Parts begin at multiples of this many elements: whole cache lines of any type.
    const STEP: usize = 64;

    /// The kernels' ranges are disjoint parts of buffers that the caller holds, so `F` need not be `Sync`: it holds their
    /// pointers, and is only called.
    pub fn split<F: Fn(usize, usize)>(n: usize, threads: usize, range: &F) {
        unsafe extern "C" fn call<F: Fn(usize, usize)>(context: *const c_void, begin: usize, end: usize) {
            // SAFETY: `context` is the `&F` below, which outlives `vaerans_split`.
            unsafe { (*context.cast::<F>())(begin, end) }
        }
        // SAFETY: the function returns after its last call of `call`.
        unsafe { vaerans_split(n, threads, STEP, call::<F>, (range as *const F).cast()) }
    }
}
