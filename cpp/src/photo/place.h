// Steps of blocks, and values of a band on their way into a plane.
#pragma once
#include "band.h"

namespace vaerans_photo {
namespace {

VAERANS_INLINE size_t block_row(const vaerans_photo_steps& s, size_t y) {
  const size_t row = (y << s.level) >> s.log2;
  return row < s.down ? row : s.down - 1;
}

// Factors of a row of a band, from its first coefficient on.
VAERANS_INLINE void fill_factors(const vaerans_photo_steps& s, size_t row, size_t width, bool is_reciprocal,
                                 float* out) {
  const int8_t* k = s.k ? s.k + row * s.across : nullptr;
  // Coefficients of a block, or blocks of a coefficient.
  const size_t run = s.k ? (s.log2 > s.level ? size_t(1) << (s.log2 - s.level) : 1) : width;
  const size_t stride = s.log2 < s.level ? size_t(1) << (s.level - s.log2) : 1;
  for (size_t x = 0, block = 0; x < width; block += stride) {
    float f = s.k ? s.scale * s.powers[(k[block < s.across ? block : s.across - 1] + 8) & 31] : s.scale;
    if (is_reciprocal) f = 1.0f / f;
    // The last block has what is left.
    const size_t end = s.k && block + 1 >= s.across ? width : (x + run < width ? x + run : width);
    for (; x < end; x++) out[x] = f;
  }
}

VAERANS_LOOP void factors(const vaerans_photo_steps* steps, size_t y, size_t width, int is_reciprocal, float* out) {
  fill_factors(*steps, block_row(*steps, y), width, is_reciprocal != 0, out);
}

VAERANS_LOOP void place(const vaerans_photo_band* band, const vaerans_photo_steps* steps,
                        const vaerans_photo_part* part, const float* values, float* to, size_t stride, float* scratch) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_steps s = *steps;
  const vaerans_photo_part p = *part;
  size_t known = size_t(-1);
  for (size_t i = 0; i < p.height; i++) {
    const size_t y = p.y + i, row = s.k ? block_row(s, y) : 0;
    if (row != known) fill_factors(s, row, p.x + p.width, false, scratch);
    known = row;
    const float* v = values + row_at(b.pitch, b.lane, y + kLanes16) + p.x;
    const float* f = scratch + p.x;
    float* out = to + i * stride;
    size_t x = 0;
    for (; x + kLanes <= p.width; x += kLanes) store(out + x, load<f32v>(v + x) * load<f32v>(f + x));
    for (; x < p.width; x++) out[x] = v[x] * f[x];
  }
}

}  // namespace
}  // namespace vaerans_photo
