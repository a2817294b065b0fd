/* Convolutions of 3 by 3 taps, stride 1, by Winograd's F(4x4, 3x3): 36 products of matrices in place of 144 for 16 results. */
#ifndef VAERANS_NN_WINOGRAD_H
#define VAERANS_NN_WINOGRAD_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/nn_epilogue.h"

/* A block of tiles of 4 by 4 results each. */
typedef struct {
  const float* from;
  /* Where the 6 rows that each row of tiles reads begin, and how far behind each of the 4 tiles + 2 columns lies; VAERANS_ZEROS is padding. */
  const size_t* rows;
  const size_t* columns;
  size_t tile_rows, tiles; /* of a row */
  size_t c;                /* channels read */
  /* Transformed weights: panels of `panel` channels written, [36][c][panel] each. */
  const float* panels;
  size_t n; /* channels written */
  /* Results: height and width of them that are wanted, at most 4 tile_rows and 4 tiles; rows and columns so many numbers apart. */
  float* out;
  size_t height, width, row_stride, column_stride;
  /* 36 (tile_rows tiles (c rounded up to whole panels + panel) + 32) numbers. */
  float* scratch;
  vaerans_epilogue epilogue;
} vaerans_winograd;

typedef struct {
  void (*strict)(const vaerans_winograd* w);
  void (*fast)(const vaerans_winograd* w);
  /* Transforms the taps of one of c channels read: tap t of column i is taps[t * apart + i], its part p goes to
     out[(i / panel * 36 + p) * c * panel + i % panel]. Worked out in double precision. */
  void (*pack)(const float* taps, size_t apart, size_t n, size_t c, float* out);
} vaerans_nn_winograd_table;

#endif
