// Interleaved rANS. Large streams have as many lanes as hide the latency of gather and multiply; the lanes of a small stream
// are stepped one by one with their states in registers.
#if defined(__GNUC__) && !defined(__clang__)
// What can be a vector is written as one; GCC's own vectorising of the scalar rounds halves their speed.
#pragma GCC optimize("no-tree-vectorize", "no-tree-slp-vectorize")
#endif
#include "rans_lanes.h"
#include "vaerans/kernels.h"

namespace {

constexpr size_t kMaxLanes = VAERANS_RANS_LANES;
constexpr size_t kShort = VAERANS_RANS_SHORT;
constexpr uint32_t kLow = 1u << 16;  // the least state
static_assert(VAERANS_RANS_PAD >= sizeof(uint32_t) - 1, "gather_bytes reads four bytes from the last slot on");

VAERANS_INLINE uint32_t word_at(const uint8_t* p) { return uint32_t(p[0]) | uint32_t(p[1]) << 8; }

// One packed table: one load per symbol.
struct Model12 {
  static constexpr int kBits = 12;
  const uint32_t* slots;

  // Takes state x to its successor before renormalisation; the low byte of the result is the symbol. T: u32v or uint32_t.
  template <class T, class G, class B>
  VAERANS_INLINE T step(T& x, const Model12& m, G get, B) {
    const T e = get(m.slots, x & 0xfff);
    x = (e >> 20) * (x >> 12) + ((e >> 8) & 0xfff);
    return e;
  }
};

// Two loads per symbol, but tables that stay in the first-level cache.
struct Model14 {
  static constexpr int kBits = 14;
  const uint8_t* symbols;
  const uint32_t* intervals;

