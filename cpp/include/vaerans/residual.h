/* Residual between samples and a base, exact or with a bounded error, and the way back. Elementwise on [begin, end). */
#ifndef VAERANS_RESIDUAL_H
#define VAERANS_RESIDUAL_H

#include <stddef.h>
#include <stdint.h>

#define VAERANS_RESIDUAL_FORWARD(name, sample, residual)                                                           \
  void (*name)(const sample* src, const sample* base, residual* dst, uint32_t max_error, size_t begin, size_t end, \
               uint32_t flags)
#define VAERANS_RESIDUAL_INVERSE(name, sample, residual)                                                           \
  void (*name)(const residual* src, const sample* base, sample* dst, uint32_t max_error, size_t begin, size_t end, \
               uint32_t flags)

typedef struct {
  /* With r = src - base, k = max_error (at most the largest difference: 255 for u8, else 65535), d = 2k + 1:
   * q = sign(r) * floor((|r| + k) / d). k = 0: q = r. */
  VAERANS_RESIDUAL_FORWARD(forward_u8, uint8_t, int16_t);
  VAERANS_RESIDUAL_FORWARD(forward_u16, uint16_t, int32_t);
  VAERANS_RESIDUAL_FORWARD(forward_i16, int16_t, int32_t);
  /* dst = clamp(base + q * d), wrapping 32-bit arithmetic before the clamp; |dst - sample| <= k. */
  VAERANS_RESIDUAL_INVERSE(inverse_u8, uint8_t, int16_t);
  VAERANS_RESIDUAL_INVERSE(inverse_u16, uint16_t, int32_t);
  VAERANS_RESIDUAL_INVERSE(inverse_i16, int16_t, int32_t);
} vaerans_residual_table;

#endif
