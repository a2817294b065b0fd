// The coefficients of photos.
#include "../photo/decode.h"
#include "../photo/encode.h"
#include "../photo/energies.h"
#include "vaerans/kernels.h"

VAERANS_DEFINE(photo) = {
    VAERANS_CODER(vaerans_photo::energies),
    VAERANS_DECODER(vaerans_photo::decode),
    VAERANS_ENCODER(vaerans_photo::search),
    VAERANS_ENCODER(vaerans_photo::round),
    VAERANS_ENCODER(vaerans_photo::describe),
    VAERANS_ENCODER(vaerans_photo::encode),
};
