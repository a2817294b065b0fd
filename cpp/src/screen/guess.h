// What followed the same surroundings before.
#ifndef VAERANS_SCREEN_GUESS_H
#define VAERANS_SCREEN_GUESS_H

#include "screen/mixer.h"

namespace {

// A guess at a colour: what followed the same surroundings before.
struct Guess {
  uint64_t& cell;
  uint32_t colour, sureness;  // 0 to 3
  uint16_t check;
};

VAERANS_INLINE Guess guess(uint64_t* cells, uint32_t bits, uint32_t hash) {
  uint64_t& cell = cells[hash >> (32 - bits)];
  const uint16_t check = uint16_t(hash);
  const uint32_t count = uint16_t(cell >> 32) == check ? uint32_t(cell >> 48) : 0;
  return {cell, uint32_t(cell), count == 0 ? 0 : least(3, 1 + length(count) / 2), check};
}

VAERANS_INLINE void remember(const Guess& g, uint32_t colour) {
  uint32_t count = g.sureness == 0 ? 0 : uint32_t(g.cell >> 48), kept = g.colour;
  if (count > 0 && kept == colour) count += count < 255;
  else if (count > 3) count /= 4;
  else count = 1, kept = colour;
  g.cell = kept | uint64_t(g.check) << 32 | uint64_t(count) << 48;
}

}  // namespace

#endif
