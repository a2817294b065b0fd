// Classes of blocks: how active they are, which way their edges run.
#pragma once
#include "taps.h"

namespace vaerans_adapt {
namespace {

constexpr int16_t kMost = 8191;      // of a second difference: so that eight fit 16 bits
constexpr uint32_t kLargest = 65000;  // of a quarter of a sum: so that products fit 32 bits
constexpr size_t kBlocks = 64;       // worked on at a time
constexpr size_t kGroups = kBlocks + kShorts / 4;

typedef uint64_t u64v __attribute__((vector_size(VAERANS_VECTOR)));
typedef uint32_t u32h __attribute__((vector_size(VAERANS_VECTOR / 2)));
typedef uint8_t u8q __attribute__((vector_size(VAERANS_VECTOR / 4)));

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

VAERANS_INLINE u32v higher(u32v a, u32v b) { return a > b ? a : b; }
VAERANS_INLINE u32v lower(u32v a, u32v b) { return a < b ? a : b; }

// A quarter of the sum over the 8 x 8 samples around each block: two groups each way.
VAERANS_INLINE u32v quarter(const uint32_t* above, const uint32_t* below) {
  const u32v sum = load<u32v>(above) + load<u32v>(above + 1) + load<u32v>(below) + load<u32v>(below + 1);
  return lower(sum >> 2, splat<u32v>(kLargest));
}

// Sorts of as many blocks as there are lanes. limits: kBlocks of each of the five.
VAERANS_INLINE u32v sorts_of(const Groups& above, const Groups& below, size_t i, const uint32_t* limits) {
  const u32v v = quarter(above.of[0] + i, below.of[0] + i), h = quarter(above.of[1] + i, below.of[1] + i);
  const u32v a = quarter(above.of[2] + i, below.of[2] + i), b = quarter(above.of[3] + i, below.of[3] + i);
  const u32v active = v + h, one = splat<u32v>(1u);
  u32v activity = {};
  for (int k = 0; k < 4; k++) activity -= (u32v)(active > load<u32v>(limits + size_t(k) * kBlocks));
  const u32v some = load<u32v>(limits + 4 * kBlocks);
  const u32v hm = higher(v, h) + some, hn = lower(v, h) + some, dm = higher(a, b) + some, dn = lower(a, b) + some;
  const u32v straight = (u32v)(hm * dn > dm * hn);
  const u32v m = (hm & straight) | (dm & ~straight), n = (hn & straight) | (dn & ~straight);
  const u32v weak = (u32v)(m * 10u > n * 17u), strong = (u32v)(m > n * 4u);
  const u32v direction = (weak & one) + (strong & one) + (weak & ~straight & splat<u32v>(2u));
  const u32v turn = ((u32v)(v < h) & one) + ((u32v)(a < b) & splat<u32v>(2u));
  return (activity * 5u + direction) * 4u + turn;
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
    groups(at, s, n + 1, both[0]);
    for (size_t by = 0; by < end - begin; by++) {
      at += 4 * s;
      groups(at, s, n + 1, both[(by + 1) & 1]);
      alignas(64) uint32_t own[5][kBlocks];
      alignas(64) uint8_t made[kBlocks];
      const uint8_t* k = steps + by * p.across + bx;
      for (size_t i = 0; i < kBlocks; i++)
        for (size_t l = 0; l < 5; l++) own[l][i] = i < n ? limits[5 * size_t(k[i]) + l] : 0;
      for (size_t i = 0; i < n; i += kLanes)
        store(made + i, __builtin_convertvector(sorts_of(both[by & 1], both[(by + 1) & 1], i, &own[0][i]), u8q));
      for (size_t i = 0; i < n; i++) sorts[by * p.across + bx + i] = bx + i < inside ? made[i] : uint8_t(0);
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
