//! `VAERANS_ISA`, alone in its process because the environment is shared.

#![cfg(not(target_family = "wasm"))] // there is no environment

use vaerans_kernels::{Isa, Kernels};

#[test]
fn environment_forces_a_level() {
    for kernels in Kernels::available() {
        std::env::set_var("VAERANS_ISA", kernels.isa().name());
        assert_eq!(Kernels::from_env().unwrap().isa(), kernels.isa());
    }
    std::env::set_var("VAERANS_ISA", "AVX2");
    assert_eq!(Kernels::from_env().unwrap_err().code, "unavailable.isa");
    std::env::set_var("VAERANS_ISA", "");
    let fastest = Kernels::available().last().unwrap().isa();
    assert_eq!(Kernels::from_env().unwrap().isa(), fastest);
    std::env::set_var("VAERANS_ISA", "reference");
    assert_eq!(Kernels::active().isa(), Isa::Reference);
    std::env::remove_var("VAERANS_ISA");
    assert_eq!(Kernels::active().isa(), Isa::Reference, "cached");
}
