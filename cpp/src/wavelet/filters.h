// Lifting steps. One stage is a predict (odd samples become details) and an update (even samples become averages).
#pragma once
#include "vec.h"

namespace vaerans_wavelet {
namespace {

template <class T>
struct Unsigned;
template <>
struct Unsigned<int32_t> {
  typedef uint32_t type;
};
template <>
struct Unsigned<int16_t> {
  typedef uint16_t type;
};

// Integer sums wrap around, so that lifting is reversible for every input.
template <class T>
VAERANS_INLINE Vec<T> add(Vec<T> a, Vec<T> b) {
  typedef Vec<typename Unsigned<T>::type> U;
  return (Vec<T>)((U)a + (U)b);
}
template <class T>
VAERANS_INLINE Vec<T> sub(Vec<T> a, Vec<T> b) {
  typedef Vec<typename Unsigned<T>::type> U;
  return (Vec<T>)((U)a - (U)b);
}

// Le Gall 5/3.   d[n] = o[n] - (e[n] + e[n+1]) / 2,   s[n] = e[n] + (d[n-1] + d[n]) / 4
template <class T>
struct Cdf53 {
  typedef Vec<T> V;
  static constexpr int kStages = 1;
  static constexpr bool kScaled = false, kHalf = false;
  template <int S> static inline V predict(V o, V e0, V e1) { return sub<T>(o, add<T>(e0, e1) >> 1); }
  template <int S> static inline V unpredict(V d, V e0, V e1) { return add<T>(d, add<T>(e0, e1) >> 1); }
  template <int S> static inline V update(V e, V d0, V d1) {
    return add<T>(e, add<T>(add<T>(d0, d1), splat<T>(2)) >> 2);
  }
  template <int S> static inline V unupdate(V s, V d0, V d1) {
    return sub<T>(s, add<T>(add<T>(d0, d1), splat<T>(2)) >> 2);
  }
};
template <>
struct Cdf53<float> {
  typedef Vec<float> V;
  static constexpr int kStages = 1;
  static constexpr bool kScaled = false, kHalf = false;
  template <int S> static inline V predict(V o, V e0, V e1) { return o - 0.5f * (e0 + e1); }
  template <int S> static inline V unpredict(V d, V e0, V e1) { return d + 0.5f * (e0 + e1); }
  template <int S> static inline V update(V e, V d0, V d1) { return e + 0.25f * (d0 + d1); }
  template <int S> static inline V unupdate(V s, V d0, V d1) { return s - 0.25f * (d0 + d1); }
};

// Cohen-Daubechies-Feauveau 9/7 by lifting (Daubechies and Sweldens 1998; the constants of ITU-T T.800, Annex F).
struct Cdf97 {
  typedef Vec<float> V;
  static constexpr int kStages = 2;
  static constexpr bool kScaled = true, kHalf = false;
  template <int S> static constexpr float p() { return S == 0 ? -1.586134342059924f : 0.882911075530934f; }
  template <int S> static constexpr float u() { return S == 0 ? -0.052980118572961f : 0.443506852043971f; }
  template <int S> static inline V predict(V o, V e0, V e1) { return o + p<S>() * (e0 + e1); }
  template <int S> static inline V unpredict(V d, V e0, V e1) { return d - p<S>() * (e0 + e1); }
  template <int S> static inline V update(V e, V d0, V d1) { return e + u<S>() * (d0 + d1); }
  template <int S> static inline V unupdate(V s, V d0, V d1) { return s - u<S>() * (d0 + d1); }
};

// Haar; integers: the S-transform.   d[n] = e[n] - o[n],   s[n] = (e[n] + o[n]) / 2 (rounded down)
template <class T>
struct Haar {
  typedef Vec<T> V;
  static constexpr int kStages = 1;
  static constexpr bool kScaled = false, kHalf = true;
  static inline V half(V d) { return add<T>(d, splat<T>(1)) >> 1; }
  template <int S> static inline V predict(V o, V e0, V) { return sub<T>(e0, o); }
  template <int S> static inline V unpredict(V d, V e0, V) { return sub<T>(e0, d); }
  template <int S> static inline V update(V e, V, V d1) { return sub<T>(e, half(d1)); }
  template <int S> static inline V unupdate(V s, V, V d1) { return add<T>(s, half(d1)); }
};
template <>
struct Haar<float> {
  typedef Vec<float> V;
  static constexpr int kStages = 1;
  static constexpr bool kScaled = true, kHalf = true;
  template <int S> static inline V predict(V o, V e0, V) { return e0 - o; }
  template <int S> static inline V unpredict(V d, V e0, V) { return e0 - d; }
  template <int S> static inline V update(V e, V, V d1) { return e - 0.5f * d1; }
  template <int S> static inline V unupdate(V s, V, V d1) { return s + 0.5f * d1; }
};

}  // namespace
}  // namespace vaerans_wavelet
