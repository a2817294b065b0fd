//! Choosing an instruction set, and the copy kernel on all of them.

mod common;
use common::*;
use vaerans_kernels::{Isa, Kernels};

#[test]
fn reference_is_first_and_names_round_trip() {
    let available = Kernels::available();
    assert_eq!(available[0].isa(), Isa::Reference);
    for isa in Isa::ALL {
        assert_eq!(Isa::from_name(isa.name()), Some(isa));
        assert_eq!(Kernels::for_isa(isa).map(|k| k.isa()), Kernels::from_name(isa.name()).ok().map(|k| k.isa()));
    }
}

#[test]
#[cfg(feature = "cxx")]
fn native_kernels_are_built() {
    // A wasm module holds one instruction set.
    assert!(Kernels::for_isa(Isa::Scalar).is_some() != Kernels::for_isa(Isa::Simd128).is_some());
    #[cfg(target_arch = "x86_64")]
    for (isa, has) in [
        (Isa::Sse42, is_x86_feature_detected!("sse4.2") && is_x86_feature_detected!("popcnt")),
        (Isa::Avx2, is_x86_feature_detected!("avx2") && is_x86_feature_detected!("f16c")),
        (Isa::Avx512, is_x86_feature_detected!("avx512vbmi2") && is_x86_feature_detected!("avx512vl")),
    ] {
        assert_eq!(Kernels::for_isa(isa).is_some(), has, "{isa}");
    }
    #[cfg(target_arch = "aarch64")]
    assert!(Kernels::for_isa(Isa::Neon).is_some());
}

#[test]
fn unavailable_isa_is_a_clear_error() {
    let error = Kernels::from_name("avx9000").unwrap_err();
    assert_eq!(error.code, "unavailable.isa");
    assert!(error.message.contains("`avx9000` is unknown") && error.message.contains("reference"), "{error}");
    let foreign = if cfg!(target_arch = "aarch64") { "avx2" } else { "neon" };
    let error = Kernels::from_name(foreign).unwrap_err();
    assert!(error.code == "unavailable.isa" && error.message.contains("not available"), "{error}");
}

#[test]
fn copy_agrees() {
    let mut rng = Rng(1);
    for kernels in all_kernels() {
        for n in lengths() {
            for misalignment in MISALIGNMENTS {
                let src = rng.vec(n, |r| r.next() as u8);
                let mut dst = Guarded::new(n, misalignment, 0xa5);
                kernels.copy(&src, &mut dst);
                assert_eq!(*dst, *src, "{kernels:?} {n} {misalignment}");
                dst.check();
            }
        }
    }
}
