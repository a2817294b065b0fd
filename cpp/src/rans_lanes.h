// What rANS asks of an instruction set: gathers, and moving 16-bit words between a stream and the lanes that want one.
#ifndef VAERANS_RANS_LANES_H
#define VAERANS_RANS_LANES_H

#include "lanes.h"

#if defined(VAERANS_ISA_SCALAR)
#define VAERANS_RANS_SIMD 0
#else
#define VAERANS_RANS_SIMD 1
#endif

#if VAERANS_RANS_SIMD
namespace {

typedef uint64_t u64v __attribute__((vector_size(VAERANS_VECTOR)));

// The table entries of one vector of symbols: intervals start << 16 | frequency, and reciprocals in the low halves of the
// 64-bit lanes, apart for even and odd lanes, as the widening multiply wants them.
struct Entries {
  u32v interval;
  u64v even, odd;
};

#if defined(__AVX512F__)

VAERANS_INLINE u32v gather(const uint32_t* table, u32v i) { return (u32v)_mm512_i32gather_epi32((__m512i)i, table, 4); }

VAERANS_INLINE u32v gather_bytes(const uint8_t* table, u32v i) {
  return (u32v)_mm512_i32gather_epi32((__m512i)i, table, 1) & 0xff;
}

VAERANS_INLINE u32v load_bytes(const uint8_t* p) {
  return (u32v)_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p)));
}

// The low bytes of COUNT vectors, in order.
template <int COUNT>
VAERANS_INLINE void store_bytes(uint8_t* p, const u32v* x) {
  int k = 0;
  if constexpr (COUNT >= 4) {
    alignas(64) static const uint8_t kPick[64] = {
        0,  4,  8,  12,  16,  20,  24,  28,  32,  36,  40, 44, 48, 52,  56,  60,  64,  68,  72,  76, 80, 84,
        88, 92, 96, 100, 104, 108, 112, 116, 120, 124, 0,  4,  8,  12,  16,  20,  24,  28,  32,  36, 40, 44,
        48, 52, 56, 60,  64,  68,  72,  76,  80,  84,  88, 92, 96, 100, 104, 108, 112, 116, 120, 124};
    const __m512i pick = _mm512_load_si512(kPick);
    for (; k + 4 <= COUNT; k += 4) {
      const __m512i low = _mm512_permutex2var_epi8((__m512i)x[k], pick, (__m512i)x[k + 1]);
      const __m512i high = _mm512_permutex2var_epi8((__m512i)x[k + 2], pick, (__m512i)x[k + 3]);
      _mm512_storeu_si512(p + 16 * k, _mm512_mask_blend_epi64(0xf0, low, high));
    }
  }
  for (; k < COUNT; k++) _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 16 * k), _mm512_cvtepi32_epi8((__m512i)x[k]));
}

// Lanes below 2^16 take the next words, lowest lane first. Returns their number; reads kLanes words.
VAERANS_INLINE size_t refill(u32v& x, const uint8_t* words) {
  const __mmask16 m = _mm512_cmplt_epu32_mask((__m512i)x, _mm512_set1_epi32(1 << 16));
  const __m512i w = _mm512_cvtepu16_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(words)));
  const __m512i spread = _mm512_maskz_expand_epi32(m, w);
  x = (u32v)_mm512_mask_or_epi32((__m512i)x, m, _mm512_slli_epi32((__m512i)x, 16), spread);
  return size_t(_mm_popcnt_u32(m));
}

// Lanes with x >> SHIFT >= frequency give their low word, lowest lane first, ending at `end`. Returns their number; may
// write kLanes words before `end`.
template <int SHIFT>
VAERANS_INLINE size_t flush(u32v& x, u32v frequency, uint8_t* end) {
  const __mmask16 m = _mm512_cmpge_epu32_mask(_mm512_srli_epi32((__m512i)x, SHIFT), (__m512i)frequency);
  const size_t count = size_t(_mm_popcnt_u32(m));
  const __m256i w = _mm256_maskz_compress_epi16(m, _mm512_cvtepi32_epi16((__m512i)x));
  _mm256_mask_storeu_epi16(end - 2 * count, __mmask16(_bzhi_u32(0xffff, unsigned(count))), w);
  x = (u32v)_mm512_mask_srli_epi32((__m512i)x, m, (__m512i)x, 16);
  return count;
}

