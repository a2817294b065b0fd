/* Separable Gaussian blur of interleaved samples, half-sample symmetric at the borders (d c b a | a b c d | d c b a). */
#ifndef VAERANS_BLUR_H
#define VAERANS_BLUR_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  size_t height;        /* rows of the picture, >= 1 */
  size_t row;           /* samples of a row: width * channels, >= 1 */
  size_t channels;      /* distance of two horizontal neighbours in samples; divides row */
  size_t radius;        /* taps on either side of the centre */
  const float* weights; /* radius + 1 weights, centre first */
} vaerans_blur_plan;

/* Each function writes rows [begin, end) of the result to dst (dst points to row `begin`) and reads any row of src.
 * scratch holds scratch(plan) floats and is the caller's alone during the call. */
typedef struct {
  void (*rows_f32)(const vaerans_blur_plan* plan, const float* src, float* dst, float* scratch, size_t begin,
                   size_t end);
  void (*rows_u8)(const vaerans_blur_plan* plan, const uint8_t* src, uint8_t* dst, float* scratch, size_t begin,
                  size_t end);
  void (*rows_u16)(const vaerans_blur_plan* plan, const uint16_t* src, uint16_t* dst, float* scratch, size_t begin,
                   size_t end);
  size_t (*scratch)(const vaerans_blur_plan* plan);
} vaerans_blur_table;

#endif
