// Sixteen lanes with vectors of 16 bytes: SSE4.2, NEON, simd128. A handful of functions are the instruction set's own; the rest is made of them.
#pragma once

namespace vaerans_photo {
namespace {

typedef int16_t S8 __attribute__((vector_size(16)));
typedef uint16_t W8 __attribute__((vector_size(16)));
typedef uint32_t U4 __attribute__((vector_size(16)));
typedef int32_t S4 __attribute__((vector_size(16)));
typedef float F4 __attribute__((vector_size(16)));
typedef uint8_t B16 __attribute__((vector_size(16)));

#if defined(__SSE4_2__)
VAERANS_INLINE S8 adds8(S8 a, S8 b) { return (S8)_mm_adds_epi16((__m128i)a, (__m128i)b); }
VAERANS_INLINE S8 mulr8(S8 a, S8 b) { return (S8)_mm_mulhrs_epi16((__m128i)a, (__m128i)b); }
VAERANS_INLINE B16 bytes_at(B16 t, B16 i) { return (B16)_mm_shuffle_epi8((__m128i)t, (__m128i)i); }
VAERANS_INLINE uint32_t signs4(S4 m) { return uint32_t(_mm_movemask_ps((__m128)m)); }
VAERANS_INLINE uint32_t signs16(B16 m) { return uint32_t(_mm_movemask_epi8((__m128i)m)); }
VAERANS_INLINE B16 narrow(S8 a, S8 b) { return (B16)_mm_packs_epi16((__m128i)a, (__m128i)b); }
VAERANS_INLINE S8 narrow4(S4 a, S4 b) { return (S8)_mm_packs_epi32((__m128i)a, (__m128i)b); }
VAERANS_INLINE W8 subs8(W8 a, W8 b) { return (W8)_mm_subs_epu16((__m128i)a, (__m128i)b); }
#elif defined(__ARM_NEON)
VAERANS_INLINE S8 adds8(S8 a, S8 b) { return (S8)vqaddq_s16((int16x8_t)a, (int16x8_t)b); }
VAERANS_INLINE S8 mulr8(S8 a, S8 b) { return (S8)vqrdmulhq_s16((int16x8_t)a, (int16x8_t)b); }
VAERANS_INLINE B16 bytes_at(B16 t, B16 i) { return (B16)vqtbl1q_u8((uint8x16_t)t, (uint8x16_t)i); }
VAERANS_INLINE uint32_t signs4(S4 m) { return vaddvq_u32(vandq_u32((uint32x4_t)m, (uint32x4_t)U4{1, 2, 4, 8})); }
VAERANS_INLINE uint32_t signs16(B16 m) {
  const uint8x16_t b =
      vandq_u8((uint8x16_t)m, (uint8x16_t)B16{1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128});
  return uint32_t(vaddv_u8(vget_low_u8(b))) | uint32_t(vaddv_u8(vget_high_u8(b))) << 8;
}
VAERANS_INLINE B16 narrow(S8 a, S8 b) { return (B16)vcombine_s8(vqmovn_s16((int16x8_t)a), vqmovn_s16((int16x8_t)b)); }
VAERANS_INLINE S8 narrow4(S4 a, S4 b) { return (S8)vcombine_s16(vqmovn_s32((int32x4_t)a), vqmovn_s32((int32x4_t)b)); }
VAERANS_INLINE W8 subs8(W8 a, W8 b) { return (W8)vqsubq_u16((uint16x8_t)a, (uint16x8_t)b); }
#else
VAERANS_INLINE S8 adds8(S8 a, S8 b) { return (S8)wasm_i16x8_add_sat((v128_t)a, (v128_t)b); }
VAERANS_INLINE S8 mulr8(S8 a, S8 b) { return (S8)wasm_i16x8_q15mulr_sat((v128_t)a, (v128_t)b); }
VAERANS_INLINE B16 bytes_at(B16 t, B16 i) { return (B16)wasm_i8x16_swizzle((v128_t)t, (v128_t)i); }
VAERANS_INLINE uint32_t signs4(S4 m) { return wasm_i32x4_bitmask((v128_t)m); }
VAERANS_INLINE uint32_t signs16(B16 m) { return wasm_i8x16_bitmask((v128_t)m); }
VAERANS_INLINE B16 narrow(S8 a, S8 b) { return (B16)wasm_i8x16_narrow_i16x8((v128_t)a, (v128_t)b); }
VAERANS_INLINE S8 narrow4(S4 a, S4 b) { return (S8)wasm_i16x8_narrow_i32x4((v128_t)a, (v128_t)b); }
VAERANS_INLINE W8 subs8(W8 a, W8 b) { return (W8)wasm_u16x8_sub_sat((v128_t)a, (v128_t)b); }
#endif

union Halves {
  I16 all;
  S8 half[2];
};
template <class V, class T>
VAERANS_INLINE V load128(const T* p) {
  V v;
  __builtin_memcpy(&v, p, 16);
  return v;
}

#define VAERANS_EACH_HALF(name, half_name)       \
  VAERANS_INLINE I16 name(I16 a, I16 b) {        \
    Halves x{a}, y{b};                           \
    Halves r;                                    \
    r.half[0] = half_name(x.half[0], y.half[0]); \
    r.half[1] = half_name(x.half[1], y.half[1]); \
    return r.all;                                \
  }
VAERANS_EACH_HALF(add_sat, adds8)
VAERANS_EACH_HALF(mul_round, mulr8)
#undef VAERANS_EACH_HALF

VAERANS_INLINE I16 table16(const uint8_t* t) {
  Halves r;
  r.half[0] = r.half[1] = load128<S8>(t);
  return r.all;
}
VAERANS_INLINE I16 look_up(I16 t, I16 i) {
  const Halves table{t}, index{i};
  const S8 high = S8{} + int16_t(-32768);
  Halves r;
  for (int k = 0; k < 2; k++) r.half[k] = (S8)bytes_at((B16)table.half[0], (B16)(index.half[k] | high));
  return r.all;
}
VAERANS_INLINE S8 zip_low(S8 a, S8 b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
VAERANS_INLINE S8 zip_high(S8 a, S8 b) { return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
VAERANS_INLINE void interleave(I16 a, I16 b, I16& low, I16& high) {
  const Halves x{a}, y{b};
  Halves l, h;
  l.half[0] = zip_low(x.half[0], y.half[0]), l.half[1] = zip_high(x.half[0], y.half[0]);
  h.half[0] = zip_low(x.half[1], y.half[1]), h.half[1] = zip_high(x.half[1], y.half[1]);
  low = l.all, high = h.all;
}
VAERANS_INLINE void lanes_up(I16 a, I16 before, I16& one, I16& two) {
  const Halves x{a}, p{before};
  Halves r, s;
  r.half[0] = __builtin_shufflevector(p.half[1], x.half[0], 7, 8, 9, 10, 11, 12, 13, 14);
  r.half[1] = __builtin_shufflevector(x.half[0], x.half[1], 7, 8, 9, 10, 11, 12, 13, 14);
  s.half[0] = __builtin_shufflevector(p.half[1], x.half[0], 6, 7, 8, 9, 10, 11, 12, 13);
  s.half[1] = __builtin_shufflevector(x.half[0], x.half[1], 6, 7, 8, 9, 10, 11, 12, 13);
  one = r.all, two = s.all;
}
VAERANS_INLINE I16 pair(const int16_t* p) {
  Halves r;
  r.half[0] = r.half[1] = S8{p[0], p[1], p[0], p[1], p[0], p[1], p[0], p[1]};
  return r.all;
}
VAERANS_INLINE void turn8(const int16_t* from, ptrdiff_t stride, int16_t* to, size_t step) {
  S8 r[8], a[8];
  U4 b[8];
  for (int i = 0; i < 8; i++) r[i] = load128<S8>(from + i * stride);
  for (int i = 0; i < 4; i++)
    a[2 * i] = zip_low(r[2 * i], r[2 * i + 1]), a[2 * i + 1] = zip_high(r[2 * i], r[2 * i + 1]);
  for (int i = 0; i < 2; i++) {
    for (int k = 0; k < 2; k++) {
      const U4 x = (U4)a[4 * i + k], y = (U4)a[4 * i + 2 + k];
      b[4 * i + 2 * k] = __builtin_shufflevector(x, y, 0, 4, 1, 5);
      b[4 * i + 2 * k + 1] = __builtin_shufflevector(x, y, 2, 6, 3, 7);
    }
  }
  for (int i = 0; i < 4; i++) {
    const U4 low = __builtin_shufflevector(b[i], b[4 + i], 0, 1, 4, 5),
             high = __builtin_shufflevector(b[i], b[4 + i], 2, 3, 6, 7);
    store(to + (2 * i) * step, low), store(to + (2 * i + 1) * step, high);
  }
}
VAERANS_INLINE int ends_before(const int16_t* ends, int slot) {
  const S8 s = S8{} + int16_t(slot);
  const B16 a = narrow(s > load128<S8>(ends), s > load128<S8>(ends + 8));
  const B16 b = narrow(s > load128<S8>(ends + 16), s > load128<S8>(ends + 24));
  return __builtin_popcount(signs16(a) | signs16(b) << 16);
}

alignas(64) constexpr Spread4 kSpread4 = spread4();
alignas(64) constexpr int32_t kOne32[32] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};

struct U32 {
  U4 q[4];
};
VAERANS_INLINE U32 load32(const uint32_t* p) {
  return {{load128<U4>(p), load128<U4>(p + 4), load128<U4>(p + 8), load128<U4>(p + 12)}};
}
VAERANS_INLINE void store32(uint32_t* p, U32 x) {
  for (int k = 0; k < 4; k++) store(p + 4 * k, x.q[k]);
}
VAERANS_INLINE S4 quarter_octave(S4 e) { return (S4)((U4) __builtin_convertvector(e, F4) >> 21); }
VAERANS_INLINE S4 wide_low(S8 a) { return (S4)zip_low(a, a >> 15); }
VAERANS_INLINE S4 wide_high(S8 a) { return (S4)zip_high(a, a >> 15); }
VAERANS_INLINE I16 rows_of(I16 energy, I16 state) {
  const Halves e{energy};
  Halves r;
  for (int k = 0; k < 2; k++) {
    const S8 c = narrow4(quarter_octave(wide_low(e.half[k])), quarter_octave(wide_high(e.half[k])));
    const S8 d = (S8)subs8((W8)c, W8{} + uint16_t(0x41000000 >> 21)), most = S8{} + int16_t(48);
    r.half[k] = d < most ? d : most;
  }
  return r.all | (state & all(1)) << 6;
}
VAERANS_INLINE U32 zeros_of(const uint32_t* zeros, I16 rows) {
  U32 r;
  for (int k = 0; k < 4; k++)
    r.q[k] = U4{zeros[rows[4 * k]], zeros[rows[4 * k + 1]], zeros[rows[4 * k + 2]], zeros[rows[4 * k + 3]]};
  return r;
}
VAERANS_INLINE uint32_t beyond(U32 x, U32 f) {
  S4 c[4];
  for (int k = 0; k < 4; k++) c[k] = (S4)((S4)(x.q[k] & 0x7fff) >= (S4)f.q[k]);
  return signs16(narrow(narrow4(c[0], c[1]), narrow4(c[2], c[3])));
}
VAERANS_INLINE U32 of_zero(U32 x, U32 f) {
  U32 r;
  for (int k = 0; k < 4; k++) r.q[k] = f.q[k] * (x.q[k] >> 15) + (x.q[k] & 0x7fff);
  return r;
}
VAERANS_INLINE U32 with_lane(U32 x, int i, uint32_t v) {
  U32 r;
  for (int k = 0; k < 4; k++) {
    const U4 m = load128<U4>(kOne32 + 16 - i + 4 * k);
    r.q[k] = (x.q[k] & ~m) | (m & v);
  }
  return r;
}
VAERANS_INLINE U32 refill(U32 x, const uint8_t*& p) {
  U32 r;
  for (int k = 0; k < 4; k++) {
    const S4 low = (S4)((x.q[k] >> 16) == 0);
    const uint32_t m = signs4(low);
    B16 words{};
    __builtin_memcpy(&words, p, 8);
    const U4 w = (U4)bytes_at(words, load128<B16>(kSpread4.at[m]));
    p += 2 * __builtin_popcount(m);
    r.q[k] = low ? (x.q[k] << 16 | w) : x.q[k];
  }
  return r;
}

}  // namespace
}  // namespace vaerans_photo
