/* Products of matrices whose rows lie anywhere: what dense layers and convolutions are made of. */
#ifndef VAERANS_NN_GEMM_H
#define VAERANS_NN_GEMM_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/nn_epilogue.h"

/* Where a row of zeros stands in place of where a row begins. */
#define VAERANS_ZEROS SIZE_MAX

typedef struct {
  /* Row i of the left factor: the k numbers at from + starts[t * m + i], for each tap t. */
  const float* from;
  const size_t* starts;
  size_t m, taps, k;
  const float* zeros; /* k zeros */
  /* Tap t takes the rows of tap which[t] of the right factor; its own where this is null. The right factor has `depth` rows. */
  const size_t* which;
  size_t depth;
  /* The right factor from the first column on: panels of `panel` columns, [depth][panel] each. */
  const float* panels;
  size_t n; /* columns */
  /* The product: rows so many numbers apart. */
  float* out;
  size_t stride;
  vaerans_epilogue epilogue;
} vaerans_gemm;

typedef struct {
  size_t panel;
  /* Each sum begins at 0 and adds products in the order of taps and of numbers. */
  void (*strict)(const vaerans_gemm* g);
  /* The same with fused multiply-add, where there is such; null where there is none. */
  void (*fast)(const vaerans_gemm* g);
} vaerans_nn_gemm_table;

#endif
