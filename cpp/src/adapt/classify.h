// Classes of blocks: how active they are, which way their edges run.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr int16_t kMost = 8191;  // of a second difference: so that four fit 16 bits
constexpr size_t kBlocks = 64;   // worked on at a time
constexpr size_t kGroups = kBlocks + kShorts / 4;

typedef uint64_t u64v __attribute__((vector_size(VAERANS_VECTOR)));
typedef uint32_t u32h __attribute__((vector_size(VAERANS_VECTOR / 2)));

// Sums of |2 x - a - b| of groups of four columns and four rows, along the four directions.
struct Groups {
  alignas(64) uint32_t of[4][kGroups];
};

#if defined(VAERANS_ISA_SCALAR)
VAERANS_INLINE uint32_t second(int c, int a, int b) {
  const int d = 2 * c - a - b, m = d < 0 ? -d : d;
  return uint32_t(m < kMost ? m : kMost);
}

VAERANS_INLINE void groups(const int16_t* p, ptrdiff_t s, size_t n, Groups& out) {
  for (size_t g = 0; g < n; g++, p += 4) {
    uint32_t v = 0, h = 0, a = 0, b = 0;
    for (ptrdiff_t y = 0; y < 4; y++) {
      const int16_t* q = p + y * s;
      for (ptrdiff_t x = 0; x < 4; x++, q++) {
        v += second(q[0], q[s], q[-s]);
        h += second(q[0], q[1], q[-1]);
        a += second(q[0], q[s + 1], q[-s - 1]);
        b += second(q[0], q[1 - s], q[s - 1]);
      }
    }
    out.of[0][g] = v, out.of[1][g] = h, out.of[2][g] = a, out.of[3][g] = b;
  }
}
#else
VAERANS_INLINE i16v second(i16v twice, const int16_t* p, ptrdiff_t away) {
  return least(magnitude(twice - load<i16v>(p + away) - load<i16v>(p - away)), splat<i16v>(kMost));
}

// Sums of four lanes.
VAERANS_INLINE void put_fours(u16v v, uint32_t* out) {
  const u32v pairs = ((u32v)v & splat<u32v>(0xffffu)) + ((u32v)v >> 16);
  const u64v fours = ((u64v)pairs + ((u64v)pairs >> 32)) & splat<u64v>(uint64_t(0xffffffff));
  store(out, __builtin_convertvector(fours, u32h));
}

VAERANS_INLINE void groups(const int16_t* p, ptrdiff_t s, size_t n, Groups& out) {
  for (size_t g = 0; g < n; g += kShorts / 4, p += kShorts) {
    i16v v = {}, h = {}, a = {}, b = {};
    for (ptrdiff_t y = 0; y < 4; y++) {
      const int16_t* q = p + y * s;
      const i16v c = load<i16v>(q), twice = c + c;
      v += second(twice, q, s);
      h += second(twice, q, 1);
      a += second(twice, q, s + 1);
      b += second(twice, q, 1 - s);
    }
    put_fours((u16v)v, out.of[0] + g);
    put_fours((u16v)h, out.of[1] + g);
    put_fours((u16v)a, out.of[2] + g);
    put_fours((u16v)b, out.of[3] + g);
  }
}
#endif

// The sum over the 8 x 8 samples around each block: two groups each way.
VAERANS_INLINE void sums(const Groups& above, const Groups& below, size_t n, Groups& out) {
  VAERANS_ROLLED
  for (int k = 0; k < 4; k++) {
    for (size_t i = 0; i < n; i += kLanes) {
      const uint32_t *a = above.of[k] + i, *b = below.of[k] + i;
      store(out.of[k] + i, load<u32v>(a) + load<u32v>(a + 1) + load<u32v>(b) + load<u32v>(b + 1));
    }
  }
}

// Sort of a block from its four sums, without a branch.
VAERANS_INLINE uint8_t sort_of(uint32_t v, uint32_t h, uint32_t a, uint32_t b, const uint32_t* limits) {
  uint32_t activity = 0;
  for (int i = 0; i < 4; i++) activity += v + h > limits[i];
  const uint64_t some = limits[4];
  const uint64_t hm = (h > v ? h : v) + some, hn = (h > v ? v : h) + some;
  const uint64_t dm = (a > b ? a : b) + some, dn = (a > b ? b : a) + some;
  const bool straight = hm * dn > dm * hn;
  const uint64_t m = straight ? hm : dm, n = straight ? hn : dn;
  const uint32_t weak = 10 * m > 17 * n, strong = m > 4 * n;
  const uint32_t direction = weak + strong + (straight ? 0 : 2 * weak);
  return uint8_t((activity * 5 + direction) * 4 + (v < h) + 2 * (a < b));
}

VAERANS_LOOP void classify(const vaerans_adapt_plane* plane, size_t begin, size_t end, const uint8_t* steps,
                           const uint32_t* limits, uint8_t* sorts) {
  const vaerans_adapt_plane p = *plane;
  const ptrdiff_t s = ptrdiff_t(p.stride);
  const size_t inside = (p.width + 3) / 4;
  for (size_t bx = 0; bx < p.across; bx += kBlocks) {
    const size_t n = min_size(kBlocks, p.across - bx);
    Groups both[2];
    const int16_t* at = p.samples + 4 * ptrdiff_t(bx) - 2 + (4 * ptrdiff_t(begin) - 2) * s;
    for (size_t by = 0; by <= end - begin; by++, at += 4 * s) {
      groups(at, s, n + 1, both[by & 1]);
      if (by == 0) continue;
      Groups whole;
      sums(both[0], both[1], n, whole);
      const uint8_t* k = steps + (by - 1) * p.across + bx;
      uint8_t* to = sorts + (by - 1) * p.across + bx;
      for (size_t i = 0; i < n; i++) {
        const uint8_t sort =
            sort_of(whole.of[0][i], whole.of[1][i], whole.of[2][i], whole.of[3][i], limits + 5 * size_t(k[i]));
        to[i] = bx + i < inside ? sort : uint8_t(0);
      }
    }
  }
}

VAERANS_LOOP void eighths(const float* from, int16_t* to, size_t n) {
  for (size_t i = 0; i < n; i++) {
    float v = from[i] * 8.0f;
    v = v > -8191.0f ? v : -8191.0f;
    v = v < 8191.0f ? v : 8191.0f;
    // To nearest even: a sum of 2^23 to 2^24 has no fraction bits.
    to[i] = int16_t(int32_t((v + 12582912.0f) - 12582912.0f));
  }
}

}  // namespace
}  // namespace vaerans_adapt
