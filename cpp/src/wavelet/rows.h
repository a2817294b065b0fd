// One level along a row: samples <-> averages and details, all lifting steps in registers.
#pragma once
#include "filters.h"

namespace vaerans_wavelet {
namespace {

// Where sample i of a signal of n >= 2 samples comes from when it lies outside.
// Whole-sample symmetry (x[-1] = x[1]) for 5/3 and 9/7; half-sample symmetry (x[n] = x[n-1]) for the two taps of Haar.
template <class F>
VAERANS_INLINE size_t mirror(ptrdiff_t i, size_t n) {
  const ptrdiff_t end = ptrdiff_t(n) - 1;
  while (i < 0 || i > end) {
    if (F::kHalf) i = i < 0 ? -1 - i : 2 * end + 1 - i;
    else i = i < 0 ? -i : 2 * end - i;
  }
  return size_t(i);
}

// Source blocks of two vectors; those that reach past the end of the row come from an extended copy.
template <class F, class T>
struct RowReader {
  static constexpr size_t N = lanes<T>(), kBlock = 2 * N;
  T tail[3 * kBlock];
  const T* src;
  size_t full;

  inline RowReader(const T* row, size_t w) : src(row), full(w / kBlock) {
    const size_t from = full * kBlock, have = w - from;
    for (size_t i = 0; i < 3 * kBlock; i += N) store(tail + i, Vec<T>{});
    for (size_t i = 0; i < have; ++i) tail[i] = row[from + i];
    for (size_t i = 0; i < 5; ++i) tail[have + i] = row[mirror<F>(ptrdiff_t(w + i), w)];
  }
  inline void read(size_t block, Vec<T>& e, Vec<T>& o) const {
    const T* p = block < full ? src + block * kBlock : tail + (block - full) * kBlock;
    deinterleave<T>(load(p), load(p + N), e, o);
  }
};

// Blocks of a line that is already extended.
template <class T>
struct LineReader {
  const T* src;
  inline void read(size_t block, Vec<T>& e, Vec<T>& o) const {
    constexpr size_t N = lanes<T>();
    deinterleave<T>(load(src + block * 2 * N), load(src + block * 2 * N + N), e, o);
  }
};

// Row of w >= 2 samples to ceil(w/2) averages and floor(w/2) details; both are written in whole vectors.
template <class F, class T, class Reader>
VAERANS_LOOP void row_forward(const Reader& row, size_t w, T* low, T* high) {
  typedef Vec<T> V;
  constexpr size_t N = lanes<T>();
  const size_t blocks = ((w + 1) / 2 + N - 1) / N;
  V e, o, en, on;
  row.read(0, e, o);
  row.read(1, en, on);
  V d1 = F::template predict<0>(o, e, one_after<T>(e, en));
  V s1 = F::template update<0>(e, one_before<T>(splat<T>(d1[0]), d1), d1);  // d[-1] = d[0]
  if constexpr (F::kStages == 1) {
    for (size_t t = 0;;) {
      store(low + t * N, s1), store(high + t * N, d1);
      if (++t == blocks) return;
      e = en, o = on;
      row.read(t + 1, en, on);
      const V d = F::template predict<0>(o, e, one_after<T>(e, en));
      s1 = F::template update<0>(e, one_before<T>(d1, d), d);
      d1 = d;
    }
  } else {
    V d2{};
    for (size_t t = 0; t < blocks; ++t) {
      e = en, o = on;
      row.read(t + 2, en, on);
      const V d = F::template predict<0>(o, e, one_after<T>(e, en));
      const V s = F::template update<0>(e, one_before<T>(d1, d), d);
      const V dd = F::template predict<1>(d1, s1, one_after<T>(s1, s));
      if (t == 0) d2 = splat<T>(dd[0]);
      store(low + t * N, F::template update<1>(s1, one_before<T>(d2, dd), dd));
      store(high + t * N, dd);
      d1 = d, s1 = s, d2 = dd;
    }
  }
}

// Samples of one plane in a line, continued past both ends. Four suffice for 9/7, whose filters have 9 and 7 taps.
template <class F, class T>
inline void extend_samples(T* x, size_t w) {
  for (ptrdiff_t i = 0; i < 4; ++i) {
    x[ptrdiff_t(w) + i] = x[mirror<F>(ptrdiff_t(w) + i, w)];
    x[-1 - i] = x[mirror<F>(-1 - i, w)];
  }
}

// Averages and details of one plane, continued past both ends, as the inverse needs them.
template <class F, class T>
inline void extend_bands(T* low, T* high, size_t w) {
  const ptrdiff_t nl = (w + 1) / 2, nh = w / 2;
  if constexpr (F::kHalf) {
    high[nh] = T(0);  // x[n] = x[n-1]: the missing detail is zero
  } else {
    const auto average = [&](ptrdiff_t i) { low[i] = low[mirror<F>(2 * i, w) / 2]; };
    const auto detail = [&](ptrdiff_t i) { high[i] = high[mirror<F>(2 * i + 1, w) / 2]; };
    average(-1), average(nl), average(nl + 1);
    detail(-2), detail(-1), detail(nh), detail(nh + 1);
  }
}

template <class T>
VAERANS_INLINE void write_pair(T* dst, size_t w, size_t block, Vec<T> e, Vec<T> o) {
  constexpr size_t N = lanes<T>();
  Vec<T> a, b;
  interleave<T>(e, o, a, b);
  const size_t at = block * 2 * N;
  if (at + 2 * N <= w) {
    store(dst + at, a), store(dst + at + N, b);
  } else {
    if (at + N <= w) store(dst + at, a);
    else return store_part(dst + at, a, w - at);
    store_part(dst + at + N, b, w - at - N);
  }
}

// Extended bands to a row of w samples.
template <class F, class T>
VAERANS_LOOP void row_inverse(const T* low, const T* high, size_t w, T* dst) {
  typedef Vec<T> V;
  constexpr size_t N = lanes<T>();
  const size_t blocks = (w + 2 * N - 1) / (2 * N);
  if constexpr (F::kStages == 1) {
    V d = load(high), e = F::template unupdate<0>(load(low), load(high - 1), d);
    for (size_t t = 0; t < blocks; ++t) {
      const size_t i = (t + 1) * N;
      const V dn = load(high + i), en = F::template unupdate<0>(load(low + i), load(high + i - 1), dn);
      write_pair(dst, w, t, e, F::template unpredict<0>(d, e, one_after<T>(e, en)));
      d = dn, e = en;
    }
  } else {
    V d2 = load(high), s1 = F::template unupdate<1>(load(low), load(high - 1), d2), d1{}, e{};
    for (size_t t = 0; t <= blocks; ++t) {
      const size_t i = (t + 1) * N;
      const V d2n = load(high + i), s1n = F::template unupdate<1>(load(low + i), load(high + i - 1), d2n);
      const V d1n = F::template unpredict<1>(d2, s1, one_after<T>(s1, s1n));
      if (t == 0) d1 = splat<T>(d1n[0]);
      const V en = F::template unupdate<0>(s1, one_before<T>(d1, d1n), d1n);
      if (t > 0) write_pair(dst, w, t - 1, e, F::template unpredict<0>(d1, e, one_after<T>(e, en)));
      d2 = d2n, s1 = s1n, d1 = d1n, e = en;
    }
  }
}

}  // namespace
}  // namespace vaerans_wavelet
