// The layout of a band, and what vectors and scalars share.
#pragma once
#include "lanes16.h"

namespace vaerans_photo {
namespace {

constexpr size_t kLanes16 = VAERANS_PHOTO_LANES, kLag = VAERANS_PHOTO_LAG;
constexpr int kTokens = VAERANS_PHOTO_TOKENS, kEscape = kTokens - 1;

// Offset of a row that may be one of the 16 in front.
VAERANS_INLINE size_t row_at(size_t pitch, size_t lane, size_t row_and_16) {
  return (row_and_16 % kLanes16) * lane + (row_and_16 / kLanes16) * pitch;
}
VAERANS_INLINE const int16_t* row_of(const vaerans_photo_source& s, ptrdiff_t row) {
  return s.magnitudes + row_at(s.pitch, s.lane, size_t(row + ptrdiff_t(kLanes16)));
}
VAERANS_INLINE size_t groups_of(const vaerans_photo_band& b) { return (b.height + kLanes16 - 1) / kLanes16; }
// Steps until the last lane is done: a multiple of 8.
VAERANS_INLINE size_t steps_of(const vaerans_photo_band& b) {
  const size_t last = (b.height - 1) % kLanes16, groups = groups_of(b);
  const size_t end = (groups - 1) * b.pitch + b.width + kLag * last;
  const size_t before = groups > 1 ? (groups - 2) * b.pitch + b.width + kLag * (kLanes16 - 1) : 0;
  return ((end > before ? end : before) + 7) & ~size_t(7);
}

VAERANS_INLINE uint32_t take_word(uint32_t x, const uint8_t*& p) {
  if (x < 65536) x = x << 16 | uint32_t(p[0]) | uint32_t(p[1]) << 8, p += 2;
  return x;
}
VAERANS_INLINE uint32_t take_bits(uint32_t& x, const uint8_t*& p, int n) {
  const uint32_t v = x & ((1u << n) - 1);
  x = take_word(x >> n, p);
  return v;
}

// What a token of 8 and more leaves open.
VAERANS_LOOP uint32_t large(int token, uint32_t& x, const uint8_t*& p) {
  if (token == kEscape) {
    const uint32_t high = take_bits(x, p, 12);
    return (high << 12 | take_bits(x, p, 12)) + 1;
  }
  const int n = 2 + (token - 8) / 2;
  return uint32_t(2 + (token & 1)) << n | take_bits(x, p, n);
}

VAERANS_INLINE int sign_of(float v) { return (v > 0) - (v < 0); }

// A coefficient that is not 0, or a 0 that was escaped: its magnitude k, the state behind it.
struct Coefficient {
  uint32_t k, x;
  bool negative;
};
// The coefficient of a state whose token is not 0. `signs` is that of its context.
VAERANS_INLINE Coefficient decoded(uint32_t x, int token, const int16_t* ends, uint32_t sign, const uint8_t*& p) {
  const int start = ends[token - 1], frequency = ends[token] - start;
  x = take_word(uint32_t(frequency) * (x >> 15) + (x & 0x7fff) - uint32_t(start) - 1, p);
  const uint32_t k = token < 8 ? uint32_t(token) : large(token, x, p);
  const uint32_t slot = x & 0x7fff;
  const bool negative = slot >= sign;
  x = take_word((negative ? 32768 - sign : sign) * (x >> 15) + slot - (negative ? sign : 0), p);
  return {k, x, negative};
}
// The value of a coefficient of a row: its index less the row's shift.
VAERANS_INLINE float value_of(const Coefficient& c, const float* shifts, int index) {
  const float v = float(index) - shifts[c.k < 3 ? c.k : 3];
  return c.negative ? -v : v;
}

}  // namespace
}  // namespace vaerans_photo
