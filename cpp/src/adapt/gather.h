// Products of the terms of blocks, for least squares. Terms are cut so that sums of 32 bits hold those of many blocks.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr int kCut = 2047;  // of a term
constexpr size_t kMostTerms = 2 * VAERANS_ADAPT_LUMA + 1;

VAERANS_INLINE int16_t cut(int v) { return int16_t(clipped(v, kCut)); }

VAERANS_INLINE void products(const int16_t (*terms)[16], size_t n, int32_t* part) {
  for (size_t i = 0; i < n; i++) {
    for (size_t j = 0; j <= i; j++, part += 8) {
#if defined(__AVX2__)
      const __m256i a = _mm256_load_si256(reinterpret_cast<const __m256i*>(terms[i]));
      const __m256i b = _mm256_load_si256(reinterpret_cast<const __m256i*>(terms[j]));
      __m256i* p = reinterpret_cast<__m256i*>(part);
      _mm256_storeu_si256(p, _mm256_add_epi32(_mm256_loadu_si256(p), _mm256_madd_epi16(a, b)));
#else
      for (int k = 0; k < 8; k++)
        part[k] += int32_t(terms[i][2 * k]) * terms[j][2 * k] + int32_t(terms[i][2 * k + 1]) * terms[j][2 * k + 1];
#endif
    }
  }
}

VAERANS_INLINE void flush(size_t count, int64_t* sums, int32_t* part) {
  for (size_t i = 0; i < count; i++, part += 8) {
    for (int k = 0; k < 8; k++) sums[i] += part[k], part[k] = 0;
  }
}

VAERANS_LOOP void gather(const vaerans_adapt_plane* plane, const int16_t* wanted, size_t pairs, size_t row, const uint8_t* sorts,
                         const uint8_t* steps, const int16_t* bounds, int64_t* sums, int32_t* part, uint32_t* counts) {
  const vaerans_adapt_plane p = *plane;
  const size_t n = 2 * pairs + 1, count = n * (n + 1) / 2;
  const Tap* taps = taps_of(pairs);
  const ptrdiff_t s = ptrdiff_t(p.stride);
  const size_t rows = p.height - 4 * row < 4 ? p.height - 4 * row : 4;
  for (size_t bx = 0; 4 * bx < p.width; bx++) {
    const size_t b = row * p.across + bx;
    const int sort = sorts[b], turn = sort & 3, bound = bounds[steps[b]];
    const size_t kind = size_t(sort >> 2), columns = p.width - 4 * bx < 4 ? p.width - 4 * bx : 4;
    alignas(64) int16_t terms[kMostTerms][16];
    for (size_t i = 0; i < pairs; i++) {
      const Tap t = turned(taps[i], turn);
      const ptrdiff_t away = t.y * s + t.x;
      for (size_t y = 0; y < 4; y++) {
        const int16_t* c = p.samples + (4 * row + y) * p.stride + 4 * bx;
        for (size_t x = 0; x < 4; x++) {
          const bool is_there = y < rows && x < columns;
          const int u = c[ptrdiff_t(x) + away] - c[x], v = c[ptrdiff_t(x) - away] - c[x];
          terms[i][4 * y + x] = is_there ? cut(u + v) : int16_t(0);
          terms[pairs + i][4 * y + x] = is_there ? cut(clipped(u, bound) + clipped(v, bound)) : int16_t(0);
        }
      }
    }
    for (size_t y = 0; y < 4; y++) {
      const size_t at = (4 * row + y) * p.stride + 4 * bx;
      for (size_t x = 0; x < 4; x++) {
        const bool is_there = y < rows && x < columns;
        terms[2 * pairs][4 * y + x] = is_there ? cut(wanted[at + x] - p.samples[at + x]) : int16_t(0);
      }
    }
    products(terms, n, part + kind * count * 8);
    if (++counts[kind] == VAERANS_ADAPT_FLUSH) flush(count, sums + kind * count, part + kind * count * 8), counts[kind] = 0;
  }
}

}  // namespace
}  // namespace vaerans_adapt
