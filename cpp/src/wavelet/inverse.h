// Inverse: every level pulls its averages from the coarser one, so that all levels read and write memory once.
#pragma once
#include "level.h"

namespace vaerans_wavelet {
namespace {

template <class F, class T>
struct Inverse {
  Inverse* coarser;  // where averages come from; null: memory
  const T *ll, *upper, *lower;
  size_t ll_stride, stride, step;
  T* dst;  // sample row 2 * `begin`; null: the rows stay in the ring, for the finer level
  size_t dst_stride, dst_step;
  size_t h, w, nl, nh, begin, end;  // the sample rows of pairs [begin, end) are given
  size_t start, n;                  // first and next step
  size_t given;                     // sample rows that have been given
  size_t held[2];                   // which details the rows kHigh hold, plus one
  uint32_t flags;
  Bundle bundle;
  Rows<T> rows;
  T factor[2][2];

  // kEven, kHigh: two rows; kRing: the last four sample rows, where the finer level takes them.
  enum { kS1, kD1, kOdd, kZero, kEven, kRing = 6, kHigh = 10, kLow = 12, kLine = 13 };
  static_assert(kLine < kRows, "rows of working memory");
  static constexpr size_t kKept = 4;
  static constexpr size_t kLag = F::kStages - 1;  // step n gives sample rows up to 2 * (n - kLag)

  T* prepare(T* scratch, size_t planes) {
    nl = (w + 1) / 2, nh = w / 2;
    n = start = begin > kLag ? begin - kLag : 0;
    set_factors<F>(factor, h, w, true);
    bundle.place(w, planes);
    T* end_of_rows = rows.place(scratch, bundle.width);
    // Lanes past the end of a row and between planes are computed too: they must not hold what would slow that down.
    const auto clear = [&](size_t row, size_t part, size_t from) {
      __builtin_memset(rows.at(row, part) + from, 0, (rows.half - kLineOf<T> - from) * sizeof(T));
    };
    for (size_t part = 0; part < 2; part++) {
      for (size_t row = 0; row < kRing; row++) clear(row, part, bundle.width / 2 / kLineOf<T> * kLineOf<T>);
      for (size_t row = kRing; row <= kLow && planes > 1; row++) clear(row, part, 0);
    }
    if (F::kHalf) __builtin_memset(rows.at(kZero, 0) - kLineOf<T>, 0, 2 * rows.half * sizeof(T));
    return end_of_rows;
  }

  // Half a row of every plane, in one line.
  const T* gather(T* line, const T* from, size_t count) const {
    for (size_t i = 0; i < bundle.planes; i++) copy_row(line + i * bundle.pitch / 2, from + i * step, count);
    return line;
  }
  const T* low(size_t i, size_t part) {
    const size_t at = mirror<F>(ptrdiff_t(2 * i), h) / 2;
    if (!part && coarser) return coarser->samples(at);
    const T* p = part ? upper + at * stride + nl : ll + at * ll_stride;
    return bundle.planes > 1 ? gather(rows.at(kLow, part), p, part ? nh : nl) : p;
  }
  const T* high(ptrdiff_t i, size_t part) {
    if (F::kHalf && (i < 0 || size_t(2 * i + 1) >= h)) return rows.at(kZero, part);
    const size_t at = mirror<F>(2 * i + 1, h) / 2, slot = at % 2;
    const T* p = lower + at * stride;
    if (bundle.planes == 1) return p + part * nl;
    if (held[slot] != at + 1) {
      gather(rows.at(kHigh + slot, 0), p, nl);
      gather(rows.at(kHigh + slot, 1), p + nl, nh);
      held[slot] = at + 1;
    }
    return rows.at(kHigh + slot, part);
  }

  // Sample row r, one of the last kKept or the next.
  const T* samples(size_t r) {
    while (given <= r) advance();
    return rows.at(kRing + r % kKept, 0);
  }

