// Hands out the table of an instruction set.
#include "built.h"

VAERANS_TABLE_FOR(vaerans_table)
