// Predictive coding of samples. Rows that do not follow from one another are decoded side by side, so that a processor overlaps their chains
// of dependent steps.
#include "lossless_sample.h"

namespace {

constexpr uint32_t kLow = 1u << 16;  // the least state
constexpr int kEscapeBits = 7;       // an escaped magnitude has more

// Vectors over columns.
VAERANS_INLINE i32v far(i32v a, i32v b) {
  const i32v d = a - b;
  return d < 0 ? -d : d;
}
VAERANS_INLINE u32v weighted(i32v a, const int32_t* weight) { return (u32v)a * splat<u32v>(uint32_t(*weight)); }

VAERANS_INLINE u32v earlier(const vaerans_lossless_side (&side)[2], const int32_t* w, size_t x) {
  const int32_t *p = side[0].distances + x, *q = side[1].distances + x;
  return weighted(load<i32v>(p), w) + weighted(load<i32v>(p - 1) + load<i32v>(p + 1) + load<i32v>(q), w + 1) +
         weighted(load<i32v>(q - 1) + load<i32v>(q + 1), w + 2);
}

VAERANS_INLINE u32v own(const vaerans_lossless_row& r, const int32_t* w, size_t x) {
  const int32_t *p = r.above[0].distances + x, *q = r.above[1].distances + x;
  return splat<u32v>(16 * uint32_t(w[0])) + weighted(load<i32v>(p), w + 2) + weighted(load<i32v>(p - 1), w + 3) +
         weighted(load<i32v>(p + 1), w + 4) + weighted(load<i32v>(q), w + 6) +
         weighted(load<i32v>(p - 2) + load<i32v>(p + 2), w + 7) +
         weighted(load<i32v>(q - 1) + load<i32v>(q + 1), w + 11);
}

void context(const vaerans_lossless_row* row, size_t n) {
  const vaerans_lossless_row r = *row;
  for (size_t x = 0; x < n; x += kLanes) {
    const int32_t *p = r.above[0].values + x, *q = r.above[1].values + x;
    const int32_t *g = r.lead[0].values + x, *a = r.lead[1].values + x;
    const i32v above = load<i32v>(p), right = load<i32v>(p + 1), lead = load<i32v>(g), lead_left = load<i32v>(g - 1);
    const i32v west = far(above, load<i32v>(p - 1)), east = far(above, right);
    store(r.across + x, west + east + far(lead, lead_left) + far(lead, load<i32v>(g + 1)));
    store(r.down + x, far(above, load<i32v>(q)) + far(right, load<i32v>(q + 1)) + far(lead, load<i32v>(a)) +
                          far(lead_left, load<i32v>(a - 1)));
    u32v e = own(r, r.weights, x) + weighted(west * 16, r.weights + 9) + weighted(east * 16, r.weights + 10);
    if (r.earlier > 0) e += earlier(r.first, r.weights + 12, x);
    if (r.earlier > 1) e += earlier(r.second, r.weights + 15, x);
    store(r.energy + x, e);
  }
}

// A state that fell below the least takes a word.
VAERANS_INLINE uint32_t refilled(uint32_t x, const uint8_t*& p) {
  const uint32_t want = 0u - (x < kLow);
  const uint32_t word = uint32_t(p[0]) | uint32_t(p[1]) << 8;
  p += want & 2;
  return x << (want & 16) | (word & want);
}

VAERANS_INLINE uint32_t raw(vaerans_lossless_lane& lane, int bits) {
  const uint32_t v = lane.state & ((1u << bits) - 1);
  lane.state = refilled(lane.state >> bits, lane.words);
  return v;
}

// A magnitude beyond the table: the number of its bits behind the first eight, then all but the first.
VAERANS_SHARED uint32_t escaped(vaerans_lossless_lane& lane, int shift) {
  const int more = int(raw(lane, 4));
  const uint32_t high = raw(lane, kEscapeBits), low = raw(lane, more);
  const uint64_t v = (uint64_t(1u << kEscapeBits | high) << more | low) << shift | raw(lane, shift);
  return uint32_t(v < uint64_t(kMostCode) ? v : uint64_t(kMostCode));
}

VAERANS_INLINE int32_t decoded(const Guess& g, vaerans_lossless_lane& lane, uint32_t rate) {
  const uint32_t slot = lane.state & ((1u << VAERANS_LOSSLESS_BITS) - 1);
  const size_t s = find(g.table, slot);
  // Behind the last symbol stands a table's first number, 0: modulo 2^15 the end of all.
  const uint32_t begin = g.table[s], frequency = (g.table[s + 1] - begin) & ((1u << VAERANS_LOSSLESS_BITS) - 1);
  lane.state = refilled(frequency * (lane.state >> VAERANS_LOSSLESS_BITS) + slot - begin, lane.words);
  adapt(g.table, s, rate);
  if (__builtin_expect(s == kSymbols - 1, 0)) return int32_t(escaped(lane, g.shift));
  return int32_t((uint32_t(kBase[s]) << g.shift) + raw(lane, kExtra[s] + g.shift));
}

// Rows side by side, column after column, each step for all rows: a processor looks only so many instructions ahead, and finds a step of
// every row among them.
template <size_t kCount>
VAERANS_LOOP size_t decode_rows(const vaerans_lossless_row* rows, vaerans_lossless_lane* lanes, size_t n) {
  vaerans_lossless_row row[kCount];
  vaerans_lossless_lane lane[kCount];
  Guess g[kCount];
  for (size_t i = 0; i < kCount; i++) row[i] = rows[i], lane[i] = lanes[i];
  for (size_t x = 0; x < n; x++) {
    for (size_t i = 0; i < kCount; i++) g[i] = guess(row[i], x);
    for (size_t i = 0; i < kCount; i++) place(row[i], g[i], decoded(g[i], lane[i], row[i].rate), x);
    for (size_t i = 0; i < kCount; i++)
      if (lane[i].words > lane[i].end) return 0;
  }
  for (size_t i = 0; i < kCount; i++) lanes[i] = lane[i];
  return 1;
}

size_t decode(const vaerans_lossless_row* rows, vaerans_lossless_lane* lanes, size_t count, size_t n) {
  if (count >= 3) {
    if (!decode_rows<3>(rows, lanes, n)) return 0;
    rows += 3, lanes += 3, count -= 3;
  }
  for (size_t i = 0; i < count; i++)
    if (!decode_rows<1>(rows + i, lanes + i, n)) return 0;
  return 1;
}

// Records of a code; gives where the next ones go.
VAERANS_INLINE vaerans_lossless_record* record(vaerans_lossless_record* to, const Guess& g, uint32_t code,
                                               uint32_t rate) {
  const uint32_t v = code >> g.shift, low = code & ((1u << g.shift) - 1);
  size_t s = v < 8 ? v : kSymbols - 1;
  int octave = 0;
  if (v >= 8) {
    octave = 31 - __builtin_clz(v);
    if (octave < 6) s = size_t(2 + 2 * octave) + (v >> (octave - 1) & 1);
    if (octave == 6) s = kSymbols - 2;
  }
  const uint32_t begin = g.table[s], frequency = (g.table[s + 1] - begin) & ((1u << VAERANS_LOSSLESS_BITS) - 1);
  adapt(g.table, s, rate);
  const uint32_t interval = begin << 16 | frequency;
  if (s < kSymbols - 1) {
    const uint32_t bits = uint32_t(kExtra[s] + g.shift);
    *to++ = {interval, bits << 16 | (code - (uint32_t(kBase[s]) << g.shift))};
    return to;
  }
  const uint32_t more = uint32_t(octave - kEscapeBits);
  *to++ = {interval, 4u << 16 | more};
  *to++ = {0, uint32_t(kEscapeBits) << 16 | (v >> more & ((1u << kEscapeBits) - 1))};
  *to++ = {0, more << 16 | (v & ((1u << more) - 1))};
  *to++ = {0, uint32_t(g.shift) << 16 | low};
  return to;
}

size_t encode(const vaerans_lossless_row* row, const int32_t* values, vaerans_lossless_record* records, size_t n) {
  const vaerans_lossless_row r = *row;
  vaerans_lossless_record* to = records;
  for (size_t x = 0; x < n; x++) {
    const Guess g = guess(r, x);
    const int32_t residual = signed_by(values[x] - g.whole, g.sign), size = magnitude(residual);
    const int32_t q = r.step == 1 ? size : (size + r.step / 2) / r.step;
    const int32_t code = 2 * q - int32_t(uint32_t(-residual & -q) >> 31);
    to = record(to, g, uint32_t(code), r.rate);
    // Not by way of the code: the next column does not wait for it.
    if (r.step == 1) settle(r, g, values[x], x);
    else place(r, g, code, x);
  }
  return size_t(to - records);
}

typedef float f32x8 __attribute__((vector_size(32)));

void moments(const float* features, const float* weights, float* sums, size_t n) {
  constexpr size_t kFeatures = VAERANS_LOSSLESS_FEATURES, kBatch = VAERANS_LOSSLESS_BATCH;
  for (size_t i = 0; i < n; i++) {
    float w[kBatch];
    for (size_t s = 0; s < kBatch; s++) w[s] = weights[s] * features[s * kFeatures + i];
    for (size_t j = 0; j <= i; j += 8) {
      float* const to = sums + i * kFeatures + j;
      f32x8 sum = load<f32x8>(to);
      for (size_t s = 0; s < kBatch; s++) sum += (w[s] - f32x8{}) * load<f32x8>(features + s * kFeatures + j);
      store(to, sum);
    }
  }
}

}  // namespace

VAERANS_DEFINE(lossless) = {
    VAERANS_CODER(context),
    VAERANS_DECODER(decode),
    VAERANS_ENCODER(encode),
    VAERANS_ENCODER(moments),
};
