// A small vector layer: what GCC and Clang's vector types cannot say portably.
//
// `f32v`, `i32v`, ... are vectors of the width this instruction set likes (VAERANS_VECTOR bytes); + - * & | ^ << >>, comparison
// and `mask ? a : b` come from the compiler. Everything here is static: the same names are compiled with other flags
// in other object files, and one merged copy would run AVX-512 code on a processor without it.
//
// Reductions that feed a byte keep 16 lane accumulators whatever the vector width, then add them as a fixed tree.
#ifndef VAERANS_LANES_H
#define VAERANS_LANES_H

#include <stddef.h>
#include <stdint.h>

#include "vaerans/kernels.h"

#if defined(__SSE2__) || defined(_M_X64)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#elif defined(__wasm_simd128__)
#include <wasm_simd128.h>
#endif

#define VAERANS_CAT2(a, b) a##_##b
#define VAERANS_CAT(a, b) VAERANS_CAT2(a, b)
#define VAERANS_STRING2(a) #a
#define VAERANS_STRING(a) VAERANS_STRING2(a)
// VAERANS_SYMBOL(hadamard) is vaerans_hadamard_avx2 in the AVX2 build.
#define VAERANS_SYMBOL(family) VAERANS_CAT(vaerans_##family, VAERANS_ISA_NAME)
// Defines (and declares, for external linkage) the table of a family: VAERANS_DEFINE(hadamard) = { ... };
#define VAERANS_DEFINE(family)                                      \
  extern "C" const vaerans_##family##_table VAERANS_SYMBOL(family); \
  const vaerans_##family##_table VAERANS_SYMBOL(family)

// A build may leave kernels out to be small (CMake's VAERANS_LEAVE_OUT: 1 what encodes, 2 what decodes, 4 what the photo
// profile does not need, 8 predictive coding): they are null in the table, and the caller has a slower way. VAERANS_CODER is for what either
// direction needs: an encoder looks at the picture that a decoder will have; VAERANS_CHAIN for a coder that pipes have, and learned pictures
// beside them.
#ifndef VAERANS_LEAVE_OUT
#define VAERANS_LEAVE_OUT 0
#endif
#define VAERANS_UNLESS(bits, ...) (VAERANS_LEAVE_OUT & (bits) ? nullptr : (__VA_ARGS__))
#define VAERANS_CODER(...) ((VAERANS_LEAVE_OUT & 3) == 3 ? nullptr : (__VA_ARGS__))
#define VAERANS_CHAIN(...) ((VAERANS_LEAVE_OUT & 12) == 12 ? nullptr : (__VA_ARGS__))
#define VAERANS_ENCODER(...) VAERANS_UNLESS(1, __VA_ARGS__)
#define VAERANS_DECODER(...) VAERANS_UNLESS(2, __VA_ARGS__)
#define VAERANS_EXTRA(...) VAERANS_UNLESS(4, __VA_ARGS__)
#define VAERANS_PREDICTOR(...) VAERANS_UNLESS(8, __VA_ARGS__)

#if defined(__AVX512F__)
#define VAERANS_VECTOR 64
#elif defined(__AVX2__)
#define VAERANS_VECTOR 32
#else
#define VAERANS_VECTOR 16
#endif

#define VAERANS_INLINE static inline __attribute__((always_inline, unused))
#define VAERANS_LAMBDA_INLINE __attribute__((always_inline))

// A loop that runs for long is a function of its own on wasm: there an engine compiles a function that has become hot once more,
// whole, beside the first decoding, and a small one is done sooner.
#if defined(__wasm__)
#define VAERANS_LOOP __attribute__((noinline))
#else
#define VAERANS_LOOP inline
#endif

// In front of a loop that a module to be downloaded has as it is, not once for each time round.
#if defined(__wasm__) && VAERANS_LEAVE_OUT
#define VAERANS_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define VAERANS_ROLLED
#endif

// The same function for all families that have it, where there is one instruction set.
#if defined(__wasm__)
#define VAERANS_SHARED inline __attribute__((noinline))
#else
#define VAERANS_SHARED static inline
#endif

