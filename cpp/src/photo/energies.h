// Energies from other bands.
#pragma once
#include "band.h"

namespace vaerans_photo {
namespace {

// The sums: weights of a single magnitude are Q15 of 128 times it, those of several Q17; each product is rounded by itself.
#if defined(VAERANS_PHOTO_VECTORS)
typedef I16 Lane;
constexpr size_t kStep = 16;
VAERANS_INLINE Lane from(const int16_t* p) { return load16(p); }
VAERANS_INLINE void to(int16_t* p, Lane v) { store16(p, v); }
VAERANS_INLINE Lane of(int v) { return all(v); }
VAERANS_INLINE Lane plus(Lane a, Lane b) { return add_sat(a, b); }
VAERANS_INLINE Lane times(Lane a, Lane w) { return mul_round(a, w); }
VAERANS_INLINE Lane four(Lane a) { return a << 2; }
VAERANS_INLINE void pairs(int16_t* p, Lane even, Lane odd) {
  Lane low, high;
  interleave(even, odd, low, high);
  store16(p, low), store16(p + 16, high);
}
#else
typedef int Lane;
constexpr size_t kStep = 1;
VAERANS_INLINE Lane from(const int16_t* p) { return *p; }
VAERANS_INLINE void to(int16_t* p, Lane v) { *p = int16_t(v); }
VAERANS_INLINE Lane of(int v) { return v; }
VAERANS_INLINE Lane plus(Lane a, Lane b) { return a + b < 32767 ? a + b : 32767; }
VAERANS_INLINE Lane times(Lane a, Lane w) { return (a * w + 0x4000) >> 15; }
VAERANS_INLINE Lane four(Lane a) { return a << 2; }
VAERANS_INLINE void pairs(int16_t* p, Lane even, Lane odd) { p[0] = int16_t(even), p[1] = int16_t(odd); }
#endif

// Two rows of pixels of the band lie beside one row of the parent, two columns beside one of its columns.
VAERANS_LOOP void from_parents(const vaerans_photo_around& a, size_t y, int16_t* row) {
  const ptrdiff_t py = ptrdiff_t(y >> 1);
  const int16_t* here = row_of(a.parent, py);
  const int16_t* near = row_of(a.parent, (y & 1) ? py + 1 : py - 1);
  const int16_t* one = row_of(a.cousins[0], py);
  const int16_t* two = row_of(a.cousins[1], py);
  const Lane bias = of(a.bias), centre = of(a.weights[0]), in_x = of(a.weights[1]), in_y = of(a.weights[2]);
  const Lane both = of(a.weights[3]);
  for (size_t x = 0; 2 * x < a.band.width; x += kStep) {
    Lane e = plus(bias, times(four(from(here + x)), centre));
    e = plus(e, times(four(from(near + x)), in_y));
    e = plus(e, times(plus(from(one + x), from(two + x)), both));
    pairs(row + 2 * x, plus(e, times(four(from(here + x - 1)), in_x)), plus(e, times(four(from(here + x + 1)), in_x)));
  }
}

VAERANS_LOOP void from_beside(const vaerans_photo_source& s, int16_t w_centre, int16_t w_around, size_t width, size_t y,
                              int16_t* row) {
  const int16_t* here = row_of(s, ptrdiff_t(y));
  const int16_t* above = row_of(s, ptrdiff_t(y) - 1);
  const int16_t* below = row_of(s, ptrdiff_t(y) + 1);
  const Lane centre = of(w_centre), around = of(w_around);
  for (size_t x = 0; x < width; x += kStep) {
    Lane e = plus(from(row + x), times(four(from(here + x)), centre));
    const Lane sum = plus(plus(from(here + x - 1), from(here + x + 1)), plus(from(above + x), from(below + x)));
    to(row + x, plus(e, times(sum, around)));
  }
}

VAERANS_INLINE void fill(int16_t* p, size_t n, int16_t v) {
  for (size_t i = 0; i < n; i++) p[i] = v;
}

// [step][lane] from rows whose lanes lie `lane` elements apart.
VAERANS_LOOP void turned(const vaerans_photo_band& b, const int16_t* rows, size_t lane, int16_t* steps) {
  const size_t n = steps_of(b);
  for (size_t l = 0; l < kLanes16; l += 8) {
    const int16_t* p = rows + ptrdiff_t(l * lane) - ptrdiff_t(l * kLag);
    for (size_t t = 0; t < n; t += 8) {
#if defined(VAERANS_PHOTO_VECTORS)
      turn8(p + t, ptrdiff_t(lane) - ptrdiff_t(kLag), steps + t * kLanes16 + l, kLanes16);
#else
      for (size_t i = 0; i < 8; i++)
        for (size_t j = 0; j < 8; j++)
          steps[(t + j) * kLanes16 + l + i] = p[ptrdiff_t(i * lane) - ptrdiff_t(i * kLag) + ptrdiff_t(t + j)];
#endif
    }
  }
}

// Where a lane's rows begin in the scratch of energies, and the elements from lane to lane: 32 idle ones in front of each lane's rows, and as
// many behind them as the last lane is late.
VAERANS_INLINE size_t lane_of_rows(const vaerans_photo_band& b) { return groups_of(b) * b.pitch + 96; }

VAERANS_LOOP void energies(const vaerans_photo_around* around, int16_t* rows, int16_t* steps) {
  const vaerans_photo_around a = *around;
  const vaerans_photo_band& b = a.band;
  const size_t lane = lane_of_rows(b), groups = groups_of(b);
  int16_t* const first = rows + 32;
  for (size_t y = 0; y < b.height; y++) {
    int16_t* row = first + (y % kLanes16) * lane + (y / kLanes16) * b.pitch;
    if (a.parent.magnitudes) {
      from_parents(a, y, row);
    } else {
      for (size_t x = 0; x < b.width; x += kStep) to(row + x, of(a.bias));
    }
    VAERANS_ROLLED
    for (int k = 0; k < 4; k++)
      if (a.beside[k].magnitudes) from_beside(a.beside[k], a.weights[4 + 2 * k], a.weights[5 + 2 * k], b.width, y, row);
    fill(row + b.width, b.pitch - b.width, VAERANS_PHOTO_IDLE);
  }
  for (size_t l = 0; l < kLanes16; l++) {
    int16_t* p = first + l * lane;
    fill(p - 32, 32, VAERANS_PHOTO_IDLE);
    const size_t there = (groups - 1) * kLanes16 + l < b.height ? groups : groups - 1;
    fill(p + there * b.pitch, groups * b.pitch + 64 - there * b.pitch, VAERANS_PHOTO_IDLE);
  }
  if (steps) turned(b, first, lane, steps);
}

}  // namespace
}  // namespace vaerans_photo
