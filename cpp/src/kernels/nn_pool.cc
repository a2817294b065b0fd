#include "vaerans/nn_pool.h"

#include "../nn/math.h"
#include "vaerans/nn_gemm.h"

namespace {

VAERANS_INLINE f32v fold(f32v a, f32v x, bool maximum) {
  return maximum ? select((i32v)(x > a) | (i32v)(x != x), x, a) : a + x;
}

// Channels c.., n of them: a vector, or what is left.
VAERANS_INLINE void channels(const vaerans_pool& p, size_t window, size_t c, size_t n, bool maximum) {
  const auto read = [=](const float* x) VAERANS_LAMBDA_INLINE { return n == kLanes ? load<f32v>(x) : load_some(x, n); };
  float* out = p.out + window * p.c + c;
  f32v folded = read(out);
  for (size_t t = 0; t < p.taps; t++) {
    const size_t start = p.starts[t * p.m + window];
    if (start != VAERANS_ZEROS) folded = fold(folded, read(p.from + start + c), maximum);
  }
  if (n == kLanes) store(out, folded);
  else store_some(out, n, folded);
}

template <bool kMaximum>
VAERANS_LOOP void windows(const vaerans_pool& p) {
  for (size_t window = 0; window < p.m; window++) {
    size_t c = 0;
    for (; c + kLanes <= p.c; c += kLanes) channels(p, window, c, kLanes, kMaximum);
    if (c < p.c) channels(p, window, c, p.c - c, kMaximum);
  }
}

void pool(const vaerans_pool* p) {
  if (p->maximum) windows<true>(*p);
  else windows<false>(*p);
}

}  // namespace

VAERANS_DEFINE(nn_pool) = {pool};