namespace {

typedef float f32v __attribute__((vector_size(VAERANS_VECTOR)));
typedef int32_t i32v __attribute__((vector_size(VAERANS_VECTOR)));
typedef uint32_t u32v __attribute__((vector_size(VAERANS_VECTOR)));
typedef int16_t i16v __attribute__((vector_size(VAERANS_VECTOR)));
typedef uint16_t u16v __attribute__((vector_size(VAERANS_VECTOR)));
typedef uint8_t u8v __attribute__((vector_size(VAERANS_VECTOR)));

constexpr size_t kLanes = VAERANS_VECTOR / 4;  // 32-bit lanes of a vector
constexpr size_t kLine = VAERANS_LINE;         // bytes of a cache line: the unit of a non-temporal store

template <class V, class T>
VAERANS_INLINE V load(const T* p) {
  V v;
  __builtin_memcpy(&v, p, sizeof v);
  return v;
}

template <class V, class T>
VAERANS_INLINE void store(T* p, V v) {
  __builtin_memcpy(p, &v, sizeof v);
}

template <class V, class T>
VAERANS_INLINE V splat(T x) {
  return x - V{};  // not V{} + x: that is 0 for -0
}

// The number at p in every lane: an instruction of its own, where `splat` of a number that is not known when compiling adds 0 to it.
VAERANS_INLINE f32v splat_at(const float* p) {
#if defined(__AVX512F__)
  return (f32v)_mm512_set1_ps(*p);
#elif defined(__AVX2__)
  return (f32v)_mm256_broadcast_ss(p);
#elif defined(__SSE2__)
  return (f32v)_mm_set1_ps(*p);
#elif defined(__ARM_NEON)
  return (f32v)vld1q_dup_f32(p);
#elif defined(__wasm_simd128__)
  return (f32v)wasm_v128_load32_splat(p);
#else
  return f32v{*p, *p, *p, *p};
#endif
}

#if defined(__AVX2__) && !defined(__AVX512F__)
alignas(64) constexpr int32_t kMasks[16] = {-1, -1, -1, -1, -1, -1, -1, -1};
// The first n lanes.
VAERANS_INLINE __m256i first_lanes(size_t n) {
  return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kMasks + 8 - n));
}
#endif

// The first n lanes from p, `rest` in the others; nothing behind them is read. n is at most kLanes.
VAERANS_INLINE f32v load_some(const float* p, size_t n, float rest = 0.0f) {
#if defined(__AVX512F__)
  return (f32v)_mm512_mask_loadu_ps((__m512)splat<f32v>(rest), (__mmask16)((1u << n) - 1), p);
#elif defined(__AVX2__)
  const __m256i mask = first_lanes(n);
  return (f32v)_mm256_blendv_ps((__m256)splat<f32v>(rest), _mm256_maskload_ps(p, mask), (__m256)mask);
#else
  f32v x = splat<f32v>(rest);
  if (n > 3) return load<f32v>(p);
  if (n > 0) x[0] = p[0];
  if (n > 1) x[1] = p[1];
  if (n > 2) x[2] = p[2];
  return x;
#endif
}

// The first n lanes to p.
VAERANS_INLINE void store_some(float* p, size_t n, f32v x) {
#if defined(__AVX512F__)
  _mm512_mask_storeu_ps(p, (__mmask16)((1u << n) - 1), (__m512)x);
#elif defined(__AVX2__)
  _mm256_maskstore_ps(p, first_lanes(n), (__m256)x);
#else
  if (n > 3) return store(p, x);
  if (n > 0) p[0] = x[0];
  if (n > 1) p[1] = x[1];
  if (n > 2) p[2] = x[2];
#endif
}

// Non-temporal store; p is a multiple of VAERANS_VECTOR. Write whole lines: half a line in a write-combining buffer is
// flushed as a slow partial write. An ordinary store where the instruction set has none.
template <class V, class T>
VAERANS_INLINE void stream(T* p, V v) {
  static_assert(sizeof(V) == VAERANS_VECTOR, "one native vector");
#if defined(__AVX512F__)
  _mm512_stream_si512(reinterpret_cast<__m512i*>(p), (__m512i)v);
#elif defined(__AVX2__)
  _mm256_stream_si256(reinterpret_cast<__m256i*>(p), (__m256i)v);
#elif defined(__SSE2__)
  _mm_stream_si128(reinterpret_cast<__m128i*>(p), (__m128i)v);
#elif defined(__clang__) && defined(__ARM_NEON)
  __builtin_nontemporal_store(v, reinterpret_cast<V*>(p));
#else
  store(p, v);
#endif
}

// Copies one line from cache to a 64-byte aligned place with non-temporal stores.
template <class T>
VAERANS_INLINE void stream_line(T* dst, const T* src) {
  const uint8_t* from = reinterpret_cast<const uint8_t*>(src);
  uint8_t* to = reinterpret_cast<uint8_t*>(dst);
  for (size_t i = 0; i < kLine; i += VAERANS_VECTOR) stream(to + i, load<u8v>(from + i));
}

