//! The instruction sets that kernels are compiled for.

/// An instruction set. The discriminant is the number in the C header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(i32)]
pub enum Isa {
    /// Scalar Rust: the meaning of every kernel.
    Reference = 0,
    /// C++ for the baseline of the target, vectoriser off.
    Scalar = 1,
    /// x86-64 with SSE4.2 and POPCNT.
    Sse42 = 2,
    /// x86-64 with AVX2, BMI1/2, LZCNT, F16C; no fused multiply-add is used.
    Avx2 = 3,
    /// x86-64 with AVX-512 F, BW, DQ, VL, VBMI, VBMI2.
    Avx512 = 4,
    /// 64-bit ARM.
    Neon = 5,
    /// WebAssembly SIMD.
    Simd128 = 6,
}

impl Isa {
    /// All instruction sets, from the reference to the fastest of each architecture.
    pub const ALL: [Isa; 7] =
        [Isa::Reference, Isa::Scalar, Isa::Sse42, Isa::Avx2, Isa::Avx512, Isa::Neon, Isa::Simd128];

    /// The name that `VAERANS_ISA` takes.
    pub const fn name(self) -> &'static str {
        match self {
            Isa::Reference => "reference",
            Isa::Scalar => "scalar",
            Isa::Sse42 => "sse42",
            Isa::Avx2 => "avx2",
            Isa::Avx512 => "avx512",
            Isa::Neon => "neon",
            Isa::Simd128 => "simd128",
        }
    }

    /// The instruction set of that name (exact, lower case).
    pub fn from_name(name: &str) -> Option<Isa> {
        Isa::ALL.into_iter().find(|isa| isa.name() == name)
    }
}

impl core::fmt::Display for Isa {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.name())
    }
}
