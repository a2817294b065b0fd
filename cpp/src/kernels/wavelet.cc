#include "vaerans/kernels.h"
#include "wavelet/columns.h"
#include "wavelet/rows.h"

namespace vaerans_wavelet {
namespace {

// Room in front of and behind half a row: whole vectors of 16-bit integers at 64 bytes.
constexpr size_t kMargin = 64;

inline size_t half_row(size_t w) { return ((w + 1) / 2 + 63) / 64 * 64 + 4 * kMargin; }

// Rows of working memory. A row is two halves: averages, then details.
template <class T>
struct Rows {
  T* base;
  size_t half;
  Rows(T* scratch, size_t w, size_t rows) : base(scratch), half(half_row(w)) {
    // Lanes past the end of a row are computed too: they must not hold what would slow the arithmetic down.
    __builtin_memset(scratch, 0, rows * 2 * half * sizeof(T));
  }
  T* operator()(size_t row, size_t part) const { return base + (2 * row + part) * half + kMargin; }
};

// The factors of the bands: LL, HL, LH, HH.
template <class T>
struct Scales {
  T of[2][2];  // [lower half][right half]
};

constexpr float kK = 1.230174104914001f;      // ITU-T T.800: averages / K, details * K
constexpr float kRoot2 = 1.414213562373095f;

template <class T, class F>
inline Scales<T> scales(size_t h, size_t w, bool inverse) {
  if constexpr (!F::kScaled) {
    return {};
  } else {
    // Along one dimension averages are multiplied by a, details by 1/a; a side of one sample is left alone.
    const float root = F::kHalf ? kRoot2 : 1 / kK, square = F::kHalf ? 2.0f : 1 / (kK * kK);
    const float a = inverse ? 1 / root : root, b = inverse ? root : 1 / root;
    if (h > 1 && w > 1) return {{{inverse ? 1 / square : square, 1}, {1, inverse ? square : 1 / square}}};
    if (h > 1) return {{{a, 1}, {b, 1}}};
    if (w > 1) return {{{a, b}, {1, 1}}};
    return {{{1, 1}, {1, 1}}};
  }
}

template <class F, class T>
struct Forward {
  const vaerans_wavelet_level& level;
  const T* src;
  size_t src_stride;
  T *ll, *upper, *lower;
  size_t ll_stride, stride;
  Rows<T> rows;
  size_t h, w, nl, nh, done;
  Scales<T> scale;

  enum { kRing = 8, kD1 = 8, kS1 = 9, kD2 = 10, kJunk = 11 };

  // The transform along the row of sample row r (which may lie outside the plane); rows 2n-3 and later are kept.
  size_t transformed(size_t r) {
    const size_t at = mirror<F>(ptrdiff_t(r), h);
    for (; done <= at; done++) row(src + done * src_stride, done % kRing);
    return at % kRing;
  }
  void row(const T* p, size_t slot) {
    if (w > 1) row_forward<F>(p, w, rows(slot, 0), rows(slot, 1));
    else rows(slot, 0)[0] = p[0];
  }

  template <int kPhase>
  void step(size_t n) {
    const size_t e0 = transformed(2 * n), o = transformed(2 * n + 1), e1 = transformed(2 * n + 2);
    const size_t pair = F::kStages == 1 ? n : n - 1;
    const bool emits = pair >= level.begin && pair < level.end;  // n - 1 of n = 0 is not
    const size_t at = pair - level.begin;
    for (size_t part = 0; part < 2; part++) {
      ForwardStep<T> a = {rows(e0, part), rows(o, part), rows(e1, part), rows(kD1, part), rows(kS1, part),
                          rows(kD2, part), rows(kJunk, part), rows(kJunk, part), scale.of[0][part],
                          scale.of[1][part], part ? nh : nl};
      if (emits) a.low = part ? upper + at * stride + nl : ll + at * ll_stride;
      if (emits && 2 * pair + 1 < h) a.high = lower + at * stride + part * nl;
      column_forward<F, kPhase>(a);
    }
  }

  void run() {
    if (h == 1) return single();
    const size_t lag = F::kStages, start = level.begin > lag ? level.begin - lag : 0;
    const size_t end = level.end + lag - 1;
    done = 2 * start;
    step<0>(start);
    if (start + 1 < end) step<1>(start + 1);
    for (size_t n = start + 2; n < end; n++) step<2>(n);
  }

  // One row: nothing to do down the columns.
  void single() {
    row(src, 0);
    for (size_t i = 0; i < nl; i++) ll[i] = rows(0, 0)[i] * (F::kScaled ? scale.of[0][0] : T(1));
    for (size_t i = 0; i < nh; i++) upper[nl + i] = rows(0, 1)[i] * (F::kScaled ? scale.of[0][1] : T(1));
  }
};

template <class F, class T>
void forward(const vaerans_wavelet_level* level, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
             T* lower, size_t stride, T* scratch) {
  const size_t h = level->height, w = level->width;
  if (level->begin >= level->end) return;
  Forward<F, T>{*level, src, src_stride, ll, upper, lower, ll_stride, stride, Rows<T>(scratch, w, 12),
                h, w, (w + 1) / 2, w / 2, 0, scales<T, F>(h, w, false)}.run();
}

template <class F, class T>
struct Inverse {
  const vaerans_wavelet_level& level;
  const T *ll, *upper, *lower;
  size_t ll_stride, stride;
  T* dst;
  size_t dst_stride;
  Rows<T> rows;
  size_t h, w, nl, nh;
  Scales<T> scale;

