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
 * has one less); it belongs to sample rows 2n and 2n+1.
 *
 * A job may be a part of a transform: pairs [begin, end) of the first split, and of each further one the pairs whose number is
 * ceil(n / 2) of those before. Parts that cover the pairs of the first split once write every element once; each reads what
 * it needs around its pairs, and works out again what its neighbours know too. */
typedef struct {
  size_t height, width;
  size_t planes;             /* planes of a bundle: transformed side by side, which pays where rows are short */
  size_t src_step, dst_step; /* elements from plane to plane, of src (inverse: of the bands) and of dst */
  size_t levels;             /* splits, 1 to VAERANS_WAVELET_MAX_LEVELS; those of a single sample change nothing */
  size_t begin, end;         /* pairs of the first split */
  int32_t filter;
  uint32_t flags;
} vaerans_wavelet_job;

#define VAERANS_WAVELET_MEMBERS(T, name)                                                                                 \
  /* src: sample row 0. upper: [LL HL], of which LL is not written; lower: [LH HH]; both from row `begin` on. ll: the    \
   * coarsest LL, from the first row on that the part has of it. With levels > 1, upper and lower are rows of one packed \
   * plane. Nothing written overlaps src. Strides in elements. scratch: see below; aligned to VAERANS_LINE. */           \
  void (*forward_##name)(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride,       \
                         T* upper, T* lower, size_t stride, T* scratch);                                                 \
  /* ll, upper, lower: row 0. dst: sample row 2 * `begin`. */                                                            \
  void (*inverse_##name)(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper,                  \
                         const T* lower, size_t stride, T* dst, size_t dst_stride, T* scratch);

typedef struct {
  VAERANS_WAVELET_MEMBERS(float, f32)
  VAERANS_WAVELET_MEMBERS(int32_t, i32)
  VAERANS_WAVELET_MEMBERS(int16_t, i16)
  /* Bit 1 << filter: the filters of each type that this build has. */
  uint32_t filters_f32, filters_i32, filters_i16;
  /* Elements of `element` bytes that a job needs as scratch. */
  size_t (*scratch)(const vaerans_wavelet_job* job, size_t element);
} vaerans_wavelet_table;

#endif
