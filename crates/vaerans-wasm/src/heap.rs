//! The allocator of an instance: two-level segregated fit over one pool, which grows with the memory. Threads that share the memory share it too.

use rlsf::{FlexSource, FlexTlsf};
use std::alloc::{GlobalAlloc, Layout};
use std::arch::wasm32::{memory_grow, memory_size};
use std::ptr::{slice_from_raw_parts_mut, NonNull};
use std::sync::{Mutex, MutexGuard, PoisonError};

const PAGE: usize = 1 << 16;

/// The pages of the instance's memory. rlsf's own source never grows a pool: every growth would be another pool, and what is let go in one is not
/// joined to what is let go in the next.
struct Pages;

/// Grows the memory; gives where the new bytes begin, and how many they are.
fn grow(bytes: usize) -> Option<(usize, usize)> {
    let pages = bytes.div_ceil(PAGE);
    let before = memory_grow::<0>(pages);
    (before != usize::MAX).then_some((before * PAGE, pages * PAGE))
}

// SAFETY: the bytes that the memory grows by are nobody else's.
unsafe impl FlexSource for Pages {
    unsafe fn alloc(&mut self, min_size: usize) -> Option<NonNull<[u8]>> {
        let (begin, len) = grow(min_size)?;
        NonNull::new(slice_from_raw_parts_mut(begin as *mut u8, len))
    }

    unsafe fn realloc_inplace_grow(&mut self, pool: NonNull<[u8]>, min_new_len: usize) -> Option<usize> {
        let end = pool.as_ptr() as *mut u8 as usize + pool.len();
        // Where another has grown the memory, the next pool begins behind that.
        if end != memory_size::<0>() * PAGE {
            return None;
        }
        let (_, more) = grow(min_new_len - pool.len())?;
        Some(pool.len() + more)
    }

    fn supports_realloc_inplace_grow(&self) -> bool {
        true
    }

    fn min_align(&self) -> usize {
        PAGE
    }
}

type Blocks = FlexTlsf<Pages, usize, usize, 32, 32>;

/// The allocator.
pub(crate) struct Heap(Mutex<Blocks>);

// SAFETY: it is used by the thread that holds the lock; where there is one thread the lock is a flag.
unsafe impl Sync for Heap {}

impl Heap {
    pub(crate) const fn new() -> Heap {
        Heap(Mutex::new(FlexTlsf::new(Pages)))
    }

    fn blocks(&self) -> MutexGuard<'_, Blocks> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// SAFETY: no call is made within another.
unsafe impl GlobalAlloc for Heap {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        self.blocks().allocate(layout).map_or(std::ptr::null_mut(), NonNull::as_ptr)
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { self.blocks().deallocate(NonNull::new_unchecked(block), layout.align()) }
    }
}
