//! Kernels alone, for a page that times them: each on data that stay in the cache, 65,536 pixels or samples.
//!
//! `count()` kernels; `name(i)` leaves a name at `text()`; `run(i, times)` runs one. One thread.

mod cases;

use cases::Case;
use std::cell::RefCell;

thread_local! {
    static CASES: RefCell<Vec<Case>> = RefCell::new(cases::all());
}

/// How many kernels there are.
#[no_mangle]
pub extern "C" fn count() -> usize {
    CASES.with_borrow(Vec::len)
}

/// Address of the name of kernel `i`, UTF-8; it lives as long as the module.
#[no_mangle]
pub extern "C" fn name(i: usize) -> *const u8 {
    CASES.with_borrow(|cases| cases[i].name.as_ptr())
}

/// Length of that name.
#[no_mangle]
pub extern "C" fn name_length(i: usize) -> usize {
    CASES.with_borrow(|cases| cases[i].name.len())
}

/// Runs kernel `i`.
#[no_mangle]
pub extern "C" fn run(i: usize, times: usize) {
    CASES.with_borrow_mut(|cases| (0..times).for_each(|_| (cases[i].run)()));
}

/// Number of the instruction set: 1 scalar, 6 simd128.
#[no_mangle]
pub extern "C" fn isa() -> usize {
    vaerans_kernels::Kernels::active().isa() as usize
}
