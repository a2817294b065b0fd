// Bands whose indices are known: their rows of the tables, and their words.
#pragma once
#include "energies.h"
#include "trellis.h"

namespace vaerans_photo {
namespace {

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
    int state = 0;
    for (size_t x = 0; x < b.width; x++) {
      const int32_t i = indices[here + x], k = i < 0 ? -i : i;
      to[x] |= uint8_t((state & 1) << 6);
      if (k) {
        const float v = float(2 * k - (state & 1)) - m.shifts[4 * size_t(to[x]) + size_t(k < 3 ? k : 3)];
        values[here + x] = i < 0 ? -v : v;
      }
      state = m.next[2 * state + (k & 1)];
    }
  }
}

// Words from the last one on.
struct Backwards {
  uint16_t* at;
  // Room for a symbol of this frequency.
  inline uint32_t give(uint32_t x, uint32_t frequency) {
    if (x >> 17 >= frequency) *--at = uint16_t(x), x >>= 16;
    return x;
  }
  inline uint32_t symbol(uint32_t x, uint32_t start, uint32_t frequency) {
    x = give(x, frequency);
    return (x / frequency << 15) + x % frequency + start;
  }
  inline uint32_t raw(uint32_t x, uint32_t value, int bits) {
    if (bits && x >> (32 - bits)) *--at = uint16_t(x), x >>= 16;
    return x << bits | value;
  }
  inline uint32_t index(uint32_t x, const vaerans_photo_model& m, const uint16_t* counts, size_t row, uint32_t k, bool negative, uint32_t plus) {
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

VAERANS_LOOP size_t encode(const vaerans_photo_band* band, const vaerans_photo_model* of_band, const uint16_t* counts, const uint8_t* rows,
                           const int32_t* indices, const float* values, uint32_t* states, uint16_t* end) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  Backwards out{end};
  ptrdiff_t above[kLanes16];
  for (size_t l = 0; l < kLanes16; l++) above[l] = l ? -ptrdiff_t(b.lane) : ptrdiff_t((kLanes16 - 1) * b.lane) - ptrdiff_t(b.pitch);
  for (size_t t = steps_of(b); t-- > 0;) {
    size_t place[kLanes16];
    uint32_t zero = 0, other = 0;
    for (size_t l = 0; l < kLanes16; l++) {
      if (t < kLag * l) continue;
      const size_t group = (t - kLag * l) / b.pitch, x = (t - kLag * l) % b.pitch;
      if (x >= b.width || group * kLanes16 + l >= b.height) continue;
      place[l] = l * b.lane + (group + 1) * b.pitch + x;
      (indices[place[l]] ? other : zero) |= 1u << l;
    }
    for (; zero; zero &= ~(1u << (31 - __builtin_clz(zero)))) {
      const int l = 31 - __builtin_clz(zero);
      states[l] = out.symbol(states[l], 0, m.zeros[rows[place[l]]]);
    }
    for (; other; other &= ~(1u << (31 - __builtin_clz(other)))) {
      const int l = 31 - __builtin_clz(other);
      const size_t i = place[l];
      const int context = 3 * sign_of(values[i - 1]) + sign_of(values[ptrdiff_t(i) + above[l]]) + 4;
      const int32_t k = indices[i];
      states[l] = out.index(states[l], m, counts, rows[i], uint32_t(k < 0 ? -k : k), k < 0, m.signs[context]);
    }
  }
  return size_t(end - out.at);
}

}  // namespace
}  // namespace vaerans_photo
