// Forward: every level pulls its rows from the finer one, so that all levels read and write memory once.
#pragma once
#include "level.h"

namespace vaerans_wavelet {
namespace {

template <class F, class T>
struct Forward {
  Forward* finer;  // where rows come from; null: memory
  const T* src;
  size_t src_stride, src_step;
  T *ll, *upper, *lower;  // of pair `begin`; ll null: the averages stay in the line kLow, for the next level
  size_t ll_stride, stride, step;
  size_t h, w, nl, nh, begin, end;  // pairs [begin, end) are written
  size_t start, n;                  // first and next step
  size_t done;                      // sample rows that have been transformed
  uint32_t flags;
  Bundle bundle;
  Rows<T> rows;
  T factor[2][2];

  enum { kRing = 8, kD1 = 8, kS1, kD2, kLow, kHigh, kLine };
  static_assert(kLine < kRows, "rows of working memory");
  static constexpr size_t kLag = F::kStages - 1;  // step n gives pair n - kLag

  // `first`: the first pair whose averages are wanted.
  T* prepare(T* scratch, size_t planes, size_t first) {
    nl = (w + 1) / 2, nh = w / 2;
    n = start = first > F::kStages ? first - F::kStages : 0;
    done = 2 * start;
    set_factors<F>(factor, h, w, false);
    bundle.place(w, planes);
    T* end_of_rows = rows.place(scratch, bundle.width);
    if (planes > 1) __builtin_memset(rows.at(kLine, 0), 0, sizeof(T) * (2 * rows.half - kLineOf<T>));
    return end_of_rows;
  }

  // The transform along sample row r, which may lie outside the plane; the last kRing rows are kept.
  size_t transformed(size_t r) {
    const size_t at = mirror<F>(ptrdiff_t(r), h);
    for (; done <= at; done++) row(done, rows.at(done % kRing, 0), rows.at(done % kRing, 1));
    return at % kRing;
  }
  void row(size_t r, T* low, T* high) {
    const T* p = finer ? finer->averages(r) : src + r * src_stride;
    if (bundle.planes > 1) {
      const LineReader<T> line = {gather(p, finer ? finer->bundle.pitch / 2 : src_step)};
      if (w > 1) return row_forward<F>(line, bundle.width, low, high);
      for (size_t i = 0; i < bundle.planes; i++) low[i * bundle.pitch / 2] = line.src[i * bundle.pitch];
    } else if (w > 1) {
      row_forward<F>(RowReader<F, T>(p, w), w, low, high);
    } else {
      low[0] = p[0];
    }
  }
  // A row of every plane, continued past its ends, in one line.
  const T* gather(const T* from, size_t from_step) {
    T* line = rows.at(kLine, 0);
    for (size_t i = 0; i < bundle.planes; i++) {
      copy_row(line + i * bundle.pitch, from + i * from_step, w);
      if (w > 1) extend_samples<F>(line + i * bundle.pitch, w);
    }
    return line;
  }
  // Half a row of every plane to its place.
  void put(T* to, const T* line, size_t count) const {
    if (bundle.planes == 1) return stream_row(to, line, count);
    for (size_t i = 0; i < bundle.planes; i++) copy_row(to + i * step, line + i * bundle.pitch / 2, count);
  }

  // Averages of pair `pair`, the first or the one after those given before.
  const T* averages(size_t pair) {
    while (n <= pair + kLag) advance();
    return rows.at(kLow, 0);
  }

  void advance() {
    if (h == 1) single();
    else if (n == start) lift<0>();
    else if (n == start + 1) lift<1>();
    else lift<2>();
    n++;
  }

  template <int kPhase>
  void lift() {
    const size_t e0 = transformed(2 * n), o = transformed(2 * n + 1), e1 = transformed(2 * n + 2);
    const size_t pair = n - kLag, at = pair - begin;
    const bool emits = pair >= begin && pair < end;  // not so for n < kLag, which wraps around
    const bool many = bundle.planes > 1;
    for (size_t part = 0; part < 2; part++) {
      const size_t count = part ? nh : nl;
      T* low = !emits ? nullptr : part ? upper + at * stride + nl : ll ? ll + at * ll_stride : nullptr;
      T* high = emits && 2 * pair + 1 < h ? lower + at * stride + part * nl : nullptr;
      // Straight to memory, or through a line in cache: to several planes, or around the caches.
      const bool staged = many || streams<T>(flags, count);
      T *low_line = rows.at(kLow, part), *high_line = rows.at(kHigh, part);
      column_forward<F, kPhase>(ForwardStep<T>{rows.at(e0, part), rows.at(o, part), rows.at(e1, part),
                                               rows.at(kD1, part), rows.at(kS1, part), rows.at(kD2, part),
                                               low && !staged ? low : low_line, high && !staged ? high : high_line,
                                               factor[0][part], factor[1][part], many ? bundle.width / 2 : count});
      if (staged && low) put(low, low_line, count);
      if (staged && high) put(high, high_line, count);
    }
  }

  // One row: nothing to do down the columns.
  void single() {
    T *low = rows.at(kLow, 0), *high = rows.at(kHigh, 1);
    row(0, rows.at(0, 0), rows.at(0, 1));
    for (size_t i = 0; i < (bundle.width + 1) / 2; i++) {
      low[i] = times<F>(rows.at(0, 0)[i], factor[0][0]);
      high[i] = times<F>(rows.at(0, 1)[i], factor[0][1]);
    }
    if (ll) put(ll, low, nl);
    put(upper + nl, high, nh);
    n = kLag;  // the pair is given
  }
};

template <class F, class T>
void forward(const vaerans_wavelet_job* job, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
             T* lower, size_t stride, T* scratch) {
  if (job->begin >= job->end || job->levels == 0 || job->levels > VAERANS_WAVELET_MAX_LEVELS) return;
  Forward<F, T> levels[VAERANS_WAVELET_MAX_LEVELS];
  T* const plane = job->levels > 1 ? upper - job->begin * stride : nullptr;
  size_t h = job->height, w = job->width, begin = job->begin, end = job->end, count = 0;
  // A part may have no pair of the coarsest levels: those are its neighbour's.
  for (; count < job->levels && begin < end; count++) {
    Forward<F, T>& level = levels[count];
    level = Forward<F, T>{};
    level.finer = count ? &level - 1 : nullptr;
    level.src = src, level.src_stride = src_stride, level.src_step = job->src_step;
    level.upper = count ? plane + begin * stride : upper;
    level.lower = count ? plane + ((h + 1) / 2 + begin) * stride : lower;
    level.stride = stride, level.step = job->dst_step;
    level.h = h, level.w = w, level.begin = begin, level.end = end, level.flags = job->flags;
    h = (h + 1) / 2, w = (w + 1) / 2, begin = (begin + 1) / 2, end = (end + 1) / 2;
  }
  Forward<F, T>& last = levels[count - 1];
  if (count == job->levels) last.ll = ll, last.ll_stride = ll_stride;
  size_t first = last.begin;
  for (size_t i = count; i-- > 0; first = 2 * levels[i].start) scratch = levels[i].prepare(scratch, job->planes, first);
  last.averages(last.end - 1);
  stream_fence();
}

}  // namespace
}  // namespace vaerans_wavelet
