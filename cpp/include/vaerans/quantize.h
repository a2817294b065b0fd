/* Scalar quantisers of f32 data, and what their steps are chosen from. Elementwise on [begin, end). */
#ifndef VAERANS_QUANTIZE_H
#define VAERANS_QUANTIZE_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  float min, max;     /* over the finite values; +inf, -inf if there are none; never -0 */
  uint64_t nonfinite; /* how many values are NaN or infinite */
} vaerans_range;

#define VAERANS_QUANTIZE(name, symbol) \
  void (*name)(const float* src, symbol* dst, float inverse_scale, float zero, size_t begin, size_t end, uint32_t flags)
#define VAERANS_DEQUANTIZE(name, symbol) \
  void (*name)(const symbol* src, float* dst, float scale, float zero, size_t begin, size_t end, uint32_t flags)

typedef struct {
  /* q = clamp(round_half_even((x - zero) * inverse_scale)); NaN gives the lowest symbol. The range of i32 is
   * [-2^31, 2^31 - 128], whose ends f32 holds. */
  VAERANS_QUANTIZE(quantize_u8, uint8_t);
  VAERANS_QUANTIZE(quantize_u16, uint16_t);
  VAERANS_QUANTIZE(quantize_i32, int32_t);
  /* x = f32(q) * scale + zero, each operation rounded. */
  VAERANS_DEQUANTIZE(dequantize_u8, uint8_t);
  VAERANS_DEQUANTIZE(dequantize_u16, uint16_t);
  VAERANS_DEQUANTIZE(dequantize_i32, int32_t);
  /* Dead zone: q = sign(x) * min(floor(|x| * inverse_step + rounding), limit); NaN gives 0. rounding 0: the zero bin is two
   * steps wide; 0.5: plain rounding. The limit is 32767 for i16, 2^31 - 128 for i32. */
  VAERANS_QUANTIZE(dead_zone_i16, int16_t); /* inverse_scale: inverse_step; zero: rounding */
  VAERANS_QUANTIZE(dead_zone_i32, int32_t);
  /* x = 0 if q = 0, else sign(q) * ((f32(|q|) + offset) * step). */
  VAERANS_DEQUANTIZE(dead_zone_inverse_i16, int16_t); /* scale: step; zero: offset */
  VAERANS_DEQUANTIZE(dead_zone_inverse_i32, int32_t);
  /* The same two over `rows` rows of `width` elements, `stride` apart in both: a band among others. They do not overlap. */
  void (*dead_zone_rows)(const float* src, int32_t* dst, size_t stride, size_t width, size_t rows, float inverse_step,
                         float rounding);
  void (*dead_zone_inverse_rows)(const int32_t* src, float* dst, size_t stride, size_t width, size_t rows, float step,
                                 float offset);
  /* Joins the range of src[begin, end) to *range, which the caller starts with {+inf, -inf, 0}. */
  void (*range)(const float* src, size_t begin, size_t end, vaerans_range* range);
} vaerans_quantize_table;

#endif
