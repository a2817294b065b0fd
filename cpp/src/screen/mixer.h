// Chances and their mixing: a decision's probability is a weighted sum, in the logistic domain, of what several contexts saw.
#ifndef VAERANS_SCREEN_MIXER_H
#define VAERANS_SCREEN_MIXER_H

#include "lanes.h"
#include "screen/coder.h"

namespace {

constexpr uint16_t kEven = 0x8000;  // a chance that has seen nothing
constexpr int32_t kMostStretch = 3071;
constexpr int32_t kMostWeight = 1 << 19;

VAERANS_INLINE uint32_t mixed(uint32_t h, uint32_t v) {
  h = (h + v) * 0x9E3779B1u;
  return h ^ h >> 15;
}

// Bits of a number; 0 of 0.
VAERANS_INLINE uint32_t length(uint32_t v) { return v == 0 ? 0 : 32 - uint32_t(__builtin_clz(v)); }
VAERANS_INLINE uint32_t least(uint32_t a, uint32_t b) { return a < b ? a : b; }

// 2^16 / (n + 3/2)
constexpr uint16_t kRates[16] = {43690, 26214, 18724, 14563, 11915, 10082, 8738, 7710,
                                 6898,  6241,  5698,  5242,  4854,  4519,  4228, 3971};

// 12 bits of probability of a 1, 4 bits of how often it was asked.
VAERANS_INLINE void learn(uint16_t& chance, bool bit) {
  const uint32_t p = chance >> 4, n = chance & 15, rate = kRates[n];
  const uint32_t moved = bit ? p + (((4095 - p) * rate + 32768) >> 16) : p - ((p * rate + 32768) >> 16);
  chance = uint16_t(moved << 4 | (n < 15 ? n + 1 : n));
}

// The 8 or 16 chances of a context; the first is a check of whose they are.
VAERANS_SHARED uint16_t* group(const vaerans_screen_state& s, uint32_t hash, uint32_t size) {
  uint16_t* g = s.hashed + (hash >> (32 - s.hash_bits) & ~(size - 1));
  const uint16_t check = uint16_t(hash | 1);
  if (g[0] != check) {
    g[0] = check;
    for (uint32_t i = 1; i < size; i++) g[i] = kEven;
  }
  return g;
}

// Codes a bit by three chances and the weights of a set.
template <class Coder>
VAERANS_LOOP bool decide(Coder& coder, const vaerans_screen_state& s, uint16_t* const (&chances)[3], uint32_t set,
                         bool bit) {
  int32_t* weights = s.weights + set * 4;
  int32_t stretched[3], sum = 0;
  for (int i = 0; i < 3; i++) {
    stretched[i] = s.stretch[*chances[i] >> 4];
    sum += stretched[i] * weights[i] >> 8;
  }
  sum >>= 8;
  sum = sum > kMostStretch ? kMostStretch : sum < -kMostStretch - 1 ? -kMostStretch - 1 : sum;
  const int32_t p = s.squash[sum + kMostStretch + 1];
  bit = coder.bit(uint32_t(p), bit);
  const int32_t error = ((bit ? 65535 : 0) - p) >> 2;
  for (int i = 0; i < 3; i++) {
    const int32_t w = weights[i] + ((stretched[i] * error + 4096) >> 13);
    weights[i] = w > kMostWeight ? kMostWeight : w < -kMostWeight ? -kMostWeight : w;
    learn(*chances[i], bit);
  }
  return bit;
}

// Codes a bit by one chance.
template <class Coder>
VAERANS_INLINE bool decide(Coder& coder, uint16_t& chance, bool bit) {
  bit = coder.bit((chance & 0xfff0u) + 8, bit);
  learn(chance, bit);
  return bit;
}

}  // namespace

#endif
