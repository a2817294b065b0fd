// Inverse: every level pulls its averages from the coarser one, so that all levels read and write memory once.
#pragma once
#include "level.h"

namespace vaerans_wavelet {
namespace {

template <class F, class T>
struct Inverse {
  Inverse* coarser;  // where averages come from; null: memory
  const T *ll, *upper, *lower;
  size_t ll_stride, stride;
  T* dst;  // sample row 2 * `begin`; null: the finer level takes the rows from the ring
  size_t dst_stride;
  size_t h, w, nl, nh, begin, end;
  size_t start, n;  // first and next step
  size_t given;     // sample rows that have been given
  uint32_t flags;
  Rows<T> rows;
  T factor[2][2];
  T* ring;  // the last kRing sample rows, where the finer level takes them
  size_t ring_stride;

  enum { kS1, kD1, kOdd, kZero, kEven, kRingRow = 6, kRing = 4 };  // kEven takes two
  static constexpr size_t kLag = F::kStages - 1;  // step n gives sample rows up to 2 * (n - kLag)

  void prepare() {
    nl = (w + 1) / 2, nh = w / 2;
    n = start = begin > kLag ? begin - kLag : 0;
    ring_stride = 2 * rows.half;
    ring = rows.at(kRingRow, 0);
    set_factors<F>(factor, h, w, true);
    // Lanes past the end of a row are computed too: they must not hold what would slow the arithmetic down.
    for (size_t row = 0; row <= kEven + 1; row++)
      for (size_t part = 0; part < 2; part++) {
        T* p = rows.at(row, part);
        const size_t from = nl / kLineOf<T> * kLineOf<T>;
        __builtin_memset(p + from, 0, (rows.half - kLineOf<T> - from) * sizeof(T));
      }
    if (F::kHalf) __builtin_memset(rows.at(kZero, 0) - kLineOf<T>, 0, 2 * rows.half * sizeof(T));
  }

  const T* low(size_t i, size_t part) {
    const size_t at = mirror<F>(ptrdiff_t(2 * i), h) / 2;
    if (part) return upper + at * stride + nl;
    return coarser ? coarser->samples(at) : ll + at * ll_stride;
  }
  const T* high(ptrdiff_t i, size_t part) const {
    if (F::kHalf && (i < 0 || size_t(2 * i + 1) >= h)) return rows.at(kZero, part);
    return lower + mirror<F>(2 * i + 1, h) / 2 * stride + part * nl;
  }

  // Sample row r, one of the last kRing or the next.
  const T* samples(size_t r) {
    while (given <= r) advance();
    return ring + r % kRing * ring_stride;
  }

  void give(size_t r, size_t slot) {
    if (r < 2 * begin || r >= 2 * end || r >= h) return;
    T* to = dst ? dst + (r - 2 * begin) * dst_stride : ring + r % kRing * ring_stride;
    const bool staged = dst && streams<T>(flags, w);
    T* line = staged ? ring : to;
    if (w > 1) row_inverse<F>(rows.at(slot, 0), rows.at(slot, 1), w, line);
    else line[0] = rows.at(slot, 0)[0];
    if (staged) stream_row(to, line, w);
    given = r + 1;
  }

  void advance() {
    if (h == 1) single();
    else if (n == start) step<0>();
    else if (n == start + 1) step<1>();
    else step<2>();
    n++;
  }

  template <int kPhase>
  void step() {
    const size_t even = kEven + n % 2, before = kEven + (n + 1) % 2;
    for (size_t part = 0; part < 2; part++) {
      column_inverse<F, kPhase>(InverseStep<T>{
          low(n, part), high(ptrdiff_t(n) - 1, part), high(ptrdiff_t(n), part), rows.at(kS1, part), rows.at(kD1, part),
          rows.at(before, part), rows.at(even, part), rows.at(kOdd, part), factor[0][part], factor[1][part],
          part ? nh : nl});
    }
    if (kPhase > kLag && n > kLag) give(2 * (n - kLag) - 1, kOdd);
    if (kPhase >= kLag && n >= kLag) give(2 * (n - kLag), even);
  }

  // One row: nothing to do down the columns.
  void single() {
    const T *averages = low(0, 0), *details = low(0, 1);
    for (size_t i = 0; i < nl; i++) rows.at(kEven, 0)[i] = times<F>(averages[i], factor[0][0]);
    for (size_t i = 0; i < nh; i++) rows.at(kEven, 1)[i] = times<F>(details[i], factor[0][1]);
    give(0, kEven);
  }
};

template <class F, class T>
void inverse(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper, const T* lower, size_t stride,
             T* dst, size_t dst_stride, T* scratch) {
  if (job->begin >= job->end || job->levels == 0 || job->levels > VAERANS_WAVELET_MAX_LEVELS) return;
  Inverse<F, T> levels[VAERANS_WAVELET_MAX_LEVELS];
  size_t h = job->height, w = job->width, end = job->end;
  for (size_t i = 0; i < job->levels; i++) {
    Inverse<F, T>& level = levels[i];
    level = Inverse<F, T>{};
    level.coarser = i + 1 < job->levels ? levels + i + 1 : nullptr;
    level.ll = ll, level.ll_stride = ll_stride;
    level.upper = upper, level.lower = i ? upper + (h + 1) / 2 * stride : lower, level.stride = stride;
    level.dst = i ? nullptr : dst, level.dst_stride = dst_stride;
    level.h = h, level.w = w, level.begin = job->begin, level.end = end, level.flags = job->flags;
    scratch = level.rows.place(scratch, w);
    level.prepare();
    h = (h + 1) / 2, w = (w + 1) / 2, end = (h + 1) / 2;
  }
  const size_t rows = min_size(2 * levels[0].end, levels[0].h);
  while (levels[0].given < rows) levels[0].advance();
  stream_fence();
}

}  // namespace
}  // namespace vaerans_wavelet
