// Sixteen lanes with AVX2 or AVX-512.
#pragma once

namespace vaerans_photo {
namespace {

VAERANS_INLINE I16 add_sat(I16 a, I16 b) { return (I16)_mm256_adds_epi16((__m256i)a, (__m256i)b); }
// (a b + 2^14) >> 15
VAERANS_INLINE I16 mul_round(I16 a, I16 b) { return (I16)_mm256_mulhrs_epi16((__m256i)a, (__m256i)b); }
// Entry i of a table of 16 bytes for each lane's number i.
VAERANS_INLINE I16 table16(const uint8_t* t) {
  return (I16)_mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(t)));
}
VAERANS_INLINE I16 look_up(I16 t, I16 i) {
  return (I16)_mm256_shuffle_epi8((__m256i)t, _mm256_or_si256((__m256i)i, _mm256_set1_epi16(-32768)));
}
// a0 b0 a1 b1 ...
VAERANS_INLINE void interleave(I16 a, I16 b, I16& low, I16& high) {
  const __m256i x = _mm256_unpacklo_epi16((__m256i)a, (__m256i)b), y = _mm256_unpackhi_epi16((__m256i)a, (__m256i)b);
  low = (I16)_mm256_permute2x128_si256(x, y, 0x20), high = (I16)_mm256_permute2x128_si256(x, y, 0x31);
}
// One and two lanes up; `before` holds the two that come in, in turn, in all its pairs.
VAERANS_INLINE void lanes_up(I16 a, I16 before, I16& one, I16& two) {
  const __m256i p = _mm256_permute2x128_si256((__m256i)before, (__m256i)a, 0x21);
  one = (I16)_mm256_alignr_epi8((__m256i)a, p, 14), two = (I16)_mm256_alignr_epi8((__m256i)a, p, 12);
}
VAERANS_INLINE I16 pair(const int16_t* p) {
  int32_t two;
  __builtin_memcpy(&two, p, 4);
  return (I16)_mm256_set1_epi32(two);
}
VAERANS_INLINE void turn8(const int16_t* from, ptrdiff_t stride, int16_t* to, size_t step) {
  __m128i r[8], a[8], b[8];
  for (int i = 0; i < 8; i++) r[i] = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i * stride));
  for (int i = 0; i < 4; i++)
    a[2 * i] = _mm_unpacklo_epi16(r[2 * i], r[2 * i + 1]), a[2 * i + 1] = _mm_unpackhi_epi16(r[2 * i], r[2 * i + 1]);
  for (int i = 0; i < 2; i++) {
    b[4 * i] = _mm_unpacklo_epi32(a[4 * i], a[4 * i + 2]), b[4 * i + 1] = _mm_unpackhi_epi32(a[4 * i], a[4 * i + 2]);
    b[4 * i + 2] = _mm_unpacklo_epi32(a[4 * i + 1], a[4 * i + 3]);
    b[4 * i + 3] = _mm_unpackhi_epi32(a[4 * i + 1], a[4 * i + 3]);
  }
  for (int i = 0; i < 4; i++) {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i) * step), _mm_unpacklo_epi64(b[i], b[4 + i]));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to + (2 * i + 1) * step), _mm_unpackhi_epi64(b[i], b[4 + i]));
  }
}
// How many of 32 ends are before the slot.
VAERANS_INLINE int ends_before(const int16_t* ends, int slot) {
  const __m256i s = _mm256_set1_epi16(int16_t(slot));
  const __m256i a = _mm256_cmpgt_epi16(s, (__m256i)load16(ends)), b = _mm256_cmpgt_epi16(s, (__m256i)load16(ends + 16));
  return __builtin_popcount(uint32_t(_mm256_movemask_epi8(_mm256_packs_epi16(a, b))));
}

#if defined(__AVX512F__)
struct U32 {
  __m512i v;
};
VAERANS_INLINE U32 load32(const uint32_t* p) { return {_mm512_loadu_si512(p)}; }
VAERANS_INLINE void store32(uint32_t* p, U32 a) { _mm512_storeu_si512(p, a.v); }
VAERANS_INLINE I16 rows_of(I16 energy, I16 state) {
  __m512i f = _mm512_castps_si512(_mm512_cvtepi32_ps(_mm512_cvtepi16_epi32((__m256i)energy)));
  f = _mm512_sub_epi32(_mm512_srli_epi32(f, 21), _mm512_set1_epi32(0x41000000 >> 21));
  f = _mm512_min_epi32(_mm512_max_epi32(f, _mm512_setzero_si512()), _mm512_set1_epi32(48));
  return (I16)_mm512_cvtepi32_epi16(f) | (state & all(1)) << 6;
}
VAERANS_INLINE U32 zeros_of(const uint32_t* zeros, I16 rows) {
  return {_mm512_i32gather_epi32(_mm512_cvtepu16_epi32((__m256i)rows), zeros, 4)};
}
VAERANS_INLINE uint32_t beyond(U32 x, U32 f) {
  return _mm512_cmpge_epi32_mask(_mm512_and_si512(x.v, _mm512_set1_epi32(0x7fff)), f.v);
}
VAERANS_INLINE U32 of_zero(U32 x, U32 f) {
  return {_mm512_add_epi32(_mm512_mullo_epi32(f.v, _mm512_srli_epi32(x.v, 15)),
                           _mm512_and_si512(x.v, _mm512_set1_epi32(0x7fff)))};
}
VAERANS_INLINE U32 with_lane(U32 x, int i, uint32_t v) {
  return {_mm512_mask_set1_epi32(x.v, __mmask16(1u << i), int32_t(v))};
}
VAERANS_INLINE U32 refill(U32 x, const uint8_t*& p) {
  const __mmask16 m = _mm512_cmplt_epu32_mask(x.v, _mm512_set1_epi32(65536));
  const __m512i w = _mm512_maskz_expand_epi32(m, _mm512_cvtepu16_epi32((__m256i)load16(p)));
  p += 2 * __builtin_popcount(m);
  return {_mm512_mask_or_epi32(x.v, m, _mm512_slli_epi32(x.v, 16), w)};
}
#else
alignas(64) constexpr int32_t kOne32[32] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};
alignas(64) constexpr Spread8 kSpread8 = spread8();

