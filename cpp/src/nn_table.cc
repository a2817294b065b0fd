// Hands out the table of the network engine of an instruction set that was built and that this processor runs.
#include "vaerans/nn.h"

extern "C" {

#define VAERANS_EXTERN(isa) extern const vaerans_nn_table vaerans_nn_table_##isa;
VAERANS_EXTERN(scalar)
VAERANS_EXTERN(sse42)
VAERANS_EXTERN(avx2)
VAERANS_EXTERN(avx512)
VAERANS_EXTERN(neon)
VAERANS_EXTERN(simd128)

static const vaerans_nn_table* built(int isa) {
  switch (isa) {
#ifdef VAERANS_HAVE_SCALAR
    case VAERANS_SCALAR: return &vaerans_nn_table_scalar;
#endif
#ifdef VAERANS_HAVE_SSE42
    case VAERANS_SSE42: return &vaerans_nn_table_sse42;
#endif
#ifdef VAERANS_HAVE_AVX2
    case VAERANS_AVX2: return &vaerans_nn_table_avx2;
#endif
#ifdef VAERANS_HAVE_AVX512
    case VAERANS_AVX512: return &vaerans_nn_table_avx512;
#endif
#ifdef VAERANS_HAVE_NEON
    case VAERANS_NEON: return &vaerans_nn_table_neon;
#endif
#ifdef VAERANS_HAVE_SIMD128
    case VAERANS_SIMD128: return &vaerans_nn_table_simd128;
#endif
    default: return nullptr;
  }
}

const vaerans_nn_table* vaerans_nn_table_for(int isa) {
  const vaerans_nn_table* table = built(isa);
  return table != nullptr && vaerans_cpu_supports(isa) ? table : nullptr;
}
}
