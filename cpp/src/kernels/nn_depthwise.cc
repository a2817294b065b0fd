#include "vaerans/nn_depthwise.h"

#include "../nn/activation.h"
#include "../nn/sums.h"
#include "vaerans/nn_gemm.h"

namespace {

VAERANS_INLINE const float* tap_at(const vaerans_depthwise& d, size_t tap, size_t window) {
  const size_t start = d.starts[tap * d.m + window];
  return start == VAERANS_ZEROS ? d.zeros : d.from + start;
}

// R windows, V vectors of channels from c on: a weight is read once for all of them.
template <size_t R, size_t V, class Add>
VAERANS_INLINE void block(const vaerans_depthwise& d, size_t window, size_t c) {
  f32v sums[R][V];
  for (size_t i = 0; i < R; i++)
    for (size_t v = 0; v < V; v++) sums[i][v] = f32v{};
  for (size_t t = 0; t < d.taps; t++) {
    const float* at[R];
    for (size_t i = 0; i < R; i++) at[i] = tap_at(d, t, window + i) + c;
    for (size_t v = 0; v < V; v++) {
      const f32v weight = load<f32v>(d.weights + t * d.c + c + v * kLanes);
      for (size_t i = 0; i < R; i++) sums[i][v] = Add::madd(load<f32v>(at[i] + v * kLanes), weight, sums[i][v]);
    }
  }
  alignas(64) float kept[R * V * kLanes];
  for (size_t i = 0; i < R; i++)
    for (size_t v = 0; v < V; v++) store(kept + (i * V + v) * kLanes, sums[i][v]);
  for (size_t i = 0; i < R; i++)
    put_row<V * kLanes>(d.epilogue, d.out, (window + i) * d.c, c, d.c, kept + i * V * kLanes);
}

// What is left of the channels from c on, fewer than a vector.
template <size_t R, class Add>
VAERANS_INLINE void rest(const vaerans_depthwise& d, size_t window, size_t c) {
  const size_t n = d.c - c;
  f32v sums[R] = {};
  for (size_t t = 0; t < d.taps; t++) {
    const f32v weight = load_some(d.weights + t * d.c + c, n);
    for (size_t i = 0; i < R; i++)
      sums[i] = Add::madd(load_some(tap_at(d, t, window + i) + c, n), weight, sums[i]);
  }
  for (size_t i = 0; i < R; i++) {
    const size_t at = (window + i) * d.c + c;
    const float* residual = d.epilogue.residual == nullptr ? nullptr : d.epilogue.residual + at;
    put_part(d.epilogue, c, n, sums[i], d.out + at, residual);
  }
}

// Vectors of channels that are worked out at once.
constexpr size_t kChannels = kLanes == 16 ? 4 : 2;

template <size_t R, class Add>
VAERANS_LOOP size_t windows(const vaerans_depthwise& d, size_t begin) {
  size_t window = begin;
  for (; window + R <= d.m; window += R) {
    size_t c = 0;
    for (; c + kChannels * kLanes <= d.c; c += kChannels * kLanes) block<R, kChannels, Add>(d, window, c);
    for (; c + kLanes <= d.c; c += kLanes) block<R, 1, Add>(d, window, c);
    if (c < d.c) rest<R, Add>(d, window, c);
  }
  return window;
}

template <class Add>
void depthwise(const vaerans_depthwise* d) {
  windows<1, Add>(*d, windows<4, Add>(*d, 0));
}

}  // namespace

VAERANS_DEFINE(nn_depthwise) = {depthwise<Strict>, VAERANS_FAST(depthwise)};
