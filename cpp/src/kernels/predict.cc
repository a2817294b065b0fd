// Predictive coding. The context of a row is sums of products, a vector of columns at a time; symbols are decoded one by one, which the
// lanes' independence lets a processor overlap: no branch that data decides but for escapes.
#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

constexpr size_t kColumns = VAERANS_PREDICT_COLUMNS;
constexpr int kVectors = kColumns / kLanes;
constexpr int kBits = VAERANS_PREDICT_BITS;
constexpr size_t kSymbols = VAERANS_PREDICT_SYMBOLS;
constexpr int32_t kMost = kSymbols / 2 - 1;  // the largest magnitude that is a symbol of its own
constexpr uint32_t kLow = 1u << 16;          // the least state
constexpr int32_t kLeastScale = 16, kLargestScale = (1 << 19) - 1;
constexpr int32_t kResidualMax = 4095;
constexpr int kMostOnes = 20;  // in front of an escaped magnitude

typedef int16_t i16h __attribute__((vector_size(VAERANS_VECTOR / 2)));
typedef uint16_t u16h __attribute__((vector_size(VAERANS_VECTOR / 2)));
typedef uint8_t u8q __attribute__((vector_size(VAERANS_VECTOR / 4)));

// Sums of weight * element over the taps, for kColumns columns.
template <class H, class T>
VAERANS_INLINE void sum(const T* from, const ptrdiff_t* offsets, const int32_t* weights, size_t count,
                        u32v (&acc)[kVectors]) {
  for (int k = 0; k < kVectors; k++) acc[k] = u32v{};
  for (size_t t = 0; t < count; t++) {
    const T* p = from + offsets[t];
    const u32v w = splat<u32v>(uint32_t(weights[t]));
    for (int k = 0; k < kVectors; k++) acc[k] += w * (u32v) __builtin_convertvector(load<H>(p + k * kLanes), i32v);
  }
}

// The part of the scale that follows from the planes before, clipped far outside of what a scale can be.
VAERANS_INLINE void energies(const vaerans_predict_row& row, size_t x, int32_t (&out)[kColumns]) {
  int64_t acc[kColumns] = {};
  for (size_t t = 0; t < row.energy_count; t++) {
    const int32_t* p = row.energy + row.energy_offsets[t] + x;
    const int64_t w = row.energy_weights[t];
    for (size_t i = 0; i < kColumns; i++) acc[i] += w * p[i];
  }
  for (size_t i = 0; i < kColumns; i++) {
    const int64_t e = (acc[i] + 2048) >> 12, most = 1 << 29;
    out[i] = int32_t(e > most ? most : e < -most ? -most : e);
  }
}

VAERANS_INLINE i32v clipped(i32v s, int32_t low, int32_t high) {
  const i32v l = splat<i32v>(low), h = splat<i32v>(high);
  s = s > l ? s : l;
  return s < h ? s : h;
}

void context(const vaerans_predict_row* row, int32_t* means, uint8_t* classes, size_t n) {
  // What is constant over a row: not read again after each store.
  const vaerans_predict_row r = *row;
  for (size_t x = 0; x < n; x += kColumns) {
    u32v acc[kVectors];
    sum<i16h>(r.values + x, r.value_offsets, r.value_weights, r.value_count, acc);
    for (int k = 0; k < kVectors; k++) store(means + x + k * kLanes, acc[k]);
    sum<u16h>(r.residuals + x, r.residual_offsets, r.residual_weights, r.residual_count, acc);
    int32_t energy[kColumns] = {};
    if (r.energy_count > 0) energies(r, x, energy);
    for (int k = 0; k < kVectors; k++) {
      const i32v first = (i32v)(acc[k] + splat<u32v>(128u)) >> 8;
      // Neither of the three reaches 2^30, so that their sum does not wrap.
      const i32v s = clipped(first, -(1 << 29), 1 << 29) + load<i32v>(energy + k * kLanes) + splat<i32v>(r.bias);
      // A float of so small an integer is exact: its exponent and two more bits are the quarter octave.
      const i32v bits = (i32v)to_f32(clipped(s, kLeastScale, kLargestScale));
      const i32v c = (bits >> 21) - splat<i32v>((127 + 4) * 4);
      store(classes + x + k * kLanes, __builtin_convertvector(c, u8q));
    }
  }
}

VAERANS_INLINE uint32_t word_at(const uint8_t* p) { return uint32_t(p[0]) | uint32_t(p[1]) << 8; }

// A state that fell below the least takes a word.
VAERANS_INLINE uint32_t refilled(uint32_t x, const uint8_t*& p) {
  const uint32_t want = 0u - (x < kLow);
  const uint32_t word = word_at(p);
  p += want & 2;
  return x << (want & 16) | (word & want);
}

