//! Short lists on the stack.

use crate::nn::op::MAX_OPERANDS;
use std::mem::{needs_drop, MaybeUninit};
use std::ops::{Deref, DerefMut};

/// At most [`MAX_OPERANDS`] items. What is not used of it is not written either: most steps have two or three operands, and small networks
/// take microseconds.
pub struct Few<T> {
    items: [MaybeUninit<T>; MAX_OPERANDS],
    len: usize,
}

impl<T> Few<T> {
    /// None yet.
    #[inline(always)]
    pub fn none() -> Few<T> {
        const { assert!(!needs_drop::<T>()) };
        Few { items: [const { MaybeUninit::uninit() }; MAX_OPERANDS], len: 0 }
    }

    /// One more.
    ///
    /// # Panics
    /// If there are [`MAX_OPERANDS`].
    #[inline]
    pub fn push(&mut self, item: T) {
        self.items[self.len].write(item);
        self.len += 1;
    }
}

impl<T> Deref for Few<T> {
    type Target = [T];
    #[inline]
    fn deref(&self) -> &[T] {
        // SAFETY: the first `len` were written by `push`.
        unsafe { std::slice::from_raw_parts(self.items.as_ptr().cast(), self.len) }
    }
}

impl<T> DerefMut for Few<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        // SAFETY: as above.
        unsafe { std::slice::from_raw_parts_mut(self.items.as_mut_ptr().cast(), self.len) }
    }
}
