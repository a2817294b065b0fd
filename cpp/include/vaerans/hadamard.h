/* Walsh-Hadamard transform across the channels of planar f32 data. */
#ifndef VAERANS_HADAMARD_H
#define VAERANS_HADAMARD_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* Elements [begin, end) of `channels` planes (2, 4, 8 or 16), in natural order: stage h = 1, 2, 4, ... takes
   * (a, b) at distance h to (a + b, a - b); then one product with 1/sqrt(channels). The matrix is symmetric and
   * orthonormal, so the transform is its own inverse (up to rounding).
   * dst[c] equals src[c] (in place) or the planes do not overlap. */
  void (*transform)(const float* const* src, float* const* dst, size_t channels, size_t begin, size_t end,
                    uint32_t flags);
} vaerans_hadamard_table;

#endif
