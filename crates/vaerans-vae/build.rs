//! Says what is wrong where the model's files are not there.

use std::path::Path;

/// `model` is a link to a folder of the repository; in a published crate it is the folder.
fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    let head = Path::new("model/head.bin");
    println!("cargo:rerun-if-changed={}", head.display());
    if !head.is_file() {
        panic!("vaerans-vae: folder `model` of the crate is missing; on Windows check the repository out with git's core.symlinks on");
    }
}
