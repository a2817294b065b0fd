// Which table of kernels belongs to an instruction set: one that was built, and that this processor runs.
#ifndef VAERANS_BUILT_H
#define VAERANS_BUILT_H

#include "vaerans/kernels.h"

#ifdef VAERANS_HAVE_SCALAR
#define VAERANS_SCALAR_OF(table) &table##_scalar
#else
#define VAERANS_SCALAR_OF(table) nullptr
#endif
#ifdef VAERANS_HAVE_SSE42
#define VAERANS_SSE42_OF(table) &table##_sse42
#else
#define VAERANS_SSE42_OF(table) nullptr
#endif
#ifdef VAERANS_HAVE_AVX2
#define VAERANS_AVX2_OF(table) &table##_avx2
#else
#define VAERANS_AVX2_OF(table) nullptr
#endif
#ifdef VAERANS_HAVE_AVX512
#define VAERANS_AVX512_OF(table) &table##_avx512
#else
#define VAERANS_AVX512_OF(table) nullptr
#endif
#ifdef VAERANS_HAVE_NEON
#define VAERANS_NEON_OF(table) &table##_neon
#else
#define VAERANS_NEON_OF(table) nullptr
#endif
#ifdef VAERANS_HAVE_SIMD128
#define VAERANS_SIMD128_OF(table) &table##_simd128
#else
#define VAERANS_SIMD128_OF(table) nullptr
#endif

// Defines `table`_for, for a struct `table` of which each instruction set has a constant `table`_ISA.
#define VAERANS_TABLE_FOR(table)                                                  \
  extern "C" {                                                                    \
  extern const table table##_scalar, table##_sse42, table##_avx2, table##_avx512; \
  extern const table table##_neon, table##_simd128;                               \
  }                                                                               \
  static const table* built(int isa) {                                            \
    switch (isa) {                                                                \
      case VAERANS_SCALAR: return VAERANS_SCALAR_OF(table);                       \
      case VAERANS_SSE42: return VAERANS_SSE42_OF(table);                         \
      case VAERANS_AVX2: return VAERANS_AVX2_OF(table);                           \
      case VAERANS_AVX512: return VAERANS_AVX512_OF(table);                       \
      case VAERANS_NEON: return VAERANS_NEON_OF(table);                           \
      case VAERANS_SIMD128: return VAERANS_SIMD128_OF(table);                     \
      default: return nullptr;                                                    \
    }                                                                             \
  }                                                                               \
  extern "C" const table* table##_for(int isa) {                                  \
    const table* found = built(isa);                                              \
    return found != nullptr && vaerans_cpu_supports(isa) ? found : nullptr;       \
  }

#endif
