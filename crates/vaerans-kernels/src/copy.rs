//! Copying memory at full bandwidth.

use crate::Kernels;

mod sealed {
    pub trait Sealed {}
}

/// A plain number: any bits are a value and there is no padding.
pub trait Element: Copy + sealed::Sealed + 'static {}

macro_rules! elements {
    ($($t:ty)*) => { $(impl sealed::Sealed for $t {} impl Element for $t {})* };
}
elements!(u8 i8 u16 i16 u32 i32 u64 i64 f32 f64);

impl Kernels {
    /// Copies `src` to `dst`. The roof that memory-bound kernels are measured against.
    ///
    /// # Panics
    /// If the lengths differ.
    pub fn copy<T: Element>(&self, src: &[T], dst: &mut [T]) {
        assert_eq!(src.len(), dst.len(), "copy: source and destination differ in length");
        let Some(f) = self.native.and_then(|t| t.copy.copy) else { return dst.copy_from_slice(src) };
        let flags = self.flags::<T>(dst.len());
        // SAFETY: both slices have `size_of_val(src)` bytes, a `&mut` overlaps nothing, and `Element` has no padding.
        unsafe { f(src.as_ptr().cast(), dst.as_mut_ptr().cast(), 0, size_of_val(src), flags) }
    }
}
