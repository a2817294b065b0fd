// Native-width vectors for the wavelet kernels. Nothing here adds lanes up, so a result does not depend on the width.
#pragma once
#include "lanes.h"

namespace vaerans_wavelet {
namespace {

// The scalar build works sample by sample.
#if defined(VAERANS_ISA_SCALAR)
constexpr size_t kBytes = 0;
#else
constexpr size_t kBytes = VAERANS_VECTOR;
#endif

template <class T>
constexpr int lanes() {
  return kBytes == 0 ? 1 : int(kBytes / sizeof(T));
}

template <class T>
struct VecOf {
  typedef T type __attribute__((vector_size(lanes<T>() * sizeof(T))));
  typedef T loose __attribute__((vector_size(lanes<T>() * sizeof(T)), aligned(sizeof(T)), may_alias));
};
template <class T>
using Vec = typename VecOf<T>::type;

template <class T>
VAERANS_INLINE Vec<T> load(const T* p) {
  return *reinterpret_cast<const typename VecOf<T>::loose*>(p);
}
template <class T>
VAERANS_INLINE void store(T* p, Vec<T> v) {
  *reinterpret_cast<typename VecOf<T>::loose*>(p) = v;
}

template <int... I>
struct Seq {};
template <int N, int... I>
struct MakeSeq : MakeSeq<N - 1, N - 1, I...> {};
template <int... I>
struct MakeSeq<0, I...> {
  typedef Seq<I...> type;
};

template <class T>
struct Shuffle {
  typedef Vec<T> V;
  static constexpr int N = lanes<T>();
  typedef typename MakeSeq<N>::type Ids;

  template <int... I>
  static inline V even(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (2 * I)...);
  }
  template <int... I>
  static inline V odd(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (2 * I + 1)...);
  }
  template <int... I>
  static inline V mix_low(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (I / 2 + (I % 2) * N)...);
  }
  template <int... I>
  static inline V mix_high(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (N / 2 + I / 2 + (I % 2) * N)...);
  }
  template <int... I>
  static inline V next(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (I + 1)...);
  }
  template <int... I>
  static inline V last(V a, V b, Seq<I...>) {
    return __builtin_shufflevector(a, b, (I + N - 1)...);
  }
};

// a = x0 x1 x2 x3, b = x4 x5 x6 x7  ->  e = x0 x2 x4 x6, o = x1 x3 x5 x7
template <class T>
VAERANS_INLINE void deinterleave(Vec<T> a, Vec<T> b, Vec<T>& e, Vec<T>& o) {
  if constexpr (lanes<T>() == 1) {
    e = a, o = b;
  } else {
    e = Shuffle<T>::even(a, b, typename Shuffle<T>::Ids());
    o = Shuffle<T>::odd(a, b, typename Shuffle<T>::Ids());
  }
}
template <class T>
VAERANS_INLINE void interleave(Vec<T> e, Vec<T> o, Vec<T>& a, Vec<T>& b) {
  if constexpr (lanes<T>() == 1) {
    a = e, b = o;
  } else {
    a = Shuffle<T>::mix_low(e, o, typename Shuffle<T>::Ids());
    b = Shuffle<T>::mix_high(e, o, typename Shuffle<T>::Ids());
  }
}
// The vector one element after `a`, whose last element is the first of `b`.
template <class T>
VAERANS_INLINE Vec<T> one_after(Vec<T> a, Vec<T> b) {
  if constexpr (lanes<T>() == 1) return b;
  else return Shuffle<T>::next(a, b, typename Shuffle<T>::Ids());
}
// The vector one element before `b`, whose first element is the last of `a`.
template <class T>
VAERANS_INLINE Vec<T> one_before(Vec<T> a, Vec<T> b) {
  if constexpr (lanes<T>() == 1) return a;
  else return Shuffle<T>::last(a, b, typename Shuffle<T>::Ids());
}
template <class T>
VAERANS_INLINE Vec<T> splat(T x) {
  return x - Vec<T>{};
}

// First `n` (< lanes) elements at `p`, zeros behind them; never touches memory past them.
template <class T>
VAERANS_INLINE Vec<T> load_part(const T* p, size_t n) {
  T t[lanes<T>()] = {};
  for (size_t i = 0; i < n; ++i) t[i] = p[i];
  return load(t);
}
template <class T>
VAERANS_INLINE void store_part(T* p, Vec<T> v, size_t n) {
  T t[lanes<T>()];
  store(t, v);
  for (size_t i = 0; i < n; ++i) p[i] = t[i];
}

}  // namespace
}  // namespace vaerans_wavelet
