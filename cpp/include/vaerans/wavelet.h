/* One level of a separable 2-D wavelet transform by lifting, of one plane. */
#ifndef VAERANS_WAVELET_H
#define VAERANS_WAVELET_H

#include <stddef.h>
#include <stdint.h>

/* Filters. Integers: 5/3 and Haar (the S-transform), reversible with sums that wrap around. f32: all three. */
enum { VAERANS_CDF53 = 0, VAERANS_CDF97 = 1, VAERANS_HAAR = 2 };

/* The samples of a level are height x width (both >= 1). Averages: ceil(n/2), details: floor(n/2). The packed plane is
 *   LL HL      ceil(height/2) rows      HL: details along the row
 *   LH HH      floor(height/2) rows
 * A pair is row n of the upper half with row n of the lower half (of which an odd height has one less); it belongs to
 * sample rows 2n and 2n+1. The kernel works on pairs [begin, end) and reads what it needs around them. */
typedef struct {
  size_t height, width;
  size_t begin, end;
  int32_t filter;
  uint32_t flags;
} vaerans_wavelet_level;

#define VAERANS_WAVELET_MEMBERS(T, name)                                                                             \
  /* src: sample row 0. ll: row `begin` of LL; upper: row `begin` of [LL HL], of which LL is not written; lower: row   \
   * `begin` of [LH HH]. Nothing written overlaps src. Strides in elements. scratch: vaerans_wavelet_scratch(width). */ \
  void (*forward_##name)(const vaerans_wavelet_level* level, const T* src, size_t src_stride, T* ll, size_t ll_stride, \
                         T* upper, T* lower, size_t stride, T* scratch);                                             \
  /* ll, upper, lower: row 0. dst: sample row 2 * `begin`. */                                                        \
  void (*inverse_##name)(const vaerans_wavelet_level* level, const T* ll, size_t ll_stride, const T* upper,            \
                         const T* lower, size_t stride, T* dst, size_t dst_stride, T* scratch);

typedef struct {
  VAERANS_WAVELET_MEMBERS(float, f32)
  VAERANS_WAVELET_MEMBERS(int32_t, i32)
  VAERANS_WAVELET_MEMBERS(int16_t, i16)
} vaerans_wavelet_table;

/* Rows of working memory, and elements of one: half a row and room for whole vectors and the samples past its ends, twice. */
#define VAERANS_WAVELET_ROWS 12
#define VAERANS_WAVELET_HALF(width) ((((width) + 1) / 2 + 63) / 64 * 64 + 4 * 64)
#define VAERANS_WAVELET_SCRATCH(width) (VAERANS_WAVELET_ROWS * 2 * VAERANS_WAVELET_HALF(width))

#endif
