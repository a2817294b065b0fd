// Which samples a filter sees, how a block's turn moves them, and arithmetic of 16 bits.
#pragma once
#include "../lanes.h"

namespace vaerans_adapt {
namespace {

constexpr size_t kShorts = VAERANS_VECTOR / 2;

struct Tap {
  int8_t x, y;
};
// One of each pair; the other is on the opposite side.
constexpr Tap kLuma[VAERANS_ADAPT_LUMA] = {{0, -3}, {-1, -2}, {0, -2}, {1, -2}, {-2, -1}, {-1, -1},
                                           {0, -1}, {1, -1},  {2, -1}, {-3, 0}, {-2, 0},  {-1, 0}};
constexpr Tap kChroma[VAERANS_ADAPT_CHROMA] = {{0, -2}, {-1, -1}, {0, -1}, {1, -1}, {-2, 0}, {-1, 0}};

VAERANS_INLINE const Tap* taps_of(size_t pairs) { return pairs == VAERANS_ADAPT_LUMA ? kLuma : kChroma; }

// Where the pair of a turned block's tap stands: its turn's first bit swaps x and y, the second then turns y.
VAERANS_INLINE Tap turned(Tap t, int turn) {
  const int8_t x = turn & 1 ? t.y : t.x, y = turn & 1 ? t.x : t.y;
  return {x, int8_t(turn & 2 ? -y : y)};
}

VAERANS_INLINE int clipped(int d, int bound) { return d < -bound ? -bound : d > bound ? bound : d; }

VAERANS_INLINE i16v largest(i16v a, i16v b) { return a > b ? a : b; }
VAERANS_INLINE i16v least(i16v a, i16v b) { return a < b ? a : b; }

VAERANS_INLINE i16v magnitude(i16v a) {
#if defined(__AVX512BW__)
  return (i16v)_mm512_abs_epi16((__m512i)a);
#elif defined(__AVX2__)
  return (i16v)_mm256_abs_epi16((__m256i)a);
#elif defined(__SSSE3__)
  return (i16v)_mm_abs_epi16((__m128i)a);
#elif defined(__ARM_NEON)
  return (i16v)vabsq_s16((int16x8_t)a);
#elif defined(__wasm_simd128__)
  return (i16v)wasm_i16x8_abs((v128_t)a);
#else
  return largest(a, -a);
#endif
}

// Sums of products of neighbouring lanes.
VAERANS_INLINE i32v multiply_add(i16v a, i16v b) {
#if defined(__AVX512BW__)
  return (i32v)_mm512_madd_epi16((__m512i)a, (__m512i)b);
#elif defined(__AVX2__)
  return (i32v)_mm256_madd_epi16((__m256i)a, (__m256i)b);
#elif defined(__SSE2__)
  return (i32v)_mm_madd_epi16((__m128i)a, (__m128i)b);
#elif defined(__ARM_NEON)
  const int16x8_t x = (int16x8_t)a, y = (int16x8_t)b;
  return (i32v)vpaddq_s32(vmull_s16(vget_low_s16(x), vget_low_s16(y)), vmull_s16(vget_high_s16(x), vget_high_s16(y)));
#elif defined(__wasm_simd128__)
  return (i32v)wasm_i32x4_dot_i16x8((v128_t)a, (v128_t)b);
#else
  i32v s;
  for (size_t i = 0; i < kLanes; i++) s[i] = int32_t(a[2 * i]) * b[2 * i] + int32_t(a[2 * i + 1]) * b[2 * i + 1];
  return s;
#endif
}

}  // namespace
}  // namespace vaerans_adapt
