// The coefficients of photos.
#include "../photo/decode.h"
#include "../photo/encode.h"
#include "../photo/energies.h"
#include "../photo/look.h"
#include "../photo/place.h"
#include "vaerans/kernels.h"

VAERANS_DEFINE(photo) = {
    VAERANS_CODER(vaerans_photo::energies),
    VAERANS_DECODER(vaerans_photo::decode),
    VAERANS_ENCODER(vaerans_photo::search),
    VAERANS_ENCODER(vaerans_photo::round),
    VAERANS_ENCODER(vaerans_photo::describe),
    VAERANS_ENCODER(vaerans_photo::encode),
    VAERANS_CODER(vaerans_photo::place),
    VAERANS_ENCODER(vaerans_photo::factors),
    VAERANS_ENCODER(vaerans_photo::luma<uint8_t>),
    VAERANS_ENCODER(vaerans_photo::luma<uint16_t>),
    VAERANS_ENCODER(vaerans_photo::covariance<uint8_t>),
    VAERANS_ENCODER(vaerans_photo::covariance<uint16_t>),
    VAERANS_ENCODER(vaerans_photo::cells),
};
