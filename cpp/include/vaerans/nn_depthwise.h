/* Windows of each channel by itself. */
#ifndef VAERANS_NN_DEPTHWISE_H
#define VAERANS_NN_DEPTHWISE_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/nn_epilogue.h"

typedef struct {
  /* Tap t of window i: the c channels at from + starts[t * m + i]; VAERANS_ZEROS is padding. */
  const float* from;
  const size_t* starts;
  size_t m, taps, c;
  const float* zeros;   /* c zeros */
  const float* weights; /* [taps][c] */
  float* out;           /* [m][c] */
  vaerans_epilogue epilogue;
} vaerans_depthwise;

typedef struct {
  void (*strict)(const vaerans_depthwise* d);
  void (*fast)(const vaerans_depthwise* d);
} vaerans_nn_depthwise_table;

#endif
