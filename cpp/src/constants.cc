// The numbers that a mirror of the headers repeats, for its tests to compare. Nothing else refers to this file, so that an
// ordinary program does not link it.
#include "vaerans/kernels.h"

extern "C" {

#define VAERANS_ROW(name) {#name, VAERANS_##name}
const vaerans_constant vaerans_constants[] = {
    VAERANS_ROW(LINE),
    VAERANS_ROW(STREAM),
    VAERANS_ROW(SCALAR),
    VAERANS_ROW(SSE42),
    VAERANS_ROW(AVX2),
    VAERANS_ROW(AVX512),
    VAERANS_ROW(NEON),
    VAERANS_ROW(SIMD128),
    VAERANS_ROW(PREDICT_COLUMNS),
    VAERANS_ROW(PREDICT_CLASSES),
    VAERANS_ROW(PREDICT_PHASES),
    VAERANS_ROW(PREDICT_SYMBOLS),
    VAERANS_ROW(PREDICT_BITS),
    VAERANS_ROW(PREDICT_LANES),
    VAERANS_ROW(PREDICT_PAD),
    VAERANS_ROW(PREDICT_SHORT),
    VAERANS_ROW(PREDICT_RANGE),
    VAERANS_ROW(RANS_LANES),
    VAERANS_ROW(RANS_PAD),
    VAERANS_ROW(RANS_SHORT),
    VAERANS_ROW(SSIM_SIDE),
    VAERANS_ROW(SSIM_TAPS),
    VAERANS_ROW(CDF53),
    VAERANS_ROW(CDF97),
    VAERANS_ROW(HAAR),
    VAERANS_ROW(WAVELET_MAX_LEVELS),
    {nullptr, 0},
};
}