VAERANS_INLINE Entries lookup(const uint64_t* table, u32v s) {
  const __m512i even = _mm512_i64gather_epi64(_mm512_and_si512((__m512i)s, _mm512_set1_epi64(0xff)), table, 8);
  const __m512i odd = _mm512_i64gather_epi64(_mm512_srli_epi64((__m512i)s, 32), table, 8);
  return {(u32v)_mm512_mask_blend_epi32(0xaaaa, even, _mm512_slli_epi64(odd, 32)), (u64v)_mm512_srli_epi64(even, 32),
          (u64v)_mm512_srli_epi64(odd, 32)};
}

// High halves of x * reciprocal.
VAERANS_INLINE u32v multiply_high(u32v x, const Entries& e) {
  const __m512i even = _mm512_mul_epu32((__m512i)x, (__m512i)e.even);
  const __m512i odd = _mm512_mul_epu32(_mm512_srli_epi64((__m512i)x, 32), (__m512i)e.odd);
  return (u32v)_mm512_mask_blend_epi32(0xaaaa, _mm512_srli_epi64(even, 32), odd);
}

#elif defined(__AVX2__)

// Byte shuffles for a mask of 8 lanes: words to the dwords that want one (others zero), and words packed to the end.
struct WordTables {
  uint8_t expand[256][32];
  uint8_t compress[256][16];
};

constexpr WordTables make_word_tables() {
  WordTables t{};
  for (int m = 0; m < 256; m++) {
    int taken = 0, total = 0;
    for (int i = 0; i < 8; i++) total += m >> i & 1;
    for (int b = 0; b < 32; b++) t.expand[m][b] = 0x80;
    for (int b = 0; b < 16; b++) t.compress[m][b] = 0x80;
    for (int i = 0; i < 8; i++) {
      if (!(m >> i & 1)) continue;
      for (int b = 0; b < 2; b++) {
        t.expand[m][4 * i + b] = uint8_t(2 * taken + b);
        t.compress[m][2 * (8 - total + taken) + b] = uint8_t(2 * i + b);
      }
      taken++;
    }
  }
  return t;
}

alignas(64) constexpr WordTables kWords = make_word_tables();

VAERANS_INLINE u32v gather(const uint32_t* table, u32v i) {
  return (u32v)_mm256_i32gather_epi32(reinterpret_cast<const int*>(table), (__m256i)i, 4);
}

VAERANS_INLINE u32v gather_bytes(const uint8_t* table, u32v i) {
  return (u32v)_mm256_i32gather_epi32(reinterpret_cast<const int*>(table), (__m256i)i, 1) & 0xff;
}

VAERANS_INLINE u32v load_bytes(const uint8_t* p) {
  return (u32v)_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(p)));
}

template <int COUNT>
VAERANS_INLINE void store_bytes(uint8_t* p, const u32v* x) {
  const __m256i low = _mm256_set1_epi32(0xff), order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
  int k = 0;
  for (; k + 4 <= COUNT; k += 4) {
    const __m256i a = _mm256_packus_epi32((__m256i)x[k] & low, (__m256i)x[k + 1] & low);
    const __m256i b = _mm256_packus_epi32((__m256i)x[k + 2] & low, (__m256i)x[k + 3] & low);
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(p + 8 * k),
                        _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, b), order));
  }
  for (; k < COUNT; k++) {
    const __m256i a = _mm256_packus_epi32((__m256i)x[k] & low, _mm256_setzero_si256());
    const __m256i b = _mm256_permutevar8x32_epi32(_mm256_packus_epi16(a, a), order);
    _mm_storel_epi64(reinterpret_cast<__m128i*>(p + 8 * k), _mm256_castsi256_si128(b));
  }
}

