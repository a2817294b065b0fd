// One sample of predictive coding: its prediction, its scale, its table, and what a symbol says.
#ifndef VAERANS_LOSSLESS_SAMPLE_H
#define VAERANS_LOSSLESS_SAMPLE_H

#include "lanes.h"

namespace {

typedef uint32_t u32x4 __attribute__((vector_size(16)));
typedef int16_t i16x16 __attribute__((vector_size(32)));

constexpr int32_t kMostDistance = (1 << 19) - 1;
constexpr int kSymbols = VAERANS_LOSSLESS_SYMBOLS;
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

VAERANS_INLINE int32_t magnitude(int32_t a) { return a < 0 ? -a : a; }
VAERANS_INLINE int32_t distance(int32_t a, int32_t b) { return magnitude(a - b); }

VAERANS_INLINE u32x4 product(const int32_t* values, const int32_t* coefficients) {
  return load<u32x4>(values) * load<u32x4>(coefficients);
}

VAERANS_INLINE uint32_t total(u32x4 v) { return v[0] + v[1] + (v[2] + v[3]); }

// What was decoded last: the three values to the left, and the distances of two.
struct Left {
  int32_t value[3];
  int32_t distance[2];
};

// The prediction, Q8 and rounded; its sign and table; the bits of a residual that no table knows.
struct Guess {
  int32_t exact, whole, sign, least;
  uint16_t* table;
  int shift;
};

VAERANS_INLINE const int32_t* class_of(const vaerans_lossless_row& r, const Left& left, size_t x, int32_t down) {
  const int32_t h = r.across[x] + distance(left.value[0], left.value[1]), v = r.down[x] + down, both = h + v;
  const int level = (both >= r.limits[0]) + (both >= r.limits[1]) + (both >= r.limits[2]);
  const int along = 1 + (v > 2 * h + r.limits[3]) - (h > 2 * v + r.limits[3]);
  return r.coefficients + (level * 3 + along) * VAERANS_LOSSLESS_COEFFICIENTS;
}

VAERANS_INLINE int32_t predicted(const vaerans_lossless_row& r, const int32_t* c, const Left& left, size_t x) {
  const int32_t* above = r.above[0].values + x;
  u32x4 sum = product(above - 2, c) + product(r.above[1].values + x - 1, c + 4);
  uint32_t rest = uint32_t(left.value[0]) * uint32_t(c[8]) + uint32_t(left.value[1]) * uint32_t(c[9]) +
                  uint32_t(left.value[2]) * uint32_t(c[10]) + uint32_t(above[2]) * uint32_t(c[11]);
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

VAERANS_INLINE Guess guess(const vaerans_lossless_row& r, const Left& left, size_t x) {
  Guess g;
  const int32_t down = distance(left.value[0], r.above[0].values[int64_t(x) - 1]);
  const int32_t p = predicted(r, class_of(r, left, x, down), left, x);
  g.least = -r.lead[0].values[x];
  const int32_t low = g.least * 256, high = low + r.most * 256;
  g.exact = p < low ? low : p > high ? high : p;
  g.whole = (g.exact + 128) >> 8;
  const int32_t fraction = g.exact - g.whole * 256;
  g.sign = fraction < 0 ? -1 : 1;
  const uint32_t near = (uint32_t(fraction * g.sign) * r.inverse) >> 21;
  const uint32_t phase = near < VAERANS_LOSSLESS_PHASES ? near : VAERANS_LOSSLESS_PHASES - 1;
  const uint32_t energy = uint32_t(r.energy[x]) + uint32_t(r.weights[1]) * uint32_t(left.distance[0]) +
                          uint32_t(r.weights[5]) * uint32_t(left.distance[1]) + uint32_t(r.weights[8]) * uint32_t(16 * down);
  const int scale = scale_class(uint32_t((uint64_t(energy) * r.inverse) >> 24));
  const int above = scale - (VAERANS_LOSSLESS_SCALES - 1), wide = above > 0 ? (above + 3) >> 2 : 0;
  g.shift = wide < kMostShift ? wide : kMostShift;
  const int within = scale - 4 * g.shift, kept = within < VAERANS_LOSSLESS_SCALES ? within : VAERANS_LOSSLESS_SCALES - 1;
  g.table = r.tables + (size_t(kept) * VAERANS_LOSSLESS_PHASES + phase) * kSymbols;
  return g;
}

// The value that a code stands for, which goes into the row.
VAERANS_INLINE void place(const vaerans_lossless_row& r, const Guess& g, int32_t code, Left& left, size_t x) {
  const int32_t half = (code + 1) >> 1, residual = (code & 1 ? half : -half) * g.sign;
  int32_t value = g.whole + residual * r.step;
  value = value < g.least ? g.least : value;
  value = value > g.least + r.most ? g.least + r.most : value;
  const int32_t far = distance(value * 16, g.exact >> 4), d = far < kMostDistance ? far : kMostDistance;
  left = Left{{value, left.value[0], left.value[1]}, {d, left.distance[0]}};
  r.values[x] = value;
  r.distances[x] = d;
}

}  // namespace

#endif
