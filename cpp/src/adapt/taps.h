// Which samples a filter sees, and how a block's turn moves them.
#pragma once
#include "../lanes.h"

namespace vaerans_adapt {
namespace {

constexpr size_t kSide = VAERANS_ADAPT_SIDE;

struct Tap {
  int8_t x, y;
};
// One of each pair; the other is on the opposite side.
constexpr Tap kLuma[VAERANS_ADAPT_LUMA] = {{0, -3}, {-1, -2}, {0, -2},  {1, -2},  {-2, -1}, {-1, -1},
                                           {0, -1}, {1, -1},  {2, -1},  {-3, 0},  {-2, 0},  {-1, 0}};
constexpr Tap kChroma[VAERANS_ADAPT_CHROMA] = {{0, -2}, {-1, -1}, {0, -1}, {1, -1}, {-2, 0}, {-1, 0}};

VAERANS_INLINE const Tap* taps_of(size_t pairs) { return pairs == VAERANS_ADAPT_LUMA ? kLuma : kChroma; }

// Where the pair of a turned block's tap stands: its turn's first bit swaps x and y, the second then turns y.
VAERANS_INLINE Tap turned(Tap t, int turn) {
  const int8_t x = turn & 1 ? t.y : t.x, y = turn & 1 ? t.x : t.y;
  return {x, int8_t(turn & 2 ? -y : y)};
}

VAERANS_INLINE int clipped(int d, int bound) { return d < -bound ? -bound : d > bound ? bound : d; }

}  // namespace
}  // namespace vaerans_adapt
