// One step of the vertical lifting for a run of columns. The state of every column is kept in rows that stay in cache.
#pragma once
#include "filters.h"

namespace vaerans_wavelet {
namespace {

template <class T>
VAERANS_INLINE Vec<T> scaled(Vec<T> v, T) {
  return v;
}
template <>
inline Vec<float> scaled<float>(Vec<float> v, float c) {
  return v * c;
}

// Calls body(i) for whole vectors, then tail(i, count) for what is left of n.
template <class T, class Body, class Tail>
VAERANS_INLINE void for_columns(size_t n, Body body, Tail tail) {
  constexpr size_t N = lanes<T>();
  size_t i = 0;
  for (; i + N <= n; i += N) body(i);
  if (i < n) tail(i, n - i);
}

// Forward step n. In: rows 2n (e0), 2n+1 (o), 2n+2 (e1). One stage: gives average n and detail n.
// Two stages: gives average n-1 and detail n-1.
// phase 0: the first step (no detail stands before it); phase 1: the second; phase 2: any later one.
template <class T>
struct ForwardStep {
  const T *e0, *o, *e1;
  T *d1, *s1, *d2;
  T *low, *high;
  T low_scale, high_scale;
  size_t n;
};

template <class F, int kPhase, class T>
VAERANS_LOOP void column_forward(const ForwardStep<T>& a) {
  typedef Vec<T> V;
  const auto lift = [&](size_t i, V& low, V& high) __attribute__((always_inline)) {
    const V e = load(a.e0 + i), d = F::template predict<0>(load(a.o + i), e, load(a.e1 + i));
    const V before = kPhase == 0 ? d : load(a.d1 + i);
    const V s = F::template update<0>(e, before, d);
    store(a.d1 + i, d);
    low = s, high = d;
    if constexpr (F::kStages == 2) {
      if constexpr (kPhase > 0) {
        const V s1 = load(a.s1 + i), dd = F::template predict<1>(before, s1, s);
        low = F::template update<1>(s1, kPhase == 1 ? dd : load(a.d2 + i), dd);
        high = dd;
        store(a.d2 + i, dd);
      }
      store(a.s1 + i, s);
    }
    if constexpr (F::kScaled) low = scaled<T>(low, a.low_scale), high = scaled<T>(high, a.high_scale);
  };
  constexpr bool kEmits = F::kStages == 1 || kPhase > 0;
  for_columns<T>(
      a.n,
      [&](size_t i) __attribute__((always_inline)) {
        V low, high;
        lift(i, low, high);
        if constexpr (kEmits) store(a.low + i, low), store(a.high + i, high);
      },
      [&](size_t i, size_t count) __attribute__((always_inline)) {
        V low, high;
        lift(i, low, high);
        if constexpr (kEmits) store_part(a.low + i, low, count), store_part(a.high + i, high, count);
      });
}

// Inverse step n. In: average n, details n-1 and n. One stage: gives rows 2n and 2n-1.
// Two stages: gives rows 2n-2 and 2n-3. `even_before` is the even row given by the step before.
template <class T>
struct InverseStep {
  const T *low, *high0, *high1;
  T *s1, *d1;
  const T* even_before;
  T *even, *odd;
  T low_scale, high_scale;
  size_t n;
};

template <class F, int kPhase, class T>
VAERANS_LOOP void column_inverse(const InverseStep<T>& a) {
  typedef Vec<T> V;
  const auto lift = [&](size_t i, V low, V high0, V high1) __attribute__((always_inline)) {
    if constexpr (F::kScaled) {
      low = scaled<T>(low, a.low_scale);
      high0 = scaled<T>(high0, a.high_scale), high1 = scaled<T>(high1, a.high_scale);
    }
    if constexpr (F::kStages == 1) {
      const V e = F::template unupdate<0>(low, high0, high1);
      if constexpr (kPhase > 0) store(a.odd + i, F::template unpredict<0>(high0, load(a.even_before + i), e));
      store(a.even + i, e);
    } else {
      const V s = F::template unupdate<1>(low, high0, high1);
      if constexpr (kPhase > 0) {
        const V s1 = load(a.s1 + i), d = F::template unpredict<1>(high0, s1, s);
        const V before = kPhase == 1 ? d : load(a.d1 + i);
        const V e = F::template unupdate<0>(s1, before, d);
        if constexpr (kPhase > 1) store(a.odd + i, F::template unpredict<0>(before, load(a.even_before + i), e));
        store(a.even + i, e);
        store(a.d1 + i, d);
      }
      store(a.s1 + i, s);
    }
  };
  for_columns<T>(
      a.n,
      [&](size_t i) __attribute__((always_inline)) { lift(i, load(a.low + i), load(a.high0 + i), load(a.high1 + i)); },
      [&](size_t i, size_t count) __attribute__((always_inline)) {
        lift(i, load_part(a.low + i, count), load_part(a.high0 + i, count), load_part(a.high1 + i, count));
      });
}

}  // namespace
}  // namespace vaerans_wavelet
