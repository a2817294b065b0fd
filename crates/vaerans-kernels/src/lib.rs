//! SIMD kernels of the vaerans codec.
