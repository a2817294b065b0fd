// One sample of predictive coding: its prediction, its scale, its table, and what a symbol says.
#ifndef VAERANS_LOSSLESS_SAMPLE_H
#define VAERANS_LOSSLESS_SAMPLE_H

#include "lanes.h"

namespace {

typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef int16_t i16x16 __attribute__((vector_size(32)));

constexpr int32_t kMostDistance = (1 << 19) - 1;
constexpr int kSymbols = VAERANS_LOSSLESS_SYMBOLS;
constexpr int kScales = VAERANS_LOSSLESS_SCALES;
constexpr int kMostShift = 10;
constexpr int32_t kMostCode = 1 << 18;

// Magnitudes that symbols stand for, and how many bits tell them apart.
constexpr uint8_t kBase[kSymbols] = {0, 1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 24, 32, 48, 64, 128};
constexpr uint8_t kExtra[kSymbols] = {0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 3, 3, 4, 4, 6, 0};

// What a table moves towards after a symbol: all of the probability but one unit for each other symbol.
struct Targets {
  alignas(32) int16_t of[kSymbols][kSymbols];
  constexpr Targets() : of() {
    for (int s = 0; s < kSymbols; s++)
      for (int i = 0; i < kSymbols; i++) of[s][i] = int16_t(i > s ? (1 << VAERANS_LOSSLESS_BITS) - kSymbols + i : i);
  }
};
constexpr Targets kTargets;

VAERANS_INLINE void adapt(uint16_t* table, size_t symbol, uint32_t rate) {
  const i16x16 now = load<i16x16>(table);
  store(table, now + ((load<i16x16>(kTargets.of[symbol]) - now) >> int16_t(rate)));
}

// The last symbol that does not begin behind the slot.
VAERANS_INLINE size_t find(const uint16_t* table, uint32_t slot) {
#if defined(__AVX2__)
  const __m256i t = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(table));
  const uint32_t behind = uint32_t(_mm256_movemask_epi8(_mm256_cmpgt_epi16(t, _mm256_set1_epi16(int16_t(slot)))));
  return size_t(__builtin_ctzll(behind | 1ull << 32)) / 2 - 1;
#elif defined(__SSE4_2__)
  const __m128i s = _mm_set1_epi16(int16_t(slot));
  const __m128i a = _mm_cmpgt_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table)), s);
  const __m128i b = _mm_cmpgt_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(table + 8)), s);
  return size_t(__builtin_ctz(uint32_t(_mm_movemask_epi8(_mm_packs_epi16(a, b))) | 1u << 16)) - 1;
#elif defined(__wasm_simd128__)
  const v128_t s = wasm_i16x8_splat(int16_t(slot));
  const v128_t a = wasm_i16x8_gt(wasm_v128_load(table), s), b = wasm_i16x8_gt(wasm_v128_load(table + 8), s);
  return size_t(__builtin_ctz(uint32_t(wasm_i8x16_bitmask(wasm_i8x16_narrow_i16x8(a, b))) | 1u << 16)) - 1;
#elif defined(__ARM_NEON) && defined(__aarch64__)
  const int16x8_t s = vdupq_n_s16(int16_t(slot));
  const int16_t* const t = reinterpret_cast<const int16_t*>(table);
  const uint16x8_t behind = vaddq_u16(vcgtq_s16(vld1q_s16(t), s), vcgtq_s16(vld1q_s16(t + 8), s));
  return size_t(kSymbols - 1 + int16_t(vaddvq_u16(behind)));
#else
  size_t at = 0;
  for (size_t step = kSymbols / 2; step > 0; step /= 2) at += table[at + step] <= slot ? step : 0;
  return at;
#endif
}

// Without branches, which data would decide: the sign as a mask, 0 or -1; v negated where the mask is set; the larger of v and 0.
VAERANS_INLINE int32_t sign_of(int32_t v) { return v >> 31; }
VAERANS_INLINE int32_t signed_by(int32_t v, int32_t mask) { return (v ^ mask) - mask; }
VAERANS_INLINE int32_t not_negative(int32_t v) { return v & ~(v >> 31); }

VAERANS_INLINE int32_t magnitude(int32_t a) { return a < 0 ? -a : a; }
VAERANS_INLINE int32_t distance(int32_t a, int32_t b) { return magnitude(a - b); }

// What stands n columns to the left.
VAERANS_INLINE int32_t left(const int32_t* p, size_t x, int n) { return p[ptrdiff_t(x) - n]; }

VAERANS_INLINE u32x4 product(const int32_t* values, const int32_t* coefficients) {
  return load<u32x4>(values) * load<u32x4>(coefficients);
}

