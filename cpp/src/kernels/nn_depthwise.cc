#include "vaerans/nn_depthwise.h"

#include "../nn/activation.h"
#include "../nn/sums.h"
#include "vaerans/nn_gemm.h"

namespace {

// Windows that are worked out together: a weight is read once for all of them.
constexpr size_t kWindows = 4;

// Some windows side by side, the last as often as there are fewer than kWindows.
struct Windows {
  size_t row;
  const size_t* columns[kWindows];
  bool inner;
};

// Where tap x of a row's windows reads.
VAERANS_INLINE void taps_at(const vaerans_depthwise& d, const Windows& w, const float* line, const float* zeros,
                            size_t x, const float* (&at)[kWindows]) {
  for (size_t i = 0; i < kWindows; i++) {
    if (w.inner) {
      at[i] = line + w.columns[i][0] + x * d.apart;
    } else {
      const size_t column = w.columns[i][x];
      at[i] = column == VAERANS_ZEROS ? zeros : line + column;
    }
  }
}

// V vectors of channels from c on, of `count` windows. kPart: there are n channels, fewer than the vectors have lanes.
template <size_t V, bool kPart, class Add>
VAERANS_INLINE void block(const vaerans_depthwise& d, const Windows& w, size_t window, size_t count, size_t c,
                          size_t n) {
  const auto left = [=](size_t v)
                        VAERANS_LAMBDA_INLINE { return v * kLanes < n ? min_size(kLanes, n - v * kLanes) : 0; };
  const auto read = [=](const float* p, size_t v) VAERANS_LAMBDA_INLINE {
    return kPart ? load_some(p + (left(v) ? v * kLanes : 0), left(v)) : load<f32v>(p + v * kLanes);
  };
  f32v sums[kWindows][V];
  for (size_t i = 0; i < kWindows; i++)
    for (size_t v = 0; v < V; v++) sums[i][v] = f32v{};
  const float* weights = d.weights + c;
  for (size_t y = 0; y < d.taps_y; y++, weights += d.taps_x * d.c) {
    const size_t start = d.rows[w.row * d.taps_y + y];
    if (start == VAERANS_ZEROS) continue;
    for (size_t x = 0; x < d.taps_x; x++) {
      const float* at[kWindows];
      taps_at(d, w, d.from + start + c, d.zeros, x, at);
      for (size_t v = 0; v < V; v++) {
        const f32v weight = read(weights + x * d.c, v);
        for (size_t i = 0; i < kWindows; i++) sums[i][v] = Add::madd(read(at[i], v), weight, sums[i][v]);
      }
    }
  }
  constexpr size_t kPitch = (V == 1 ? 2 : V) * kLanes;  // on wasm the same put_rows as a product's
  alignas(64) float kept[kWindows * kPitch];
  for (size_t i = 0; i < kWindows; i++)
    for (size_t v = 0; v < V; v++) store(kept + i * kPitch + v * kLanes, sums[i][v]);
  const size_t end = min_size(d.c, c + V * kLanes);
  put_rows<kPitch>(d.epilogue, d.out, w.row * d.stride + window * d.c, d.c, c, end, kept, count);
}

template <class Add>
VAERANS_LOOP void windows(const vaerans_depthwise& d, size_t row, size_t window) {
  constexpr size_t kTwo = 2 * kLanes, kMany = kLanes == 16 ? 4 : 2, kRest = kLanes == 4 ? 1 : 2;
  const size_t n = min_size(kWindows, d.width - window);
  Windows w;
  w.row = row;
  w.inner = window >= d.begin && window + n <= d.end;
  for (size_t i = 0; i < kWindows; i++) w.columns[i] = d.columns + (window + min_size(i, n - 1)) * d.taps_x;
  size_t c = 0;
  for (; c + kMany * kLanes <= d.c; c += kMany * kLanes) block<kMany, false, Add>(d, w, window, n, c, kMany * kLanes);
  for (; kMany > 2 && c + kTwo <= d.c; c += kTwo) block<2, false, Add>(d, w, window, n, c, kTwo);
  for (; c < d.c; c += kRest * kLanes) block<kRest, true, Add>(d, w, window, n, c, d.c - c);
}

template <class Add>
void depthwise(const vaerans_depthwise* d) {
  for (size_t row = 0; row < d->height; row++)
    for (size_t window = 0; window < d->width; window += kWindows) windows<Add>(*d, row, window);
}

}  // namespace

VAERANS_DEFINE(nn_depthwise) = {depthwise<Strict>, VAERANS_FAST(depthwise)};
