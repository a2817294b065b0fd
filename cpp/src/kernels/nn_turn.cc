#include "vaerans/nn_turn.h"

#include "../lanes.h"

namespace {

typedef float f32q __attribute__((vector_size(16)));
typedef int32_t i32q __attribute__((vector_size(16)));

#if defined(__clang__)
#define VAERANS_PICK(a, b, ...) __builtin_shufflevector(a, b, __VA_ARGS__)
#else
#define VAERANS_PICK(a, b, ...) __builtin_shuffle(a, b, i32q{__VA_ARGS__})
#endif

// Four rows and four columns of the result.
VAERANS_INLINE void quad(const float* from, size_t step, float* out, size_t stride) {
  const f32q a = load<f32q>(from), b = load<f32q>(from + step);
  const f32q c = load<f32q>(from + 2 * step), d = load<f32q>(from + 3 * step);
  const f32q low = VAERANS_PICK(a, b, 0, 4, 1, 5), low_2 = VAERANS_PICK(c, d, 0, 4, 1, 5);
  const f32q high = VAERANS_PICK(a, b, 2, 6, 3, 7), high_2 = VAERANS_PICK(c, d, 2, 6, 3, 7);
  store(out, VAERANS_PICK(low, low_2, 0, 1, 4, 5));
  store(out + stride, VAERANS_PICK(low, low_2, 2, 3, 6, 7));
  store(out + 2 * stride, VAERANS_PICK(high, high_2, 0, 1, 4, 5));
  store(out + 3 * stride, VAERANS_PICK(high, high_2, 2, 3, 6, 7));
}

// Some rows and some columns.
VAERANS_LOOP void part(const vaerans_turn& t, size_t row, size_t rows, size_t column, size_t columns) {
  const size_t row_end = min_size(t.rows, row + rows), column_end = min_size(t.columns, column + columns);
  for (size_t r = row; r < row_end; r += 4) {
    for (size_t c = column; c < column_end; c += 4) {
      const float* from = t.from + c * t.step + r;
      float* out = t.out + r * t.stride + c;
      if (r + 4 <= row_end && c + 4 <= column_end) {
        quad(from, t.step, out, t.stride);
        continue;
      }
      for (size_t i = 0; i < 4 && r + i < row_end; i++)
        for (size_t j = 0; j < 4 && c + j < column_end; j++) out[i * t.stride + j] = from[j * t.step + i];
    }
  }
}

// Whole lines of the cache on the side where neighbours are far apart, which may all fall into the same few places of the cache: few of
// them at a time.
constexpr size_t kAcross = 16, kAlong = 8;

void turn(const vaerans_turn* t) {
  if (t->stride > t->step) {
    for (size_t c = 0; c < t->columns; c += kAcross)
      for (size_t r = 0; r < t->rows; r += kAlong) part(*t, r, kAlong, c, kAcross);
  } else {
    for (size_t r = 0; r < t->rows; r += kAcross)
      for (size_t c = 0; c < t->columns; c += kAlong) part(*t, r, kAcross, c, kAlong);
  }
}

}  // namespace

VAERANS_DEFINE(nn_turn) = {turn};
