// Sixteen lanes: I16 of int16_t, U32 of uint32_t, for each instruction set that has vectors. What is common is written with the compiler's
// vectors of 32 and 64 bytes, which it cuts to what the processor has.
#pragma once
#include "../lanes.h"

#if defined(__AVX2__) || defined(__SSE4_2__) || defined(__ARM_NEON) || defined(__wasm_simd128__)
#define VAERANS_PHOTO_VECTORS 1

namespace vaerans_photo {
namespace {

typedef int16_t I16 __attribute__((vector_size(32), aligned(2)));
typedef uint16_t U16 __attribute__((vector_size(32)));
typedef int8_t Half __attribute__((vector_size(16)));

alignas(64) constexpr int16_t kOneLane[48] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1};

VAERANS_INLINE I16 load16(const void* p) {
  I16 v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}
VAERANS_INLINE void store16(void* p, I16 v) { __builtin_memcpy(p, &v, sizeof v); }
VAERANS_INLINE I16 all(int x) { return int16_t(x) - I16{}; }
// v in lane i, 0 elsewhere.
VAERANS_INLINE I16 in_lane(int i, int v) { return load16(kOneLane + 16 - i) & all(v); }

// Word i of `words` (a permutation of 8 halfwords) for a mask of 8 lanes: the lanes of the mask get the words in order.
struct Spread8 {
  uint8_t at[256][8];
};
constexpr Spread8 spread8() {
  Spread8 s{};
  for (int m = 0; m < 256; m++) {
    int n = 0;
    for (int i = 0; i < 8; i++) {
      s.at[m][i] = uint8_t(n);
      if (m >> i & 1) n++;
    }
  }
  return s;
}
struct Spread4 {
  uint8_t at[16][16];
};
constexpr Spread4 spread4() {
  Spread4 s{};
  for (int m = 0; m < 16; m++) {
    int n = 0;
    for (int i = 0; i < 4; i++) {
      const bool set = m >> i & 1;
      s.at[m][4 * i] = set ? uint8_t(2 * n) : 128;
      s.at[m][4 * i + 1] = set ? uint8_t(2 * n + 1) : 128;
      s.at[m][4 * i + 2] = s.at[m][4 * i + 3] = 128;
      n += set;
    }
  }
  return s;
}

}  // namespace
}  // namespace vaerans_photo

#if defined(__AVX2__)
#include "lanes16_x86.h"
#else
#include "lanes16_128.h"
#endif
#endif
