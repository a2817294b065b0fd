#include "elementwise.h"
#include "vaerans/kernels.h"

namespace {

// The range of a symbol as f32 holds it.
template <class T>
struct Limits;
template <>
struct Limits<uint8_t> {
  static constexpr float low = 0.0f, high = 255.0f;
};
template <>
struct Limits<uint16_t> {
  static constexpr float low = 0.0f, high = 65535.0f;
};
template <>
struct Limits<int16_t> {
  static constexpr float high = 32767.0f;
};
template <>
struct Limits<int32_t> {
  static constexpr float low = -0x1p31f, high = 0x1.fffffep30f;
};

// `f` turns a vector of f32 into one of i32; the symbols are narrowed as a block.
template <class T, class F>
VAERANS_INLINE void to_symbols(const float* src, T* dst, size_t begin, size_t end, uint32_t flags, F f) {
  auto block = [=](const float* x, const float*, T* out) VAERANS_LAMBDA_INLINE {
    alignas(64) int32_t q[kBlock];
    for (size_t i = 0; i < kBlock; i += kLanes) store(q + i, f(load<f32v>(x + i)));
    for (size_t i = 0; i < kBlock; i++) out[i] = T(q[i]);
  };
  elementwise(src, src, dst, begin, end, flags & VAERANS_STREAM, block);
}

// `f` turns an i32 into an f32, in a loop that the compiler vectorises.
template <class T, class F>
VAERANS_INLINE void from_symbols(const T* src, float* dst, size_t begin, size_t end, uint32_t flags, F f) {
  auto block = [=](const T* q, const T*, float* out) VAERANS_LAMBDA_INLINE {
    for (size_t i = 0; i < kBlock; i++) out[i] = f(int32_t(q[i]));
  };
  elementwise(src, src, dst, begin, end, flags & VAERANS_STREAM, block);
}

template <class T>
void quantize(const float* src, T* dst, float inverse_scale, float zero, size_t begin, size_t end, uint32_t flags) {
  to_symbols(src, dst, begin, end, flags, [=](f32v x) VAERANS_LAMBDA_INLINE {
    const f32v t = (x - splat<f32v>(zero)) * splat<f32v>(inverse_scale);
    return round_i32(at_most(at_least(t, Limits<T>::low), Limits<T>::high));
  });
}

template <class T>
void dequantize(const T* src, float* dst, float scale, float zero, size_t begin, size_t end, uint32_t flags) {
  from_symbols(src, dst, begin, end, flags, [=](int32_t q) VAERANS_LAMBDA_INLINE { return float(q) * scale + zero; });
}

template <class T>
VAERANS_INLINE i32v dead_zone_of(f32v x, float inverse_step, float rounding) {
  const i32v sign = (i32v)x >> 31;
  const f32v magnitude = (f32v)((i32v)x & 0x7fffffff);
  const f32v t = magnitude * splat<f32v>(inverse_step) + splat<f32v>(rounding);
  return (trunc_i32(at_most(at_least(t, 0.0f), Limits<T>::high)) ^ sign) - sign;
}

template <class T>
void dead_zone(const float* src, T* dst, float inverse_step, float rounding, size_t begin, size_t end, uint32_t flags) {
  to_symbols(src, dst, begin, end, flags,
             [=](f32v x) VAERANS_LAMBDA_INLINE { return dead_zone_of<T>(x, inverse_step, rounding); });
}

// 0 for 0, else sign(q) * ((|q| + offset) * step).
VAERANS_INLINE f32v dead_zone_inverse_of(i32v q, float step, float offset) {
  const f32v magnitude = (f32v)((i32v)to_f32(q) & 0x7fffffff);
  const f32v x = (magnitude + splat<f32v>(offset)) * splat<f32v>(step);
  return (f32v)(((i32v)x ^ (q & int32_t(0x80000000))) & (i32v)(q != 0));
}

template <class T>
void dead_zone_inverse(const T* src, float* dst, float step, float offset, size_t begin, size_t end, uint32_t flags) {
  auto block = [=](const T* q, const T*, float* out) VAERANS_LAMBDA_INLINE {
    for (size_t i = 0; i < kBlock; i += kLanes) {
      int32_t wide[kLanes];
      for (size_t k = 0; k < kLanes; k++) wide[k] = q[i + k];
      store(out + i, dead_zone_inverse_of(load<i32v>(wide), step, offset));
    }
  };
  elementwise(src, src, dst, begin, end, flags & VAERANS_STREAM, block);
}

// f over the rows of a rectangle, a vector at a time; the last one of a row overlaps the one before it.
template <class V, class A, class B, class F>
VAERANS_INLINE void each_row(const A* src, B* dst, size_t stride, size_t width, size_t rows, F f) {
  for (; rows > 0; rows--, src += stride, dst += stride) {
    if (width < kLanes) {
      A in[kLanes] = {};
      B out[kLanes];
      for (size_t i = 0; i < width; i++) in[i] = src[i];
      store(out, f(load<V>(in)));
      for (size_t i = 0; i < width; i++) dst[i] = out[i];
      continue;
    }
    for (size_t i = 0; i < width; i += kLanes) {
      const size_t at = min_size(i, width - kLanes);
      store(dst + at, f(load<V>(src + at)));
    }
  }
}

void dead_zone_rows(const float* src, int32_t* dst, size_t stride, size_t width, size_t rows, float inverse_step,
                    float rounding) {
  each_row<f32v>(src, dst, stride, width, rows,
                 [=](f32v x) VAERANS_LAMBDA_INLINE { return dead_zone_of<int32_t>(x, inverse_step, rounding); });
}

void dead_zone_inverse_rows(const int32_t* src, float* dst, size_t stride, size_t width, size_t rows, float step,
                            float offset) {
  each_row<i32v>(src, dst, stride, width, rows,
                 [=](i32v q) VAERANS_LAMBDA_INLINE { return dead_zone_inverse_of(q, step, offset); });
}

constexpr float kInfinity = __builtin_inff();

void range(const float* src, size_t begin, size_t end, vaerans_range* result) {
  constexpr size_t kParts = 4;  // independent chains: a minimum waits for the one before
  f32v low[kParts], high[kParts];
  for (size_t p = 0; p < kParts; p++) low[p] = splat<f32v>(kInfinity), high[p] = splat<f32v>(-kInfinity);
  i32v bad = {};
  uint64_t nonfinite = 0;
  auto flush = [&]() VAERANS_LAMBDA_INLINE {
    for (size_t k = 0; k < kLanes; k++) nonfinite += uint32_t(bad[k]);
    bad = i32v{};
  };
  size_t i = begin, until_flush = 1u << 28;  // before a lane's count could overflow
  for (; i + kParts * kLanes <= end; i += kParts * kLanes) {
    prefetch_ahead(src + i, kParts * kLanes);
    for (size_t p = 0; p < kParts; p++) {
      const f32v x = load<f32v>(src + i + p * kLanes);
      const i32v finite = ((i32v)x & 0x7f800000) != 0x7f800000;
      const f32v l = finite ? x : splat<f32v>(kInfinity), h = finite ? x : splat<f32v>(-kInfinity);
      bad += finite + 1;  // finite is -1 or 0
      low[p] = l < low[p] ? l : low[p];
      high[p] = h > high[p] ? h : high[p];
    }
    if (--until_flush == 0) flush(), until_flush = 1u << 28;
  }
  flush();
  float min = result->min, max = result->max;
  auto join = [&](float l, float h) {
    min = l < min ? l : min;
    max = h > max ? h : max;
  };
  for (size_t p = 0; p < kParts; p++)
    for (size_t k = 0; k < kLanes; k++) join(low[p][k], high[p][k]);
  for (; i < end; i++) {
    if (__builtin_isfinite(src[i])) join(src[i], src[i]);
    else nonfinite++;
  }
  result->min = min + 0.0f;  // -0 and 0 are equal: which one was met last must not show
  result->max = max + 0.0f;
  result->nonfinite += nonfinite;
}

}  // namespace

VAERANS_DEFINE(quantize) = {
    VAERANS_EXTRA(quantize<uint8_t>),
    VAERANS_EXTRA(quantize<uint16_t>),
    VAERANS_EXTRA(quantize<int32_t>),
    VAERANS_EXTRA(dequantize<uint8_t>),
    VAERANS_EXTRA(dequantize<uint16_t>),
    VAERANS_EXTRA(dequantize<int32_t>),
    VAERANS_EXTRA(dead_zone<int16_t>),
    VAERANS_EXTRA(dead_zone<int32_t>),
    VAERANS_EXTRA(dead_zone_inverse<int16_t>),
    VAERANS_EXTRA(dead_zone_inverse<int32_t>),
    VAERANS_EXTRA(dead_zone_rows),
    VAERANS_EXTRA(dead_zone_inverse_rows),
    VAERANS_EXTRA(range),
};