VAERANS_INLINE size_t refill(u32v& x, const uint8_t* words) {
  const __m256i m = _mm256_cmpeq_epi32(_mm256_srli_epi32((__m256i)x, 16), _mm256_setzero_si256());
  const unsigned mask = unsigned(_mm256_movemask_ps(_mm256_castsi256_ps(m)));
  const __m256i w = _mm256_broadcastsi128_si256(_mm_loadu_si128(reinterpret_cast<const __m128i*>(words)));
  const __m256i spread =
      _mm256_shuffle_epi8(w, _mm256_load_si256(reinterpret_cast<const __m256i*>(kWords.expand[mask])));
  x = (u32v)_mm256_or_si256(_mm256_sllv_epi32((__m256i)x, _mm256_and_si256(m, _mm256_set1_epi32(16))), spread);
  return size_t(_mm_popcnt_u32(mask));
}

template <int SHIFT>
VAERANS_INLINE size_t flush(u32v& x, u32v frequency, uint8_t* end) {
  const __m256i keep = _mm256_cmpgt_epi32((__m256i)frequency, _mm256_srli_epi32((__m256i)x, SHIFT));
  const unsigned mask = 0xff ^ unsigned(_mm256_movemask_ps(_mm256_castsi256_ps(keep)));
  const __m256i low = _mm256_and_si256((__m256i)x, _mm256_set1_epi32(0xffff));
  const __m128i w = _mm_packus_epi32(_mm256_castsi256_si128(low), _mm256_extracti128_si256(low, 1));
  const __m128i order = _mm_load_si128(reinterpret_cast<const __m128i*>(kWords.compress[mask]));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(end - 16), _mm_shuffle_epi8(w, order));
  x = (u32v)_mm256_srlv_epi32((__m256i)x, _mm256_andnot_si256(keep, _mm256_set1_epi32(16)));
  return size_t(_mm_popcnt_u32(mask));
}

VAERANS_INLINE Entries lookup(const uint64_t* table, u32v s) {
  const long long* t = reinterpret_cast<const long long*>(table);
  const __m256i even = _mm256_i64gather_epi64(t, _mm256_and_si256((__m256i)s, _mm256_set1_epi64x(0xff)), 8);
  const __m256i odd = _mm256_i64gather_epi64(t, _mm256_srli_epi64((__m256i)s, 32), 8);
  return {(u32v)_mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xaa), (u64v)_mm256_srli_epi64(even, 32),
          (u64v)_mm256_srli_epi64(odd, 32)};
}

VAERANS_INLINE u32v multiply_high(u32v x, const Entries& e) {
  const __m256i even = _mm256_mul_epu32((__m256i)x, (__m256i)e.even);
  const __m256i odd = _mm256_mul_epu32(_mm256_srli_epi64((__m256i)x, 32), (__m256i)e.odd);
  return (u32v)_mm256_blend_epi32(_mm256_srli_epi64(even, 32), odd, 0xaa);
}

#else  // 128-bit vectors: SSE4.2, NEON, simd128

struct WordTables {
  uint8_t expand[16][16];    // words to the dwords that want one
  uint8_t compress[16][16];  // the low words of those dwords to the end of 8 bytes
  uint8_t count[16];
};

constexpr WordTables make_word_tables() {
  WordTables t{};
  for (int m = 0; m < 16; m++) {
    int taken = 0, total = 0;
    for (int i = 0; i < 4; i++) total += m >> i & 1;
    t.count[m] = uint8_t(total);
    for (int b = 0; b < 16; b++) t.expand[m][b] = t.compress[m][b] = 0x80;
    for (int i = 0; i < 4; i++) {
      if (!(m >> i & 1)) continue;
      for (int b = 0; b < 2; b++) {
        t.expand[m][4 * i + b] = uint8_t(2 * taken + b);
        t.compress[m][2 * (4 - total + taken) + b] = uint8_t(4 * i + b);
      }
      taken++;
    }
  }
  return t;
}

alignas(64) constexpr WordTables kWords = make_word_tables();

// Bytes of `v` picked by `order`; 0x80 gives zero.
VAERANS_INLINE u32v shuffle(u32v v, const uint8_t* order) {
#if defined(__SSE4_2__)
  return (u32v)_mm_shuffle_epi8((__m128i)v, _mm_load_si128(reinterpret_cast<const __m128i*>(order)));
#elif defined(__ARM_NEON)
  return (u32v)vqtbl1q_u8((uint8x16_t)v, vld1q_u8(order));
#else
  return (u32v)wasm_i8x16_swizzle((v128_t)v, wasm_v128_load(order));
#endif
}

