//! What the instance's memory holds, and whether there was enough of it.

use std::alloc::{GlobalAlloc, Layout};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use wasm_bindgen::prelude::*;

/// Bytes of working memory that the instance holds now: what a call leaves for the next, at most 64 MiB a thread.
#[cfg(not(feature = "reader"))]
#[wasm_bindgen]
pub fn arena_bytes() -> usize {
    vaerans::arena::live_bytes()
}

/// Whether the last allocation was refused. An instance that traps says so with it, if that was why: the trap itself has no words.
#[wasm_bindgen]
pub fn refused() -> bool {
    REFUSED.load(Relaxed)
}

static REFUSED: AtomicBool = AtomicBool::new(false);

struct Noting;

/// A fifth of the code of the standard library's allocator.
static HEAP: crate::heap::Heap = crate::heap::Heap::new();

#[global_allocator]
static ALLOCATOR: Noting = Noting;

fn noted(block: *mut u8) -> *mut u8 {
    REFUSED.store(block.is_null(), Relaxed);
    block
}

// SAFETY: every call is handed on as it is.
unsafe impl GlobalAlloc for Noting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        noted(unsafe { HEAP.alloc(layout) })
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { HEAP.dealloc(block, layout) }
    }
}

/// For the supplement of the network engine: a block of this module's memory; null where there is none.
///
/// # Safety
/// As [`GlobalAlloc::alloc`]; `align` is a power of two.
#[cfg(feature = "engine")]
#[no_mangle]
pub unsafe extern "C" fn allocate(bytes: usize, align: usize) -> *mut u8 {
    // SAFETY: as the caller promises.
    unsafe { ALLOCATOR.alloc(Layout::from_size_align_unchecked(bytes, align)) }
}

/// Lets a block go.
///
/// # Safety
/// As [`GlobalAlloc::dealloc`].
#[cfg(feature = "engine")]
#[no_mangle]
pub unsafe extern "C" fn release(block: *mut u8, bytes: usize, align: usize) {
    // SAFETY: as the caller promises.
    unsafe { ALLOCATOR.dealloc(block, Layout::from_size_align_unchecked(bytes, align)) }
}
