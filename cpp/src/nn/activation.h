// What is done to sums before they are stored: bias, residual, activation, in this order.
#ifndef VAERANS_NN_ACTIVATION_H
#define VAERANS_NN_ACTIVATION_H

#include "math.h"
#include "vaerans/nn_gemm.h"

namespace {

VAERANS_INLINE f32v clip(f32v x, float low, float high) { return at_most(at_least(x, low), high); }

VAERANS_INLINE f32v activate(f32v x, uint32_t activation, float low, float high) {
  switch (activation) {
    case VAERANS_ACTIVATION_CLIP: return clip(x, low, high);
    case VAERANS_ACTIVATION_LEAKY: return select((i32v)(x < splat<f32v>(0.0f)), splat<f32v>(low) * x, x);
    case VAERANS_ACTIVATION_SILU: return x * sigmoid_lanes(x);
    case VAERANS_ACTIVATION_SIGMOID: return sigmoid_lanes(x);
    case VAERANS_ACTIVATION_TANH: return tanh_lanes(x);
    case VAERANS_ACTIVATION_GELU:
      return splat<f32v>(0.5f) * x * (splat<f32v>(1.0f) + erf_lanes(x * splat<f32v>(0.70710678118654752f)));
    case VAERANS_ACTIVATION_HARD_SWISH: return x * clip(x * splat<f32v>(1.0f / 6.0f) + splat<f32v>(0.5f), 0.0f, 1.0f);
    default: return x;
  }
}

// Stores the sums of one row from `column` on: whole vectors, or those columns of the last that there are.
template <size_t V>
VAERANS_INLINE void put_row(const vaerans_gemm& g, size_t row, size_t column, const f32v (&sums)[V]) {
  for (size_t v = 0; v < V; v++) {
    const size_t at = column + v * kLanes;
    if (at >= g.n) return;
    const size_t n = min_size(kLanes, g.n - at);
    float* out = g.out + row * g.stride + at;
    const float* residual = g.residual == nullptr ? nullptr : g.residual + row * g.stride + at;
    f32v x = sums[v];
    if (n == kLanes) {
      if (g.bias != nullptr) x = x + load<f32v>(g.bias + at);
      if (residual != nullptr) x = x + load<f32v>(residual);
      store(out, activate(x, g.activation, g.low, g.high));
      continue;
    }
    alignas(64) float part[kLanes] = {};
    if (g.bias != nullptr) {
      __builtin_memcpy(part, g.bias + at, n * sizeof(float));
      x = x + load<f32v>(part);
    }
    if (residual != nullptr) {
      __builtin_memcpy(part, residual, n * sizeof(float));
      x = x + load<f32v>(part);
    }
    store(part, activate(x, g.activation, g.low, g.high));
    __builtin_memcpy(out, part, n * sizeof(float));
  }
}

}  // namespace

#endif