// Asks for the lines of n elements some way ahead of p: far ahead into the second level, whose queue is three times as deep
// as the first's, and near ahead into the first. The hardware's prefetcher stops at the end of a page; a kernel that reads more
// than it writes would wait there. Never faults, whatever the address.
template <class T>
VAERANS_INLINE void prefetch_ahead(const T* p, size_t n) {
  constexpr size_t kFar = 4096, kNear = 512;
  const uintptr_t at = reinterpret_cast<uintptr_t>(p);
  for (size_t i = 0; i < n * sizeof(T); i += kLine) {
    __builtin_prefetch(reinterpret_cast<const void*>(at + i + kFar), 0, 2);
    __builtin_prefetch(reinterpret_cast<const void*>(at + i + kNear), 0, 3);
  }
}

// Orders non-temporal stores before whatever tells another thread that they are done. Once, at the end of a kernel.
VAERANS_INLINE void stream_fence() {
#if defined(__SSE2__)
  _mm_sfence();
#endif
}

// The integer nearest to each lane, ties to even; lanes are within [-2^31, 2^31 - 128].
VAERANS_INLINE i32v round_i32(f32v x) {
#if defined(__AVX512F__)
  return (i32v)_mm512_cvtps_epi32((__m512)x);
#elif defined(__AVX2__)
  return (i32v)_mm256_cvtps_epi32((__m256)x);
#elif defined(__SSE2__)
  return (i32v)_mm_cvtps_epi32((__m128)x);
#elif defined(__ARM_NEON)
  return (i32v)vcvtnq_s32_f32((float32x4_t)x);
#elif defined(__wasm_simd128__)
  return (i32v)wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest((v128_t)x));
#else
  i32v r;
  for (size_t i = 0; i < kLanes; i++) {
    // A sum of magnitude 2^23 to 2^24 has no fraction bits: adding 2^23 rounds to an integer. From 2^23 on x is whole.
    const float magic = x[i] < 0 ? -0x1p23f : 0x1p23f;
    const float whole = x[i] < 0x1p23f && x[i] > -0x1p23f ? (x[i] + magic) - magic : x[i];
    r[i] = (int32_t)whole;
  }
  return r;
#endif
}

// Whether there is a multiply-add whose product is not rounded.
#if defined(__FMA__) || defined(__AVX512F__) || (defined(__ARM_NEON) && defined(__aarch64__)) || \
    defined(__wasm_relaxed_simd__)
#define VAERANS_FMA 1
// a b + c, the product not rounded (on wasm it may be).
VAERANS_INLINE f32v fused(f32v a, f32v b, f32v c) {
#if defined(__AVX512F__)
  return (f32v)_mm512_fmadd_ps((__m512)a, (__m512)b, (__m512)c);
#elif defined(__AVX2__)
  return (f32v)_mm256_fmadd_ps((__m256)a, (__m256)b, (__m256)c);
#elif defined(__ARM_NEON)
  return (f32v)vfmaq_f32((float32x4_t)c, (float32x4_t)a, (float32x4_t)b);
#else
  return (f32v)wasm_f32x4_relaxed_madd((v128_t)a, (v128_t)b, (v128_t)c);
#endif
}
#endif

// Each lane cut to an integer toward zero; lanes are within [-2^31, 2^31 - 128].
VAERANS_INLINE i32v trunc_i32(f32v x) { return __builtin_convertvector(x, i32v); }

// Each lane as f32, rounded to nearest even.
VAERANS_INLINE f32v to_f32(i32v x) { return __builtin_convertvector(x, f32v); }

// max(x, low) where NaN gives low; min(x, high).
VAERANS_INLINE f32v at_least(f32v x, float low) { return x > splat<f32v>(low) ? x : splat<f32v>(low); }
VAERANS_INLINE f32v at_most(f32v x, float high) { return x < splat<f32v>(high) ? x : splat<f32v>(high); }

// Writes n whole lines that stand in cache; dst is 64-byte aligned if `streaming`.
template <class T, size_t N>
VAERANS_INLINE void put_lines(T* dst, const T (&src)[N], bool streaming) {
  static_assert(N * sizeof(T) % kLine == 0, "whole lines");
  if (streaming) {
    for (size_t i = 0; i < N; i += kLine / sizeof(T)) stream_line(dst + i, src + i);
  } else {
    // Not as one copy: on wasm that is a call.
    constexpr size_t kCount = VAERANS_VECTOR / sizeof(T);
    for (size_t i = 0; i < N; i += kCount)
      store(reinterpret_cast<uint8_t*>(dst + i), load<u8v>(reinterpret_cast<const uint8_t*>(src + i)));
  }
}

// Elements from p up to the next 64-byte boundary; p is aligned to its own type.
template <class T>
VAERANS_INLINE size_t until_line(const T* p) {
  return ((0 - reinterpret_cast<uintptr_t>(p)) & (kLine - 1)) / sizeof(T);
}

VAERANS_INLINE size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

}  // namespace

#endif
