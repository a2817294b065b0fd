//! The pool over the module's shared memory, whose workers JavaScript starts.

use vaerans::pool::wasm as pool_wasm;
use wasm_bindgen::prelude::*;

/// Prepares a pool of that many threads; gives the number of workers to start.
#[wasm_bindgen]
pub fn pool_prepare(threads: u32) -> u32 {
    pool_wasm::prepare(threads as usize) as u32
}

/// The life of a worker: it returns after `pool_stop`.
#[wasm_bindgen]
pub fn pool_run(_index: u32) {
    pool_wasm::work();
}

/// Lets the workers return.
#[wasm_bindgen]
pub fn pool_stop() {
    pool_wasm::stop();
}
