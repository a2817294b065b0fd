/* Windows of each channel by itself. */
#ifndef VAERANS_NN_DEPTHWISE_H
#define VAERANS_NN_DEPTHWISE_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/nn_epilogue.h"

typedef struct {
  /* Tap (y, x) of window (i, j): the c channels at from + rows[i * taps_y + y] + columns[j * taps_x + x]. VAERANS_ZEROS is padding: a row of
     it adds nothing, a column zeros. */
  const float* from;
  const size_t* rows;
  const size_t* columns;
  size_t height, width, taps_y, taps_x, c;
  /* Windows begin..end of a row have no padding among their columns, which are `apart` numbers from tap to tap. */
  size_t begin, end, apart;
  const float* zeros;   /* c zeros */
  const float* weights; /* [taps_y][taps_x][c] */
  float* out;           /* rows of [width][c], `stride` numbers apart; a residual lies likewise */
  size_t stride;
  vaerans_epilogue epilogue;
} vaerans_depthwise;

typedef struct {
  void (*strict)(const vaerans_depthwise* d);
  void (*fast)(const vaerans_depthwise* d);
} vaerans_nn_depthwise_table;

#endif
