// The adaptive filter of photos.
#include "../adapt/classify.h"
#include "../adapt/filter.h"
#include "../adapt/gather.h"
#include "vaerans/kernels.h"

VAERANS_DEFINE(adapt) = {
    VAERANS_CODER(vaerans_adapt::eighths),
    VAERANS_CODER(vaerans_adapt::classify),
    VAERANS_CODER(vaerans_adapt::filter),
    VAERANS_ENCODER(vaerans_adapt::gather),
};
