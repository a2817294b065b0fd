// A colour that is new: a channel after the other, as the distance from a prediction.
#ifndef VAERANS_SCREEN_DISTANCE_H
#define VAERANS_SCREEN_DISTANCE_H

#include "screen/around.h"
#include "screen/places.h"

namespace {

constexpr int kPredictors = 6;

// What the distance of a channel is coded with.
struct Contexts {
  uint16_t *direct, *near, *exact, *low;
  uint32_t set;
};

template <class Coder>
VAERANS_LOOP bool step(Coder& coder, const vaerans_screen_state& s, const Contexts& c, uint32_t node, bool bit) {
  uint16_t* const chances[3] = {c.direct + node, c.near + node, c.exact + node};
  return decide(coder, s, chances, c.set + node, bit);
}

// Whether it is 0, its sign, the length of its magnitude in unary, the bits below the highest.
template <class Coder>
VAERANS_INLINE int32_t distance(Coder& coder, const vaerans_screen_state& s, const Contexts& c, int32_t value) {
  if (step(coder, s, c, 1, value == 0)) return 0;
  const bool negative = step(coder, s, c, 2, value < 0);
  const uint32_t magnitude = uint32_t(value < 0 ? -value : value), wanted = length(magnitude);
  uint32_t bits = 1, v = 1;
  while (bits < 8 && step(coder, s, c, 2 + bits, wanted > bits)) bits++;
  for (uint32_t i = bits - 1; i-- > 0;) v = v << 1 | decide(coder, c.low[bits * 128 + v], magnitude >> i & 1);
  return negative ? -int32_t(v) : int32_t(v);
}

// On the line from W to another colour, where the leading channel is at `lead`.
VAERANS_INLINE int32_t on_line(uint32_t w, uint32_t other, uint32_t shift, uint32_t leading, int32_t lead) {
  const int32_t from = byte(w, shift), to = byte(other, shift), start = byte(w, leading);
  const int32_t whole = byte(other, leading) - start;
  if (whole == 0) return to;
  const int32_t product = (to - from) * (lead - start), divisor = whole < 0 ? -whole : whole;
  const int32_t size = product < 0 ? -product : product, part = (2 * size + divisor) / (2 * divisor);
  return clipped((product < 0) == (whole < 0) ? from + part : from - part);
}

// Channels in the order of coding, as shifts: alpha first, green before red and blue.
constexpr uint8_t kOrders[4][4] = {{0}, {0, 8}, {8, 0, 16}, {24, 8, 0, 16}};

template <class Coder>
struct NewColour {
  Coder& coder;
  const vaerans_screen_state& s;
  const Around& a;
  uint32_t ink, far, leading, value;
  int32_t error, before;  // of the median of the last channel, and of the one before it

  VAERANS_LAMBDA_INLINE void predictions(int32_t (&p)[kPredictors], uint32_t shift, bool leads, int32_t plain) const {
    const int32_t w = byte(a.w, shift);
    p[0] = leads ? plain : clipped(plain + error);
    p[1] = leads ? w : on_line(a.w, ink, shift, leading, byte(value, leading));
    p[2] = leads ? byte(ink, shift) : on_line(a.w, far, shift, leading, byte(value, leading));
    p[3] = leads ? byte(a.n, shift) : w;
    p[4] = (w + byte(a.n, shift) + 1) >> 1;
    p[5] = leads ? byte(far, shift) : byte(ink, shift);
  }

  VAERANS_LAMBDA_INLINE Contexts contexts(uint32_t i, uint32_t best, uint32_t shift, bool leads) const {
    const int32_t w = byte(a.w, shift), n = byte(a.n, shift), nw = byte(a.nw, shift), ne = byte(a.ne, shift);
    const uint32_t which = i * kPredictors + best, across = apart(w, n), along = apart(ne, n);
    const uint32_t unrest = least(length(apart(w, nw) + apart(n, nw) + along), 8);
    const uint32_t size = least(length(apart(error, 0)), 5);
    const uint32_t last = error == 0 ? 0 : (error > 0 ? 1 : 2) + 2 * (size - 1);
    const uint32_t near = which << 16 | unrest << 12 | length(across) << 8 | length(along) << 4;
    const uint32_t exact =
        leads ? mixed(mixed(uint32_t(w) + 256 * which, uint32_t(n)), 0x9999)
              : mixed(mixed(uint32_t(error) + 512 + 1024 * best, uint32_t(w) + 256 * uint32_t(before)), 0x7777);
    return {s.direct + kDistanceChances + 16 * ((which * 9 + unrest) * 11 + last), group(s, mixed(near, 0x8000), 16),
            group(s, exact, 16), s.direct + kLowChances + i * 9 * 128, kDistanceSets + 16 * i};
  }

  VAERANS_LAMBDA_INLINE void channel(uint32_t i, uint32_t surroundings, uint32_t actual) {
    const uint32_t shift = kOrders[s.channels - 1][i];
    const bool leads = i == 0 || (s.channels == 4 && i == 1);
    const int32_t plain = median(byte(a.w, shift), byte(a.n, shift), byte(a.nw, shift));
    int32_t p[kPredictors], *scores = s.scores + (i * 8 + surroundings) * kPredictors;
    predictions(p, shift, leads, plain);
    uint32_t best = 0;
    for (uint32_t k = 1; k < kPredictors; k++) best = scores[k] < scores[best] ? k : best;
    const Contexts c = contexts(i, best, shift, leads);
    const int32_t wanted = int8_t(byte(actual, shift) - p[best]);
    const int32_t v = (p[best] + distance(coder, s, c, wanted)) & 255;
    value |= uint32_t(v) << shift;
    before = error;
    error = int8_t(v - plain);
    for (int k = 0; k < kPredictors; k++) scores[k] += (int32_t(least(apart(v, p[k]), 32)) * 256 - scores[k]) >> 4;
    if (leads) leading = shift;
  }
};

template <class Coder>
VAERANS_INLINE uint32_t new_colour(Coder& coder, const vaerans_screen_state& s, const Around& a, uint32_t actual) {
  uint32_t& ink = s.inks[mixed(a.w, 0x99) >> 22];
  NewColour<Coder> it{coder, s, a, ink, furthest(a, s.channels >= 3 ? 8 : 0), 0, 0, 0, 0};
  const uint32_t surroundings = uint32_t(a.w == a.n) + 2 * uint32_t(a.ne == a.n) + 4 * uint32_t(s.literals > 1);
  for (uint32_t i = 0; i < s.channels; i++) it.channel(i, surroundings, actual);
  return ink = it.value;
}

}  // namespace

#endif
