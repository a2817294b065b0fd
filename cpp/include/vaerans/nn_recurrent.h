/* One step of recurrent layers with the usual functions. A table of its own: in a page few networks need it (engine-extra). */
#ifndef VAERANS_NN_RECURRENT_H
#define VAERANS_NN_RECURRENT_H

#include <stddef.h>

#include "vaerans/kernels.h"

typedef struct {
  const float* x;    /* what the input adds to the gates: [batch][parts][hidden] */
  const float* made; /* what the state gives, likewise */
  size_t batch, hidden;
  float* state; /* [batch][hidden] */
  float* cell;  /* likewise; LSTM alone */
} vaerans_recurrent;

typedef struct {
  const char* isa;
  /* Gates i, o, f, c. */
  void (*lstm)(const vaerans_recurrent* r);
  /* Gates z, r, h; r is applied to what the state gives to h. */
  void (*gru)(const vaerans_recurrent* r);
} vaerans_nn_recurrent_table;

#ifdef __cplusplus
extern "C" {
#endif

/* The table of an instruction set; NULL if it was not built or this processor (or its operating system) lacks it. */
const vaerans_nn_recurrent_table* vaerans_nn_recurrent_table_for(int isa);

#ifdef __cplusplus
}
#endif

#endif
