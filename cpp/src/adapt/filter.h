// The filter: for each pair of samples on opposite sides its sum of differences, as it is and clipped, times the weights of the block.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

#if defined(__AVX2__)
constexpr size_t kStep = 16;
struct Samples {
  __m256i v;
};
struct Sums {
  __m256i a, b;
};
VAERANS_INLINE Samples load_samples(const int16_t* p) { return {_mm256_loadu_si256(reinterpret_cast<const __m256i*>(p))}; }
VAERANS_INLINE Samples minus(Samples a, Samples b) { return {_mm256_sub_epi16(a.v, b.v)}; }
VAERANS_INLINE Samples plus(Samples a, Samples b) { return {_mm256_add_epi16(a.v, b.v)}; }
VAERANS_INLINE Samples clip(Samples d, Samples least, Samples most) {
  return {_mm256_min_epi16(_mm256_max_epi16(d.v, least.v), most.v)};
}
VAERANS_INLINE Samples negative(Samples a) { return {_mm256_sub_epi16(_mm256_setzero_si256(), a.v)}; }
// Bounds of four blocks, each in its four samples.
VAERANS_INLINE Samples of_blocks(const int32_t* p) {
  const __m128i b = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  const __m128i h = _mm_shuffle_epi8(b, _mm_setr_epi8(0, 1, 0, 1, 0, 1, 0, 1, 4, 5, 4, 5, 4, 5, 4, 5));
  const __m128i g = _mm_shuffle_epi8(b, _mm_setr_epi8(8, 9, 8, 9, 8, 9, 8, 9, 12, 13, 12, 13, 12, 13, 12, 13));
  return {_mm256_set_m128i(g, h)};
}
VAERANS_INLINE Sums start() { return {_mm256_set1_epi32(64), _mm256_set1_epi32(64)}; }
VAERANS_INLINE void add(Sums& s, Samples linear, Samples clipped, const int32_t* weights) {
  // Unpacking works in halves: the low one has samples 0 to 3 and 8 to 11, of blocks 0 and 2.
  const __m256i w = _mm256_castsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(weights)));
  const __m256i even = _mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(0, 0, 0, 0, 2, 2, 2, 2));
  const __m256i odd = _mm256_permutevar8x32_epi32(w, _mm256_setr_epi32(1, 1, 1, 1, 3, 3, 3, 3));
  s.a = _mm256_add_epi32(s.a, _mm256_madd_epi16(_mm256_unpacklo_epi16(linear.v, clipped.v), even));
  s.b = _mm256_add_epi32(s.b, _mm256_madd_epi16(_mm256_unpackhi_epi16(linear.v, clipped.v), odd));
}
VAERANS_INLINE void finish(Sums s, Samples x, int16_t* out) {
  const __m256i d = _mm256_packs_epi32(_mm256_srai_epi32(s.a, 7), _mm256_srai_epi32(s.b, 7));
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), _mm256_adds_epi16(x.v, d));
}
#elif defined(__SSE4_2__) || defined(__ARM_NEON) || defined(__wasm_simd128__)
constexpr size_t kStep = 8;
typedef int16_t S8 __attribute__((vector_size(16)));
typedef int32_t S4 __attribute__((vector_size(16)));
struct Samples {
  S8 v;
};
struct Sums {
  S4 a, b;
};
VAERANS_INLINE Samples load_samples(const int16_t* p) { return {load<S8>(p)}; }
VAERANS_INLINE Samples minus(Samples a, Samples b) { return {a.v - b.v}; }
VAERANS_INLINE Samples plus(Samples a, Samples b) { return {a.v + b.v}; }
VAERANS_INLINE Samples negative(Samples a) { return {-a.v}; }
VAERANS_INLINE Samples of_blocks(const int32_t* p) {
  const int16_t a = int16_t(p[0]), b = int16_t(p[1]);
  return {S8{a, a, a, a, b, b, b, b}};
}
VAERANS_INLINE Sums start() { return {S4{64, 64, 64, 64}, S4{64, 64, 64, 64}}; }
#if defined(__SSE4_2__)
VAERANS_INLINE Samples clip(Samples d, Samples least, Samples most) {
  return {(S8)_mm_min_epi16(_mm_max_epi16((__m128i)d.v, (__m128i)least.v), (__m128i)most.v)};
}
VAERANS_INLINE void add(Sums& s, Samples l, Samples c, const int32_t* weights) {
  s.a += (S4)_mm_madd_epi16(_mm_unpacklo_epi16((__m128i)l.v, (__m128i)c.v), _mm_set1_epi32(weights[0]));
  s.b += (S4)_mm_madd_epi16(_mm_unpackhi_epi16((__m128i)l.v, (__m128i)c.v), _mm_set1_epi32(weights[1]));
}
VAERANS_INLINE void finish(Sums s, Samples x, int16_t* out) {
  const __m128i d = _mm_packs_epi32((__m128i)(s.a >> 7), (__m128i)(s.b >> 7));
  store(out, _mm_adds_epi16((__m128i)x.v, d));
}
#elif defined(__ARM_NEON)
VAERANS_INLINE Samples clip(Samples d, Samples least, Samples most) {
  return {(S8)vminq_s16(vmaxq_s16((int16x8_t)d.v, (int16x8_t)least.v), (int16x8_t)most.v)};
}
VAERANS_INLINE void add(Sums& s, Samples l, Samples c, const int32_t* weights) {
  const int16_t a0 = int16_t(weights[0]), b0 = int16_t(weights[0] >> 16), a1 = int16_t(weights[1]), b1 = int16_t(weights[1] >> 16);
  int32x4_t a = (int32x4_t)s.a, b = (int32x4_t)s.b;
  a = vmlal_n_s16(vmlal_n_s16(a, vget_low_s16((int16x8_t)l.v), a0), vget_low_s16((int16x8_t)c.v), b0);
  b = vmlal_n_s16(vmlal_n_s16(b, vget_high_s16((int16x8_t)l.v), a1), vget_high_s16((int16x8_t)c.v), b1);
  s.a = (S4)a, s.b = (S4)b;
}
VAERANS_INLINE void finish(Sums s, Samples x, int16_t* out) {
  const int16x8_t d = vcombine_s16(vqmovn_s32((int32x4_t)(s.a >> 7)), vqmovn_s32((int32x4_t)(s.b >> 7)));
  store(out, vqaddq_s16((int16x8_t)x.v, d));
}
#else
VAERANS_INLINE Samples clip(Samples d, Samples least, Samples most) {
  return {(S8)wasm_i16x8_min(wasm_i16x8_max((v128_t)d.v, (v128_t)least.v), (v128_t)most.v)};
}
VAERANS_INLINE void add(Sums& s, Samples l, Samples c, const int32_t* weights) {
  const v128_t low = wasm_i16x8_shuffle((v128_t)l.v, (v128_t)c.v, 0, 8, 1, 9, 2, 10, 3, 11);
  const v128_t high = wasm_i16x8_shuffle((v128_t)l.v, (v128_t)c.v, 4, 12, 5, 13, 6, 14, 7, 15);
  s.a += (S4)wasm_i32x4_dot_i16x8(low, wasm_v128_load32_splat(weights));
  s.b += (S4)wasm_i32x4_dot_i16x8(high, wasm_v128_load32_splat(weights + 1));
}
VAERANS_INLINE void finish(Sums s, Samples x, int16_t* out) {
  const v128_t d = wasm_i16x8_narrow_i32x4((v128_t)(s.a >> 7), (v128_t)(s.b >> 7));
  store(out, wasm_i16x8_add_sat((v128_t)x.v, d));
}
#endif
#else
constexpr size_t kStep = 1;
#endif

