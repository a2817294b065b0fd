// Sums of a tile: some rows of the left factor times a panel of the right one, all in registers.
#ifndef VAERANS_NN_TILE_H
#define VAERANS_NN_TILE_H

#include "sums.h"

namespace {

// Rows and vectors of a tile: one accumulator more than fit, and it takes twice as long.
#if defined(__AVX512F__)
constexpr size_t kRows = 12, kVectors = 1;
#elif defined(__AVX2__)
constexpr size_t kRows = 6, kVectors = 2;
#elif defined(__ARM_NEON)
constexpr size_t kRows = 8, kVectors = 2;
#else
constexpr size_t kRows = 4, kVectors = 2;
#endif
constexpr size_t kPanel = kVectors * kLanes;
// Panels that one row takes at once, so that its sums do not wait for each other; and so many rows are quicker one by one than as a tile
// that is not full.
constexpr size_t kWide = 8 / kVectors, kFew = kRows * kVectors / 5;

// Adds `k` products to each sum; row i of the left factor begins at at[i]. What stands `ahead` numbers behind is asked for: a large factor
// comes from memory once.
template <class Add, size_t R>
VAERANS_INLINE void add_products(const float* const (&at)[R], size_t k, const float* panel, size_t ahead,
                                 f32v (&sums)[R][kVectors]) {
  for (size_t j = 0; j < k; j++, panel += kPanel) {
    __builtin_prefetch(panel + ahead, 0, 2);
    f32v b[kVectors];
    for (size_t v = 0; v < kVectors; v++) b[v] = load<f32v>(panel + v * kLanes);
    for (size_t i = 0; i < R; i++) {
      const f32v a = splat_at(at[i] + j);
      for (size_t v = 0; v < kVectors; v++) sums[i][v] = Add::madd(a, b[v], sums[i][v]);
    }
  }
}

// The same of one row and P panels.
template <class Add, size_t P>
VAERANS_INLINE void add_row(const float* at, size_t k, const float* const (&panels)[P], f32v (&sums)[P][kVectors]) {
  for (size_t j = 0; j < k; j++) {
    const f32v a = splat_at(at + j);
    for (size_t p = 0; p < P; p++)
      for (size_t v = 0; v < kVectors; v++)
        sums[p][v] = Add::madd(a, load<f32v>(panels[p] + j * kPanel + v * kLanes), sums[p][v]);
  }
}

// The sums, row after row, to memory: what reads them there one by one leaves them in registers until now.
template <size_t R>
VAERANS_INLINE void keep(const f32v (&sums)[R][kVectors], float* to) {
  for (size_t i = 0; i < R; i++)
    for (size_t v = 0; v < kVectors; v++) store(to + i * kPanel + v * kLanes, sums[i][v]);
}

// The same of the first `count` rows.
template <size_t R>
VAERANS_INLINE void keep_some(const f32v (&sums)[R][kVectors], size_t count, float* to) {
  if (count == R) return keep(sums, to);
  alignas(64) float all[R * kPanel];
  keep(sums, all);
  for (size_t i = 0; i < count * kPanel; i += kLanes) store(to + i, load<f32v>(all + i));
}

template <size_t R>
VAERANS_INLINE void clear(f32v (&sums)[R][kVectors]) {
  for (size_t i = 0; i < R; i++)
    for (size_t v = 0; v < kVectors; v++) sums[i][v] = f32v{};
}

}  // namespace

#endif
