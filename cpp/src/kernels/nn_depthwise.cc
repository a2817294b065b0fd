#include "vaerans/nn_depthwise.h"

#include "../nn/activation.h"
#include "../nn/sums.h"
#include "vaerans/nn_gemm.h"

namespace {

VAERANS_INLINE const float* tap_at(const vaerans_depthwise& d, size_t tap, size_t window) {
  const size_t start = d.starts[tap * d.m + window];
  return start == VAERANS_ZEROS ? d.zeros : d.from + start;
}

// Windows that are worked out together: a weight is read once for all of them.
constexpr size_t kWindows = 4;

// V vectors of channels from c on, of `windows` windows: those beyond them are the last one again, and not stored. kPart: there are n
// channels, fewer than the vectors have lanes.
template <size_t V, bool kPart, class Add>
VAERANS_INLINE void block(const vaerans_depthwise& d, size_t window, size_t windows, size_t c, size_t n) {
  const auto left = [=](size_t v)
                        VAERANS_LAMBDA_INLINE { return v * kLanes < n ? min_size(kLanes, n - v * kLanes) : 0; };
  const auto read = [=](const float* p, size_t v) VAERANS_LAMBDA_INLINE {
    return kPart ? load_some(p + (left(v) ? v * kLanes : 0), left(v)) : load<f32v>(p + v * kLanes);
  };
  f32v sums[kWindows][V];
  size_t which[kWindows];
  for (size_t i = 0; i < kWindows; i++) {
    which[i] = window + min_size(i, windows - 1);
    for (size_t v = 0; v < V; v++) sums[i][v] = f32v{};
  }
  for (size_t t = 0; t < d.taps; t++) {
    const float* at[kWindows];
    for (size_t i = 0; i < kWindows; i++) at[i] = tap_at(d, t, which[i]) + c;
    for (size_t v = 0; v < V; v++) {
      const f32v weight = read(d.weights + t * d.c + c, v);
      for (size_t i = 0; i < kWindows; i++) sums[i][v] = Add::madd(read(at[i], v), weight, sums[i][v]);
    }
  }
  alignas(64) float kept[kWindows * V * kLanes];
  for (size_t i = 0; i < kWindows; i++)
    for (size_t v = 0; v < V; v++) store(kept + (i * V + v) * kLanes, sums[i][v]);
  put_rows<V * kLanes>(d.epilogue, d.out, window * d.c, d.c, c, d.c, kept, windows);
}

template <class Add>
VAERANS_LOOP void depthwise(const vaerans_depthwise* all) {
  constexpr size_t kTwo = 2 * kLanes, kMany = kLanes == 16 ? 4 : 2;
  const vaerans_depthwise& d = *all;
  for (size_t window = 0; window < d.m; window += kWindows) {
    const size_t n = min_size(kWindows, d.m - window);
    size_t c = 0;
    for (; c + kMany * kLanes <= d.c; c += kMany * kLanes) block<kMany, false, Add>(d, window, n, c, kMany * kLanes);
    for (; kMany > 2 && c + kTwo <= d.c; c += kTwo) block<2, false, Add>(d, window, n, c, kTwo);
    if (c < d.c) block<2, true, Add>(d, window, n, c, d.c - c);
  }
}

}  // namespace

VAERANS_DEFINE(nn_depthwise) = {depthwise<Strict>, VAERANS_FAST(depthwise)};
