/* Sums over rows and columns of a matrix, and what is divided by them: softmax, normalisation. */
#ifndef VAERANS_NN_NORM_H
#define VAERANS_NN_NORM_H

#include <stddef.h>
#include <stdint.h>

/* Rows of `columns` numbers: each less its mean (where it is `centred`), divided by its deviation, times `scale`, plus `bias` (which may be
   null), of which there are `width`, again and again along a row. */
typedef struct {
  const float* x;
  size_t rows, columns;
  uint32_t centred;
  float epsilon; /* is added to the mean of squares */
  const float* scale;
  const float* bias;
  size_t width;
  float* out; /* may be `x` */
} vaerans_layer_norm;

/* Sums of a row: element i is added to lane i mod 16, then the lanes as a tree. Sums of columns: of 64 rows each, then of those. */
typedef struct {
  /* out[j]: the sum over all rows of x[j], or, where `mean` is not null, of (x[j] - mean[j])^2. */
  void (*column_sums)(const float* x, size_t rows, size_t columns, const float* mean, float* out);
  /* out[i]: the sum of row i, or, where `mean` is not null, of (x - mean[i])^2. */
  void (*row_sums)(const float* x, size_t rows, size_t columns, const float* mean, float* out);
  /* e^(x - greatest), divided by their sum; the logarithm of that where `logarithm` is not 0. `out` may be `x`. */
  void (*softmax)(const float* x, size_t rows, size_t columns, uint32_t logarithm, float* out);
  void (*layer_norm)(const vaerans_layer_norm* l);
} vaerans_nn_norm_table;

#endif