  void give(size_t r, size_t slot) {
    if (r < 2 * begin || r >= 2 * end || r >= h) return;
    given = r + 1;
    T* to = dst ? dst + (r - 2 * begin) * dst_stride : rows.at(kRing + r % kKept, 0);
    const bool many = bundle.planes > 1, staged = many || (dst && streams<T>(flags, w));
    T *low = rows.at(slot, 0), *high = rows.at(slot, 1), *line = staged ? rows.at(kLine, 0) : to;
    if (w > 1) {
      for (size_t i = 0; i < bundle.planes; i++)
        extend_bands<F>(low + i * bundle.pitch / 2, high + i * bundle.pitch / 2, w);
      row_inverse<F>(low, high, bundle.width, line);
    } else {
      for (size_t i = 0; i < bundle.planes; i++) line[i * bundle.pitch] = low[i * bundle.pitch / 2];
    }
    if (!staged) return;
    if (!many) return stream_row(to, line, w);
    // The finer level's averages stand at half of its pitch.
    const size_t to_step = dst ? dst_step : (this - 1)->bundle.pitch / 2;
    for (size_t i = 0; i < bundle.planes; i++) copy_row(to + i * to_step, line + i * bundle.pitch, w);
  }

  void advance() {
    if (h == 1) single();
    else lift(n - start);
    n++;
  }

  void lift(size_t phase) {
    const auto columns = phase == 0   ? column_inverse<F, 0, T>
                         : phase == 1 ? column_inverse<F, 1, T>
                                      : column_inverse<F, 2, T>;
    const size_t even = kEven + n % 2, before = kEven + (n + 1) % 2;
    VAERANS_ROLLED
    for (size_t part = 0; part < 2; part++) {
      const T *averages = low(n, part), *high0 = high(ptrdiff_t(n) - 1, part), *high1 = high(ptrdiff_t(n), part);
      columns(InverseStep<T>{averages, high0, high1, rows.at(kS1, part), rows.at(kD1, part), rows.at(before, part),
                             rows.at(even, part), rows.at(kOdd, part), factor[0][part], factor[1][part],
                             bundle.planes > 1 ? bundle.width / 2
                             : part            ? nh
                                               : nl});
    }
    if (phase > kLag && n > kLag) give(2 * (n - kLag) - 1, kOdd);
    if (phase >= kLag && n >= kLag) give(2 * (n - kLag), even);
  }

  // One row: nothing to do down the columns.
  void single() {
    const bool many = bundle.planes > 1;
    const T *averages = low(0, 0), *details = low(0, 1);
    for (size_t i = 0; i < (many ? bundle.width / 2 : nl); i++)
      rows.at(kEven, 0)[i] = times<F>(averages[i], factor[0][0]);
    for (size_t i = 0; i < (many ? bundle.width / 2 : nh); i++)
      rows.at(kEven, 1)[i] = times<F>(details[i], factor[0][1]);
    give(0, kEven);
  }
};

template <class F, class T>
void inverse(const vaerans_wavelet_job* job, const T* ll, size_t ll_stride, const T* upper, const T* lower,
             size_t stride, T* dst, size_t dst_stride, T* scratch) {
  if (job->begin >= job->end || job->levels == 0 || job->levels > VAERANS_WAVELET_MAX_LEVELS) return;
  Inverse<F, T> levels[VAERANS_WAVELET_MAX_LEVELS];
  size_t h = job->height, w = job->width, begin = job->begin, end = job->end;
  for (size_t i = 0; i < job->levels; i++) {
    Inverse<F, T>& level = levels[i];
    level = Inverse<F, T>{};
    level.coarser = i + 1 < job->levels ? levels + i + 1 : nullptr;
    level.ll = ll, level.ll_stride = ll_stride;
    level.upper = upper, level.lower = i ? upper + (h + 1) / 2 * stride : lower;
    level.stride = stride, level.step = job->src_step;
    level.dst = i ? nullptr : dst, level.dst_stride = dst_stride, level.dst_step = job->dst_step;
    level.h = h, level.w = w, level.begin = begin, level.end = end, level.flags = job->flags;
    scratch = level.prepare(scratch, job->planes);
    // The coarser level starts where this one begins to read, and ends when nothing more is asked of it.
    h = (h + 1) / 2, w = (w + 1) / 2, begin = level.start / 2, end = (h + 1) / 2;
  }
  const size_t rows = min_size(2 * levels[0].end, levels[0].h);
  while (levels[0].given < rows) levels[0].advance();
  stream_fence();
}

}  // namespace
}  // namespace vaerans_wavelet
