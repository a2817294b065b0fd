/* The greatest, or the sum, of each window of each channel. */
#ifndef VAERANS_NN_POOL_H
#define VAERANS_NN_POOL_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* Tap t of window i: the c channels at from + starts[t * m + i]; VAERANS_ZEROS is nothing. */
  const float* from;
  const size_t* starts;
  size_t m, taps, c;
  uint32_t maximum; /* the greatest (NaN if one is), not the sum */
  float* out;       /* [m][c]; what is there is folded in */
} vaerans_pool;

typedef struct {
  void (*run)(const vaerans_pool* p);
} vaerans_nn_pool_table;

#endif
