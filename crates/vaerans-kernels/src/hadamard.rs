//! Walsh-Hadamard transform across the channels of planar f32 data.

use crate::{reference, Kernels};

/// The most channels a transform has.
const MAX: usize = 16;

impl Kernels {
    /// Orthonormal Walsh-Hadamard transform across 2, 4, 8 or 16 planes of equal length, natural (Hadamard) order.
    ///
    /// To spread the work over threads, pass the same part of every plane.
    ///
    /// # Panics
    /// If there are not 2, 4, 8 or 16 planes, or the numbers of planes or their lengths differ.
    pub fn hadamard_forward(&self, src: &[&[f32]], dst: &mut [&mut [f32]]) {
        let n = check(src.len(), src.iter().map(|p| p.len()));
        assert_eq!(
            (src.len(), n),
            (dst.len(), check(dst.len(), dst.iter().map(|p| p.len()))),
            "hadamard: src and dst differ"
        );
        let mut to = [std::ptr::null_mut(); MAX];
        let mut from = [std::ptr::null(); MAX];
        for (c, (s, d)) in src.iter().zip(dst).enumerate() {
            (from[c], to[c]) = (s.as_ptr(), d.as_mut_ptr());
        }
        // SAFETY: `src.len()` planes of `n` elements on both sides; `&mut` planes overlap neither each other nor a source.
        unsafe { self.hadamard_planes(&from[..src.len()], &to[..src.len()], n) }
    }

    /// The inverse of [`Kernels::hadamard_forward`]: the same transform, its matrix being symmetric and orthonormal.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn hadamard_inverse(&self, src: &[&[f32]], dst: &mut [&mut [f32]]) {
        self.hadamard_forward(src, dst);
    }

    /// [`Kernels::hadamard_forward`] (and inverse) in place.
    ///
    /// # Panics
    /// As the forward transform.
    pub fn hadamard_in_place(&self, planes: &mut [&mut [f32]]) {
        let n = check(planes.len(), planes.iter().map(|p| p.len()));
        let mut to = [std::ptr::null_mut(); MAX];
        for (c, plane) in planes.iter_mut().enumerate() {
            to[c] = plane.as_mut_ptr();
        }
        let from = to.map(|p| p.cast_const());
        // SAFETY: as above; a plane's source and destination are the same, which the kernel allows.
        unsafe { self.hadamard_planes(&from[..planes.len()], &to[..planes.len()], n) }
    }

    /// # Safety
    /// All pointers are valid for `n` elements; `dst[c] == src[c]` or the planes do not overlap; 2, 4, 8 or 16 planes.
    unsafe fn hadamard_planes(&self, src: &[*const f32], dst: &[*mut f32], n: usize) {
        if let Some(f) = self.native.and_then(|t| t.hadamard.transform) {
            // SAFETY: the caller's promise is the kernel's contract.
            return self.over::<f32>(n, n * dst.len(), |begin, end, flags| unsafe {
                f(src.as_ptr(), dst.as_ptr(), src.len(), begin, end, flags)
            });
        }
        let mut x = [0.0; MAX];
        let x = &mut x[..src.len()];
        for i in 0..n {
            for (x, s) in x.iter_mut().zip(src) {
                // SAFETY: i < n.
                *x = unsafe { *s.add(i) };
            }
            reference::hadamard::transform(x);
            for (x, d) in x.iter().zip(dst) {
                // SAFETY: i < n; element i of every plane has been read.
                unsafe { *d.add(i) = *x };
            }
        }
    }
}

/// The common length of the planes.
fn check(channels: usize, mut lengths: impl Iterator<Item = usize>) -> usize {
    assert!(matches!(channels, 2 | 4 | 8 | 16), "hadamard: {channels} planes; there are transforms of 2, 4, 8 and 16");
    let n = lengths.next().unwrap_or(0);
    assert!(lengths.all(|m| m == n), "hadamard: planes differ in length");
    n
}
