// The filter: for each pair of samples on opposite sides its sum of differences, as it is and clipped, times the weights of the block.
//
// sum of w (p + q - 2 x) + c (clip(p - x) + clip(q - x)) is sum of w (p + q) + c (p' + q') - 2 x (sum of w + c), where p' and q' are p and q
// brought between x - bound and x + bound: the last product is that of the centre.
#pragma once
#include "sums.h"

// Loops over taps: a module to be downloaded has one for all planes, if it has vectors. Without them each step is too short for that.
#if VAERANS_LEAVE_OUT && defined(__wasm_simd128__)
#define VAERANS_ONE_FILTER 1
#define VAERANS_TAPS VAERANS_ROLLED
#else
#define VAERANS_ONE_FILTER 0
#define VAERANS_TAPS _Pragma("GCC unroll 12")
#endif

namespace vaerans_adapt {
namespace {

// Where the taps of a plane are, from a sample on.
struct Places {
  ptrdiff_t of[VAERANS_ADAPT_LUMA];
};

VAERANS_INLINE Places places_of(const vaerans_adapt_plane& p, size_t pairs) {
  const Tap* taps = pairs == VAERANS_ADAPT_LUMA ? kLuma : kChroma;
  Places places;
  VAERANS_ROLLED
  for (size_t i = 0; i < pairs; i++) places.of[i] = taps[i].y * ptrdiff_t(p.stride) + taps[i].x;
  return places;
}

constexpr size_t kChunk = 64;  // blocks whose weights stand ready

// Weights of blocks, tap by tap, the centre's last.
struct Weights {
  alignas(64) int32_t of[VAERANS_ADAPT_LUMA + 1][kChunk + 16];
};

VAERANS_INLINE void expand(const int32_t* weights, size_t pairs, const uint8_t* sorts, size_t n, Weights& out) {
  for (size_t b = 0; b < n; b++) {
    const int32_t* w = weights + (pairs + 1) * sorts[b];
    VAERANS_ROLLED
    for (size_t i = 0; i <= pairs; i++) out.of[i][b] = w[i];
  }
}

#if defined(VAERANS_ISA_SCALAR)
VAERANS_INLINE int16_t filtered(const int16_t* c, size_t pairs, const Places& places, const int32_t* w, int bound) {
  const int x = c[0];
  int32_t sum = 64;
  VAERANS_TAPS
  for (size_t i = 0; i < pairs; i++) {
    const ptrdiff_t away = places.of[i];
    const int u = c[away] - x, v = c[-away] - x;
    sum += (u + v) * int16_t(w[i]) + (clipped(u, bound) + clipped(v, bound)) * (w[i] >> 16);
  }
  const int d = sum >> 7, y = x + (d < -32768 ? -32768 : d > 32767 ? 32767 : d);
  return int16_t(y < -32768 ? -32768 : y > 32767 ? 32767 : y);
}

VAERANS_INLINE void filter_rows(const vaerans_adapt_plane& p, size_t pairs, size_t begin, size_t end,
                                const uint8_t* sorts, const uint8_t* steps, const int32_t* weights,
                                const int16_t* bounds, int16_t* out, size_t out_stride) {
  const Places places = places_of(p, pairs);
  for (size_t y = 4 * begin; y < 4 * end && y < p.height; y++, out += out_stride) {
    const size_t row = (y / 4 - begin) * p.across;
    for (size_t x = 0; x < p.width; x++) {
      const int32_t* w = weights + (pairs + 1) * sorts[row + x / 4];
      out[x] = filtered(p.samples + y * p.stride + x, pairs, places, w, bounds[steps[row + x / 4]]);
    }
  }
}
#else

// The first n samples.
VAERANS_INLINE void put(int16_t* out, i16v v, size_t n) {
  if (n >= kShorts) return store(out, v);
  int16_t all[kShorts];
  store(all, v);
  for (size_t i = 0; i < n; i++) out[i] = all[i];
}

// kRows rows of a vector of blocks, of which `rows` are written.
VAERANS_INLINE void filter_some(const int16_t* c, ptrdiff_t s, size_t pairs, const Places& places,
                                const Weights& weights, size_t block, i16v bound, int16_t* out, size_t out_stride,
                                size_t rows, size_t n) {
  Sums sums[kRows];
  i16v lowest[kRows], highest[kRows];
  const Pair centre = pair_at(weights.of[pairs] + block);
  for (int r = 0; r < kRows; r++) {
    const i16v x = load<i16v>(c + r * s);
    lowest[r] = x - bound, highest[r] = x + bound;
    sums[r] = Sums{i32v{}, i32v{}};
    add(sums[r], x, splat<i16v>(int16_t(1)), centre);
  }
  VAERANS_TAPS
  for (size_t i = 0; i < pairs; i++) {
    const ptrdiff_t away = places.of[i];
    const Pair w = pair_at(weights.of[i] + block);
    for (int r = 0; r < kRows; r++) {
      const i16v p = load<i16v>(c + r * s + away), q = load<i16v>(c + r * s - away);
      const i16v clip = least(largest(p, lowest[r]), highest[r]) + least(largest(q, lowest[r]), highest[r]);
      add(sums[r], p + q, clip, w);
    }
  }
  for (int r = 0; r < kRows && size_t(r) < rows; r++) {
    const i16v y = add_saturating(load<i16v>(c + r * s), narrow(sums[r]));
    put(out + size_t(r) * out_stride, y, n);
  }
}

// Bounds of the blocks of a vector, of which each 16 samples have the same.
VAERANS_INLINE i16v bound_at(const int16_t* bounds, const uint8_t* steps) {
  int16_t b[kShorts / 4];
  for (size_t i = 0; i < kShorts / 4; i++) b[i] = bounds[steps[i]];
  typedef int16_t four __attribute__((vector_size(8)));
  i16v v;
  for (size_t i = 0; i < kShorts / 4; i++) {
    const four f = {b[i], b[i], b[i], b[i]};
    __builtin_memcpy(reinterpret_cast<int16_t*>(&v) + 4 * i, &f, sizeof f);
  }
  return v;
}

VAERANS_INLINE void filter_rows(const vaerans_adapt_plane& p, size_t pairs, size_t begin, size_t end,
                                const uint8_t* sorts, const uint8_t* steps, const int32_t* weights,
                                const int16_t* bounds, int16_t* out, size_t out_stride) {
  const ptrdiff_t s = ptrdiff_t(p.stride);
  const Places places = places_of(p, pairs);
  Weights own;
  for (size_t by = begin; by < end; by++, sorts += p.across, steps += p.across, out += 4 * out_stride) {
    const size_t rows = min_size(4, p.height - 4 * by);
    for (size_t bx = 0; bx < p.across; bx += kChunk) {
      const size_t blocks = min_size(kChunk, p.across - bx);
      expand(weights, pairs, sorts + bx, blocks, own);
      for (size_t b = 0; b < blocks; b += kShorts / 4) {
        const size_t x = 4 * (bx + b);
        if (x >= p.width) break;
        uint8_t k[kShorts / 4] = {};
        for (size_t i = 0; i < kShorts / 4 && b + i < blocks; i++) k[i] = steps[bx + b + i];
        const i16v bound = bound_at(bounds, k);
        for (size_t r = 0; r < rows; r += kRows)
          filter_some(p.samples + (4 * by + r) * p.stride + x, s, pairs, places, own, b, bound,
                      out + r * out_stride + x, out_stride, rows - r, p.width - x);
      }
    }
  }
}
#endif

#if VAERANS_ONE_FILTER
VAERANS_LOOP void filter(const vaerans_adapt_plane* plane, size_t pairs, size_t begin, size_t end, const uint8_t* sorts,
                         const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out,
                         size_t out_stride) {
  filter_rows(*plane, pairs, begin, end, sorts, steps, weights, bounds, out, out_stride);
}
#else
template <size_t kPairs>
VAERANS_LOOP void filter_of(const vaerans_adapt_plane& p, size_t begin, size_t end, const uint8_t* sorts,
                            const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out,
                            size_t out_stride) {
  filter_rows(p, kPairs, begin, end, sorts, steps, weights, bounds, out, out_stride);
}

void filter(const vaerans_adapt_plane* plane, size_t pairs, size_t begin, size_t end, const uint8_t* sorts,
            const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out, size_t out_stride) {
  const auto of = pairs == VAERANS_ADAPT_LUMA ? filter_of<VAERANS_ADAPT_LUMA> : filter_of<VAERANS_ADAPT_CHROMA>;
  of(*plane, begin, end, sorts, steps, weights, bounds, out, out_stride);
}
#endif

}  // namespace
}  // namespace vaerans_adapt
