#include "vaerans/nn_pool.h"

#include "../nn/math.h"
#include "vaerans/nn_gemm.h"

namespace {

VAERANS_INLINE f32v fold(f32v a, f32v x, bool maximum) {
  return maximum ? select((i32v)(x > a) | (i32v)(x != x), x, a) : a + x;
}

VAERANS_INLINE float fold(float a, float x, bool maximum) { return maximum ? (x > a || x != x ? x : a) : a + x; }

template <class V>
VAERANS_INLINE void channels(const vaerans_pool& p, size_t window, size_t c, bool maximum) {
  float* out = p.out + window * p.c + c;
  V folded = load<V>(out);
  for (size_t t = 0; t < p.taps; t++) {
    const size_t start = p.starts[t * p.m + window];
    if (start != VAERANS_ZEROS) folded = fold(folded, load<V>(p.from + start + c), maximum);
  }
  store(out, folded);
}

template <bool kMaximum>
VAERANS_LOOP void windows(const vaerans_pool& p) {
  for (size_t window = 0; window < p.m; window++) {
    size_t c = 0;
    for (; c + kLanes <= p.c; c += kLanes) channels<f32v>(p, window, c, kMaximum);
    for (; c < p.c; c++) channels<float>(p, window, c, kMaximum);
  }
}

void pool(const vaerans_pool* p) {
  if (p->maximum) windows<true>(*p);
  else windows<false>(*p);
}

}  // namespace

VAERANS_DEFINE(nn_pool) = {pool};
