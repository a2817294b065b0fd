// The encoder's search: of all ways through the states of the quantizer the cheapest for a row (Viterbi). Eight states at once.
#pragma once
#include "band.h"

namespace vaerans_photo {
namespace {

typedef float F8 __attribute__((vector_size(32)));
typedef int32_t S8x32 __attribute__((vector_size(32)));

constexpr S8x32 kQuantizer = {0, 1, 0, 1, 0, 1, 0, 1};        // of each state
constexpr S8x32 kQuantizerBefore = {0, 0, 1, 1, 0, 0, 1, 1};  // of the states that lead to each

VAERANS_INLINE F8 gather(const float* t, S8x32 i) {
#if defined(__AVX2__)
  return (F8)_mm256_i32gather_ps(t, (__m256i)i, 4);
#else
  return F8{t[i[0]], t[i[1]], t[i[2]], t[i[3]], t[i[4]], t[i[5]], t[i[6]], t[i[7]]};
#endif
}
VAERANS_INLINE F8 all8(float v) { return v - F8{}; }
VAERANS_INLINE S8x32 all8i(int32_t v) { return v - S8x32{}; }
VAERANS_INLINE F8 both(float even, float odd) { return F8{even, odd, even, odd, even, odd, even, odd}; }
VAERANS_INLINE S8x32 bothi(int32_t even, int32_t odd) { return S8x32{even, odd, even, odd, even, odd, even, odd}; }

// Ways into a state: first from 0 0 1 1 2 2 3 3 by parities 0 1 1 0 1 0 1 0, second from 4 4 5 5 6 6 7 7 by the others.
template <class V>
VAERANS_INLINE V first_way(V even, V odd) {
  return __builtin_shufflevector(even, odd, 0, 8, 9, 1, 10, 2, 11, 3);
}
template <class V>
VAERANS_INLINE V second_way(V even, V odd) {
  return __builtin_shufflevector(even, odd, 12, 4, 5, 13, 6, 14, 7, 15);
}

VAERANS_INLINE int token_of(int32_t k) {
  if (k < 8) return k;
  const int n = 31 - __builtin_clz(uint32_t(k));
  const int token = 8 + (n - 3) * 2 + (k >> (n - 1) & 1);
  return token < kEscape ? token : kEscape;
}

VAERANS_INLINE S8x32 class_of8(S8x32 e) {
  const S8x32 c = ((S8x32) __builtin_convertvector(e, F8) >> 21) - (0x41000000 >> 21);
  return c < 0 ? S8x32{} : c;
}

// What index k costs in each state: k of the states of either quantizer, rows of the tables by state.
VAERANS_INLINE F8 cost(const vaerans_photo_model& m, const vaerans_photo_search& s, float u, S8x32 rows, int32_t even,
                       int32_t odd) {
  const S8x32 at = rows * 32 + bothi(token_of(even), token_of(odd));
  const S8x32 size = rows * 4 + bothi(even < 3 ? even : 3, odd < 3 ? odd : 3);
  const F8 index = both(float(2 * even), float(odd ? 2 * odd - 1 : 0));
  const F8 miss = all8(u) - (index - gather(m.shifts, size));
  return miss * miss + gather(s.costs, at);
}

struct Step {
  S8x32 from, index;
};

// Energies of a row but for its own two neighbours.
VAERANS_INLINE void energies_above(const vaerans_photo_band& b, const vaerans_photo_model& m, size_t row,
                                   const int16_t* energies, const int16_t* magnitudes, int16_t* out) {
  const ptrdiff_t here = ptrdiff_t(row_at(b.pitch, b.lane, row + kLanes16));
  const int16_t* above = magnitudes + (ptrdiff_t(row_at(b.pitch, b.lane, row + kLanes16 - 1)) - here);
  // Row -2 is a row of zeros, as row -1 is.
  const int16_t* above2 = row >= 2 ? magnitudes + (ptrdiff_t(row_at(b.pitch, b.lane, row + kLanes16 - 2)) - here)
                                   : magnitudes + (ptrdiff_t(row_at(b.pitch, b.lane, kLanes16 - 1)) - here);
  for (size_t x = 0; x < b.width; x++) {
    int e = energies[x];
    e += (4 * above[x] * m.weights[2] + 0x4000) >> 15;
    e += (4 * above2[x] * m.weights[3] + 0x4000) >> 15;
    e += (4 * above[ptrdiff_t(x) - 1] * m.weights[4] + 0x4000) >> 15;
    e += (4 * above[x + 1] * m.weights[5] + 0x4000) >> 15;
    out[x] = int16_t(e < 32767 ? e : 32767);
  }
}

VAERANS_LOOP void search(const vaerans_photo_band* band, const vaerans_photo_model* of_band,
                         const vaerans_photo_search* of_search, size_t row, const int16_t* energies,
                         const float* coefficients, const float* factors, int16_t* magnitudes, int32_t* indices,
                         uint32_t* scratch) {
  const vaerans_photo_band b = *band;
  const vaerans_photo_model m = *of_band;
  const vaerans_photo_search s = *of_search;
  int16_t* const base = reinterpret_cast<int16_t*>(scratch);
  Step* const steps = reinterpret_cast<Step*>(scratch + ((b.width + 1) / 2 + 15) / 16 * 16);
  energies_above(b, m, row, energies, magnitudes, base);
  F8 j = {0, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f, 1e30f};
  S8x32 west{}, west2{};
  for (size_t x = 0; x < b.width; x++) {
    const float c = coefficients[x] * factors[x], u = c < 0 ? -c : c;
    S8x32 e = base[x] + ((west * m.weights[0] + 0x4000) >> 15) + ((west2 * m.weights[1] + 0x4000) >> 15);
    e = e < 32767 ? e : all8i(32767);
    const S8x32 rows = class_of8(e) | kQuantizer << 6;
    F8 even, odd;
    S8x32 k_even{}, k_odd{};
    if (u < s.least) {
      even = j + (u * u + gather(s.costs, rows * 32));
      odd = all8(2e30f);
    } else if (u < 1) {
      even = j + (u * u + gather(s.costs, rows * 32));
      odd = j + cost(m, s, u, rows, 1, 1);
      k_odd = all8i(1);
    } else {
      // Below and above, one further below, and 0.
      const float most = u < 16000000.f ? u : 16000000.f;
      const int32_t k0 = int32_t(most * 0.5f), k1 = int32_t((most + 1) * 0.5f);
      const F8 low = cost(m, s, u, rows, k0, k1), high = cost(m, s, u, rows, k0 + 1, k1 + 1);
      F8 other = high;
      S8x32 k_other = bothi(k0 + 1, k1 + 1);
      const S8x32 k_low = bothi(k0, k1);
      const F8 lower = cost(m, s, u, rows, k0 > 0 ? k0 - 1 : k0 + 1, k1 > 0 ? k1 - 1 : k1 + 1);
      const S8x32 is_lower = lower < other;
      other = is_lower ? lower : other;
      k_other = is_lower ? bothi(k0 > 0 ? k0 - 1 : k0 + 1, k1 > 0 ? k1 - 1 : k1 + 1) : k_other;
      const S8x32 low_is_even = bothi(k0 & 1, k1 & 1) == 0;
      even = low_is_even ? low : other, k_even = low_is_even ? k_low : k_other;
      odd = low_is_even ? other : low, k_odd = low_is_even ? k_other : k_low;
      const F8 none = u * u + gather(s.costs, rows * 32);
      const S8x32 is_none = none < even;
      even = j + (is_none ? none : even), k_even = is_none ? S8x32{} : k_even;
      odd = j + odd;
    }
    const F8 a = first_way(even, odd), z = second_way(even, odd);
    const S8x32 is_second = z < a;
    j = is_second ? z : a;
    const S8x32 k = is_second ? second_way(k_even, k_odd) : first_way(k_even, k_odd);
    const S8x32 from = is_second ? S8x32{4, 4, 5, 5, 6, 6, 7, 7} : S8x32{0, 0, 1, 1, 2, 2, 3, 3};
    steps[x] = {from, k};
    west2 = is_second ? __builtin_shufflevector(west, west, 4, 4, 5, 5, 6, 6, 7, 7)
                      : __builtin_shufflevector(west, west, 0, 0, 1, 1, 2, 2, 3, 3);
    const S8x32 index = 2 * k - kQuantizerBefore;
    west = k > 0 ? (index < 255 ? index : all8i(255)) << 7 : S8x32{};
    if ((x & 63) == 63) j -= all8(j[0]);  // sums stay small
  }
  int at = 0;
  for (int i = 1; i < 8; i++)
    if (j[i] < j[at]) at = i;
  for (size_t x = b.width; x-- > 0;) {
    const int32_t k = steps[x].index[at];
    at = steps[x].from[at];
    const int32_t index = k > 0 ? 2 * k - (at & 1) : 0;
    magnitudes[x] = int16_t((index < 255 ? index : 255) << 5);
    indices[x] = coefficients[x] < 0 ? -k : k;
  }
}

VAERANS_LOOP void round(const vaerans_photo_band* band, float zone, size_t, const float* coefficients,
                        const float* factors, int16_t* magnitudes, int32_t* indices) {
  const size_t width = band->width;
  for (size_t x = 0; x < width; x++) {
    const float c = coefficients[x] * factors[x], u = 0.5f * __builtin_fabsf(c) + (1 - zone);
    const int32_t k = int32_t(u < 16000000.f ? u : 16000000.f), index = 2 * k, sign = -int32_t(c < 0);
    magnitudes[x] = int16_t((index < 255 ? index : 255) << 5);
    indices[x] = (k ^ sign) - sign;
  }
}

}  // namespace
}  // namespace vaerans_photo
