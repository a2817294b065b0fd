//! Work on parts of one output, side by side.

use crate::error::{Error, Result};
use crate::pool;
use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicU64, Ordering};

/// Most threads that one step uses.
pub const MOST_THREADS: usize = 64;

/// A slice whose parts several threads write.
struct Shared<'a, T> {
    at: *mut T,
    len: usize,
    _borrowed: PhantomData<&'a mut [T]>,
}

// SAFETY: only parts that do not meet are handed out (see the users below).
unsafe impl<T: Send> Sync for Shared<'_, T> {}

impl<'a, T> Shared<'a, T> {
    fn new(slice: &'a mut [T]) -> Self {
        Shared { at: slice.as_mut_ptr(), len: slice.len(), _borrowed: PhantomData }
    }

    /// # Safety
    /// No two parts that live at the same time may meet.
    #[allow(clippy::mut_from_ref)]
    unsafe fn part(&self, first: usize, len: usize) -> &mut [T] {
        let first = first.min(self.len);
        // SAFETY: within the slice, which is borrowed for writing; the caller keeps parts apart.
        unsafe { std::slice::from_raw_parts_mut(self.at.add(first), len.min(self.len - first)) }
    }
}

/// Runs `work` on each of `parts` parts of `out`, which are `len` elements each but for the last, on at most `threads` threads.
///
/// # Errors
/// The first of `work`.
pub fn in_parts<T: Send>(
    threads: usize,
    parts: usize,
    len: usize,
    out: &mut [T],
    work: impl Fn(usize, &mut [T]) -> Result<()> + Send + Sync,
) -> Result<()> {
    let shared = Shared::new(out);
    pool::map(threads.min(MOST_THREADS), parts, |i| {
        // SAFETY: part `i` is asked for once, and parts of `len` elements side by side do not meet.
        work(i, unsafe { shared.part(i * len, len) })
    })
    .map(|_| ())
}

/// Memory of which each thread has a part at a time.
pub struct PerThread<'a> {
    shared: Shared<'a, f32>,
    each: usize,
    /// A bit for each part that nobody has.
    free: AtomicU64,
}

/// A thread's part.
pub struct Space<'a> {
    part: &'a mut [f32],
    bit: u64,
    free: &'a AtomicU64,
}

impl<'a> PerThread<'a> {
    /// A part for each of `threads`.
    pub fn new(scratch: &'a mut [f32], threads: usize) -> Self {
        let threads = threads.clamp(1, MOST_THREADS);
        let each = scratch.len() / threads;
        let free = AtomicU64::new(if threads == 64 { u64::MAX } else { (1 << threads) - 1 });
        PerThread { shared: Shared::new(scratch), each, free }
    }

    /// A part that nobody has.
    ///
    /// # Errors
    /// `internal.bug` where more threads ask than there are.
    pub fn take(&self) -> Result<Space<'_>> {
        let lowest = |free: u64| (free != 0).then(|| free & (free - 1));
        match self.free.fetch_update(Ordering::Acquire, Ordering::Relaxed, lowest) {
            Ok(before) => {
                let i = before.trailing_zeros();
                // SAFETY: bit `i` was set, and is ours until `Space` is dropped; parts side by side do not meet.
                let part = unsafe { self.shared.part(i as usize * self.each, self.each) };
                Ok(Space { part, bit: 1 << i, free: &self.free })
            }
            Err(_) => Err(Error::new("internal.bug", "more threads than a step has memory for")),
        }
    }
}

impl Drop for Space<'_> {
    fn drop(&mut self) {
        self.free.fetch_or(self.bit, Ordering::Release);
    }
}

impl Deref for Space<'_> {
    type Target = [f32];
    fn deref(&self) -> &[f32] {
        self.part
    }
}

impl DerefMut for Space<'_> {
    fn deref_mut(&mut self) -> &mut [f32] {
        self.part
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_part_is_worked_on_once() {
        for threads in [1, 3] {
            let mut out = vec![0; 1003];
            in_parts(threads, 101, 10, &mut out, |i, part| {
                assert_eq!(part.len(), if i == 100 { 3 } else { 10 });
                part.iter_mut().for_each(|x| *x += i + 1);
                Ok(())
            })
            .unwrap();
            assert!(out.iter().enumerate().all(|(i, &x)| x == i / 10 + 1));
        }
    }

    #[test]
    fn nobody_has_the_part_of_another() {
        let mut scratch = vec![0.0; 30];
        let all = PerThread::new(&mut scratch, 3);
        let mut spaces: Vec<_> = (0..3).map(|_| all.take().unwrap()).collect();
        assert!(all.take().is_err());
        spaces.iter_mut().for_each(|s| s.iter_mut().for_each(|x| *x += 1.0));
        drop(spaces);
        assert!(all.take().is_ok());
        assert!(scratch.iter().all(|&x| x == 1.0));
    }
}
