/* A separable 2-D wavelet transform of one plane, by lifting. */
#ifndef VAERANS_WAVELET_H
#define VAERANS_WAVELET_H

#include <stddef.h>
#include <stdint.h>

/* Filters. Integers: 5/3 and Haar (the S-transform), reversible with sums that wrap around. f32: all three. */
enum { VAERANS_CDF53 = 0, VAERANS_CDF97 = 1, VAERANS_HAAR = 2 };

#define VAERANS_WAVELET_MAX_LEVELS 32

/* A plane of height x width samples (both >= 1). One split gives ceil(n/2) averages and floor(n/2) details per side, packed as
 *   LL HL      ceil(height/2) rows      HL: details along the row
 *   LH HH      floor(height/2) rows
 * and the next split works on LL. A pair is row n of the upper half with row n of the lower half (of which an odd height
 * has one less); it belongs to sample rows 2n and 2n+1. One split may be made for pairs [begin, end) alone: the kernel reads
 * what it needs around them. */
typedef struct {
  size_t height, width;
  size_t planes;     /* planes of a bundle: transformed side by side, which pays where rows are short */
  size_t src_step, dst_step; /* elements from plane to plane, of src (inverse: of the bands) and of dst */
  size_t levels;     /* splits, 1 to VAERANS_WAVELET_MAX_LEVELS; those of a single sample change nothing */
  size_t begin, end; /* with levels > 1 or planes > 1: all pairs */
  int32_t filter;
  uint32_t flags;
} vaerans_wavelet_job;

#define VAERANS_WAVELET_MEMBERS(T, name)                                                                             \
  /* src: sample row 0. ll: the coarsest LL; upper: [LL HL], of which LL is not written; lower: [LH HH]; each from row     \
   * `begin` on. With levels > 1, lower is the row of the plane `upper` that it has in the packed layout.                   \
   * Nothing written overlaps src. Strides in elements. scratch: VAERANS_WAVELET_SCRATCH of every level, 64-aligned. */   \
  void (*forward_##name)(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride,     \
                         T* upper, T* lower, size_t stride, T* scratch);                                             \
  /* ll, upper, lower: row 0. dst: sample row 2 * `begin`. */                                                        \
  void (*inverse_##name)(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper,                \
                         const T* lower, size_t stride, T* dst, size_t dst_stride, T* scratch);

typedef struct {
  VAERANS_WAVELET_MEMBERS(float, f32)
  VAERANS_WAVELET_MEMBERS(int32_t, i32)
  VAERANS_WAVELET_MEMBERS(int16_t, i16)
  /* Bit 1 << filter: the filters of each type that this build has. */
  uint32_t filters_f32, filters_i32, filters_i16;
} vaerans_wavelet_table;

/* Working memory of a level, in elements. A bundle lies in one line: planes at a pitch that leaves room for the samples past
 * their ends. Row: two halves (averages, details) with a cache line in front and two behind; `line` is 64 / sizeof(T), width
 * that of the level. */
#define VAERANS_WAVELET_ROWS 15
#define VAERANS_WAVELET_PITCH(width, planes) ((planes) > 1 ? ((width) + 9) / 2 * 2 : (width))
#define VAERANS_WAVELET_HALF(width, line) ((((width) + 1) / 2 + (line)-1) / (line) * (line) + 4 * (line))
#define VAERANS_WAVELET_SCRATCH(width, planes, line) \
  (VAERANS_WAVELET_ROWS * 2 * VAERANS_WAVELET_HALF(VAERANS_WAVELET_PITCH(width, planes) * (planes), line))

#endif
