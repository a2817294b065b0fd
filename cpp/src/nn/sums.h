// How a kernel adds products: each product and each sum rounded, the same bits everywhere, or fused where that is faster.
#ifndef VAERANS_NN_SUMS_H
#define VAERANS_NN_SUMS_H

#include "../lanes.h"

namespace {

struct Strict {
  VAERANS_LAMBDA_INLINE static inline f32v madd(f32v a, f32v b, f32v sum) { return sum + a * b; }
};

#if defined(VAERANS_FMA)
struct Fast {
  VAERANS_LAMBDA_INLINE static inline f32v madd(f32v a, f32v b, f32v sum) { return fused(a, b, sum); }
};
// The fast form of a kernel; null where there is none.
#define VAERANS_FAST(kernel) kernel<Fast>
#else
#define VAERANS_FAST(kernel) nullptr
#endif

}  // namespace

#endif
