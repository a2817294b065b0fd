// A colour that no neighbour has: its place in the palette of colours that were new before, or a new one.
#ifndef VAERANS_SCREEN_PALETTE_H
#define VAERANS_SCREEN_PALETTE_H

#include "screen/distance.h"

namespace {

constexpr uint32_t kPalette = VAERANS_SCREEN_PALETTE;

// Four bits of a place, from the highest; bits that can only be 0 are not coded. `prefix` is a 1 and the bits before.
template <class Coder>
VAERANS_LOOP uint32_t nibble(Coder& coder, const vaerans_screen_state& s, const Around& a, uint32_t k, uint32_t prefix,
                             uint32_t place) {
  const uint32_t at = k == 0 ? 0 : k == 1 ? 1 + (prefix & 15) : 17 + (prefix & 255);
  uint16_t* const direct = s.direct + kIndexChances + 16 * at;
  uint16_t* const by_w = group(s, mixed(a.w, prefix), 16);
  uint16_t* const by_both = group(s, mixed(mixed(a.w, a.n), prefix), 16);
  uint32_t node = 1;
  for (uint32_t j = 0; j < 4; j++) {
    const uint32_t below = 11 - 4 * k - j;  // bits
    const uint32_t first = ((prefix << j | (node & ((1u << j) - 1))) << 1 | 1) << below;
    bool bit = false;
    if (first - kPalette < s.colours) {
      uint16_t* const chances[3] = {direct + node, by_w + node, by_both + node};
      bit = decide(coder, s, chances, kIndexSets + 16 * k + node, place >> below & 1);
    }
    node = node << 1 | bit;
  }
  return prefix << 4 | (node & 15);
}

// Where an encoder looks for a colour.
VAERANS_INLINE uint32_t bucket(uint32_t colour) { return mixed(colour, 0x31) >> 18; }

VAERANS_INLINE uint32_t found(const vaerans_screen_state& s, uint32_t colour) {
  const uint32_t place = s.places[bucket(colour)];
  return !s.without_palette && place < s.colours && s.palette[place] == colour ? place : kPalette;
}

// `close3` and `close6` are the groups of the close surroundings, whose last chance is ours.
template <class Coder>
VAERANS_LOOP uint32_t literal(Coder& coder, vaerans_screen_state& s, const Around& a, uint16_t* close3,
                              uint16_t* close6, uint32_t actual) {
  uint32_t place = kPalette;
  if (!Coder::kDecodes) place = found(s, actual);
  if (s.colours > 0) {
    uint16_t* const direct = s.direct + kKnownChances + unrest(a, s.channels) * 8 + s.literals;
    uint16_t* const chances[3] = {direct, close3 + 7, close6 + 7};
    if (decide(coder, s, chances, kKnownSets + s.literals, place < kPalette)) {
      uint32_t prefix = 1;
      for (uint32_t k = 0; k < 3; k++) prefix = nibble(coder, s, a, k, prefix, place);
      return s.palette[prefix - kPalette];
    }
  }
  const uint32_t colour = new_colour(coder, s, a, actual);
  place = s.colours < kPalette ? s.colours++ : s.next++ & (kPalette - 1);
  s.palette[place] = colour;
  if (!Coder::kDecodes) s.places[bucket(colour)] = uint16_t(place);
  return colour;
}

}  // namespace

#endif
