// Products of the terms of blocks, for least squares. Terms are cut so that sums of 32 bits hold those of many blocks.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr int kCut = 2047;  // of a term: a block's product is at most 2^26
constexpr size_t kRow = VAERANS_ADAPT_ROW;
constexpr size_t kBlock = 16;

VAERANS_INLINE int16_t cut(int v) { return int16_t(clipped(v, kCut)); }

// Terms of a block, two samples at a time: of each pair of samples a row of terms.
struct Terms {
  alignas(64) int16_t of[kBlock / 2][kRow][2];
};

// The terms of a block with so many rows and columns; others are 0.
VAERANS_INLINE void terms_of(const vaerans_adapt_plane& p, const int16_t* c, const int16_t* wanted, const Tap* taps,
                             size_t pairs, int turn, int bound, size_t rows, size_t columns, Terms& out) {
  if (rows < 4 || columns < 4) out = Terms{};
  const ptrdiff_t s = ptrdiff_t(p.stride);
  for (size_t i = 0; i < pairs; i++) {
    const Tap t = turned(taps[i], turn);
    const ptrdiff_t away = t.y * s + t.x;
    for (size_t y = 0; y < rows; y++) {
      const int16_t* q = c + y * p.stride;
      for (size_t x = 0; x < columns; x++) {
        const int u = q[ptrdiff_t(x) + away] - q[x], v = q[ptrdiff_t(x) - away] - q[x];
        int16_t (*to)[2] = out.of[2 * y + x / 2];
        to[i][x & 1] = cut(u + v);
        to[pairs + i][x & 1] = cut(clipped(u, bound) + clipped(v, bound));
      }
    }
  }
  for (size_t y = 0; y < rows; y++)
    for (size_t x = 0; x < columns; x++)
      out.of[2 * y + x / 2][2 * pairs][x & 1] = cut(wanted[y * p.stride + x] - c[y * p.stride + x]);
}

#if !defined(VAERANS_ISA_SCALAR)
typedef int16_t Four __attribute__((vector_size(8)));

VAERANS_INLINE Four brought(Four v, Four bound) {
  v = v > -bound ? v : -bound;
  return v < bound ? v : bound;
}

// Four terms of a row of a block.
VAERANS_INLINE void put(Terms& out, size_t y, size_t i, Four v) {
  int64_t all;
  __builtin_memcpy(&all, &v, sizeof all);
  const int32_t two[2] = {int32_t(all), int32_t(all >> 32)};
  __builtin_memcpy(out.of[2 * y][i], &two[0], sizeof two[0]);
  __builtin_memcpy(out.of[2 * y + 1][i], &two[1], sizeof two[1]);
}

// The same of a block that is whole, a row at a time.
VAERANS_INLINE void terms_of_whole(const vaerans_adapt_plane& p, const int16_t* c, const int16_t* wanted,
                                   const Tap* taps, size_t pairs, int turn, int16_t bound, Terms& out) {
  const ptrdiff_t s = ptrdiff_t(p.stride);
  const Four b = {bound, bound, bound, bound}, most = {kCut, kCut, kCut, kCut};
  for (size_t y = 0; y < 4; y++) {
    const int16_t* q = c + ptrdiff_t(y) * s;
    const Four x = load<Four>(q);
    for (size_t i = 0; i < pairs; i++) {
      const Tap t = turned(taps[i], turn);
      const ptrdiff_t away = t.y * s + t.x;
      const Four u = load<Four>(q + away) - x, v = load<Four>(q - away) - x;
      put(out, y, i, brought(u + v, most));
      put(out, y, pairs + i, brought(brought(u, b) + brought(v, b), most));
    }
    put(out, y, 2 * pairs, brought(load<Four>(wanted + ptrdiff_t(y) * s) - x, most));
  }
}
#endif

// Adds the products of each term with itself and those behind it (and, as they come in vectors, some before it).
VAERANS_INLINE void products(const Terms& t, size_t n, int32_t* part) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = i / kLanes * kLanes; j < n; j += kLanes) {
      i32v sum = load<i32v>(part + i * kRow + j);
      for (size_t k = 0; k < kBlock / 2; k++) {
        int32_t two;
        __builtin_memcpy(&two, t.of[k][i], sizeof two);
        sum += multiply_add(load<i16v>(t.of[k][j]), (i16v)splat<i32v>(two));
      }
      store(part + i * kRow + j, sum);
    }
  }
}

VAERANS_INLINE void flush(size_t n, int64_t* sums, int32_t* part) {
  for (size_t i = 0; i < n; i++)
    for (size_t j = i; j < n; j++) sums[i * kRow + j] += part[i * kRow + j];
  __builtin_memset(part, 0, n * kRow * sizeof *part);
}

VAERANS_LOOP void gather(const vaerans_adapt_plane* plane, const int16_t* wanted, size_t pairs, size_t begin,
                         size_t end, const uint8_t* sorts, const uint8_t* steps, const int16_t* bounds, int64_t* sums,
                         int32_t* part, uint32_t* counts) {
  const vaerans_adapt_plane p = *plane;
  const size_t n = 2 * pairs + 1;
  const Tap* taps = taps_of(pairs);
  Terms terms = {};  // behind the last term there stay zeros
  for (size_t by = begin; by < end; by++, sorts += p.across, steps += p.across) {
    const size_t rows = min_size(4, p.height - 4 * by);
    for (size_t bx = 0; 4 * bx < p.width; bx++) {
      const size_t kind = size_t(sorts[bx] >> 2), columns = min_size(4, p.width - 4 * bx);
      const size_t at = 4 * by * p.stride + 4 * bx;
#if !defined(VAERANS_ISA_SCALAR)
      if (rows == 4 && columns == 4)
        terms_of_whole(p, p.samples + at, wanted + at, taps, pairs, sorts[bx] & 3, bounds[steps[bx]], terms);
      else
#endif
        terms_of(p, p.samples + at, wanted + at, taps, pairs, sorts[bx] & 3, bounds[steps[bx]], rows, columns, terms);
      products(terms, n, part + kind * n * kRow);
      if (++counts[kind] < VAERANS_ADAPT_FLUSH) continue;
      flush(n, sums + kind * n * kRow, part + kind * n * kRow);
      counts[kind] = 0;
    }
  }
}

}  // namespace
}  // namespace vaerans_adapt
