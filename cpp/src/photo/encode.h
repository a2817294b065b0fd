// Bands whose indices are known: their rows of the tables, and their words.
#pragma once
#include "energies.h"
#include "trellis.h"

namespace vaerans_photo {
namespace {

// Values of a row's indices; `rows` becomes rows of the tables, by each quantizer's state.
VAERANS_INLINE void values_of(const vaerans_photo_model& m, const int32_t* indices, size_t width, uint8_t* rows,
                              float* values) {
  int state = 0;
  for (size_t x = 0; x < width; x++) {
    const int32_t i = indices[x], k = i < 0 ? -i : i, odd = state & 1;
    const size_t row = rows[x] | size_t(odd) << 6;
    const float v = float(2 * k - odd) - m.shifts[4 * row + size_t(k < 3 ? k : 3)];
    rows[x] = uint8_t(row);
    values[x] = k ? (i < 0 ? -v : v) : 0.0f;
    state = m.next[2 * state + (k & 1)];
  }
}

VAERANS_LOOP void describe(const vaerans_photo_band* band, const vaerans_photo_model* of_band, const int16_t* energies,
                           const int16_t* magnitudes, const int32_t* indices, uint8_t* rows, float* values) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  const size_t lane = lane_of_rows(b);
  for (size_t y = 0; y < b.height; y++) {
    const size_t here = row_at(b.pitch, b.lane, y + kLanes16);
    const int16_t* e = energies + 32 + (y % kLanes16) * lane + (y / kLanes16) * b.pitch;
    const int16_t* w = magnitudes + here;
    const int16_t* n = magnitudes + row_at(b.pitch, b.lane, y + kLanes16 - 1);
    const int16_t* nn = magnitudes + row_at(b.pitch, b.lane, y >= 2 ? y + kLanes16 - 2 : kLanes16 - 1);
    uint8_t* to = rows + here;
    for (size_t x = 0; x < b.width; x++) {
      const int16_t* west = w + x;
      const int16_t* north = n + x;
      int sum = e[x] + ((4 * west[-1] * m.weights[0] + 0x4000) >> 15) + ((4 * west[-2] * m.weights[1] + 0x4000) >> 15);
      sum += ((4 * north[0] * m.weights[2] + 0x4000) >> 15) + ((4 * nn[x] * m.weights[3] + 0x4000) >> 15);
      sum += ((4 * north[-1] * m.weights[4] + 0x4000) >> 15) + ((4 * north[1] * m.weights[5] + 0x4000) >> 15);
      const float f = float(sum < 32767 ? sum : 32767);
      int32_t bits;
      __builtin_memcpy(&bits, &f, 4);
      const int32_t c = (bits >> 21) - (0x41000000 >> 21);
      to[x] = uint8_t(c < 0 ? 0 : c);
    }
    values_of(m, indices + here, b.width, to, values + here);
  }
}

// Words from the last one on.
struct Backwards {
  uint16_t* at;
  // Room for a symbol of this frequency.
  inline uint32_t give(uint32_t x, uint32_t frequency) {
    const bool is_full = x >> 17 >= frequency;
    at[-1] = uint16_t(x);
    at -= is_full;
    return is_full ? x >> 16 : x;
  }
  inline uint32_t symbol(uint32_t x, uint32_t start, uint32_t frequency) {
    x = give(x, frequency);
    return (x / frequency << 15) + x % frequency + start;
  }
  inline uint32_t raw(uint32_t x, uint32_t value, int bits) {
    if (bits && x >> (32 - bits)) *--at = uint16_t(x), x >>= 16;
    return x << bits | value;
  }
  inline uint32_t index(uint32_t x, const vaerans_photo_model& m, const uint16_t* counts, size_t row, uint32_t k,
                        bool negative, uint32_t plus) {
    x = symbol(x, negative ? plus : 0, negative ? 32768 - plus : plus);
    int token = token_of(int32_t(k));
    if (k && counts[row * 32 + size_t(token)] == 0) token = kEscape;
    if (token == kEscape) {
      x = raw(x, (k - 1) & 4095, 12);
      x = raw(x, (k - 1) >> 12, 12);
    } else if (token >= 8) {
      const int n = 2 + (token - 8) / 2;
      x = raw(x, k & ((1u << n) - 1), n);
    }
    return symbol(x, uint32_t(m.ends[row * 32 + size_t(token) - 1] + 1), counts[row * 32 + size_t(token)]);
  }
};

// Where the lanes are, from the last step back to the first.
struct Places {
  size_t at[kLanes16];        // place of each lane's coefficient
  ptrdiff_t above[kLanes16];  // from there to the row above
  int32_t column[kLanes16], step[kLanes16], end[kLanes16];
  int32_t width, pitch;
  explicit inline Places(const vaerans_photo_band& b) : width(int32_t(b.width)), pitch(int32_t(b.pitch)) {
    for (size_t l = 0; l < kLanes16; l++) {
      const ptrdiff_t t = ptrdiff_t(steps_of(b)) - ptrdiff_t(kLag * l), p = ptrdiff_t(b.pitch);
      above[l] = l ? -ptrdiff_t(b.lane) : ptrdiff_t((kLanes16 - 1) * b.lane) - p;
      at[l] = size_t(ptrdiff_t(l * b.lane) + p + t);
      column[l] = int32_t((t + 16 * p) % p);
      step[l] = int32_t(t);
      end[l] = l < b.height ? int32_t((b.height - l + kLanes16 - 1) / kLanes16 * b.pitch) : 0;
    }
  }
};

// One step back: the lanes that have a coefficient.
VAERANS_INLINE uint32_t back(Places& p) {
  uint32_t there = 0;
  for (size_t l = 0; l < kLanes16; l++) {
    p.at[l]--, p.step[l]--, p.column[l]--;
    p.column[l] += p.column[l] < 0 ? p.pitch : 0;
    there |= uint32_t((p.column[l] < p.width) & (p.step[l] >= 0) & (p.step[l] < p.end[l])) << l;
  }
  return there;
}

VAERANS_LOOP size_t encode(const vaerans_photo_band* band, const vaerans_photo_model* of_band, const uint16_t* counts,
                           const uint8_t* rows, const int32_t* indices, const float* values, uint32_t* states,
                           uint16_t* end) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  Backwards out{end};
  Places places(b);
  for (size_t t = steps_of(b); t-- > 0;) {
    const uint32_t there = back(places);
    const size_t* place = places.at;
    uint32_t other = 0;
    for (size_t l = 0; l < kLanes16; l++) other |= uint32_t(indices[place[l]] != 0) << l;
    other &= there;
    uint32_t zero = there ^ other;
    for (; zero; zero &= ~(1u << (31 - __builtin_clz(zero)))) {
      const int l = 31 - __builtin_clz(zero);
      states[l] = out.symbol(states[l], 0, m.zeros[rows[place[l]]]);
    }
    for (; other; other &= ~(1u << (31 - __builtin_clz(other)))) {
      const int l = 31 - __builtin_clz(other);
      const size_t i = place[l];
      const int context = 3 * sign_of(values[i - 1]) + sign_of(values[ptrdiff_t(i) + places.above[l]]) + 4;
      const int32_t k = indices[i];
      states[l] = out.index(states[l], m, counts, rows[i], uint32_t(k < 0 ? -k : k), k < 0, m.signs[context]);
    }
  }
  return size_t(end - out.at);
}

}  // namespace
}  // namespace vaerans_photo
