#include "vaerans/nn_gemm.h"

#include "../nn/activation.h"
#include "../nn/tile.h"

namespace {

VAERANS_INLINE const float* row_at(const vaerans_gemm& g, size_t tap, size_t row) {
  const size_t start = g.starts[tap * g.m + row];
  return start == VAERANS_ZEROS ? g.zeros : g.from + start;
}

// Where the rows of a tap begin in a panel.
VAERANS_INLINE size_t rows_of(const vaerans_gemm& g, size_t tap) {
  return (g.which == nullptr ? tap : g.which[tap]) * g.k * kPanel;
}

// Numbers of the right factor that stay in the first level of the cache while rows go by.
constexpr size_t kNear = 4096;

// The rows from `row` on, at most kRows of them, and one panel.
template <class Add>
VAERANS_INLINE void block(const vaerans_gemm& g, size_t row, size_t column) {
  const size_t count = min_size(kRows, g.m - row);
  const float* panels = g.panels + column * g.depth;
  f32v sums[kRows][kVectors];
  clear(sums);
  for (size_t t = 0; t < g.taps; t++) {
    const float* panel = panels + rows_of(g, t);
    const float* at[kRows];
    for (size_t i = 0; i < kRows; i++) at[i] = row_at(g, t, row + min_size(i, count - 1));
    add_products<Add>(at, g.k, panel, g.depth * kPanel, sums);
  }
  alignas(64) float kept[kRows * kPanel];
  keep(sums, kept);
  put_rows<kPanel>(g.epilogue, g.out, row * g.stride, g.stride, column, g.n, kept, count);
}

// Rows up to `end`, some columns of them.
template <class Add>
VAERANS_LOOP void rows(const vaerans_gemm& g, size_t end, size_t column, size_t wide) {
  for (size_t row = 0; row < end; row += kRows)
    for (size_t c = column; c < g.n && c < column + wide; c += kPanel) block<Add>(g, row, c);
}

// One row: kWide panels at once.
template <class Add>
VAERANS_LOOP void one_row(const vaerans_gemm& g, size_t row) {
  for (size_t column = 0; column < g.n; column += kWide * kPanel) {
    const size_t last = (g.n - column - 1) / kPanel;
    f32v sums[kWide][kVectors];
    clear(sums);
    for (size_t t = 0; t < g.taps; t++) {
      const float* panels[kWide];
      for (size_t p = 0; p < kWide; p++)
        panels[p] = g.panels + (column + min_size(p, last) * kPanel) * g.depth + rows_of(g, t);
      add_row<Add>(row_at(g, t, row), g.k, panels, sums);
    }
    alignas(64) float kept[kWide * kPanel];
    keep(sums, kept);
    for (size_t p = 0; p <= min_size(last, kWide - 1); p++)
      put_rows<kPanel>(g.epilogue, g.out, row * g.stride, g.stride, column + p * kPanel, g.n, kept + p * kPanel, 1);
  }
}

// Columns in blocks that stay near, all rows of each; a few rows that are left over one by one.
template <class Add>
void gemm(const vaerans_gemm* g) {
  const size_t fit = kNear / (g->depth == 0 ? 1 : g->depth) / kPanel;
  const size_t wide = (fit == 0 ? 1 : fit) * kPanel;
  const size_t rest = g->m % kRows, end = rest > kFew ? g->m : g->m - rest;
  for (size_t column = 0; column < g->n && end > 0; column += wide) rows<Add>(*g, end, column, wide);
  for (size_t row = end; row < g->m; row++) one_row<Add>(*g, row);
}

}  // namespace

VAERANS_DEFINE(nn_gemm) = {kPanel, gemm<Strict>, VAERANS_FAST(gemm)};
