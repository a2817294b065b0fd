/* Products of matrices whose rows lie anywhere: what dense layers and convolutions are made of. */
#ifndef VAERANS_NN_GEMM_H
#define VAERANS_NN_GEMM_H

#include <stddef.h>
#include <stdint.h>

/* Where a row of zeros stands in place of where a row begins. */
#define VAERANS_ZEROS SIZE_MAX

/* Functions of one element. */
enum {
  VAERANS_ACTIVATION_NONE = 0,
  VAERANS_ACTIVATION_CLIP = 1,      /* within low..high; NaN gives low */
  VAERANS_ACTIVATION_LEAKY = 2,     /* low x where it is negative */
  VAERANS_ACTIVATION_SILU = 3,      /* x sigmoid(x) */
  VAERANS_ACTIVATION_SIGMOID = 4,   /* 1 / (1 + e^-x) */
  VAERANS_ACTIVATION_TANH = 5,      /* hyperbolic tangent */
  VAERANS_ACTIVATION_GELU = 6,      /* x times the Gaussian distribution function */
  VAERANS_ACTIVATION_HARD_SWISH = 7 /* x clip(x / 6 + 1/2, 0, 1) */
};

typedef struct {
  /* Row i of the left factor: the k numbers at from + starts[t * m + i], for each tap t. */
  const float* from;
  const size_t* starts;
  size_t m, taps, k;
  const float* zeros; /* k zeros */
  /* The right factor from the first column on: panels of `panel` columns, [taps * k][panel] each. */
  const float* panels;
  size_t n; /* columns */
  /* The product: rows so many numbers apart. */
  float* out;
  size_t stride;
  /* Then, in this order, where it is not null: one number a column; rows as far apart as the product's; a function. */
  const float* bias;
  const float* residual;
  uint32_t activation;
  float low, high;
} vaerans_gemm;

typedef struct {
  size_t panel;
  /* Each sum begins at 0 and adds products in the order of taps and of numbers. */
  void (*strict)(const vaerans_gemm* g);
  /* The same with fused multiply-add, where there is such; null where there is none. */
  void (*fast)(const vaerans_gemm* g);
} vaerans_nn_gemm_table;

#endif
