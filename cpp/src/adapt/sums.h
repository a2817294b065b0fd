// Sums of products of a vector of samples and the weights of its blocks, on every instruction set.
#pragma once
#include "taps.h"

#if !defined(VAERANS_ISA_SCALAR)
namespace vaerans_adapt {
namespace {

// Sums of the samples of a vector, in the order in which its products come.
struct Sums {
  i32v a, b;
};

#if defined(__ARM_NEON)
constexpr int kRows = 4;
struct Pair {
  int16x4_t w;
};
VAERANS_INLINE Pair pair_at(const int32_t* p) { return {vreinterpret_s16_s32(vld1_s32(p))}; }
VAERANS_INLINE void add(Sums& s, i16v linear, i16v clip, Pair k) {
  const int16x8_t l = (int16x8_t)linear, c = (int16x8_t)clip;
  int32x4_t a = (int32x4_t)s.a, b = (int32x4_t)s.b;
  a = vmlal_lane_s16(vmlal_lane_s16(a, vget_low_s16(l), k.w, 0), vget_low_s16(c), k.w, 1);
  b = vmlal_lane_s16(vmlal_lane_s16(b, vget_high_s16(l), k.w, 2), vget_high_s16(c), k.w, 3);
  s.a = (i32v)a, s.b = (i32v)b;
}
VAERANS_INLINE i16v narrow(Sums s) {
  return (i16v)vcombine_s16(vqmovn_s32((int32x4_t)(s.a >> 7)), vqmovn_s32((int32x4_t)(s.b >> 7)));
}
VAERANS_INLINE i16v add_saturating(i16v a, i16v b) { return (i16v)vqaddq_s16((int16x8_t)a, (int16x8_t)b); }
#else
struct Pair {
  i16v a, b;
};
#if defined(__AVX512BW__)
constexpr int kRows = 4;
VAERANS_INLINE Pair pair_at(const int32_t* p) {
  const __m512i w = _mm512_castsi256_si512(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)));
  const __m512i even = _mm512_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2, 4, 4, 4, 4, 6, 6, 6, 6);
  return {(i16v)_mm512_permutexvar_epi32(even, w),
          (i16v)_mm512_permutexvar_epi32(_mm512_or_si512(even, _mm512_set1_epi32(1)), w)};
}
VAERANS_INLINE i16v low(i16v a, i16v b) { return (i16v)_mm512_unpacklo_epi16((__m512i)a, (__m512i)b); }
VAERANS_INLINE i16v high(i16v a, i16v b) { return (i16v)_mm512_unpackhi_epi16((__m512i)a, (__m512i)b); }
VAERANS_INLINE i16v narrow(Sums s) { return (i16v)_mm512_packs_epi32((__m512i)(s.a >> 7), (__m512i)(s.b >> 7)); }
VAERANS_INLINE i16v add_saturating(i16v a, i16v b) { return (i16v)_mm512_adds_epi16((__m512i)a, (__m512i)b); }
#elif defined(__AVX2__)
constexpr int kRows = 2;
VAERANS_INLINE Pair pair_at(const int32_t* p) {
  // Unpacking works in halves: the low one has samples 0 to 3 and 8 to 11, of blocks 0 and 2.
  const __m256i w = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  return {(i16v)_mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2)),
          (i16v)_mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3))};
}
VAERANS_INLINE i16v low(i16v a, i16v b) { return (i16v)_mm256_unpacklo_epi16((__m256i)a, (__m256i)b); }
VAERANS_INLINE i16v high(i16v a, i16v b) { return (i16v)_mm256_unpackhi_epi16((__m256i)a, (__m256i)b); }
VAERANS_INLINE i16v narrow(Sums s) { return (i16v)_mm256_packs_epi32((__m256i)(s.a >> 7), (__m256i)(s.b >> 7)); }
VAERANS_INLINE i16v add_saturating(i16v a, i16v b) { return (i16v)_mm256_adds_epi16((__m256i)a, (__m256i)b); }
#elif defined(__SSE4_2__)
constexpr int kRows = 2;
VAERANS_INLINE Pair pair_at(const int32_t* p) {
  const __m128i w = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(p));
  return {(i16v)_mm_shuffle_epi32(w, 0), (i16v)_mm_shuffle_epi32(w, 0x55)};
}
VAERANS_INLINE i16v low(i16v a, i16v b) { return (i16v)_mm_unpacklo_epi16((__m128i)a, (__m128i)b); }
VAERANS_INLINE i16v high(i16v a, i16v b) { return (i16v)_mm_unpackhi_epi16((__m128i)a, (__m128i)b); }
VAERANS_INLINE i16v narrow(Sums s) { return (i16v)_mm_packs_epi32((__m128i)(s.a >> 7), (__m128i)(s.b >> 7)); }
VAERANS_INLINE i16v add_saturating(i16v a, i16v b) { return (i16v)_mm_adds_epi16((__m128i)a, (__m128i)b); }
#else
constexpr int kRows = 2;
VAERANS_INLINE Pair pair_at(const int32_t* p) {
  return {(i16v)wasm_v128_load32_splat(p), (i16v)wasm_v128_load32_splat(p + 1)};
}
VAERANS_INLINE i16v low(i16v a, i16v b) {
  return (i16v)wasm_i16x8_shuffle((v128_t)a, (v128_t)b, 0, 8, 1, 9, 2, 10, 3, 11);
}
VAERANS_INLINE i16v high(i16v a, i16v b) {
  return (i16v)wasm_i16x8_shuffle((v128_t)a, (v128_t)b, 4, 12, 5, 13, 6, 14, 7, 15);
}
VAERANS_INLINE i16v narrow(Sums s) { return (i16v)wasm_i16x8_narrow_i32x4((v128_t)(s.a >> 7), (v128_t)(s.b >> 7)); }
VAERANS_INLINE i16v add_saturating(i16v a, i16v b) { return (i16v)wasm_i16x8_add_sat((v128_t)a, (v128_t)b); }
#endif
VAERANS_INLINE void add(Sums& s, i16v linear, i16v clip, Pair k) {
  s.a += multiply_add(low(linear, clip), k.a);
  s.b += multiply_add(high(linear, clip), k.b);
}
#endif

}  // namespace
}  // namespace vaerans_adapt
#endif
