// Classes of blocks: how active they are, which way their edges run.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr int kMost = 8191;  // of a second difference: so that eight fit 16 bits

// |2 x - a - b| of a row and the one below, cut, for `n` columns from -4 on.
VAERANS_INLINE void second_differences(const int16_t* p, ptrdiff_t away, size_t stride, uint16_t* out, size_t n) {
  const int16_t* q = p + stride;
  for (size_t x = 0; x < n; x++) {
    const int32_t d = 2 * p[x] - p[ptrdiff_t(x) + away] - p[ptrdiff_t(x) - away];
    const int32_t e = 2 * q[x] - q[ptrdiff_t(x) + away] - q[ptrdiff_t(x) - away];
    const int32_t a = d < 0 ? -d : d, b = e < 0 ? -e : e;
    out[x] = uint16_t((a < kMost ? a : kMost) + (b < kMost ? b : kMost));
  }
}

// Sort of a block from its four sums.
VAERANS_INLINE uint8_t sort_of(uint32_t v, uint32_t h, uint32_t a, uint32_t b, const uint32_t* limits) {
  int activity = 0;
  for (int i = 0; i < 4; i++) activity += v + h > limits[i];
  const uint32_t some = limits[4];
  const uint64_t hm = (h > v ? h : v) + uint64_t(some), hn = (h > v ? v : h) + uint64_t(some);
  const uint64_t dm = (a > b ? a : b) + uint64_t(some), dn = (a > b ? b : a) + uint64_t(some);
  int direction;
  if (hm * dn > dm * hn) {
    direction = hm > 4 * hn ? 2 : 10 * hm > 17 * hn ? 1 : 0;
  } else {
    direction = dm > 4 * dn ? 4 : 10 * dm > 17 * dn ? 3 : 0;
  }
  return uint8_t((activity * 5 + direction) * 4 + (v < h ? 1 : 0) + (a < b ? 2 : 0));
}

VAERANS_LOOP void classify(const vaerans_adapt_plane* plane, size_t begin, size_t end, const uint8_t* steps, const uint32_t* limits,
                           uint8_t* sorts, uint16_t* scratch) {
  const vaerans_adapt_plane p = *plane;
  const size_t n = p.across * 4 + 8;
  const ptrdiff_t s = ptrdiff_t(p.stride);
  const ptrdiff_t away[4] = {s, 1, s + 1, 1 - s};
  // Pairs of rows: four of them make the eight rows of a block's surroundings.
  const auto pair_of = [&](ptrdiff_t pair, int k) VAERANS_LAMBDA_INLINE { return scratch + (size_t(pair & 3) * 4 + size_t(k)) * p.stride; };
  const auto make = [&](ptrdiff_t pair) VAERANS_LAMBDA_INLINE {
    for (int k = 0; k < 4; k++) second_differences(p.samples + pair * 2 * s - 4, away[k], p.stride, pair_of(pair, k), n);
  };
  ptrdiff_t next = 2 * ptrdiff_t(begin) - 1;
  for (size_t by = begin; by < end; by++) {
    for (; next < 2 * ptrdiff_t(by) + 3; next++) make(next);
    for (size_t bx = 0; bx < p.across; bx++) {
      uint32_t sums[4];
      for (int k = 0; k < 4; k++) {
        uint32_t sum = 0;
        for (ptrdiff_t i = -1; i < 3; i++) {
          const uint16_t* c = pair_of(2 * ptrdiff_t(by) + i, k) + 4 * bx + 2;
          for (int x = 0; x < 8; x++) sum += c[x];
        }
        sums[k] = sum;
      }
      const bool is_inside = 4 * bx < p.width;
      const size_t i = by * p.across + bx;
      sorts[i] = is_inside ? sort_of(sums[0], sums[1], sums[2], sums[3], limits + 5 * size_t(steps[i])) : 0;
    }
  }
}

VAERANS_LOOP void eighths(const float* from, int16_t* to, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float v = from[i] * 8.0f;
    v = v > -8191.0f ? v : -8191.0f;
    v = v < 8191.0f ? v : 8191.0f;
    // To nearest even: a sum of 2^23 to 2^24 has no fraction bits.
    to[i] = int16_t(int32_t((v + 12582912.0f) - 12582912.0f));
  }
}

}  // namespace
}  // namespace vaerans_adapt
