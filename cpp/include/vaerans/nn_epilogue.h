/* What is done to sums before they are stored. */
#ifndef VAERANS_NN_EPILOGUE_H
#define VAERANS_NN_EPILOGUE_H

#include <stdint.h>

/* Functions of one element. */
enum {
  VAERANS_ACTIVATION_NONE = 0,
  VAERANS_ACTIVATION_CLIP = 1,      /* within low..high; NaN stays */
  VAERANS_ACTIVATION_LEAKY = 2,     /* low x where it is negative */
  VAERANS_ACTIVATION_SILU = 3,      /* x sigmoid(x) */
  VAERANS_ACTIVATION_SIGMOID = 4,   /* 1 / (1 + e^-x) */
  VAERANS_ACTIVATION_TANH = 5,      /* hyperbolic tangent */
  VAERANS_ACTIVATION_GELU = 6,      /* x times the Gaussian distribution function */
  VAERANS_ACTIVATION_HARD_SWISH = 7 /* x clip(x / 6 + 1/2, 0, 1) */
};

/* In this order, where it is not null: one number a column is added; a residual, unless it comes last; a function; a residual that comes
   last. Residuals stand as the results do: row for row, as far apart. */
typedef struct {
  const float* bias;
  const float* residual;
  uint32_t residual_last;
  uint32_t activation;
  float low, high;
} vaerans_epilogue;

#endif
