//! `vaerans-bindgen MODULE.wasm OUT_DIR NAME`: the glue that wasm-bindgen writes for a module, for the web.
//!
//! It keeps the names of functions, so that sizes can be listed; wasm-opt drops them.

use std::error::Error;
use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [module, out, name] = &args[..] else {
        return Err("usage: vaerans-bindgen MODULE.wasm OUT_DIR NAME".into());
    };
    Bindgen::new()
        .input_path(module)
        .web(true)?
        .out_name(name)
        .typescript(true)
        .omit_default_module_path(true)
        // The table of functions that a supplement puts its own into.
        .keep_lld_exports(true)
        .generate(out)?;
    Ok(())
}
