// Around the entropy coder: counting, rare symbols, tokens.
#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

#if !defined(VAERANS_ISA_SCALAR)
#define VAERANS_BYTE_SIMD 1

// The 16 bytes of `table`, repeated through a vector.
VAERANS_INLINE u8v repeat16(const uint8_t* table) {
  u8v v;
  for (size_t i = 0; i < VAERANS_VECTOR; i += 16) __builtin_memcpy(reinterpret_cast<uint8_t*>(&v) + i, table, 16);
  return v;
}

// table[i % 16] for every byte i below 128; zero from 128 on.
VAERANS_INLINE u8v lookup16(u8v table, u8v i) {
#if defined(__AVX512BW__)
  return (u8v)_mm512_shuffle_epi8((__m512i)table, (__m512i)i);
#elif defined(__AVX2__)
  return (u8v)_mm256_shuffle_epi8((__m256i)table, (__m256i)i);
#elif defined(__SSE4_2__)
  return (u8v)_mm_shuffle_epi8((__m128i)table, (__m128i)i);
#elif defined(__ARM_NEON)
  return (u8v)vqtbl1q_u8((uint8x16_t)table, (uint8x16_t)(i & 0x8f));
#else
  return (u8v)wasm_i8x16_swizzle((v128_t)table, (v128_t)(i & 0x8f));
#endif
}

// One bit per byte of a mask of all ones and all zeros.
VAERANS_INLINE uint64_t byte_bits(u8v mask) {
#if defined(__AVX512BW__)
  return _mm512_movepi8_mask((__m512i)mask);
#elif defined(__AVX2__)
  return uint32_t(_mm256_movemask_epi8((__m256i)mask));
#elif defined(__SSE4_2__)
  return uint32_t(_mm_movemask_epi8((__m128i)mask));
#elif defined(__ARM_NEON)
  static const uint8_t kBits[16] = {1, 2, 4, 8, 16, 32, 64, 128, 1, 2, 4, 8, 16, 32, 64, 128};
  const uint8x16_t bits = vandq_u8((uint8x16_t)mask, vld1q_u8(kBits));
  return vaddv_u8(vget_low_u8(bits)) | uint64_t(vaddv_u8(vget_high_u8(bits))) << 8;
#else
  return uint32_t(wasm_i8x16_bitmask((v128_t)mask));
#endif
}
#endif

VAERANS_INLINE bool in_set(const uint8_t* set, uint8_t s) { return set[s >> 3] >> (s & 7) & 1; }

// Several tables, so that equal neighbours do not wait for each other's count.
struct Tally {
  static constexpr size_t kTables = 8;
  uint32_t part[kTables][256];

  VAERANS_INLINE void clear(Tally& t) { __builtin_memset(t.part, 0, sizeof t.part); }

  VAERANS_INLINE void add(Tally& t, const uint8_t* symbols, size_t n) {
    size_t i = 0;
    for (; i + 8 <= n; i += 8) {
      uint64_t eight;
      __builtin_memcpy(&eight, symbols + i, 8);
#pragma GCC unroll 8
      for (size_t k = 0; k < kTables; k++) t.part[k][eight >> (8 * k) & 0xff]++;
    }
    for (; i < n; i++) t.part[0][symbols[i]]++;
  }

  VAERANS_INLINE void sum(const Tally& t, uint32_t* counts) {
    for (size_t s = 0; s < 256; s++)
      for (size_t k = 0; k < kTables; k++) counts[s] += t.part[k][s];
  }
};

void count_all(const uint8_t* symbols, size_t n, uint32_t* counts) {
  Tally tally;
  Tally::clear(tally);
  Tally::add(tally, symbols, n);
  Tally::sum(tally, counts);
}

#if defined(__AVX512VBMI2__)
constexpr size_t kCommon = 8;

// The most frequent symbols of a sample.
void common_symbols(const uint8_t* symbols, size_t n, uint8_t (&common)[kCommon]) {
  uint32_t sample[256] = {};
  for (size_t i = 0, step = n / 1024 + 1; i < n; i += step) sample[symbols[i]] += 2;
  for (size_t k = 0; k < kCommon; k++) {
    size_t best = 0;
    for (size_t s = 1; s < 256; s++)
      if (sample[s] > sample[best]) best = s;
    common[k] = uint8_t(best);
    sample[best] = 0;
    for (size_t s = 0; k == 0 && s < 256; s++) sample[s] |= s != best;  // never the same one twice
  }
}

