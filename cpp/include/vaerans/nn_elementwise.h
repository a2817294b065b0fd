/* Functions of one or two numbers, several behind one another, of each element by itself. */
#ifndef VAERANS_NN_ELEMENTWISE_H
#define VAERANS_NN_ELEMENTWISE_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/nn_epilogue.h"

enum {
  VAERANS_ADD = 0,
  VAERANS_SUB = 1,
  VAERANS_MUL = 2,
  VAERANS_DIV = 3,
  VAERANS_MIN = 4,         /* NaN if one is */
  VAERANS_MAX = 5,         /* NaN if one is */
  VAERANS_PRELU = 6,       /* b a where a is negative */
  VAERANS_ACTIVATION = 16, /* and what nn_epilogue.h has, by its number; p is `low`, q is `high` */
  VAERANS_EXP = 32,
  VAERANS_LOG = 33,
  VAERANS_SQRT = 34,
  VAERANS_RECIPROCAL = 35,
  VAERANS_NEG = 36,
  VAERANS_ABS = 37,
  VAERANS_ERF = 38,
  VAERANS_GELU_TANH = 39,
  VAERANS_ELU = 40,          /* p (e^x - 1) where it is negative */
  VAERANS_HARD_SIGMOID = 41, /* p x + q within 0..1 */
  VAERANS_SOFTPLUS = 42,
  VAERANS_MISH = 43
};

/* Registers: the operands, then the results of the steps. */
typedef struct {
  uint32_t function, a, b;
  float p, q;
} vaerans_elementwise_step;

typedef struct {
  const float* data;
  size_t row;     /* numbers from row to row */
  uint32_t moves; /* whether it goes along a row; else one number for all of it */
} vaerans_elementwise_operand;

/* Most operands, and most steps. */
#define VAERANS_MOST_OPERANDS 8
#define VAERANS_MOST_STEPS 16

typedef struct {
  const vaerans_elementwise_step* steps; /* at least one; the last gives the result */
  size_t step_count;
  const vaerans_elementwise_operand* operands;
  size_t operand_count;
  float* out; /* rows side by side; an operand may stand here too */
  size_t rows, n;
} vaerans_elementwise;

typedef struct {
  void (*run)(const vaerans_elementwise* e);
} vaerans_nn_elementwise_table;

#endif
