#include "vaerans/nn_norm.h"

#include "../nn/math.h"

namespace {

// Lanes of a sum of a row, whatever the vector.
constexpr size_t kSum = 16, kParts = kSum / kLanes;

typedef float f32q __attribute__((vector_size(16)));

VAERANS_INLINE float sum_of(const f32v (&sums)[kParts]) {
  f32q lanes[4];
  static_assert(sizeof lanes == sizeof sums, "16 lanes");
  __builtin_memcpy(lanes, sums, sizeof lanes);
  const f32q four = (lanes[0] + lanes[2]) + (lanes[1] + lanes[3]);
  return (four[0] + four[2]) + (four[1] + four[3]);
}

// Calls `f(part, vector)` for all vectors of a row; what lies behind its end is `rest`.
template <class F>
VAERANS_INLINE void along(const float* x, size_t n, float rest, F f) {
  size_t at = 0;
  for (; at + kSum <= n; at += kSum)
    for (size_t i = 0; i < kParts; i++) f(i, load<f32v>(x + at + i * kLanes));
  if (at == n) return;
  for (size_t i = 0; i < kParts; i++, at += kLanes) {
    const size_t left = at < n ? n - at : 0;
    f(i, left < kLanes ? load_some(x + (left ? at : 0), left, rest) : load<f32v>(x + at));
  }
}

VAERANS_LOOP float row_sum(const float* x, size_t columns) {
  f32v sums[kParts] = {};
  along(x, columns, 0.0f, [&](size_t i, f32v v) VAERANS_LAMBDA_INLINE { sums[i] = sums[i] + v; });
  return sum_of(sums);
}

VAERANS_LOOP float row_squares(const float* x, size_t columns, float mean) {
  f32v sums[kParts] = {};
  const f32v m = splat<f32v>(mean);
  along(x, columns, mean, [&](size_t i, f32v v) VAERANS_LAMBDA_INLINE {
    const f32v d = v - m;
    sums[i] = sums[i] + d * d;
  });
  return sum_of(sums);
}

void row_sums(const float* x, size_t rows, size_t columns, const float* mean, float* out) {
  for (size_t row = 0; row < rows; row++, x += columns)
    out[row] = mean == nullptr ? row_sum(x, columns) : row_squares(x, columns, mean[row]);
}

constexpr size_t kRowsAtOnce = 64;

// Columns column.. of the sums, one vector, n of its lanes.
template <bool kCentred>
VAERANS_LOOP void columns_of(const float* x, size_t rows, size_t columns, const float* mean, float* out) {
  f32v total{};
  const f32v m = kCentred ? load<f32v>(mean) : f32v{};
  for (size_t first = 0; first < rows; first += kRowsAtOnce) {
    f32v sum{};
    const size_t end = min_size(rows, first + kRowsAtOnce);
    for (size_t row = first; row < end; row++) {
      const f32v d = load<f32v>(x + row * columns) - m;
      sum = sum + (kCentred ? d * d : d);
    }
    total = total + sum;
  }
  store(out, total);
}

VAERANS_LOOP float column_of(const float* x, size_t rows, size_t columns, const float* mean) {
  float total = 0.0f;
  for (size_t first = 0; first < rows; first += kRowsAtOnce) {
    float sum = 0.0f;
    const size_t end = min_size(rows, first + kRowsAtOnce);
    for (size_t row = first; row < end; row++) {
      const float d = x[row * columns] - (mean == nullptr ? 0.0f : *mean);
      sum += mean == nullptr ? d : d * d;
    }
    total += sum;
  }
  return total;
}

void column_sums(const float* x, size_t rows, size_t columns, const float* mean, float* out) {
  size_t at = 0;
  for (; at + kLanes <= columns; at += kLanes) {
    if (mean == nullptr) columns_of<false>(x + at, rows, columns, nullptr, out + at);
    else columns_of<true>(x + at, rows, columns, mean + at, out + at);
  }
  for (; at < columns; at++) out[at] = column_of(x + at, rows, columns, mean == nullptr ? nullptr : mean + at);
}

// Calls `f(at, numbers, vector)` for all vectors of a row: one after the other, because what is done to each is long.
template <class F>
VAERANS_INLINE void each(const float* x, size_t n, float rest, F f) {
  for (size_t at = 0; at < n; at += kLanes) {
    const size_t some = min_size(kLanes, n - at);
    f(at, some, some == kLanes ? load<f32v>(x + at) : load_some(x + at, some, rest));
  }
}

// Each vector is read before it is written.
template <class F>
VAERANS_INLINE void map(const float* x, float* out, size_t n, F f) {
  each(x, n, 0.0f, [&](size_t at, size_t some, f32v v) VAERANS_LAMBDA_INLINE {
    if (some == kLanes) store(out + at, f(v));
    else store_some(out + at, some, f(v));
  });
}

// A row, or as much of it as there are scales.
VAERANS_LOOP void scale_row(const vaerans_layer_norm& l, const float* x, float mean, float factor, float* out) {
  const f32v m = splat<f32v>(mean), f = splat<f32v>(factor);
  each(x, l.width, 0.0f, [&](size_t at, size_t some, f32v v) VAERANS_LAMBDA_INLINE {
    v = (v - m) * f * load_some(l.scale + at, some);
    if (l.bias != nullptr) v = v + load_some(l.bias + at, some);
    store_some(out + at, some, v);
  });
}

void layer_norm(const vaerans_layer_norm* p) {
  const vaerans_layer_norm& l = *p;
  const float n = float(l.columns);
  for (size_t row = 0; row < l.rows; row++) {
    const float* x = l.x + row * l.columns;
    const float mean = l.centred ? row_sum(x, l.columns) / n : 0.0f;
    const float factor = 1.0f / sqrt_lanes(splat<f32v>(row_squares(x, l.columns, mean) / n + l.epsilon))[0];
    for (size_t at = 0; at < l.columns; at += l.width) scale_row(l, x + at, mean, factor, l.out + row * l.columns + at);
  }
}

VAERANS_INLINE f32v greater(f32v m, f32v x) { return select((i32v)(x > m) | (i32v)(x != x), x, m); }

VAERANS_LOOP float greatest(const float* x, size_t n) {
  f32v most = splat<f32v>(-__builtin_inff());
  each(x, n, -__builtin_inff(), [&](size_t, size_t, f32v v) VAERANS_LAMBDA_INLINE { most = greater(most, v); });
  float lanes[kLanes], found = -__builtin_inff();
  store(lanes, most);
  for (size_t i = 0; i < kLanes; i++) found = lanes[i] > found || lanes[i] != lanes[i] ? lanes[i] : found;
  return found;
}

VAERANS_LOOP f32v sum_of_exponentials(const float* x, size_t n, f32v most) {
  f32v sums[kParts] = {};
  each(x, n, -__builtin_inff(), [&](size_t at, size_t some, f32v v) VAERANS_LAMBDA_INLINE {
    // What lies behind the end is e^-inf = 0, unless the greatest is infinite too.
    alignas(64) float e[kLanes];
    store(e, exp_lanes(v - most));
    for (size_t k = some; k < kLanes; k++) e[k] = 0.0f;
    f32v& sum = sums[at / kLanes % kParts];
    sum = sum + load<f32v>(e);
  });
  return splat<f32v>(sum_of(sums));
}

void softmax(const float* x, size_t rows, size_t columns, uint32_t logarithm, float* out) {
  for (size_t row = 0; row < rows; row++, x += columns, out += columns) {
    const f32v most = splat<f32v>(greatest(x, columns));
    const f32v sum = sum_of_exponentials(x, columns, most);
    if (logarithm) {
      const f32v log = log_lanes(sum);
      map(x, out, columns, [=](f32v v) VAERANS_LAMBDA_INLINE { return v - most - log; });
    } else {
      map(x, out, columns, [=](f32v v) VAERANS_LAMBDA_INLINE { return exp_lanes(v - most) / sum; });
    }
  }
}

}  // namespace

VAERANS_DEFINE(nn_norm) = {column_sums, row_sums, softmax, layer_norm};
