// The table of the network engine's kernels of one instruction set; compiled once per instruction set.
#include "lanes.h"
#include "vaerans/nn.h"

extern "C" {

#define VAERANS_DECLARE(family) extern const vaerans_##family##_table VAERANS_SYMBOL(family);
VAERANS_NN_FAMILIES(VAERANS_DECLARE)

extern const vaerans_nn_table VAERANS_SYMBOL(nn_table);
const vaerans_nn_table VAERANS_SYMBOL(nn_table) = {VAERANS_STRING(VAERANS_ISA_NAME),
#define VAERANS_NAME(family) #family " "
                                                   VAERANS_NN_FAMILIES(VAERANS_NAME),
#define VAERANS_ADDRESS(family) &VAERANS_SYMBOL(family),
                                                   VAERANS_NN_FAMILIES(VAERANS_ADDRESS)};
}