  template <class T, class G, class B>
  VAERANS_INLINE T step(T& x, const Model14& m, G get, B get_byte) {
    const T slot = x & 0x3fff;
    const T s = get_byte(m.symbols, slot);
    const T e = get(m.intervals, s);
    x = (e & 0xffff) * (x >> 14) + slot - (e >> 16);
    return s;
  }
};

// One symbol of one lane. Reads the word at p whether it is wanted or not.
template <class Model>
VAERANS_INLINE uint8_t decode_one(const Model& model, uint32_t& state, const uint8_t*& p) {
  uint32_t x = state;
  const uint32_t s = Model::step(
      x, model, [](const uint32_t* t, uint32_t i) { return t[i]; },
      [](const uint8_t* t, uint32_t i) -> uint32_t { return t[i]; });
  const uint32_t want = 0u - (x < kLow);  // a mask: which way this goes cannot be predicted
  state = x << (want & 16) | (word_at(p) & want);
  p += want & 2;
  return uint8_t(s);
}

// Whole rounds of all lanes, while a round's words surely end before `limit`. Returns the symbols done.
template <class Model, int LANES>
VAERANS_INLINE size_t rounds_scalar(const Model& model, uint32_t* states, const uint8_t*& words, const uint8_t* limit,
                                    uint8_t* out, size_t n) {
  uint32_t x[LANES];
  const uint8_t* p = words;
  for (int k = 0; k < LANES; k++) x[k] = states[k];
  size_t i = 0;
  for (; i + LANES <= n && p <= limit; i += LANES)
#pragma GCC unroll 8
    for (int k = 0; k < LANES; k++) out[i + k] = decode_one(model, x[k], p);
  for (int k = 0; k < LANES; k++) states[k] = x[k];
  words = p;
  return i;
}

#if VAERANS_RANS_SIMD
template <class Model, int VECTORS>
VAERANS_INLINE size_t rounds_simd(const Model& model, uint32_t* states, const uint8_t*& words, const uint8_t* limit,
                                  uint8_t* out, size_t n) {
  constexpr size_t lanes = VECTORS * kLanes;
  u32v x[VECTORS];
  const uint8_t* p = words;
  for (int k = 0; k < VECTORS; k++) x[k] = load<u32v>(states + k * kLanes);
  size_t i = 0;
  for (; i + lanes <= n && p <= limit; i += lanes) {
    constexpr int group = VECTORS < 4 ? VECTORS : 4;
#pragma GCC unroll 32
    for (int g = 0; g < VECTORS; g += group) {
      u32v s[group];
#pragma GCC unroll 4
      for (int k = 0; k < group; k++) {
        s[k] = Model::step(
            x[g + k], model, [](const uint32_t* t, u32v j) { return gather(t, j); },
            [](const uint8_t* t, u32v j) { return gather_bytes(t, j); });
        p += 2 * refill(x[g + k], p);
      }
      store_bytes<group>(out + i + g * kLanes, s);
    }
  }
  for (int k = 0; k < VECTORS; k++) store(states + k * kLanes, x[k]);
  words = p;
  return i;
}
#endif

#if VAERANS_LEAVE_OUT & 4
// A module to be downloaded: one loop for all numbers of lanes, their states in memory from group to group.
template <class Model>
size_t rounds(const Model& model, uint32_t* states, size_t lanes, const uint8_t*& words, const uint8_t* limit,
              uint8_t* out, size_t n) {
  size_t i = 0;
#if VAERANS_RANS_SIMD
  constexpr int group = 16 / kLanes;
  for (; lanes >= 16 && i + lanes <= n && words <= limit; i += lanes)
    for (size_t g = 0; g < lanes; g += 16) rounds_simd<Model, group>(model, states + g, words, words, out + i + g, 16);
#endif
  for (; i + lanes <= n && words <= limit; i += lanes)
    for (size_t k = 0; k < lanes; k++) out[i + k] = decode_one(model, states[k], words);
  return i;
}
#else
template <class Model, int LANES>
size_t rounds_n(const Model& model, uint32_t* states, const uint8_t*& words, const uint8_t* limit, uint8_t* out,
                size_t n) {
#if VAERANS_RANS_SIMD
  // Below 16 lanes the latency of a vector's round is not hidden.
  if constexpr (LANES >= 16) return rounds_simd<Model, LANES / int(kLanes)>(model, states, words, limit, out, n);
#endif
  return rounds_scalar<Model, LANES>(model, states, words, limit, out, n);
}

template <class Model>
VAERANS_INLINE size_t rounds(const Model& model, uint32_t* states, size_t lanes, const uint8_t*& words,
                             const uint8_t* limit, uint8_t* out, size_t n) {
  switch (lanes) {
    case 1: return rounds_n<Model, 1>(model, states, words, limit, out, n);
    case 2: return rounds_n<Model, 2>(model, states, words, limit, out, n);
    case 4: return rounds_n<Model, 4>(model, states, words, limit, out, n);
    case 8: return rounds_n<Model, 8>(model, states, words, limit, out, n);
    case 16: return rounds_n<Model, 16>(model, states, words, limit, out, n);
    case 32: return rounds_n<Model, 32>(model, states, words, limit, out, n);
    case 64: return rounds_n<Model, 64>(model, states, words, limit, out, n);
    default: return rounds_n<Model, 128>(model, states, words, limit, out, n);
  }
}

#endif

constexpr size_t kReadAhead = 2 * kMaxLanes;  // words a round may read: those of all lanes, and a vector beyond

template <class Model>
size_t decode(const Model& model, uint32_t* states, size_t lanes, const uint8_t* words, size_t count, uint8_t* out,
              size_t n) {
  const uint8_t* p = words;
  size_t done = 0;
  if (count > kReadAhead) done = rounds(model, states, lanes, p, words + 2 * (count - kReadAhead), out, n);
  // The last words are read from a copy that zeros follow, so that no round reads past the end.
  uint8_t tail[4 * kReadAhead];
  const size_t used = size_t(p - words) / 2, left = count - used;
  const uint8_t* q = p;
  if (left <= kReadAhead) {
    if (left > 0) __builtin_memcpy(tail, p, 2 * left);
    __builtin_memset(tail + 2 * left, 0, sizeof tail - 2 * left);
    q = tail;
  }
  const uint8_t* const start = q;
  const uint8_t* const end = q + 2 * left;
  done += rounds(model, states, lanes, q, end, out + done, n - done);
  for (size_t k = 0; done < n && q <= end; k++, done++) out[done] = decode_one(model, states[k], q);
  return q > end || done < n ? kShort : used + size_t(q - start) / 2;
}

size_t decode12(const uint32_t* slots, uint32_t* states, size_t lanes, const uint8_t* words, size_t count,
                uint8_t* symbols, size_t n) {
  return decode(Model12{slots}, states, lanes, words, count, symbols, n);
}

size_t decode14(const uint8_t* slot_symbols, const uint32_t* intervals, uint32_t* states, size_t lanes,
                const uint8_t* words, size_t count, uint8_t* symbols, size_t n) {
  return decode(Model14{slot_symbols, intervals}, states, lanes, words, count, symbols, n);
}

// One symbol of one lane; the word, if there is one, ends at `end`. Writes there in any case.
template <int BITS>
VAERANS_INLINE void encode_one(uint64_t entry, uint32_t& state, uint8_t*& end) {
  const uint32_t f = entry & 0xffff, start = uint32_t(entry) >> 16;
  uint32_t x = state;
  end[-2] = uint8_t(x);
  end[-1] = uint8_t(x >> 8);
  const uint32_t full = 0u - ((x >> (32 - BITS)) >= f);  // masks: neither way can be predicted
  end -= full & 2;
  x >>= full & 16;
  // The reciprocal is rounded down, so that the quotient is short by at most one (x < 2^32).
  const uint32_t q = uint32_t((uint64_t(x) * (entry >> 32)) >> 32);
  const uint32_t r = x - q * f;
  const uint32_t more = 0u - (r >= f);
  state = (q << BITS) + r + start + (more & ((1u << BITS) - f));
}

template <int BITS, int LANES>
VAERANS_INLINE size_t encode_rounds_scalar(const uint64_t* table, uint32_t* states, const uint8_t* in, size_t n,
                                           uint8_t*& words, const uint8_t* limit) {
  uint32_t x[LANES];
  uint8_t* end = words;
  for (int k = 0; k < LANES; k++) x[k] = states[k];
  for (; n >= LANES && end >= limit; n -= LANES)
#pragma GCC unroll 8
    for (int k = LANES - 1; k >= 0; k--) encode_one<BITS>(table[in[n - LANES + k]], x[k], end);
  for (int k = 0; k < LANES; k++) states[k] = x[k];
  words = end;
  return n;
}

#if VAERANS_RANS_SIMD
template <int BITS, int VECTORS>
VAERANS_INLINE size_t encode_rounds_simd(const uint64_t* table, uint32_t* states, const uint8_t* in, size_t n,
                                         uint8_t*& words, const uint8_t* limit) {
  constexpr size_t lanes = VECTORS * kLanes;
  u32v x[VECTORS];
  uint8_t* end = words;
  for (int k = 0; k < VECTORS; k++) x[k] = load<u32v>(states + k * kLanes);
  for (; n >= lanes && end >= limit; n -= lanes) {
#pragma GCC unroll 16
    for (int k = VECTORS - 1; k >= 0; k--) {
      const Entries e = lookup(table, load_bytes(in + n - lanes + k * kLanes));
      const u32v f = e.interval & 0xffff;
      end -= 2 * flush<32 - BITS>(x[k], f, end);
      const u32v q = multiply_high(x[k], e);
      const u32v r = x[k] - q * f;
      const u32v done = (u32v)((i32v)f > (i32v)r);  // the quotient was not short by one
      x[k] = (q << BITS) + r + (e.interval >> 16) + (~done & ((1u << BITS) - f));
    }
  }
  for (int k = 0; k < VECTORS; k++) store(states + k * kLanes, x[k]);
  words = end;
  return n;
}
#endif

#if VAERANS_LEAVE_OUT & 4
template <int BITS>
size_t encode_rounds(const uint64_t* table, uint32_t* states, size_t lanes, const uint8_t* in, size_t n,
                     uint8_t*& words, const uint8_t* limit) {
#if VAERANS_RANS_SIMD
  constexpr int group = 16 / kLanes;
  if constexpr (BITS == 12)
    for (; lanes >= 16 && n >= lanes && words >= limit; n -= lanes)
      for (size_t g = lanes; g > 0; g -= 16)
        encode_rounds_simd<BITS, group>(table, states + g - 16, in + n - lanes + g - 16, 16, words, words);
#endif
  for (; n >= lanes && words >= limit; n -= lanes)
    for (size_t k = lanes; k > 0; k--) encode_one<BITS>(table[in[n - lanes + k - 1]], states[k - 1], words);
  return n;
}
#else
template <int BITS, int LANES>
size_t encode_rounds_n(const uint64_t* table, uint32_t* states, const uint8_t* in, size_t n, uint8_t*& words,
                       const uint8_t* limit) {
#if VAERANS_RANS_SIMD
  if constexpr (LANES >= 8 && LANES >= int(kLanes))
    return encode_rounds_simd<BITS, LANES / int(kLanes)>(table, states, in, n, words, limit);
#endif
  return encode_rounds_scalar<BITS, LANES>(table, states, in, n, words, limit);
}

template <int BITS>
VAERANS_INLINE size_t encode_rounds(const uint64_t* table, uint32_t* states, size_t lanes, const uint8_t* in, size_t n,
                                    uint8_t*& words, const uint8_t* limit) {
  switch (lanes) {
    case 1: return encode_rounds_n<BITS, 1>(table, states, in, n, words, limit);
    case 2: return encode_rounds_n<BITS, 2>(table, states, in, n, words, limit);
    case 4: return encode_rounds_n<BITS, 4>(table, states, in, n, words, limit);
    case 8: return encode_rounds_n<BITS, 8>(table, states, in, n, words, limit);
    case 16: return encode_rounds_n<BITS, 16>(table, states, in, n, words, limit);
    case 32: return encode_rounds_n<BITS, 32>(table, states, in, n, words, limit);
    case 64: return encode_rounds_n<BITS, 64>(table, states, in, n, words, limit);
    default: return encode_rounds_n<BITS, 128>(table, states, in, n, words, limit);
  }
}

#endif

template <int BITS>
size_t encode_bits(const uint64_t* table, uint32_t* states, size_t lanes, const uint8_t* in, size_t n, uint8_t* words,
                   size_t room) {
  if (n == 0) return 0;
  if (room < 2 * lanes) return kShort;
  uint8_t* const last = words + 2 * room;
  const uint8_t* const limit = words + 4 * lanes;  // a round writes up to a word per lane, and a vector below that
  uint8_t* end = last;
  for (; n % lanes != 0; n--) encode_one<BITS>(table[in[n - 1]], states[(n - 1) % lanes], end);
  n = encode_rounds<BITS>(table, states, lanes, in, n, end, limit);
  return n == 0 ? size_t(last - end) / 2 : kShort;
}

size_t encode(const uint64_t* intervals, uint32_t bits, uint32_t* states, size_t lanes, const uint8_t* symbols,
              size_t n, uint8_t* words, size_t room) {
  return bits == 12 ? encode_bits<12>(intervals, states, lanes, symbols, n, words, room)
                    : encode_bits<14>(intervals, states, lanes, symbols, n, words, room);
}

}  // namespace

VAERANS_DEFINE(rans) = {VAERANS_CHAIN(VAERANS_DECODER(decode12)), VAERANS_EXTRA(decode14),
                        VAERANS_CHAIN(VAERANS_ENCODER(encode))};
