#include "vaerans/nn_gemm.h"

#include "../lanes.h"
#include "../nn/activation.h"

namespace {

// Rows and vectors of a tile whose sums stay in registers: one accumulator more than fit, and it takes twice as long.
#if defined(__AVX512F__)
constexpr size_t kRows = 12, kVectors = 1, kPanel = 16;
#elif defined(__AVX2__)
constexpr size_t kRows = 6, kVectors = 2, kPanel = 16;
#elif defined(__ARM_NEON)
constexpr size_t kRows = 8, kVectors = 2, kPanel = 8;
#else
constexpr size_t kRows = 4, kVectors = 2, kPanel = 8;
#endif
static_assert(kVectors * kLanes == kPanel, "a tile is a panel wide");

struct Strict {
  __attribute__((always_inline)) static inline f32v madd(f32v a, f32v b, f32v sum) { return sum + a * b; }
};

// A tile of R rows: the sums of a panel.
template <size_t R, class Add>
VAERANS_INLINE void tile(const vaerans_gemm& g, size_t row, const float* panel, f32v (&sums)[R][kVectors]) {
  for (size_t i = 0; i < R; i++)
    for (size_t v = 0; v < kVectors; v++) sums[i][v] = f32v{};
  for (size_t t = 0; t < g.taps; t++) {
    const float* at[R];
    for (size_t i = 0; i < R; i++) {
      const size_t start = g.starts[t * g.m + row + i];
      at[i] = start == VAERANS_ZEROS ? g.zeros : g.from + start;
    }
    for (size_t k = 0; k < g.k; k++, panel += kPanel) {
      f32v b[kVectors];
      for (size_t v = 0; v < kVectors; v++) b[v] = load<f32v>(panel + v * kLanes);
      for (size_t i = 0; i < R; i++) {
        const f32v a = splat<f32v>(at[i][k]);
        for (size_t v = 0; v < kVectors; v++) sums[i][v] = Add::madd(a, b[v], sums[i][v]);
      }
    }
  }
}

template <size_t R, class Add>
VAERANS_LOOP void rows(const vaerans_gemm& g, size_t row) {
  const float* panel = g.panels;
  for (size_t column = 0; column < g.n; column += kPanel, panel += g.taps * g.k * kPanel) {
    f32v sums[R][kVectors];
    tile<R, Add>(g, row, panel, sums);
    for (size_t i = 0; i < R; i++) put_row<kVectors>(g, row + i, column, sums[i]);
  }
}

template <class Add>
void gemm(const vaerans_gemm* g) {
  size_t row = 0;
  for (; row + kRows <= g->m; row += kRows) rows<kRows, Add>(*g, row);
  for (; row + 2 <= g->m; row += 2) rows<2, Add>(*g, row);
  if (row < g->m) rows<1, Add>(*g, row);
}

}  // namespace

VAERANS_DEFINE(nn_gemm) = {kPanel, gemm<Strict>, nullptr};
