// Functions of each lane, of additions, multiplications and divisions alone: the twins, bit for bit, of the Rust file src/reference/nn/math.rs.
#ifndef VAERANS_NN_MATH_H
#define VAERANS_NN_MATH_H

#include "../lanes.h"

namespace {

VAERANS_INLINE f32v select(i32v mask, f32v yes, f32v no) { return (f32v)((mask & (i32v)yes) | (~mask & (i32v)no)); }

// Within low..high; NaN stays.
VAERANS_INLINE f32v clip(f32v x, float low, float high) {
  const f32v l = splat<f32v>(low), h = splat<f32v>(high);
  x = l > x ? l : x;
  return h < x ? h : x;
}

VAERANS_INLINE f32v magnitude(f32v x) { return (f32v)((i32v)x & 0x7fffffff); }

VAERANS_INLINE f32v with_sign_of(f32v x, f32v sign) {
  return (f32v)(((i32v)x & 0x7fffffff) | ((i32v)sign & int32_t(0x80000000)));
}

// 2^n, n within -126..=127.
VAERANS_INLINE f32v power_of_two(i32v n) { return (f32v)((n + 127) << 23); }

// `exp_here`, `sigmoid_here`, `tanh_here` are for loops that have several at once; the others are for whoever has one, and on wasm one function for all.
VAERANS_INLINE f32v exp_here(f32v x) {
  // Above 89 as at 89, where the result is too large already; below `low` it is put in its place at the end. NaN stays.
  const f32v low = splat<f32v>(-87.33654f), high = splat<f32v>(89.0f);
  f32v in = x < low ? low : x;
  in = high < in ? high : in;
  // The nearest whole number, ties to even, is what the sum with this number ends in.
  const f32v magic = splat<f32v>(12582912.0f), sum = in * splat<f32v>(1.442695040888963f) + magic, n = sum - magic;
  const i32v whole = (i32v)sum - (i32v)magic, half = whole >> 1;
  f32v r = in - n * splat<f32v>(0.6933594f);
  r = r + n * splat<f32v>(2.1219444e-4f);
  f32v p = splat<f32v>(1.9875692e-4f);
  p = p * r + splat<f32v>(1.3981999e-3f);
  p = p * r + splat<f32v>(8.333452e-3f);
  p = p * r + splat<f32v>(4.1665796e-2f);
  p = p * r + splat<f32v>(1.6666665e-1f);
  p = p * r + splat<f32v>(0.5f);
  const f32v y = p * (r * r) + r + splat<f32v>(1.0f);
  // In two parts: 2^128 is no float, and neither is 2^-127.
  const f32v e = y * power_of_two(half) * power_of_two(whole - half);
  return select((i32v)(x == x), (f32v)(~(i32v)(x < low) & (i32v)e), x);
}

VAERANS_LOOP f32v exp_lanes(f32v x) { return exp_here(x); }

VAERANS_LOOP f32v log_lanes(f32v x) {
  const f32v one = splat<f32v>(1.0f);
  const i32v small = (i32v)(x < splat<f32v>(1.17549435e-38f));
  const i32v bits = (i32v)select(small, x * splat<f32v>(16777216.0f), x);
  f32v e = to_f32((bits >> 23) - 126) + select(small, splat<f32v>(-24.0f), splat<f32v>(0.0f));
  f32v m = (f32v)((bits & 0x7fffff) | 0x3f000000);
  const i32v low = (i32v)(m < splat<f32v>(0.70710678118654752f));
  e = select(low, e - one, e);
  m = select(low, m + m, m) - one;
  const f32v z = m * m;
  f32v p = splat<f32v>(7.0376836e-2f);
  p = p * m + splat<f32v>(-1.151461e-1f);
  p = p * m + splat<f32v>(1.1676999e-1f);
  p = p * m + splat<f32v>(-1.2420141e-1f);
  p = p * m + splat<f32v>(1.4249323e-1f);
  p = p * m + splat<f32v>(-1.6668058e-1f);
  p = p * m + splat<f32v>(2.0000715e-1f);
  p = p * m + splat<f32v>(-2.4999994e-1f);
  p = p * m + splat<f32v>(3.333333e-1f);
  const f32v y = p * m * z + e * splat<f32v>(-2.1219444e-4f) - splat<f32v>(0.5f) * z;
  f32v r = m + y + e * splat<f32v>(0.6933594f);
  r = select((i32v)(x == splat<f32v>(__builtin_inff())), x, r);
  r = select((i32v)(x == splat<f32v>(0.0f)), splat<f32v>(-__builtin_inff()), r);
  return select((i32v)(x >= splat<f32v>(0.0f)), r, splat<f32v>(__builtin_nanf("")));
}

VAERANS_INLINE f32v sqrt_lanes(f32v x) {
#if defined(__AVX512F__)
  return (f32v)_mm512_sqrt_ps((__m512)x);
#elif defined(__AVX2__)
  return (f32v)_mm256_sqrt_ps((__m256)x);
#elif defined(__SSE2__)
  return (f32v)_mm_sqrt_ps((__m128)x);
#elif defined(__wasm_simd128__)
  return (f32v)wasm_f32x4_sqrt((v128_t)x);
#else
  for (size_t i = 0; i < kLanes; i++) x[i] = __builtin_sqrtf(x[i]);
  return x;
#endif
}

VAERANS_INLINE f32v sigmoid_here(f32v x) { return splat<f32v>(1.0f) / (splat<f32v>(1.0f) + exp_here(-x)); }
VAERANS_INLINE f32v sigmoid_lanes(f32v x) { return splat<f32v>(1.0f) / (splat<f32v>(1.0f) + exp_lanes(-x)); }

VAERANS_INLINE f32v tanh_of(f32v x, f32v exp_2a) {
  const f32v a = magnitude(x), one = splat<f32v>(1.0f);
  const f32v z = x * x;
  f32v p = splat<f32v>(-5.7049887e-3f);
  p = p * z + splat<f32v>(2.0639088e-2f);
  p = p * z + splat<f32v>(-5.3739716e-2f);
  p = p * z + splat<f32v>(1.3331442e-1f);
  p = p * z + splat<f32v>(-3.3333282e-1f);
  const f32v small = p * z * x + x;
  f32v large = one - splat<f32v>(2.0f) / (exp_2a + one);
  large = with_sign_of(select((i32v)(a > splat<f32v>(9.0f)), one, large), x);
  return select((i32v)(x == x), select((i32v)(a < splat<f32v>(0.625f)), small, large), x);
}

VAERANS_INLINE f32v tanh_here(f32v x) { return tanh_of(x, exp_here(splat<f32v>(2.0f) * magnitude(x))); }
VAERANS_LOOP f32v tanh_lanes(f32v x) { return tanh_of(x, exp_lanes(splat<f32v>(2.0f) * magnitude(x))); }

template <size_t N>
VAERANS_INLINE f32v polynomial(f32v x, const float (&c)[N]) {
  f32v p = splat<f32v>(c[0]);
  for (size_t i = 1; i < N; i++) p = p * x + splat<f32v>(c[i]);
  return p;
}

VAERANS_LOOP f32v erf_lanes(f32v x) {
  constexpr float above[] = {1.9867985e-6f, 2.845635e-4f, 3.8832428e-3f, 5.310144e-2f, 1.9354272e-1f, 1.1283792f};
  constexpr float below[] = {3.742022e-5f, 1.1855459e-3f, 1.5207055e-2f, 1.1534903e-1f, 5.048553e-1f, 1.0f};
  const f32v a = clip(x, -4.0f, 4.0f), t = a * a;
  const f32v result = clip(a * polynomial(t, above) / polynomial(t, below), -1.0f, 1.0f);
  return select((i32v)(x == x), result, x);
}

}  // namespace

#endif
