// Hands out the table of the network engine of an instruction set.
#include "built.h"
#include "vaerans/nn.h"

VAERANS_TABLE_FOR(vaerans_nn_table)
