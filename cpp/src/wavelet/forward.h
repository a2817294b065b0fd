// Forward: every level pulls its rows from the finer one, so that all levels read and write memory once.
#pragma once
#include "level.h"

namespace vaerans_wavelet {
namespace {

template <class F, class T>
struct Forward {
  Forward* finer;  // where rows come from; null: memory
  const T* src;
  size_t src_stride;
  T *ll, *upper, *lower;  // of pair `begin`; ll null: the next level takes the averages from the line kLow
  size_t ll_stride, stride;
  size_t h, w, nl, nh, begin, end;
  size_t start, n;  // first and next step
  size_t done;      // sample rows that have been transformed
  uint32_t flags;
  Rows<T> rows;
  T factor[2][2];

  enum { kRing = 8, kD1 = 8, kS1 = 9, kD2 = 10, kJunk = 11, kLow = 12, kHigh = 13 };
  static constexpr size_t kLag = F::kStages - 1;  // step n gives pair n - kLag

  void prepare() {
    nl = (w + 1) / 2, nh = w / 2;
    n = start = begin > F::kStages ? begin - F::kStages : 0;
    done = 2 * start;
    set_factors<F>(factor, h, w, false);
  }

  // The transform along sample row r, which may lie outside the plane; the last kRing rows are kept.
  size_t transformed(size_t r) {
    const size_t at = mirror<F>(ptrdiff_t(r), h);
    for (; done <= at; done++) row(done, done % kRing);
    return at % kRing;
  }
  void row(size_t r, size_t slot) {
    const T* p = finer ? finer->averages(r) : src + r * src_stride;
    if (w > 1) row_forward<F>(p, w, rows.at(slot, 0), rows.at(slot, 1));
    else store(rows.at(slot, 0), splat(p[0]));
  }

  // Averages of pair `pair`, the one after those given before.
  const T* averages(size_t pair) {
    while (n <= pair + kLag) advance();
    return rows.at(kLow, 0);
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
    const size_t e0 = transformed(2 * n), o = transformed(2 * n + 1), e1 = transformed(2 * n + 2);
    const size_t pair = n - kLag;
    const bool emits = pair >= begin && pair < end;  // not so for n < kLag, which wraps around
    for (size_t part = 0; part < 2; part++) {
      const size_t count = part ? nh : nl;
      T* low = rows.at(kJunk, part);
      T* high = low;
      if (emits) low = part ? upper + (pair - begin) * stride + nl : ll ? ll + (pair - begin) * ll_stride : rows.at(kLow, 0);
      if (emits && 2 * pair + 1 < h) high = lower + (pair - begin) * stride + part * nl;
      const bool staged = streams<T>(flags, count) && emits;
      const bool low_staged = staged && (part || ll), high_staged = staged && 2 * pair + 1 < h;
      column_forward<F, kPhase>(ForwardStep<T>{
          rows.at(e0, part), rows.at(o, part), rows.at(e1, part), rows.at(kD1, part), rows.at(kS1, part),
          rows.at(kD2, part), low_staged ? rows.at(kLow, part) : low, high_staged ? rows.at(kHigh, part) : high,
          factor[0][part], factor[1][part], count});
      if (low_staged) stream_row(low, rows.at(kLow, part), count);
      if (high_staged) stream_row(high, rows.at(kHigh, part), count);
    }
  }

  // One row: nothing to do down the columns.
  void single() {
    row(0, 0);
    T* low = ll ? ll : rows.at(kLow, 0);
    for (size_t i = 0; i < nl; i++) low[i] = times<F>(rows.at(0, 0)[i], factor[0][0]);
    for (size_t i = 0; i < nh; i++) upper[nl + i] = times<F>(rows.at(0, 1)[i], factor[0][1]);
    n = kLag;  // the pair is given
  }
};

template <class F, class T>
void forward(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper, T* lower,
             size_t stride, T* scratch) {
  if (job->begin >= job->end || job->levels == 0 || job->levels > VAERANS_WAVELET_MAX_LEVELS) return;
  Forward<F, T> levels[VAERANS_WAVELET_MAX_LEVELS];
  size_t h = job->height, w = job->width, end = job->end;
  Forward<F, T>* last = levels;
  for (size_t i = 0; i < job->levels; i++) {
    last = levels + i;
    *last = Forward<F, T>{};
    last->finer = i ? last - 1 : nullptr;
    last->src = src, last->src_stride = src_stride;
    last->upper = upper, last->lower = i ? upper + (h + 1) / 2 * stride : lower, last->stride = stride;
    last->h = h, last->w = w, last->begin = job->begin, last->end = end, last->flags = job->flags;
    scratch = last->rows.place(scratch, w);
    last->prepare();
    h = (h + 1) / 2, w = (w + 1) / 2, end = (h + 1) / 2;
  }
  last->ll = ll, last->ll_stride = ll_stride;
  last->averages(last->end - 1);
  stream_fence();
}

}  // namespace
}  // namespace vaerans_wavelet
