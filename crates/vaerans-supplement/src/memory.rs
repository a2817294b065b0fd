//! Memory of the engine's module.

use std::alloc::{GlobalAlloc, Layout};

#[link(wasm_import_module = "env")]
extern "C" {
    /// crates/vaerans-wasm/src/memory.rs.
    fn allocate(bytes: usize, align: usize) -> *mut u8;
    fn release(block: *mut u8, bytes: usize, align: usize);
}

struct Engine;

#[global_allocator]
static ALLOCATOR: Engine = Engine;

// SAFETY: the engine's allocator keeps the contract, and is asked with the layout that the block was made with.
unsafe impl GlobalAlloc for Engine {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: as the caller promises.
        unsafe { allocate(layout.size(), layout.align()) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: as the caller promises.
        unsafe { release(block, layout.size(), layout.align()) }
    }
}
