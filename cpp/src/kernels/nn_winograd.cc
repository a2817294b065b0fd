#include "vaerans/nn_winograd.h"

#include "../nn/activation.h"
#include "../nn/tile.h"
#include "vaerans/nn_gemm.h"

// B^T d B, then 36 products, then A^T m A, with the points 0, 1, -1, 2, -2: the twin, bit for bit, of the Rust file
// src/reference/nn/winograd.rs.
namespace {

struct Six {
  f32v v[6];
};

VAERANS_INLINE Six forward(const f32v (&d)[6]) {
  const f32v two = splat<f32v>(2.0f), four = splat<f32v>(4.0f), five = splat<f32v>(5.0f);
  const f32v a = d[4] - four * d[2], b = d[3] - four * d[1];
  const f32v c = d[4] - d[2], e = two * (d[3] - d[1]);
  return {{four * d[0] - five * d[2] + d[4], a + b, a - b, c + e, c - e, four * d[1] - five * d[3] + d[5]}};
}

struct Four {
  f32v v[4];
};

VAERANS_INLINE Four inverse(const f32v (&m)[6]) {
  const f32v a = m[1] + m[2], b = m[1] - m[2], c = m[3] + m[4], e = m[3] - m[4];
  const f32v two = splat<f32v>(2.0f), four = splat<f32v>(4.0f), eight = splat<f32v>(8.0f);
  return {{m[0] + a + c, b + two * e, a + four * c, b + eight * e + m[5]}};
}

// Columns of a row of tiles that are transformed before any is used.
constexpr size_t kColumns = 8;
// Numbers between the 36 parts, so that they do not all fall into the same lines of the cache.
constexpr size_t kGap = 16;

// Channels c.. of a row of tiles into `to`, which stands at the first of its tiles; `apart` numbers lie between the 36 parts.
VAERANS_LOOP void transform(const vaerans_winograd& w, size_t tile_row, size_t c, size_t depth, float* to,
                            size_t apart) {
  const size_t n = min_size(kLanes, w.c - c);
  f32v lines[6][kColumns * 4 + 2];
  for (size_t first = 0; first < w.tiles; first += kColumns) {
    const size_t tiles = min_size(kColumns, w.tiles - first);
    for (size_t x = 0; x < 4 * tiles + 2; x++) {
      f32v d[6];
      const size_t column = w.columns[4 * first + x];
      for (size_t i = 0; i < 6; i++) {
        const size_t row = w.rows[6 * tile_row + i];
        const bool padding = row == VAERANS_ZEROS || column == VAERANS_ZEROS;
        d[i] = padding       ? f32v{}
               : n == kLanes ? load<f32v>(w.from + row + column + c)
                             : load_some(w.from + row + column + c, n);
      }
      const Six t = forward(d);
      for (size_t i = 0; i < 6; i++) lines[i][x] = t.v[i];
    }
    for (size_t tile = 0; tile < tiles; tile++) {
      float* at = to + (first + tile) * depth + c;
      for (size_t i = 0; i < 6; i++) {
        f32v d[6];
        for (size_t j = 0; j < 6; j++) d[j] = lines[i][4 * tile + j];
        const Six t = forward(d);
        for (size_t j = 0; j < 6; j++) store(at + (6 * i + j) * apart, t.v[j]);
      }
    }
  }
}

// The products of a panel and the tiles from `tile` on, at most kRows of them, of each of the 36 parts.
template <class Add>
VAERANS_LOOP void multiply(const vaerans_winograd& w, const float* v, size_t depth, size_t all, size_t tile,
                           const float* panel, float* m) {
  const size_t count = min_size(kRows, all - tile);
  for (size_t p = 0; p < 36; p++, panel += w.c * kPanel) {
    const float* at[kRows];
    for (size_t i = 0; i < kRows; i++) at[i] = v + p * (all * depth + kGap) + (tile + min_size(i, count - 1)) * depth;
    f32v sums[kRows][kVectors];
    clear(sums);
    add_products<Add>(at, w.c, panel, 36 * w.c * kPanel, sums);
    keep_some(sums, count, m + p * (all * kPanel + kGap) + tile * kPanel);
  }
}

// The results of a vector of a panel, of one tile.
VAERANS_INLINE void finish_tile(const vaerans_winograd& w, size_t y, size_t x, size_t column, const float* m,
                                size_t apart) {
  f32v lines[4][6];
  for (size_t j = 0; j < 6; j++) {
    f32v d[6];
    for (size_t i = 0; i < 6; i++) d[i] = load<f32v>(m + (6 * i + j) * apart);
    const Four t = inverse(d);
    for (size_t i = 0; i < 4; i++) lines[i][j] = t.v[i];
  }
  const size_t n = min_size(kLanes, w.n - column);
  for (size_t i = 0; i < 4 && y + i < w.height; i++) {
    const Four t = inverse(lines[i]);
    for (size_t j = 0; j < 4 && x + j < w.width; j++) {
      const size_t offset = (y + i) * w.row_stride + (x + j) * w.column_stride + column;
      const float* residual = w.epilogue.residual == nullptr ? nullptr : w.epilogue.residual + offset;
      put(w.epilogue, column, n, t.v[j], w.out + offset, residual);
    }
  }
}

VAERANS_LOOP void finish_panel(const vaerans_winograd& w, size_t column, const float* m) {
  const size_t all = w.tile_rows * w.tiles;
  for (size_t tile = 0; tile < all; tile++)
    for (size_t v = 0; v < kVectors && column + v * kLanes < w.n; v++)
      finish_tile(w, tile / w.tiles * 4, tile % w.tiles * 4, column + v * kLanes, m + tile * kPanel + v * kLanes,
                  all * kPanel + kGap);
}

template <class Add>
void winograd(const vaerans_winograd* w) {
  const size_t all = w->tile_rows * w->tiles, depth = (w->c + kPanel - 1) / kPanel * kPanel;
  float* v = w->scratch;
  float* m = v + 36 * (all * depth + kGap);
  for (size_t row = 0; row < w->tile_rows; row++)
    for (size_t c = 0; c < w->c; c += kLanes)
      transform(*w, row, c, depth, v + row * w->tiles * depth, all * depth + kGap);
  const float* panel = w->panels;
  for (size_t column = 0; column < w->n; column += kPanel, panel += 36 * w->c * kPanel) {
    // The last tiles are as many as the others where there are so many: what is worked out twice costs less than what waits.
    for (size_t tile = 0; tile < all; tile += kRows)
      multiply<Add>(*w, v, depth, all, all < kRows ? 0 : min_size(tile, all - kRows), panel, m);
    finish_panel(*w, column, m);
  }
}

// A loop that stays one: unrolled it is several times as much code, for work that is done once.
#if defined(__clang__)
#define VAERANS_ROLLED _Pragma("clang loop unroll(disable)")
#else
#define VAERANS_ROLLED
#endif

typedef float f32h __attribute__((vector_size(VAERANS_VECTOR / 2)));
typedef double f64v __attribute__((vector_size(VAERANS_VECTOR)));
constexpr size_t kTaps = kLanes / 2;  // columns whose taps are transformed at once

VAERANS_INLINE void spread(f64v a, f64v b, f64v c, f64v (&out)[6]) {
  const f64v sixth = splat<f64v>(1.0 / 6.0), a6 = a * sixth, b6 = b * sixth, c6 = c * sixth;
  const f64v a24 = a * splat<f64v>(1.0 / 24.0), b12 = b * splat<f64v>(1.0 / 12.0);
  out[0] = splat<f64v>(0.25) * a;
  out[1] = splat<f64v>(0.0) - a6 - b6 - c6;
  out[2] = b6 - a6 - c6;
  out[3] = a24 + b12 + c6;
  out[4] = a24 - b12 + c6;
  out[5] = c;
}

// kTaps columns; `part` numbers lie between the 36 parts.
VAERANS_INLINE void pack_columns(const float* taps, size_t apart, float* out, size_t part) {
  f64v columns[3][6];
  VAERANS_ROLLED for (size_t x = 0; x < 3; x++) {
    f64v read[3];
    for (size_t y = 0; y < 3; y++) read[y] = __builtin_convertvector(load<f32h>(taps + (3 * y + x) * apart), f64v);
    spread(read[0], read[1], read[2], columns[x]);
  }
  VAERANS_ROLLED for (size_t i = 0; i < 6; i++) {
    f64v line[6];
    spread(columns[0][i], columns[1][i], columns[2][i], line);
    for (size_t j = 0; j < 6; j++) store(out + (6 * i + j) * part, __builtin_convertvector(line[j], f32h));
  }
}

// What lies behind the last column in its panel is filled up with what zeros give.
VAERANS_LOOP void pack(const float* taps, size_t apart, size_t n, size_t c, float* out) {
  const size_t part = c * kPanel;
  float last[9 * kTaps] = {};
  for (size_t column = 0; column < n; column += kTaps) {
    const float* from = taps + column;
    size_t step = apart;
    if (n - column < kTaps) {
      for (size_t t = 0; t < 9; t++)
        for (size_t i = 0; i < n - column; i++) last[t * kTaps + i] = from[t * apart + i];
      from = last;
      step = kTaps;
    }
    pack_columns(from, step, out + column / kPanel * 36 * part + column % kPanel, part);
  }
}

}  // namespace

VAERANS_DEFINE(nn_winograd) = {winograd<Strict>, VAERANS_FAST(winograd), pack};
