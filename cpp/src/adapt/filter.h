// The filter: for each pair of samples on opposite sides its sum of differences, as it is and clipped, times the weights of the block.
//
// sum of w (p + q - 2 x) + c (clip(p - x) + clip(q - x)) is sum of w (p + q) + c (p' + q') - 2 x (sum of w + c), where p' and q' are p and q
// brought between x - bound and x + bound: the last product is that of the centre.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr size_t kChunk = 64;  // blocks whose weights stand ready
constexpr int kSampleMost = 8191;

// Weights of blocks, tap by tap, the centre's last.
template <int kPairs>
struct Weights {
  alignas(64) int32_t of[kPairs + 1][kChunk + 16];
};

template <int kPairs>
VAERANS_INLINE void expand(const int32_t* weights, const uint8_t* sorts, size_t n, Weights<kPairs>& out) {
  for (size_t b = 0; b < n; b++) {
    const int32_t* w = weights + size_t(kPairs + 1) * sorts[b];
    for (int i = 0; i <= kPairs; i++) out.of[i][b] = w[i];
  }
}

#if defined(VAERANS_ISA_SCALAR)
template <int kPairs>
VAERANS_INLINE int16_t filtered(const int16_t* c, ptrdiff_t s, const int32_t* w, int bound) {
  constexpr const Tap* taps = kPairs == VAERANS_ADAPT_LUMA ? kLuma : kChroma;
  const int x = c[0];
  int32_t sum = 64;
#pragma GCC unroll 12
  for (int i = 0; i < kPairs; i++) {
    const ptrdiff_t away = taps[i].y * s + taps[i].x;
    const int u = c[away] - x, v = c[-away] - x;
    sum += (u + v) * int16_t(w[i]) + (clipped(u, bound) + clipped(v, bound)) * (w[i] >> 16);
  }
  return int16_t(clipped(x + (sum >> 7), kSampleMost));
}

template <int kPairs>
VAERANS_LOOP void filter_rows(const vaerans_adapt_plane& p, size_t begin, size_t end, const uint8_t* sorts,
                              const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out,
                              size_t out_stride) {
  const ptrdiff_t s = ptrdiff_t(p.stride);
  for (size_t y = 4 * begin; y < 4 * end && y < p.height; y++, out += out_stride) {
    const size_t row = (y / 4 - begin) * p.across;
    for (size_t x = 0; x < p.width; x++) {
      const int32_t* w = weights + size_t(kPairs + 1) * sorts[row + x / 4];
      out[x] = filtered<kPairs>(p.samples + y * p.stride + x, s, w, bounds[steps[row + x / 4]]);
    }
  }
}
#else

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

// The first n samples.
VAERANS_INLINE void put(int16_t* out, i16v v, size_t n) {
  if (n >= kShorts) return store(out, v);
  int16_t all[kShorts];
  store(all, v);
  for (size_t i = 0; i < n; i++) out[i] = all[i];
}

// kRows rows of a vector of blocks, of which `rows` are written.
template <int kPairs>
VAERANS_INLINE void filter_some(const int16_t* c, ptrdiff_t s, const Weights<kPairs>& weights, size_t block, i16v bound,
                                int16_t* out, size_t out_stride, size_t rows, size_t n) {
  constexpr const Tap* taps = kPairs == VAERANS_ADAPT_LUMA ? kLuma : kChroma;
  Sums sums[kRows];
  i16v lowest[kRows], highest[kRows];
  const Pair centre = pair_at(weights.of[kPairs] + block);
  for (int r = 0; r < kRows; r++) {
    const i16v x = load<i16v>(c + r * s);
    lowest[r] = x - bound, highest[r] = x + bound;
    sums[r] = Sums{i32v{}, i32v{}};
    add(sums[r], x, splat<i16v>(int16_t(1)), centre);
  }
#pragma GCC unroll 12
  for (int i = 0; i < kPairs; i++) {
    const ptrdiff_t away = taps[i].y * s + taps[i].x;
    const Pair w = pair_at(weights.of[i] + block);
    for (int r = 0; r < kRows; r++) {
      const i16v p = load<i16v>(c + r * s + away), q = load<i16v>(c + r * s - away);
      const i16v clip = least(largest(p, lowest[r]), highest[r]) + least(largest(q, lowest[r]), highest[r]);
      add(sums[r], p + q, clip, w);
    }
  }
  const i16v most = splat<i16v>(int16_t(kSampleMost));
  for (int r = 0; r < kRows && size_t(r) < rows; r++) {
    const i16v y = add_saturating(load<i16v>(c + r * s), narrow(sums[r]));
    put(out + size_t(r) * out_stride, largest(least(y, most), -most), n);
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

template <int kPairs>
VAERANS_LOOP void filter_rows(const vaerans_adapt_plane& p, size_t begin, size_t end, const uint8_t* sorts,
                              const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out,
                              size_t out_stride) {
  const ptrdiff_t s = ptrdiff_t(p.stride);
  Weights<kPairs> own;
  for (size_t by = begin; by < end; by++, sorts += p.across, steps += p.across, out += 4 * out_stride) {
    const size_t rows = min_size(4, p.height - 4 * by);
    for (size_t bx = 0; bx < p.across; bx += kChunk) {
      const size_t blocks = min_size(kChunk, p.across - bx);
      expand<kPairs>(weights, sorts + bx, blocks, own);
      for (size_t b = 0; b < blocks; b += kShorts / 4) {
        const size_t x = 4 * (bx + b);
        if (x >= p.width) break;
        uint8_t k[kShorts / 4] = {};
        for (size_t i = 0; i < kShorts / 4 && b + i < blocks; i++) k[i] = steps[bx + b + i];
        const i16v bound = bound_at(bounds, k);
        for (size_t r = 0; r < rows; r += kRows)
          filter_some<kPairs>(p.samples + (4 * by + r) * p.stride + x, s, own, b, bound, out + r * out_stride + x,
                              out_stride, rows - r, p.width - x);
      }
    }
  }
}
#endif

void filter(const vaerans_adapt_plane* plane, size_t pairs, size_t begin, size_t end, const uint8_t* sorts,
            const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out, size_t out_stride) {
  if (pairs == VAERANS_ADAPT_LUMA)
    filter_rows<VAERANS_ADAPT_LUMA>(*plane, begin, end, sorts, steps, weights, bounds, out, out_stride);
  else
    filter_rows<VAERANS_ADAPT_CHROMA>(*plane, begin, end, sorts, steps, weights, bounds, out, out_stride);
}

}  // namespace
}  // namespace vaerans_adapt