// Weights of the blocks of a row, tap by tap, and their bounds behind them.
VAERANS_INLINE void of_row(const vaerans_adapt_plane& p, size_t pairs, const uint8_t* sorts, const uint8_t* steps, const int32_t* weights,
                           const int16_t* bounds, int32_t* out) {
  for (size_t b = 0; b < p.across; b++) {
    const int32_t* w = weights + pairs * size_t(sorts[b]);
    for (size_t i = 0; i < pairs; i++) out[i * p.across + b] = w[i];
    out[pairs * p.across + b] = bounds[steps[b]];
  }
}

template <size_t kPairs>
VAERANS_INLINE void filter_row(const vaerans_adapt_plane& p, const Tap* taps, const int16_t* row, const int32_t* weights, int16_t* out) {
  const ptrdiff_t s = ptrdiff_t(p.stride);
  for (size_t x = 0; x < 4 * p.across; x += kStep) {
    const int16_t* c = row + x;
    const int32_t* w = weights + x / 4;
#if defined(__AVX2__) || defined(__SSE4_2__) || defined(__ARM_NEON) || defined(__wasm_simd128__)
    const Samples centre = load_samples(c), most = of_blocks(w + kPairs * p.across), least = negative(most);
    Sums sums = start();
    for (size_t i = 0; i < kPairs; i++) {
      const ptrdiff_t away = taps[i].y * s + taps[i].x;
      const Samples u = minus(load_samples(c + away), centre), v = minus(load_samples(c - away), centre);
      add(sums, plus(u, v), plus(clip(u, least, most), clip(v, least, most)), w + i * p.across);
    }
    finish(sums, centre, out + x);
#else
    const int bound = w[kPairs * p.across];
    int32_t sum = 64;
    for (size_t i = 0; i < kPairs; i++) {
      const ptrdiff_t away = taps[i].y * s + taps[i].x;
      const int u = c[away] - c[0], v = c[-away] - c[0], k = w[i * p.across];
      sum += (u + v) * int16_t(k) + (clipped(u, bound) + clipped(v, bound)) * (k >> 16);
    }
    const int d = sum >> 7, y = c[0] + (d < -32768 ? -32768 : d > 32767 ? 32767 : d);
    out[x] = int16_t(y < -32768 ? -32768 : y > 32767 ? 32767 : y);
#endif
  }
}

VAERANS_LOOP void filter(const vaerans_adapt_plane* plane, size_t pairs, size_t begin, size_t end, const uint8_t* sorts,
                         const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out, int32_t* scratch) {
  const vaerans_adapt_plane p = *plane;
  for (size_t by = begin; by < end; by++) {
    of_row(p, pairs, sorts + by * p.across, steps + by * p.across, weights, bounds, scratch);
    for (size_t y = 4 * by; y < 4 * by + 4 && y < p.height; y++) {
      const int16_t* row = p.samples + y * p.stride;
      if (pairs == VAERANS_ADAPT_LUMA) filter_row<VAERANS_ADAPT_LUMA>(p, kLuma, row, scratch, out + y * p.stride);
      else filter_row<VAERANS_ADAPT_CHROMA>(p, kChroma, row, scratch, out + y * p.stride);
    }
  }
}

}  // namespace
}  // namespace vaerans_adapt
