// Hands out the kernels of recurrent layers of an instruction set.
#include "built.h"
#include "vaerans/nn_recurrent.h"

VAERANS_TABLE_FOR(vaerans_nn_recurrent_table)
