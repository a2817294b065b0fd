//! The allocator: 1 KB of code, where that of the standard library has 5. Small blocks come from lists by size, and go back there; large ones
//! from a list by address, where neighbours are put together.

mod blocks;
#[cfg(test)]
mod tests;

use blocks::Blocks;
use std::alloc::{GlobalAlloc, Layout};
use std::cell::UnsafeCell;

/// An allocator over the instance's memory.
pub struct Heap {
    state: UnsafeCell<Blocks>,
    #[cfg(feature = "threads")]
    is_locked: std::sync::atomic::AtomicBool,
}

// SAFETY: one thread at a time is in `with`; without the feature there is one thread.
unsafe impl Sync for Heap {}

impl Heap {
    pub const fn new() -> Heap {
        Heap {
            state: UnsafeCell::new(Blocks::new()),
            #[cfg(feature = "threads")]
            is_locked: std::sync::atomic::AtomicBool::new(false),
        }
    }

    fn with<R>(&self, work: impl FnOnce(&mut Blocks) -> R) -> R {
        #[cfg(feature = "threads")]
        while self.is_locked.swap(true, std::sync::atomic::Ordering::Acquire) {
            std::hint::spin_loop();
        }
        // SAFETY: nobody else is here.
        let result = work(unsafe { &mut *self.state.get() });
        #[cfg(feature = "threads")]
        self.is_locked.store(false, std::sync::atomic::Ordering::Release);
        result
    }
}

// SAFETY: blocks are taken out of lists of free ones, aligned, and as large as was asked for.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.with(|state| state.take(layout.size(), layout.align()))
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        self.with(|state| state.give(block, layout.size(), layout.align()))
    }
}
