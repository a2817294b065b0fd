// What is done to sums before they are stored: bias, residual, a function.
#ifndef VAERANS_NN_ACTIVATION_H
#define VAERANS_NN_ACTIVATION_H

#include "math.h"
#include "vaerans/nn_epilogue.h"

namespace {

VAERANS_INLINE f32v hard_swish(f32v x) {
  return x * clip(x * splat<f32v>(1.0f / 6.0f) + splat<f32v>(0.5f), 0.0f, 1.0f);
}

VAERANS_INLINE f32v elu(f32v x, float alpha) {
  const f32v below = splat<f32v>(alpha) * (exp_lanes(x) - splat<f32v>(1.0f));
  return select((i32v)(x < splat<f32v>(0.0f)), below, x);
}

VAERANS_INLINE f32v softplus(f32v x) {
  const f32v zero = splat<f32v>(0.0f), one = splat<f32v>(1.0f);
  return select((i32v)(x > zero), x, zero) + log_lanes(one + exp_lanes(-magnitude(x)));
}

// x (1 + tanh u) / 2 of u = sqrt(2/pi) (x + 0.044715 x^3): half of 1 + tanh u is the sigmoid of 2u.
VAERANS_INLINE f32v gelu_tanh(f32v x) {
  return x * sigmoid_lanes(splat<f32v>(1.5957692f) * (x + splat<f32v>(0.044715f) * (x * x * x)));
}

// Those that take a polynomial: a function of its own, because every place that stores sums would hold them all (60 KB of a wasm module).
VAERANS_LOOP f32v curve(f32v x, uint32_t activation) {
  switch (activation) {
    case VAERANS_ACTIVATION_SILU: return x * sigmoid_lanes(x);
    case VAERANS_ACTIVATION_SIGMOID: return sigmoid_lanes(x);
    case VAERANS_ACTIVATION_TANH: return tanh_lanes(x);
    case VAERANS_ACTIVATION_GELU:
      return splat<f32v>(0.5f) * x * (splat<f32v>(1.0f) + erf_lanes(x * splat<f32v>(0.70710678118654752f)));
    default: return x;
  }
}

VAERANS_INLINE f32v activate(f32v x, uint32_t activation, float low, float high) {
  switch (activation) {
    case VAERANS_ACTIVATION_NONE: return x;
    case VAERANS_ACTIVATION_CLIP: return clip(x, low, high);
    case VAERANS_ACTIVATION_LEAKY: return select((i32v)(x < splat<f32v>(0.0f)), splat<f32v>(low) * x, x);
    case VAERANS_ACTIVATION_HARD_SWISH: return hard_swish(x);
    default: return curve(x, activation);
  }
}

// A residual is added before the function, or behind it.
VAERANS_INLINE f32v finish(const vaerans_epilogue& e, f32v x, f32v residual) {
  const bool is_last = e.residual_last;
  if (e.residual != nullptr && !is_last) x = x + residual;
  x = activate(x, e.activation, e.low, e.high);
  return is_last ? x + residual : x;
}

}  // namespace

// Fewer than a vector of sums. A function of its own: it would stand beside every whole vector.
VAERANS_SHARED void put_part(const vaerans_epilogue& e, size_t column, size_t n, f32v x, float* out,
                             const float* residual) {
  if (e.bias != nullptr) x = x + load_some(e.bias + column, n);
  store_some(out, n, finish(e, x, residual == nullptr ? f32v{} : load_some(residual, n)));
}

namespace {

// Up to a vector of a row's sums, of `n` columns from `column` on, to `out`; the residual of this place, if there is one, is `residual`.
VAERANS_INLINE void put(const vaerans_epilogue& e, size_t column, size_t n, f32v x, float* out, const float* residual) {
  if (n < kLanes) return put_part(e, column, n, x, out, residual);
  if (e.bias != nullptr) x = x + load<f32v>(e.bias + column);
  store(out, finish(e, x, residual == nullptr ? f32v{} : load<f32v>(residual)));
}

// N sums of each of some rows to rows that are `stride` apart.
template <size_t N, class F>
VAERANS_INLINE void each_row(const float* bias, float* out, size_t stride, size_t count, const float* sums, F f) {
  for (size_t i = 0; i < count; i++, out += stride) {
    for (size_t v = 0; v < N; v += kLanes, sums += kLanes) {
      const f32v x = load<f32v>(sums);
      store(out + v, f(bias == nullptr ? x : x + load<f32v>(bias + v)));
    }
  }
}

}  // namespace

// N sums of each of some rows, which stand at `sums`, to `offset` of the results and on, rows `stride` apart: columns from `column` on, as
// far as there are.
template <size_t N>
VAERANS_SHARED void put_rows(const vaerans_epilogue& e, float* out, size_t offset, size_t stride, size_t column,
                             size_t columns, const float* sums, size_t count) {
  // What most layers do is chosen once for all rows.
  if (e.residual == nullptr && column + N <= columns) {
    const float* bias = e.bias == nullptr ? nullptr : e.bias + column;
    float* to = out + offset + column;
    const float low = e.low, high = e.high;
    if (e.activation == VAERANS_ACTIVATION_NONE)
      return each_row<N>(bias, to, stride, count, sums, [](f32v x) VAERANS_LAMBDA_INLINE { return x; });
    if (e.activation == VAERANS_ACTIVATION_CLIP)
      return each_row<N>(bias, to, stride, count, sums,
                         [=](f32v x) VAERANS_LAMBDA_INLINE { return clip(x, low, high); });
    if (e.activation == VAERANS_ACTIVATION_HARD_SWISH)
      return each_row<N>(bias, to, stride, count, sums, [](f32v x) VAERANS_LAMBDA_INLINE { return hard_swish(x); });
  }
  const size_t end = min_size(columns, column + N);
  for (size_t i = 0; i < count; i++, offset += stride, sums += N) {
    for (size_t at = column; at < end; at += kLanes) {
      const float* residual = e.residual == nullptr ? nullptr : e.residual + offset + at;
      put(e, at, min_size(kLanes, end - at), load<f32v>(sums + at - column), out + offset + at, residual);
    }
  }
}

#endif