struct U32 {
  __m256i a, b;
};
VAERANS_INLINE __m256i load256(const void* p) { return _mm256_loadu_si256(static_cast<const __m256i*>(p)); }
VAERANS_INLINE U32 load32(const uint32_t* p) { return {load256(p), load256(p + 8)}; }
VAERANS_INLINE void store32(uint32_t* p, U32 x) {
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), x.a), _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8), x.b);
}
VAERANS_INLINE __m256i quarter_octave(__m128i e) {
  return _mm256_srli_epi32(_mm256_castps_si256(_mm256_cvtepi32_ps(_mm256_cvtepi16_epi32(e))), 21);
}
VAERANS_INLINE I16 rows_of(I16 energy, I16 state) {
  const __m256i e = (__m256i)energy;
  const __m256i a = quarter_octave(_mm256_castsi256_si128(e)), b = quarter_octave(_mm256_extracti128_si256(e, 1));
  __m256i c = _mm256_permute4x64_epi64(_mm256_packs_epi32(a, b), 0xd8);
  c = _mm256_min_epi16(_mm256_subs_epu16(c, _mm256_set1_epi16(0x41000000 >> 21)), _mm256_set1_epi16(48));
  return (I16)c | (state & all(1)) << 6;
}
VAERANS_INLINE U32 zeros_of(const uint32_t* zeros, I16 rows) {
  const int* t = reinterpret_cast<const int*>(zeros);
  const __m128i low = _mm256_castsi256_si128((__m256i)rows), high = _mm256_extracti128_si256((__m256i)rows, 1);
  return {_mm256_i32gather_epi32(t, _mm256_cvtepu16_epi32(low), 4),
          _mm256_i32gather_epi32(t, _mm256_cvtepu16_epi32(high), 4)};
}
VAERANS_INLINE __m256i slot_of(__m256i x) { return _mm256_and_si256(x, _mm256_set1_epi32(0x7fff)); }
VAERANS_INLINE uint32_t beyond(U32 x, U32 f) {
  const uint32_t low = uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(f.a, slot_of(x.a)))));
  const uint32_t high = uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps(_mm256_cmpgt_epi32(f.b, slot_of(x.b)))));
  return (low | high << 8) ^ 0xffff;
}
VAERANS_INLINE __m256i of_zero8(__m256i x, __m256i f) {
  return _mm256_add_epi32(_mm256_mullo_epi32(f, _mm256_srli_epi32(x, 15)), slot_of(x));
}
VAERANS_INLINE U32 of_zero(U32 x, U32 f) { return {of_zero8(x.a, f.a), of_zero8(x.b, f.b)}; }
VAERANS_INLINE U32 with_lane(U32 x, int i, uint32_t v) {
  const __m256i s = _mm256_set1_epi32(int32_t(v));
  return {_mm256_blendv_epi8(x.a, s, load256(kOne32 + 16 - i)), _mm256_blendv_epi8(x.b, s, load256(kOne32 + 24 - i))};
}
VAERANS_INLINE __m256i refill8(__m256i x, const uint8_t*& p) {
  const __m256i low = _mm256_cmpeq_epi32(_mm256_srli_epi32(x, 16), _mm256_setzero_si256());
  const uint32_t m = uint32_t(_mm256_movemask_ps(_mm256_castsi256_ps(low)));
  const __m256i words = _mm256_cvtepu16_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
  const __m128i order = _mm_loadl_epi64(reinterpret_cast<const __m128i*>(kSpread8.at[m]));
  const __m256i w = _mm256_permutevar8x32_epi32(words, _mm256_cvtepu8_epi32(order));
  p += 2 * __builtin_popcount(m);
  return _mm256_blendv_epi8(x, _mm256_or_si256(_mm256_slli_epi32(x, 16), w), low);
}
VAERANS_INLINE U32 refill(U32 x, const uint8_t*& p) {
  const __m256i a = refill8(x.a, p);
  return {a, refill8(x.b, p)};
}
#endif

}  // namespace
}  // namespace vaerans_photo
