//! `engine-extra.wasm`: operators that few networks have, over the memory of the engine's module. It imports that memory and what
//! allocates in it, and has a stack and constants of its own in a part that the engine leaves free (tools/wasm.sh).

#[cfg(target_arch = "wasm32")]
mod memory;

use std::ffi::c_void;
use vaerans::nn::op::supplement;

/// The engine that attaches this has to give the same.
#[no_mangle]
pub extern "C" fn layout() -> u32 {
    supplement::LAYOUT
}

/// [`supplement::Supplement`].
///
/// # Safety
/// As [`supplement::serve`].
#[no_mangle]
pub unsafe extern "C" fn operate(number: u32, what: u32, subject: *mut c_void, answer: *mut c_void) {
    // SAFETY: as the caller promises.
    unsafe { supplement::serve(number, what, subject, answer) }
}
