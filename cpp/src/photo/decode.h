// The lanes of a band, decoded. Step after step: the energies of all lanes, their rows of the tables, which of them are not 0 (those one by one,
// lanes ascending), then words for the others, lanes ascending.
#pragma once
#include "band.h"

namespace vaerans_photo {
namespace {

#if defined(VAERANS_PHOTO_VECTORS)

// Magnitudes of the last steps, one and two lanes up: what a lane sees of the rows above.
struct Above {
  alignas(64) int16_t one[16][kLanes16];
  alignas(64) int16_t two[16][kLanes16];
};

VAERANS_LOOP size_t decode(const vaerans_photo_band* band, const vaerans_photo_model* of_band, const int16_t* steps,
                           uint32_t* states, const uint8_t* words, size_t count, int16_t* magnitudes, float* values,
                           int16_t* history) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  const size_t n = steps_of(b);
  const uint8_t* p = words;
  const uint8_t* const end = words + 2 * count;
  I16 w[VAERANS_PHOTO_OWN];
  for (int i = 0; i < VAERANS_PHOTO_OWN; i++) w[i] = all(m.weights[i]);
  const I16 next = table16(m.next), one = all(1), low7 = all(0x7f);
  // Offsets of a lane's coefficient less the step, and from it to the one above.
  ptrdiff_t at[kLanes16], above_at[kLanes16];
  for (size_t l = 0; l < kLanes16; l++) {
    at[l] = ptrdiff_t(l * b.lane + b.pitch) - ptrdiff_t(l * kLag);
    above_at[l] = l ? -ptrdiff_t(b.lane) : ptrdiff_t((kLanes16 - 1) * b.lane) - ptrdiff_t(b.pitch);
  }
  // The row above lane 0 is lane 15's of the group before: so many steps ago.
  const size_t wrap = b.pitch - kLag * kLanes16;
  U32 x = load32(states);
  I16 state{}, west{}, west2{};
  Above up;
  __builtin_memset(&up, 0, sizeof up);
  int16_t* const seen = history + 2 * kLanes16;  // of step t at [t]
  __builtin_memset(history, 0, 2 * kLanes16 * sizeof *history);
  for (size_t t = 0; t < n; t++) {
    const I16 energy = load16(steps + t * kLanes16), idle = energy >> 15;
    const auto past = [&](const int16_t (&ring)[16][kLanes16], size_t ago)
                          VAERANS_LAMBDA_INLINE { return load16(ring[(t - ago) & 15]); };
    // Summed by themselves: one addition alone keeps what is idle below 0.
    I16 own = mul_round(past(up.two, 2 * kLag), w[3]);
    own = add_sat(own, mul_round(past(up.one, kLag + 1), w[4]));
    own = add_sat(own, mul_round(past(up.one, kLag), w[2]));
    own = add_sat(own, mul_round(west2, w[1]));
    own = add_sat(own, mul_round(past(up.one, kLag - 1), w[5]));
    own = add_sat(own, mul_round(west, w[0]));
    state &= ~idle;
    const I16 rows = rows_of(add_sat(energy, own), state);
    const U32 zeros = zeros_of(m.zeros, rows);
    uint32_t mask = beyond(x, zeros);
    U32 after = of_zero(x, zeros);
    I16 found{};
    if (mask) {
      alignas(64) uint32_t xs[kLanes16];
      alignas(32) uint16_t rs[kLanes16];
      store32(xs, x);
      store16(rs, rows);
      do {
        const int l = __builtin_ctz(mask);
        mask &= mask - 1;
        const int16_t* ends = m.ends + 32 * size_t(rs[l]);
        const int token = ends_before(ends, int(xs[l] & 0x7fff));
        float* v = values + at[l] + ptrdiff_t(t);
        const int context = 3 * sign_of(v[-1]) + sign_of(v[above_at[l]]) + 4;
        const Coefficient c = decoded(xs[l], token, ends, m.signs[context], p);
        const int index = int(2 * c.k) - (rs[l] >> 6 & 1);
        *v = value_of(c, m.shifts + 4 * size_t(rs[l]), index);
        const int most = index < 255 ? index : 255;
        magnitudes[at[l] + ptrdiff_t(t)] = int16_t(most << 5);
        found |= in_lane(l, most << 7 | int(c.k & 1));
        after = with_lane(after, l, c.x);
      } while (mask);
    }
    x = refill(after, p);
    if (__builtin_expect(p > end, 0)) return VAERANS_PHOTO_SHORT;
    state = look_up(next, state << 1 | (found & one));
    const I16 here = found & ~low7;
    west2 = west, west = here;
    store16(seen + t * kLanes16, here);
    const I16 before = t >= wrap ? pair(seen + (t - wrap) * kLanes16 + kLanes16 - 2) : I16{};
    I16 up1, up2;
    lanes_up(here, before, up1, up2);
    store16(up.one[t & 15], up1), store16(up.two[t & 15], up2);
  }
  store32(states, x);
  return size_t(p - words) / 2;
}

#else

// A lane after another: the sum of the neighbours is left out where all of them are 0, as they mostly are.
VAERANS_INLINE int own_energy(const int16_t* m, const vaerans_photo_model& model, ptrdiff_t above, ptrdiff_t above2) {
  const int near[VAERANS_PHOTO_OWN] = {m[-1], m[-2], m[above], m[above2], m[above - 1], m[above + 1]};
  if ((near[0] | near[1] | near[2] | near[3] | near[4] | near[5]) == 0) return 0;
  int e = 0;
  for (int i = 0; i < VAERANS_PHOTO_OWN; i++) e += (4 * near[i] * model.weights[i] + 0x4000) >> 15;
  return e;
}

// Quarter octaves from 8 on.
VAERANS_INLINE int class_of(int e) {
  if (e < 8) return 0;
  const int octave = 31 - __builtin_clz(uint32_t(e));
  return 4 * (octave - 3) + (e >> (octave - 2) & 3);
}

VAERANS_LOOP size_t decode(const vaerans_photo_band* band, const vaerans_photo_model* of_band, const int16_t* steps,
                           uint32_t* states, const uint8_t* words, size_t count, int16_t* magnitudes, float* values,
                           int16_t*) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  const size_t n = steps_of(b);
  const uint8_t* p = words;
  const uint8_t* const end = words + 2 * count;
  uint32_t x[kLanes16];
  int state[kLanes16] = {};
  ptrdiff_t at[kLanes16], above[kLanes16], above2[kLanes16];
  const ptrdiff_t lane = ptrdiff_t(b.lane), turn = 16 * lane - ptrdiff_t(b.pitch);
  for (size_t l = 0; l < kLanes16; l++) {
    x[l] = states[l];
    at[l] = ptrdiff_t(l * b.lane + b.pitch) - ptrdiff_t(l * kLag);
    above[l] = l ? -lane : turn - lane;
    above2[l] = l > 1 ? -2 * lane : turn - 2 * lane;
  }
  for (size_t t = 0; t < n; t++) {
    uint32_t low = 0;
    for (size_t l = 0; l < kLanes16; l++) {
      const int energy = steps[t * kLanes16 + l];
      if (energy < 0) {
        state[l] = 0;
        continue;
      }
      const ptrdiff_t i = at[l] + ptrdiff_t(t);
      const int sum = energy + own_energy(magnitudes + i, m, above[l], above2[l]);
      const int quantizer = state[l] & 1, row = class_of(sum < 32767 ? sum : 32767) | quantizer << 6;
      const uint32_t zero = m.zeros[row], slot = x[l] & 0x7fff;
      int parity = 0;
      if (slot < zero) {
        x[l] = zero * (x[l] >> 15) + slot;
        low |= uint32_t(x[l] < 65536) << l;
      } else {
        const int16_t* ends = m.ends + 32 * row;
        int token = 0;
        while (int(slot) > ends[token]) token++;
        const int context = 3 * sign_of(values[i - 1]) + sign_of(values[i + above[l]]) + 4;
        const Coefficient c = decoded(x[l], token, ends, m.signs[context], p);
        const int index = int(2 * c.k) - quantizer;
        values[i] = value_of(c, m.shifts + 4 * row, index);
        magnitudes[i] = int16_t((index < 255 ? index : 255) << 5);
        x[l] = c.x;
        parity = int(c.k & 1);
      }
      state[l] = m.next[2 * state[l] + parity];
    }
    for (; low; low &= low - 1) {
      const int l = __builtin_ctz(low);
      x[l] = take_word(x[l], p);
    }
    if (__builtin_expect(p > end, 0)) return VAERANS_PHOTO_SHORT;
  }
  for (size_t l = 0; l < kLanes16; l++) states[l] = x[l];
  return size_t(p - words) / 2;
}

#endif

}  // namespace
}  // namespace vaerans_photo