VAERANS_INLINE uint32_t raw(uint32_t& x, const uint8_t*& p, int bits) {
  const uint32_t v = x & ((1u << bits) - 1);
  x = refilled(x >> bits, p);
  return v;
}

// A magnitude beyond the table: its sign, then Elias gamma of what it is more. 0 if it is too long.
VAERANS_SHARED int32_t escaped(uint32_t& x, const uint8_t*& p) {
  const uint32_t negative = raw(x, p, 1);
  int length = 0;
  while (raw(x, p, 1)) {
    if (++length > kMostOnes) return 0;
  }
  int32_t v = 1;
  for (int i = 0; i < length; i++) v = v << 1 | int32_t(raw(x, p, 1));
  v += kMost;
  return negative ? -v : v;
}

// Index of the entry whose interval holds the slot: the last that does not begin behind it. Where entries are compared many at a time, one
// less than there are such; entries and keys are below 2^31.
VAERANS_INLINE size_t find(const uint32_t* table, uint32_t slot) {
  const uint32_t key = slot << 16 | 0xffff;
#if defined(__AVX512F__)
  const __m512i k = _mm512_set1_epi32(int32_t(key));
  const uint32_t low = _mm512_cmple_epu32_mask(_mm512_loadu_si512(table), k);
  const uint32_t high = _mm512_cmple_epu32_mask(_mm512_loadu_si512(table + 16), k);
  return size_t(__builtin_popcount(low | high << 16)) - 1;
#elif defined(__AVX2__)
  const __m256i k = _mm256_set1_epi32(int32_t(key));
  __m256i behind[4];
  for (int i = 0; i < 4; i++)
    behind[i] = _mm256_cmpgt_epi32(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(table + 8 * i)), k);
  const __m256i both =
      _mm256_packs_epi16(_mm256_packs_epi32(behind[0], behind[1]), _mm256_packs_epi32(behind[2], behind[3]));
  return kSymbols - 1 - size_t(__builtin_popcount(uint32_t(_mm256_movemask_epi8(both))));
#else
  size_t at = 0;
  for (size_t step = kSymbols / 2; step > 0; step /= 2) at += table[at + step] <= key ? step : 0;
  return at;
#endif
}

size_t decode(const uint32_t* tables, uint32_t* states, size_t lanes, const uint8_t* words, size_t count,
              const int32_t* means, const uint8_t* classes, int16_t* values, uint16_t* residuals, size_t n) {
  const uint8_t* p = words;
  const uint8_t* const end = words + 2 * count;
  int32_t least = 0, largest = 0;
  for (size_t i = 0; i < n; i++) {
    const int32_t m = means[i], base = int32_t(uint32_t(m) + 2048) >> 12;
    const int32_t fraction = int32_t(uint32_t(m) - uint32_t(base) * 4096), sign = fraction < 0 ? -1 : 1;
    const int32_t distance = fraction * sign >> 9, phase = distance < 3 ? distance : 3;
    const size_t which = size_t(classes[i]) * VAERANS_PREDICT_PHASES + size_t(phase);
    uint32_t x = states[i & (lanes - 1)];
    const uint32_t slot = x & ((1u << kBits) - 1);
    const uint32_t* table = tables + which * kSymbols;
    const size_t k = find(table, slot);
    x = refilled((table[k] & 0xffff) * (x >> kBits) + slot - (table[k] >> 16), p);
    int32_t e = int32_t(k) - kMost;
    if (__builtin_expect(k == kSymbols - 1, 0)) {
      e = escaped(x, p);
      if (e == 0) return p > end ? VAERANS_PREDICT_SHORT : VAERANS_PREDICT_RANGE;
    }
    const int wide = int(classes[i] + 16) / 4 - 13, low_bits = wide > 0 ? wide : 0;
    e = e * (1 << low_bits) + int32_t(raw(x, p, low_bits));
    states[i & (lanes - 1)] = x;
    if (p > end) return VAERANS_PREDICT_SHORT;
    const int32_t q = base + sign * e;
    least = q < least ? q : least;
    largest = q > largest ? q : largest;
    const uint32_t d = uint32_t(q) * 4096 - uint32_t(m), a = int32_t(d) < 0 ? 0 - d : d;
    const uint32_t r = (a + 128) >> 8;
    values[i] = int16_t(q);
    residuals[i] = uint16_t(r < uint32_t(kResidualMax) ? r : uint32_t(kResidualMax));
  }
  if (least < -32767 || largest > 32767) return VAERANS_PREDICT_RANGE;
  return size_t(p - words) / 2;
}

}  // namespace

VAERANS_DEFINE(predict) = {
    VAERANS_PREDICTOR(context),
    VAERANS_PREDICTOR(VAERANS_DECODER(decode)),
};