// Common symbols are compared with and counted 64 at a time; the others are pushed together and counted one by one.
void histogram(const uint8_t* symbols, size_t n, uint32_t* counts) {
  if (n < 4096) return count_all(symbols, n, counts);
  uint8_t common[kCommon];
  common_symbols(symbols, n, common);
  __m512i value[kCommon];
  uint64_t count[kCommon] = {};
  for (size_t k = 0; k < kCommon; k++) value[k] = _mm512_set1_epi8(char(common[k]));
  Tally tally;
  Tally::clear(tally);
  uint8_t others[4096];
  size_t held = 0, i = 0;
  for (; i + 64 <= n; i += 64) {
    const __m512i v = _mm512_loadu_si512(symbols + i);
    uint64_t left = ~uint64_t(0);
#pragma GCC unroll 8
    for (size_t k = 0; k < kCommon; k++) {
      const uint64_t equal = _mm512_cmpeq_epi8_mask(v, value[k]);
      count[k] += uint64_t(_mm_popcnt_u64(equal));
      left &= ~equal;
    }
    _mm512_storeu_si512(others + held, _mm512_maskz_compress_epi8(left, v));
    held += size_t(_mm_popcnt_u64(left));
    if (held + 64 > sizeof others) {
      Tally::add(tally, others, held);
      held = 0;
    }
  }
  Tally::add(tally, others, held);
  Tally::add(tally, symbols + i, n - i);
  Tally::sum(tally, counts);
  for (size_t k = 0; k < kCommon; k++) counts[common[k]] += uint32_t(count[k]);
}
#else
void histogram(const uint8_t* symbols, size_t n, uint32_t* counts) { count_all(symbols, n, counts); }
#endif

size_t collect(const uint8_t* set, const uint8_t* symbols, size_t n, uint8_t* out, size_t room) {
  size_t found = 0, i = 0;
  const auto take = [&](uint8_t s) {
    if (found < room) out[found] = s;
    found++;
  };
#ifdef VAERANS_BYTE_SIMD
  // Row s % 16 of a bit matrix, as two bytes for s / 16 in 0..7 and 8..15, against the bit of s / 16.
  uint8_t low[16] = {}, high[16] = {}, bit[16];
  for (int s = 0; s < 256; s++)
    if (in_set(set, uint8_t(s))) (s < 128 ? low : high)[s & 15] |= uint8_t(1 << (s >> 4 & 7));
  for (int k = 0; k < 16; k++) bit[k] = uint8_t(1 << (k & 7));
  const u8v lows = repeat16(low), highs = repeat16(high), bits = repeat16(bit);
  for (; i + VAERANS_VECTOR <= n; i += VAERANS_VECTOR) {
    const u8v s = load<u8v>(symbols + i);
    const u8v rows = lookup16(lows, s & 0x8f) | lookup16(highs, (s ^ 0x80) & 0x8f);
    uint64_t hits = byte_bits((u8v)((rows & lookup16(bits, s >> 4)) != 0));
#if defined(__AVX512VBMI2__)
    if (found + VAERANS_VECTOR <= room) {
      _mm512_storeu_si512(out + found, _mm512_maskz_compress_epi8(hits, (__m512i)s));
      found += size_t(_mm_popcnt_u64(hits));
      continue;
    }
#endif
    for (; hits != 0; hits &= hits - 1) take(symbols[i + size_t(__builtin_ctzll(hits))]);
  }
#endif
  for (; i < n; i++)
    if (in_set(set, symbols[i])) take(symbols[i]);
  return found;
}

size_t replace(uint8_t marker, uint8_t* symbols, size_t n, const uint8_t* list, size_t count) {
  size_t found = 0, i = 0;
  const auto put = [&](uint8_t* s) {
    if (found < count) *s = list[found];
    found++;
  };
#ifdef VAERANS_BYTE_SIMD
  const u8v markers = splat<u8v>(marker);
  for (; i + VAERANS_VECTOR <= n; i += VAERANS_VECTOR) {
    uint64_t hits = byte_bits((u8v)(load<u8v>(symbols + i) == markers));
#if defined(__AVX512VBMI2__)
    if (found + VAERANS_VECTOR <= count) {
      const __m512i next = _mm512_loadu_si512(list + found);
      _mm512_storeu_si512(symbols + i, _mm512_mask_expand_epi8(_mm512_loadu_si512(symbols + i), hits, next));
      found += size_t(_mm_popcnt_u64(hits));
      continue;
    }
#endif
    for (; hits != 0; hits &= hits - 1) put(symbols + i + size_t(__builtin_ctzll(hits)));
  }
#endif
  for (; i < n; i++)
    if (symbols[i] == marker) put(symbols + i);
  return found;
}

void zigzag(const int32_t* values, size_t n, uint8_t most, uint8_t* tokens) {
  for (size_t i = 0; i < n; i++) {
    const uint32_t z = uint32_t(values[i]) << 1 ^ uint32_t(values[i] >> 31);
    tokens[i] = uint8_t(z < most ? z : most);
  }
}

void unzigzag(const uint8_t* tokens, size_t n, int32_t* values) {
  for (size_t i = 0; i < n; i++) values[i] = int32_t(tokens[i] >> 1) ^ -int32_t(tokens[i] & 1);
}

}  // namespace

VAERANS_DEFINE(symbols) = {
    VAERANS_CHAIN(VAERANS_ENCODER(histogram)), VAERANS_CHAIN(VAERANS_ENCODER(collect)),
    VAERANS_CHAIN(VAERANS_DECODER(replace)),   VAERANS_CHAIN(VAERANS_ENCODER(zigzag)),
    VAERANS_CHAIN(VAERANS_DECODER(unzigzag)),
};
