/* Sums over rows and columns of a matrix, and what is divided by them: softmax, normalisation. */
#ifndef VAERANS_NN_NORM_H
#define VAERANS_NN_NORM_H

#include <stddef.h>
#include <stdint.h>

/* Sums of a row: element i is added to lane i mod 16, then the lanes as a tree. Sums of columns: of 64 rows each, then of those. */
typedef struct {
  /* out[j]: the sum over all rows of x[j], or, where `mean` is not null, of (x[j] - mean[j])^2. */
  void (*column_sums)(const float* x, size_t rows, size_t columns, const float* mean, float* out);
  /* out[i]: the sum of row i, or, where `mean` is not null, of (x - mean[i])^2. */
  void (*row_sums)(const float* x, size_t rows, size_t columns, const float* mean, float* out);
  /* e^(x - greatest), divided by their sum; the logarithm of that where `logarithm` is not 0. `out` may be `x`. */
  void (*softmax)(const float* x, size_t rows, size_t columns, uint32_t logarithm, float* out);
} vaerans_nn_norm_table;

#endif
