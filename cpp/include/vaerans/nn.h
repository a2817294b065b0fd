/* The kernels of the network engine: a table of their own, so that a program without networks holds none of them. */
#ifndef VAERANS_NN_H
#define VAERANS_NN_H

#include "vaerans/kernels.h"
#include "vaerans/nn_depthwise.h"
#include "vaerans/nn_elementwise.h"
#include "vaerans/nn_gemm.h"
#include "vaerans/nn_norm.h"
#include "vaerans/nn_pool.h"
#include "vaerans/nn_turn.h"
#include "vaerans/nn_winograd.h"

/* The families, in the order of the table. */
#define VAERANS_NN_FAMILIES(X) \
  X(nn_gemm) X(nn_winograd) X(nn_depthwise) X(nn_elementwise) X(nn_norm) X(nn_pool) X(nn_turn)

#ifdef __cplusplus
extern "C" {
#endif

typedef struct {
  const char* isa;
  /* The families with a space after each: what a mirror of this struct compares itself with. */
  const char* families;
#define VAERANS_MEMBER(family) const vaerans_##family##_table* family;
  VAERANS_NN_FAMILIES(VAERANS_MEMBER)
#undef VAERANS_MEMBER
} vaerans_nn_table;

/* The table of an instruction set; NULL if it was not built or this processor (or its operating system) lacks it. */
const vaerans_nn_table* vaerans_nn_table_for(int isa);

#ifdef __cplusplus
}
#endif

#endif
