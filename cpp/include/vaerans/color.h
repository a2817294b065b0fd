/* Interleaved pixels (HxWxC, C = 1..4) <-> planes.
 *
 * C = 1: grey; 2: grey, alpha; 3: RGB; 4: RGB, alpha. Colour transforms touch the three planes of RGB; grey and alpha pass
 * through as they are. Ranges are in pixels. The inverses clamp to the range of a sample: no input is an error.
 */
#ifndef VAERANS_COLOR_H
#define VAERANS_COLOR_H

#include <stddef.h>
#include <stdint.h>

#define VAERANS_COLOR_FORWARD(name, sample, plane) \
  void (*name)(const sample* src, plane* const* dst, size_t channels, size_t begin, size_t end, uint32_t flags)
#define VAERANS_COLOR_INVERSE(name, plane, sample) \
  void (*name)(const plane* const* src, sample* dst, size_t channels, size_t begin, size_t end, uint32_t flags)

typedef struct {
  /* YCoCg-R (Malvar, Sullivan 2003), reversible in integers, >> arithmetic:
   * Co = R - B; t = B + (Co >> 1); Cg = G - t; Y = t + (Cg >> 1). Co and Cg need one bit more than a sample. */
  VAERANS_COLOR_FORWARD(ycocg_r_forward_u8_i16, uint8_t, int16_t);
  VAERANS_COLOR_FORWARD(ycocg_r_forward_u8_i32, uint8_t, int32_t);
  VAERANS_COLOR_FORWARD(ycocg_r_forward_u16_i32, uint16_t, int32_t);
  /* In the wrapping arithmetic of a plane's type: t = Y - (Cg >> 1); G = Cg + t; B = t - (Co >> 1); R = B + Co; then clamped. */
  VAERANS_COLOR_INVERSE(ycocg_r_inverse_i16_u8, int16_t, uint8_t);
  VAERANS_COLOR_INVERSE(ycocg_r_inverse_i32_u8, int32_t, uint8_t);
  VAERANS_COLOR_INVERSE(ycocg_r_inverse_i32_u16, int32_t, uint16_t);
  /* The same lifting without rounding, in f32 (exact for 8- and 16-bit samples):
   * Co = R - B; t = B + Co/2; Cg = G - t; Y = t + Cg/2. The inverse rounds to nearest even and clamps; NaN gives 0. */
  VAERANS_COLOR_FORWARD(ycocg_forward_u8_f32, uint8_t, float);
  VAERANS_COLOR_FORWARD(ycocg_forward_u16_f32, uint16_t, float);
  VAERANS_COLOR_INVERSE(ycocg_inverse_f32_u8, float, uint8_t);
  VAERANS_COLOR_INVERSE(ycocg_inverse_f32_u16, float, uint16_t);
  /* No colour transform: plane = sample * scale + offset (two roundings). */
  void (*planes_from_u8)(const uint8_t* src, float* const* dst, size_t channels, float scale, float offset,
                         size_t begin, size_t end, uint32_t flags);
  void (*planes_from_u16)(const uint16_t* src, float* const* dst, size_t channels, float scale, float offset,
                          size_t begin, size_t end, uint32_t flags);
  /* sample = clamp(round_half_even(plane * scale + offset)); NaN gives 0. */
  void (*planes_to_u8)(const float* const* src, uint8_t* dst, size_t channels, float scale, float offset, size_t begin,
                       size_t end, uint32_t flags);
  void (*planes_to_u16)(const float* const* src, uint16_t* dst, size_t channels, float scale, float offset,
                        size_t begin, size_t end, uint32_t flags);
  /* A 3 x 3 matrix (row by row) of RGB; grey is multiplied by its first number. Planes are those of colour: the one behind them is null.
   * v = sample * scale + offset, plane = m[0] v[0] + m[1] v[1] + m[2] v[2], in this order. */
  void (*matrix_forward_u8)(const uint8_t* src, float* const* dst, size_t channels, const float* m, float scale,
                            float offset, size_t begin, size_t end);
  void (*matrix_forward_u16)(const uint16_t* src, float* const* dst, size_t channels, const float* m, float scale,
                             float offset, size_t begin, size_t end);
  /* v = m[0] plane[0] + m[1] plane[1] + m[2] plane[2], sample = clamp(round_half_even(v * scale + offset)); alpha is opaque. */
  void (*matrix_inverse_f32_u8)(const float* const* src, uint8_t* dst, size_t channels, const float* m, float scale,
                                float offset, size_t begin, size_t end);
  void (*matrix_inverse_f32_u16)(const float* const* src, uint16_t* dst, size_t channels, const float* m, float scale,
                                 float offset, size_t begin, size_t end);
  void (*matrix_inverse_i16_u8)(const int16_t* const* src, uint8_t* dst, size_t channels, const float* m, float scale,
                                float offset, size_t begin, size_t end);
  void (*matrix_inverse_i16_u16)(const int16_t* const* src, uint16_t* dst, size_t channels, const float* m, float scale,
                                 float offset, size_t begin, size_t end);
} vaerans_color_table;

#endif
