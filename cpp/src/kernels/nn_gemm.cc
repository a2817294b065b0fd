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

// R rows and one panel.
template <size_t R, class Add>
VAERANS_INLINE void block(const vaerans_gemm& g, size_t row, size_t column) {
  const float* panels = g.panels + column * g.depth;
  f32v sums[R][kVectors];
  clear(sums);
  for (size_t t = 0; t < g.taps; t++) {
    const float* panel = panels + rows_of(g, t);
    const float* at[R];
    for (size_t i = 0; i < R; i++) at[i] = row_at(g, t, row + i);
    add_products<Add>(at, g.k, panel, sums);
  }
  alignas(64) float kept[R * kPanel];
  keep(sums, kept);
  for (size_t i = 0; i < R; i++)
    put_row<kPanel>(g.epilogue, g.out, (row + i) * g.stride, column, g.n, kept + i * kPanel);
}

// Rows begin.. in steps of R, some columns of them.
template <size_t R, class Add>
VAERANS_LOOP size_t rows(const vaerans_gemm& g, size_t begin, size_t column, size_t end) {
  size_t row = begin;
  for (; row + R <= g.m; row += R)
    for (size_t c = column; c < end; c += kPanel) block<R, Add>(g, row, c);
  return row;
}

// One row: P panels at once from `column` on.
template <size_t P, class Add>
VAERANS_INLINE void row_of(const vaerans_gemm& g, size_t row, size_t column) {
  const size_t apart = g.depth * kPanel;
  const float* panels = g.panels + column * g.depth;
  f32v sums[P][kVectors];
  clear(sums);
  for (size_t t = 0; t < g.taps; t++) add_row<Add>(row_at(g, t, row), g.k, panels + rows_of(g, t), apart, sums);
  alignas(64) float kept[P * kPanel];
  keep(sums, kept);
  put_row<P * kPanel>(g.epilogue, g.out, row * g.stride, column, g.n, kept);
}

template <class Add>
VAERANS_LOOP void one_row(const vaerans_gemm& g, size_t row) {
  size_t column = 0;
  for (; column + kWide * kPanel <= g.n; column += kWide * kPanel) row_of<kWide, Add>(g, row, column);
  for (; column < g.n; column += kPanel) row_of<1, Add>(g, row, column);
}

// Columns in blocks that stay near; all rows of each.
template <class Add>
void gemm(const vaerans_gemm* g) {
  const size_t fit = kNear / (g->depth == 0 ? 1 : g->depth) / kPanel;
  const size_t wide = (fit == 0 ? 1 : fit) * kPanel;
  size_t row = 0;
  for (size_t column = 0; column < g->n && g->m > 1; column += wide) {
    const size_t end = column + wide < g->n ? column + wide : g->n;
    row = rows<kRows, Add>(*g, 0, column, end);
    row = rows<2, Add>(*g, row, column, end);
  }
  if (row < g->m) one_row<Add>(*g, row);
}

}  // namespace

VAERANS_DEFINE(nn_gemm) = {kPanel, gemm<Strict>, VAERANS_FAST(gemm)};