// One bit per lane of a mask of all ones and all zeros.
VAERANS_INLINE unsigned lane_bits(u32v mask) {
#if defined(__SSE4_2__)
  return unsigned(_mm_movemask_ps(_mm_castsi128_ps((__m128i)mask)));
#elif defined(__ARM_NEON)
  static const uint32_t kBits[4] = {1, 2, 4, 8};
  return vaddvq_u32(vandq_u32((uint32x4_t)mask, vld1q_u32(kBits)));
#else
  return unsigned(wasm_i32x4_bitmask((v128_t)mask));
#endif
}

VAERANS_INLINE u32v gather(const uint32_t* table, u32v i) {
  return u32v{table[i[0]], table[i[1]], table[i[2]], table[i[3]]};
}

VAERANS_INLINE u32v gather_bytes(const uint8_t* table, u32v i) {
  return u32v{table[i[0]], table[i[1]], table[i[2]], table[i[3]]};
}

VAERANS_INLINE u32v load_bytes(const uint8_t* p) { return u32v{p[0], p[1], p[2], p[3]}; }

template <int COUNT>
VAERANS_INLINE void store_bytes(uint8_t* p, const u32v* x) {
  static const uint8_t kPick[16] __attribute__((aligned(16))) = {0,    4,    8,    12,   0x80, 0x80, 0x80, 0x80,
                                                                 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80};
  for (int k = 0; k < COUNT; k++) {
    const uint32_t four = shuffle(x[k], kPick)[0];
    __builtin_memcpy(p + 4 * k, &four, 4);
  }
}

VAERANS_INLINE size_t refill(u32v& x, const uint8_t* words) {
  const u32v m = (u32v)((x >> 16) == 0);
  const unsigned mask = lane_bits(m);
  uint64_t four;
  __builtin_memcpy(&four, words, 8);
  const u64v w = {four, 0};
  const u32v spread = shuffle((u32v)w, kWords.expand[mask]);
  x = (x & ~m) | ((x << 16) & m) | spread;
  return kWords.count[mask];
}

template <int SHIFT>
VAERANS_INLINE size_t flush(u32v& x, u32v frequency, uint8_t* end) {
  const u32v m = (u32v)((i32v)(x >> SHIFT) >= (i32v)frequency);
  const unsigned mask = lane_bits(m);
  const uint64_t packed = ((u64v)shuffle(x, kWords.compress[mask]))[0];
  __builtin_memcpy(end - 8, &packed, 8);
  x = (x & ~m) | ((x >> 16) & m);
  return kWords.count[mask];
}

VAERANS_INLINE Entries lookup(const uint64_t* table, u32v s) {
  const u64v even = {table[s[0]], table[s[2]]}, odd = {table[s[1]], table[s[3]]};
  const u32v low = {0xffffffff, 0, 0xffffffff, 0};
  return {((u32v)even & low) | (u32v)(odd << 32), even >> 32, odd >> 32};
}

VAERANS_INLINE u32v multiply_high(u32v x, const Entries& e) {
  const u64v x_even = (u64v)x & 0xffffffff, x_odd = (u64v)x >> 32;
#if defined(__SSE4_2__)
  const u64v even = (u64v)_mm_mul_epu32((__m128i)x_even, (__m128i)e.even);
  const u64v odd = (u64v)_mm_mul_epu32((__m128i)x_odd, (__m128i)e.odd);
#elif defined(__ARM_NEON)
  const u64v even = (u64v)vmull_u32(vmovn_u64((uint64x2_t)x_even), vmovn_u64((uint64x2_t)e.even));
  const u64v odd = (u64v)vmull_u32(vmovn_u64((uint64x2_t)x_odd), vmovn_u64((uint64x2_t)e.odd));
#else
  const u64v even = x_even * e.even, odd = x_odd * e.odd;
#endif
  return (u32v)((even >> 32) | (odd & ~uint64_t(0xffffffff)));
}

#endif

}  // namespace
#endif  // VAERANS_RANS_SIMD

#endif
