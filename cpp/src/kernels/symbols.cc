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

// Whether any byte is not zero.
VAERANS_INLINE bool any(u8v v) {
#if defined(__AVX512BW__)
  return _mm512_test_epi8_mask((__m512i)v, (__m512i)v) != 0;
#elif defined(__AVX2__)
  return !_mm256_testz_si256((__m256i)v, (__m256i)v);
#elif defined(__SSE4_2__)
  return !_mm_testz_si128((__m128i)v, (__m128i)v);
#elif defined(__ARM_NEON)
  return vmaxvq_u8((uint8x16_t)v) != 0;
#else
  return wasm_v128_any_true((v128_t)v);
#endif
}
#endif

VAERANS_INLINE bool in_set(const uint8_t* set, uint8_t s) { return set[s >> 3] >> (s & 7) & 1; }

// Several tables, so that equal neighbours do not wait for each other's count.
void histogram(const uint8_t* symbols, size_t n, uint32_t* counts) {
  constexpr size_t tables = 8;
  uint32_t part[tables][256];
  __builtin_memset(part, 0, sizeof part);
  size_t i = 0;
  for (; i + 16 <= n; i += 16) {
    uint64_t a, b;
    __builtin_memcpy(&a, symbols + i, 8);
    __builtin_memcpy(&b, symbols + i + 8, 8);
#pragma GCC unroll 8
    for (size_t k = 0; k < tables; k++) {
      part[k][a & 0xff]++;
      part[k][b & 0xff]++;
      a >>= 8;
      b >>= 8;
    }
  }
  for (; i < n; i++) part[0][symbols[i]]++;
  for (size_t s = 0; s < 256; s++)
    for (size_t k = 0; k < tables; k++) counts[s] += part[k][s];
}

size_t collect(const uint8_t* set, const uint8_t* symbols, size_t n, uint8_t* out, size_t room) {
  size_t found = 0, i = 0;
  const auto take = [&](size_t end) {
    for (; i < end; i++) {
      if (!in_set(set, symbols[i])) continue;
      if (found < room) out[found] = symbols[i];
      found++;
    }
  };
#ifdef VAERANS_BYTE_SIMD
  // Row s % 16 of a bit matrix, as two bytes for s / 16 in 0..7 and 8..15, against the bit of s / 16.
  uint8_t low[16] = {}, high[16] = {}, bit[16];
  for (int s = 0; s < 256; s++)
    if (in_set(set, uint8_t(s))) (s < 128 ? low : high)[s & 15] |= uint8_t(1 << (s >> 4 & 7));
  for (int k = 0; k < 16; k++) bit[k] = uint8_t(1 << (k & 7));
  const u8v lows = repeat16(low), highs = repeat16(high), bits = repeat16(bit);
  while (i + VAERANS_VECTOR <= n) {
    const u8v s = load<u8v>(symbols + i);
    const u8v rows = lookup16(lows, s & 0x8f) | lookup16(highs, (s ^ 0x80) & 0x8f);
    if (any(rows & lookup16(bits, s >> 4)))
      take(i + VAERANS_VECTOR);
    else
      i += VAERANS_VECTOR;
  }
#endif
  take(n);
  return found;
}

size_t replace(uint8_t marker, uint8_t* symbols, size_t n, const uint8_t* list, size_t count) {
  size_t found = 0, i = 0;
  const auto put = [&](size_t end) {
    for (; i < end; i++) {
      if (symbols[i] != marker) continue;
      if (found < count) symbols[i] = list[found];
      found++;
    }
  };
#ifdef VAERANS_BYTE_SIMD
  const u8v markers = splat<u8v>(marker);
  while (i + VAERANS_VECTOR <= n) {
    if (any((u8v)(load<u8v>(symbols + i) == markers)))
      put(i + VAERANS_VECTOR);
    else
      i += VAERANS_VECTOR;
  }
#endif
  put(n);
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

VAERANS_DEFINE(symbols) = {histogram, collect, replace, zigzag, unzigzag};