VAERANS_INLINE uint32_t total(u32x4 v) { return v[0] + v[1] + (v[2] + v[3]); }

// The prediction, Q8 and rounded; -1 if that is above it, else 0; the table; the bits of a residual that no table knows.
struct Guess {
  int32_t exact, whole, sign, least;
  uint16_t* table;
  int shift;
};

VAERANS_INLINE const int32_t* class_of(const vaerans_lossless_row& r, size_t x, int32_t down) {
  const int32_t h = r.across[x] + distance(left(r.values, x, 1), left(r.values, x, 2)), v = r.down[x] + down,
                both = h + v;
  const int level = (both >= r.limits[0]) + (both >= r.limits[1]) + (both >= r.limits[2]);
  const int along = 1 + (v > 2 * h + r.limits[3]) - (h > 2 * v + r.limits[3]);
  return r.coefficients + (level * 3 + along) * VAERANS_LOSSLESS_COEFFICIENTS;
}

VAERANS_INLINE int32_t predicted(const vaerans_lossless_row& r, const int32_t* c, size_t x) {
  const int32_t* above = r.above[0].values + x;
  u32x4 sum = product(above - 2, c) + product(r.above[1].values + x - 1, c + 4);
  const uint32_t rest = uint32_t(left(r.values, x, 1)) * uint32_t(c[8]) +
                        uint32_t(left(r.values, x, 2)) * uint32_t(c[9]) +
                        uint32_t(left(r.values, x, 3)) * uint32_t(c[10]) + uint32_t(above[2]) * uint32_t(c[11]);
  if (r.earlier > 0) sum += product(r.first[0].values + x - 2, c + 12) + product(r.first[1].values + x - 1, c + 16);
  if (r.earlier > 1) sum += product(r.second[0].values + x - 2, c + 20) + product(r.second[1].values + x - 1, c + 24);
  return int32_t(total(sum) + rest);
}

// Quarter octave of a scale in 1/64, from 1/16 on.
VAERANS_INLINE int scale_class(uint32_t scale) {
  const uint32_t s = scale < 4 ? 4 : scale;
  const int octave = 31 - __builtin_clz(s);
  return octave * 4 + int(s >> (octave - 2)) - 12;
}

VAERANS_INLINE Guess guess(const vaerans_lossless_row& r, size_t x) {
  Guess g;
  const int32_t down = distance(left(r.values, x, 1), left(r.above[0].values, x, 1));
  const int32_t p = predicted(r, class_of(r, x, down), x);
  g.least = -r.lead[0].values[x];
  const int32_t low = g.least * 256, high = low + r.most * 256;
  g.exact = p < low ? low : p > high ? high : p;
  g.whole = (g.exact + 128) >> 8;
  const int32_t fraction = g.exact - g.whole * 256;
  g.sign = sign_of(fraction);
  const uint32_t near = (uint32_t(signed_by(fraction, g.sign)) * r.inverse) >> 21;  // at most 4
  const uint32_t phase = near - (near >> 2);
  const uint32_t energy = uint32_t(r.energy[x]) + uint32_t(r.weights[1]) * uint32_t(left(r.distances, x, 1)) +
                          uint32_t(r.weights[5]) * uint32_t(left(r.distances, x, 2)) +
                          uint32_t(r.weights[8]) * uint32_t(16 * down);
  const int scale = scale_class(uint32_t((uint64_t(energy) * r.inverse) >> 24));
  const int wide = not_negative(scale - (kScales - 1) + 3) >> 2;
  g.shift = kMostShift - not_negative(kMostShift - wide);
  const int kept = kScales - 1 - not_negative(kScales - 1 - (scale - 4 * g.shift));
  g.table = r.tables + (size_t(kept) * VAERANS_LOSSLESS_PHASES + phase) * kSymbols;
  return g;
}

VAERANS_INLINE void settle(const vaerans_lossless_row& r, const Guess& g, int32_t value, size_t x) {
  const int32_t far = distance(value * 16, g.exact >> 4);
  r.values[x] = value;
  r.distances[x] = far < kMostDistance ? far : kMostDistance;
}

// The value that a code stands for, which goes into the row.
VAERANS_INLINE void place(const vaerans_lossless_row& r, const Guess& g, int32_t code, size_t x) {
  const int32_t half = (code + 1) >> 1, residual = signed_by(half, ~g.sign ^ -(code & 1));
  int32_t value = g.whole + residual * r.step;
  value = value < g.least ? g.least : value;
  settle(r, g, value > g.least + r.most ? g.least + r.most : value, x);
}

}  // namespace

#endif
