/* Matrices with rows and columns exchanged. */
#ifndef VAERANS_NN_TURN_H
#define VAERANS_NN_TURN_H

#include <stddef.h>

typedef struct {
  /* Row r, column c of the result is from[c * step + r]. */
  const float* from;
  size_t step;
  size_t rows, columns;
  float* out; /* rows so many numbers apart */
  size_t stride;
} vaerans_turn;

typedef struct {
  void (*run)(const vaerans_turn* t);
} vaerans_nn_turn_table;

#endif
