// The adaptive filter of photos.
#include "../adapt/classify.h"
#include "../adapt/filter.h"
#include "../adapt/gather.h"
#include "vaerans/kernels.h"

VAERANS_DEFINE(adapt) = {
    vaerans_adapt::eighths,
    vaerans_adapt::classify,
    vaerans_adapt::filter,
    VAERANS_ENCODER(vaerans_adapt::gather),
};
