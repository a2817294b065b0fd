// Interleaved samples <-> blocks of planes, in cache. Static like everything in lanes.h.
#ifndef VAERANS_INTERLEAVE_H
#define VAERANS_INTERLEAVE_H

#include "elementwise.h"

namespace {

#if defined(__AVX512VBMI__) || defined(__SSSE3__) || defined(__ARM_NEON) || defined(__wasm_simd128__)

#if defined(__AVX512VBMI__)
constexpr size_t kShuffle = 64;  // bytes that one instruction can shuffle
#else
constexpr size_t kShuffle = 16;
#endif

// index[to][from][b]: the byte of vector `from` that byte b of vector `to` takes, or 0x80 for none.
template <int C>
struct ShuffleTable {
  alignas(64) uint8_t index[C][C][kShuffle];
};

// From C vectors of interleaved samples of S bytes to one vector per plane (or the way back).
template <int C, size_t S, bool kBack>
constexpr ShuffleTable<C> make_shuffle_table() {
  ShuffleTable<C> t{};
  for (int c = 0; c < C; c++)
    for (int k = 0; k < C; k++)
      for (size_t b = 0; b < kShuffle; b++) (kBack ? t.index[k][c][b] : t.index[c][k][b]) = 0x80;
  for (int c = 0; c < C; c++)
    for (size_t b = 0; b < kShuffle; b++) {
      const size_t at = (b / S * C + c) * S + b % S;  // where byte b of plane c stands among the interleaved
      const size_t k = at / kShuffle, j = at % kShuffle;
      if (kBack) t.index[k][c][j] = uint8_t(b);
      else t.index[c][k][b] = uint8_t(j);
    }
  return t;
}

typedef uint8_t shuffle_v __attribute__((vector_size(kShuffle)));

// Bytes of v where the index has no top bit, else those of `rest`.
VAERANS_INLINE shuffle_v shuffle_into(shuffle_v rest, shuffle_v v, const uint8_t* index) {
  const shuffle_v i = load<shuffle_v>(index);
#if defined(__AVX512VBMI__)
  const __mmask64 mask = ~_mm512_movepi8_mask((__m512i)i);
  return (shuffle_v)_mm512_mask_permutexvar_epi8((__m512i)rest, mask, (__m512i)i, (__m512i)v);
#elif defined(__SSSE3__)
  return rest | (shuffle_v)_mm_shuffle_epi8((__m128i)v, (__m128i)i);
#elif defined(__ARM_NEON)
  return rest | (shuffle_v)vqtbl1q_u8((uint8x16_t)v, (uint8x16_t)i);
#else
  return rest | (shuffle_v)wasm_i8x16_swizzle((v128_t)v, (v128_t)i);
#endif
}

template <int C>
VAERANS_INLINE shuffle_v shuffle(const shuffle_v (&v)[C], const uint8_t (&index)[C][kShuffle]) {
  shuffle_v r = {};
  for (int k = 0; k < C; k++) r = shuffle_into(r, v[k], index[k]);
  return r;
}

template <int C, class S>
void deinterleave(const S* src, S (*dst)[kBlock]) {
  static constexpr ShuffleTable<C> table = make_shuffle_table<C, sizeof(S), false>();
  constexpr size_t kStep = kShuffle / sizeof(S);
  for (size_t i = 0; i < kBlock; i += kStep) {
    shuffle_v v[C];
    for (int k = 0; k < C; k++) v[k] = load<shuffle_v>(src + i * C + k * kStep);
    for (int c = 0; c < C; c++) store(&dst[c][i], shuffle<C>(v, table.index[c]));
  }
}

template <int C, class S>
void interleave(const S (*src)[kBlock], S* dst) {
  static constexpr ShuffleTable<C> table = make_shuffle_table<C, sizeof(S), true>();
  constexpr size_t kStep = kShuffle / sizeof(S);
  for (size_t i = 0; i < kBlock; i += kStep) {
    shuffle_v v[C];
    for (int c = 0; c < C; c++) v[c] = load<shuffle_v>(&src[c][i]);
    for (int k = 0; k < C; k++) store(dst + i * C + k * kStep, shuffle<C>(v, table.index[k]));
  }
}

#else

template <int C, class S>
void deinterleave(const S* src, S (*dst)[kBlock]) {
  for (size_t i = 0; i < kBlock; i++)
    for (int c = 0; c < C; c++) dst[c][i] = src[i * C + c];
}

template <int C, class S>
void interleave(const S (*src)[kBlock], S* dst) {
  for (size_t i = 0; i < kBlock; i++)
    for (int c = 0; c < C; c++) dst[i * C + c] = src[c][i];
}

#endif

// The function for that many channels: 1 to 4.
template <class S>
auto deinterleave_for(size_t channels) {
  return channels == 1   ? deinterleave<1, S>
         : channels == 2 ? deinterleave<2, S>
         : channels == 3 ? deinterleave<3, S>
                         : deinterleave<4, S>;
}

#if VAERANS_LEAVE_OUT && defined(__wasm_simd128__)

// A module to be downloaded has one loop for any number of channels.

template <size_t S>
struct Shuffles {
  ShuffleTable<1> one;
  ShuffleTable<2> two;
  ShuffleTable<3> three;
  ShuffleTable<4> four;
};
template <size_t S>
constexpr Shuffles<S> kShuffles = {make_shuffle_table<1, S, true>(), make_shuffle_table<2, S, true>(),
                                   make_shuffle_table<3, S, true>(), make_shuffle_table<4, S, true>()};

template <size_t S>
const uint8_t* shuffles_for(size_t channels) {
  const Shuffles<S>& all = kShuffles<S>;
  return channels == 1   ? all.one.index[0][0]
         : channels == 2 ? all.two.index[0][0]
         : channels == 3 ? all.three.index[0][0]
                         : all.four.index[0][0];
}

// Of planes of so many bytes.
VAERANS_LOOP void interleave_bytes(const uint8_t* src, size_t bytes, uint8_t* dst, size_t channels,
                                   const uint8_t* index) {
  for (size_t i = 0; i < bytes; i += kShuffle) {
    const uint8_t* at = index;
    VAERANS_ROLLED
    for (size_t k = 0; k < channels; k++, dst += kShuffle) {
      shuffle_v r = {};
      VAERANS_ROLLED
      for (size_t c = 0; c < channels; c++, at += kShuffle)
        r = shuffle_into(r, load<shuffle_v>(src + c * bytes + i), at);
      store(dst, r);
    }
  }
}

template <class S>
auto interleave_for(size_t channels) {
  return [channels, index = shuffles_for<sizeof(S)>(channels)](const S(*src)[kBlock], S* dst) {
    interleave_bytes(reinterpret_cast<const uint8_t*>(src), kBlock * sizeof(S), reinterpret_cast<uint8_t*>(dst),
                     channels, index);
  };
}

#else

template <class S>
auto interleave_for(size_t channels) {
  return channels == 1   ? interleave<1, S>
         : channels == 2 ? interleave<2, S>
         : channels == 3 ? interleave<3, S>
                         : interleave<4, S>;
}

#endif

}  // namespace

#endif
