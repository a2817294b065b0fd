// The table of one instruction set; compiled once per instruction set.
#include "lanes.h"
#include "vaerans/kernels.h"

extern "C" {

#define VAERANS_DECLARE(family) extern const vaerans_##family##_table VAERANS_SYMBOL(family);
VAERANS_FAMILIES(VAERANS_DECLARE)

extern const vaerans_table VAERANS_SYMBOL(table);
const vaerans_table VAERANS_SYMBOL(table) = {VAERANS_STRING(VAERANS_ISA_NAME),
#define VAERANS_NAME(family) #family " "
                                             VAERANS_FAMILIES(VAERANS_NAME),
#define VAERANS_ADDRESS(family) &VAERANS_SYMBOL(family),
                                             VAERANS_FAMILIES(VAERANS_ADDRESS)};
}
