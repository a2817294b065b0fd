//! What the fuzz targets share: bounds, mended checksums, valid items, everything that can be asked of a file.

pub mod ask;
pub mod layers;
pub mod made;
pub mod photo;
pub mod repair;

use std::sync::OnceLock;
use vaerans::kernels::{Isa, Kernels};
use vaerans::wire::Limits;

/// Bounds small enough that a run that honours them stays far below the fuzzer's memory limit.
pub const LIMITS: Limits = Limits { max_pixels: 1 << 14, max_elements: 1 << 16, max_bytes: 1 << 20, settable: 0 };

/// The reference and, where they were built, the fastest kernels: their answers must be the same.
pub fn both() -> &'static [Kernels] {
    static BOTH: OnceLock<Vec<Kernels>> = OnceLock::new();
    BOTH.get_or_init(|| match Kernels::active() {
        k if k.isa() == Isa::Reference => vec![k],
        fastest => vec![Kernels::REFERENCE, fastest],
    })
}

/// Kernels by number, so that an input reaches every instruction set of this machine.
pub fn kernels(choice: u8) -> Kernels {
    let isa = Isa::ALL[usize::from(choice) % Isa::ALL.len()];
    Kernels::for_isa(isa).unwrap_or(Kernels::REFERENCE)
}