  enum { kS1, kD1, kOdd, kZero, kEven };  // kEven takes two

  const T* low(size_t n, size_t part) const {
    const size_t at = mirror<F>(ptrdiff_t(2 * n), h) / 2;
    return part ? upper + at * stride + nl : ll + at * ll_stride;
  }
  const T* high(ptrdiff_t n, size_t part) const {
    if (F::kHalf && (n < 0 || size_t(2 * n + 1) >= h)) return rows(kZero, part);
    return lower + mirror<F>(2 * n + 1, h) / 2 * stride + part * nl;
  }
  void give(size_t row, size_t slot) {
    if (row < 2 * level.begin || row >= 2 * level.end || row >= h) return;
    T* to = dst + (row - 2 * level.begin) * dst_stride;
    if (w > 1) row_inverse<F>(rows(slot, 0), rows(slot, 1), w, to);
    else to[0] = rows(slot, 0)[0];
  }

  template <int kPhase>
  void step(size_t n) {
    const size_t even = kEven + n % 2, before = kEven + (n + 1) % 2;
    for (size_t part = 0; part < 2; part++) {
      column_inverse<F, kPhase>(InverseStep<T>{
          low(n, part), high(ptrdiff_t(n) - 1, part), high(ptrdiff_t(n), part), rows(kS1, part), rows(kD1, part),
          rows(before, part), rows(even, part), rows(kOdd, part), scale.of[0][part], scale.of[1][part],
          part ? nh : nl});
    }
    constexpr size_t lag = F::kStages - 1;
    if (kPhase > lag && n > lag) give(2 * (n - lag) - 1, kOdd);
    if (kPhase >= lag && n >= lag) give(2 * (n - lag), even);
  }

  void run() {
    if (h == 1) return single();
    const size_t lag = F::kStages - 1, start = level.begin > lag ? level.begin - lag : 0;
    const size_t end = level.end + lag;
    step<0>(start);
    if (start + 1 <= end) step<1>(start + 1);
    for (size_t n = start + 2; n <= end; n++) step<2>(n);
  }

  void single() {
    for (size_t i = 0; i < nl; i++) rows(0, 0)[i] = ll[i] * (F::kScaled ? scale.of[0][0] : T(1));
    for (size_t i = 0; i < nh; i++) rows(0, 1)[i] = upper[nl + i] * (F::kScaled ? scale.of[0][1] : T(1));
    give(0, 0);
  }
};

template <class F, class T>
void inverse(const vaerans_wavelet_level* level, const T* ll, size_t ll_stride, const T* upper, const T* lower,
             size_t stride, T* dst, size_t dst_stride, T* scratch) {
  const size_t h = level->height, w = level->width;
  if (level->begin >= level->end) return;
  Inverse<F, T>{*level, ll, upper, lower, ll_stride, stride, dst, dst_stride, Rows<T>(scratch, w, 6),
                h, w, (w + 1) / 2, w / 2, scales<T, F>(h, w, true)}.run();
}

template <class T>
void forward_int(const vaerans_wavelet_level* level, const T* src, size_t src_stride, T* ll, size_t ll_stride, T* upper,
                 T* lower, size_t stride, T* scratch) {
  const auto f = level->filter == VAERANS_HAAR ? forward<Haar<T>, T> : forward<Cdf53<T>, T>;
  f(level, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
}
template <class T>
void inverse_int(const vaerans_wavelet_level* level, const T* ll, size_t ll_stride, const T* upper, const T* lower,
                 size_t stride, T* dst, size_t dst_stride, T* scratch) {
  const auto f = level->filter == VAERANS_HAAR ? inverse<Haar<T>, T> : inverse<Cdf53<T>, T>;
  f(level, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
}
void forward_f32(const vaerans_wavelet_level* level, const float* src, size_t src_stride, float* ll, size_t ll_stride,
                 float* upper, float* lower, size_t stride, float* scratch) {
  const auto f = level->filter == VAERANS_CDF97 ? forward<Cdf97, float> : forward_int<float>;
  f(level, src, src_stride, ll, ll_stride, upper, lower, stride, scratch);
}
void inverse_f32(const vaerans_wavelet_level* level, const float* ll, size_t ll_stride, const float* upper,
                 const float* lower, size_t stride, float* dst, size_t dst_stride, float* scratch) {
  const auto f = level->filter == VAERANS_CDF97 ? inverse<Cdf97, float> : inverse_int<float>;
  f(level, ll, ll_stride, upper, lower, stride, dst, dst_stride, scratch);
}

}  // namespace
}  // namespace vaerans_wavelet

VAERANS_DEFINE(wavelet) = {
    vaerans_wavelet::forward_f32,          vaerans_wavelet::inverse_f32,
    vaerans_wavelet::forward_int<int32_t>, vaerans_wavelet::inverse_int<int32_t>,
    vaerans_wavelet::forward_int<int16_t>, vaerans_wavelet::inverse_int<int16_t>,
};
