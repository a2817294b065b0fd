// What an encoder sees of samples before it codes them: luma, how colours go together, how busy cells are.
#pragma once
#include "band.h"

namespace vaerans_photo {
namespace {

VAERANS_INLINE int eight(uint8_t s) { return s; }
VAERANS_INLINE int eight(uint16_t s) { return s >> 8; }

template <class S>
VAERANS_LOOP void luma(const S* src, size_t n, size_t channels, uint16_t* out) {
  if (channels < 3) {
    for (size_t i = 0; i < n; i++) out[i] = uint16_t(4 * eight(src[i * channels]));
    return;
  }
  for (size_t i = 0; i < n; i++) {
    const S* s = src + i * channels;
    out[i] = uint16_t(eight(s[0]) + 2 * eight(s[1]) + eight(s[2]));
  }
}

// Distances of a stretch of a row are kept plane by plane; sums of so many products of them fit 32 bits.
constexpr size_t kStretch = 256;

VAERANS_INLINE int64_t product(const int16_t* a, const int16_t* b, size_t n) {
  int32_t sum = 0;
  for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
  return sum;
}

template <class S>
VAERANS_LOOP void covariance(const S* src, size_t width, size_t height, size_t channels, int64_t* sums) {
  int16_t d[3][kStretch];
  const ptrdiff_t left = ptrdiff_t(channels), up = ptrdiff_t(width * channels);
  for (size_t y = 1; y < height; y++) {
    for (size_t from = 1; from < width; from += kStretch) {
      const size_t n = width - from < kStretch ? width - from : kStretch;
      const S* s = src + (y * width + from) * channels;
      for (size_t i = 0; i < n; i++, s += channels) {
        for (ptrdiff_t c = 0; c < 3; c++) d[c][i] = int16_t(2 * eight(s[c]) - eight(s[c - left]) - eight(s[c - up]));
      }
      sums[0] += product(d[0], d[0], n), sums[1] += product(d[0], d[1], n), sums[2] += product(d[0], d[2], n);
      sums[3] += product(d[1], d[1], n), sums[4] += product(d[1], d[2], n), sums[5] += product(d[2], d[2], n);
    }
  }
}

VAERANS_LOOP void cells(const uint16_t* luma, size_t stride, size_t width, size_t height, uint32_t* sums,
                        uint32_t* squares) {
  for (size_t x = 0, cell = 0; x < width; x += 8, cell++) {
    const size_t n = width - x < 8 ? width - x : 8;
    uint32_t sum = 0, square = 0;
    for (size_t y = 0; y < height; y++) {
      const uint16_t* row = luma + y * stride + x;
      if (n == 8) {
        for (size_t i = 0; i < 8; i++) sum += row[i], square += uint32_t(row[i]) * row[i];
      } else {
        for (size_t i = 0; i < n; i++) sum += row[i], square += uint32_t(row[i]) * row[i];
      }
    }
    sums[cell] = sum, squares[cell] = square;
  }
}

}  // namespace
}  // namespace vaerans_photo
