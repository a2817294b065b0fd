/* Distances between two pictures: squared error, SSIM windows, the scales of MS-SSIM. */
#ifndef VAERANS_METRIC_H
#define VAERANS_METRIC_H

#include <stddef.h>
#include <stdint.h>

/* Side of a window of equal weights; weights of half a Gaussian window, the centre included. */
#define VAERANS_SSIM_SIDE 7
#define VAERANS_SSIM_TAPS 6

typedef struct {
  /* Sum of squared differences: exact for integers, 16 double lanes and a fixed tree for floats. */
  uint64_t (*sse_u8)(const uint8_t* a, const uint8_t* b, size_t n);
  uint64_t (*sse_u16)(const uint16_t* a, const uint16_t* b, size_t n);
  double (*sse_f32)(const float* a, const float* b, size_t n);

  /* SSIM over 7x7 windows of equal weight, interleaved samples, `row` samples to a row. Window row y covers
   * picture rows y .. y + 6. sums[y - begin] becomes the sum of SSIM over the row's (row - 6 * channels) windows.
   * c1 is 49^2 * C1, c2 is 49 * 48 * C2. scratch: scratch(row) doubles. */
  void (*ssim_u8)(const uint8_t* a, const uint8_t* b, size_t row, size_t channels, double c1, double c2, void* scratch,
                  size_t begin, size_t end, double* sums);
  void (*ssim_u16)(const uint16_t* a, const uint16_t* b, size_t row, size_t channels, double c1, double c2,
                   void* scratch, size_t begin, size_t end, double* sums);

  /* One plane at one scale of MS-SSIM: 11x11 Gaussian windows without padding. weights: 6, centre first.
   * sums[2 * (y - begin)] becomes the row's sum of SSIM, the one after it the sum of its contrast-structure part.
   * scratch: scratch(width) doubles. */
  void (*gaussian_ssim_f32)(const float* a, const float* b, size_t width, const double* weights, double c1, double c2,
                            double* scratch, size_t begin, size_t end, double* sums);

  /* Mean of 2x2 samples; an odd side has one line of zeros in front of it, counted in the mean.
   * Rows [begin, end) of the (height + 1) / 2 x (width + 1) / 2 result (dst points to row `begin`). */
  void (*halve_f32)(const float* src, size_t height, size_t width, float* dst, size_t begin, size_t end);

  /* Doubles that the SSIM of rows of `row` samples needs as scratch. */
  size_t (*scratch)(size_t row);
} vaerans_metric_table;

#endif
