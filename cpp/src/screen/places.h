// Where the chances and weights of each decision lie.
#ifndef VAERANS_SCREEN_PLACES_H
#define VAERANS_SCREEN_PLACES_H

#include <stdint.h>

#include "vaerans/screen.h"

namespace {

// The first chance of each kind in the direct table.
constexpr uint32_t kSameChances = 0;                             // 2^15: is it this colour
constexpr uint32_t kKnownChances = kSameChances + (1 << 15);     // 10 * 8: is it in the palette
constexpr uint32_t kBlockChances = kKnownChances + 10 * 8;       // 16 * 8: does the block equal the row above
constexpr uint32_t kIndexChances = kBlockChances + 16 * 8;       // 16 * (1 + 16 + 256): places in the palette
constexpr uint32_t kDistanceChances = kIndexChances + 16 * 273;  // 16 * 4 * 6 * 9 * 11: distances from predictions
constexpr uint32_t kLowChances = kDistanceChances + 16 * 4 * 6 * 9 * 11;  // 4 * 9 * 128: low bits of distances
static_assert(kLowChances + 4 * 9 * 128 == VAERANS_SCREEN_DIRECT, "as the header says");

// The first set of weights of each kind.
constexpr uint32_t kBlockSets = 0, kKnownSets = 32, kSameSets = 64, kIndexSets = 480, kDistanceSets = 544;

}  // namespace

#endif
