// A range coder of bits (G. Martin 1979, as in LZMA), in both directions.
#ifndef VAERANS_SCREEN_CODER_H
#define VAERANS_SCREEN_CODER_H

#include "lanes.h"

namespace {

// Each has `bit`: codes a bit whose probability of being 1 is p / 65536, and gives it. A decoder ignores its value.
struct Decoder {
  static constexpr bool kDecodes = true;
  uint32_t code, range;
  const uint8_t* bytes;
  size_t at, count;

  VAERANS_LAMBDA_INLINE bool bit(uint32_t p, bool) {
    const uint32_t bound = (range >> 16) * p;
    const bool one = code < bound;
    if (one) {
      range = bound;
    } else {
      code -= bound;
      range -= bound;
    }
    while (range < 1u << 24) {
      range <<= 8;
      code = code << 8 | (at < count ? bytes[at] : 0u);
      at++;
    }
    return one;
  }
};

struct Encoder {
  static constexpr bool kDecodes = false;
  uint32_t low, range;
  uint8_t* bytes;
  size_t at;

  VAERANS_LAMBDA_INLINE bool bit(uint32_t p, bool one) {
    const uint32_t bound = (range >> 16) * p;
    if (one) {
      range = bound;
    } else {
      range -= bound;
      low += bound;
      if (low < bound) carry();
    }
    while (range < 1u << 24) {
      bytes[at++] = uint8_t(low >> 24);
      low <<= 8;
      range <<= 8;
    }
    return one;
  }

  // Never runs past the beginning: the number that is written is less than 1.
  void carry() {
    for (size_t i = at; i > 0 && ++bytes[i - 1] == 0;) i--;
  }
};

}  // namespace

#endif
