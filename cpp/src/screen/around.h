// The pixels around the one that is coded, and what follows from them.
#ifndef VAERANS_SCREEN_AROUND_H
#define VAERANS_SCREEN_AROUND_H

#include "screen/mixer.h"

namespace {

// W is the pixel to the left, N the one above, WW and NN those behind them.
struct Around {
  uint32_t w, n, nw, ne, ww, nn;
};

VAERANS_INLINE int32_t byte(uint32_t colour, uint32_t shift) { return int32_t(colour >> shift & 255); }
VAERANS_INLINE uint32_t apart(int32_t a, int32_t b) { return uint32_t(a > b ? a - b : b - a); }
VAERANS_INLINE int32_t clipped(int32_t v) { return v < 0 ? 0 : v > 255 ? 255 : v; }

// W + N - NW, within what W and N span.
VAERANS_INLINE int32_t median(int32_t w, int32_t n, int32_t nw) {
  const int32_t low = w < n ? w : n, high = w < n ? n : w;
  return nw >= high ? low : nw <= low ? high : w + n - nw;
}

// How much W and N differ from NW: bits of the sum over the channels, at most 9.
VAERANS_INLINE uint32_t unrest(const Around& a, size_t channels) {
  uint32_t sum = 0;
  for (uint32_t s = 0; s < 8 * channels; s += 8)
    sum += apart(byte(a.w, s), byte(a.nw, s)) + apart(byte(a.n, s), byte(a.nw, s));
  return least(length(sum), 9);
}

// The first of N, NE, NW, WW, NN that is furthest from W in a channel.
VAERANS_INLINE uint32_t furthest(const Around& a, uint32_t shift) {
  const uint32_t others[5] = {a.n, a.ne, a.nw, a.ww, a.nn};
  uint32_t best = 0, found = a.n;
  for (uint32_t other : others) {
    const uint32_t d = apart(byte(other, shift), byte(a.w, shift));
    found = d > best ? other : found;
    best = d > best ? d : best;
  }
  return found;
}

}  // namespace

#endif
