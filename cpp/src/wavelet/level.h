// What both directions share: working rows, factors of the bands, writing around the caches.
#pragma once
#include "columns.h"
#include "rows.h"
#include "vaerans/kernels.h"

namespace vaerans_wavelet {
namespace {

template <class T>
constexpr size_t kLineOf = kLine / sizeof(T);

// Working memory. A bundle lies in one line: planes at a pitch that leaves room for the samples past their ends. A row of it
// is two halves (averages, details), each with a cache line in front and three behind, the last of which may be begun.
constexpr size_t kRows = 14;
constexpr size_t pitch_of(size_t width, size_t planes) { return planes > 1 ? (width + 9) / 2 * 2 : width; }
constexpr size_t half_of(size_t width, size_t line) { return ((width + 1) / 2 + line - 1) / line * line + 4 * line; }
constexpr size_t rows_of(size_t width, size_t line) { return kRows * 2 * half_of(width, line); }

inline size_t scratch_of(const vaerans_wavelet_job* job, size_t element) {
  size_t sum = 0;
  for (size_t i = 0, w = job->width; i < job->levels; i++, w = (w + 1) / 2)
    sum += rows_of(pitch_of(w, job->planes) * job->planes, kLine / element);
  return sum;
}

// A bundle of planes side by side in a line; one plane alone is the line.
struct Bundle {
  size_t planes, pitch, width;  // pitch in samples; the averages and details of a plane stand pitch / 2 apart
  void place(size_t w, size_t n) { planes = n, pitch = pitch_of(w, n), width = pitch * n; }
};

// Rows of working memory of one level. A row is two halves: averages, then details.
template <class T>
struct Rows {
  T* base;
  size_t half;
  inline T* at(size_t row, size_t part) const { return base + (2 * row + part) * half + kLineOf<T>; }
  // Gives the memory behind these rows.
  T* place(T* scratch, size_t w) {
    base = scratch;
    half = half_of(w, kLineOf<T>);
    return scratch + rows_of(w, kLineOf<T>);
  }
};

// The factors of the bands [[LL, HL], [LH, HH]]. Along one dimension averages are multiplied by 1/K (ITU-T T.800) or
// sqrt(2) (Haar), details by its inverse; a side of one sample is left alone.
template <class F, class T>
inline void set_factors(T (&of)[2][2], size_t h, size_t w, bool inverse) {
  of[0][0] = of[0][1] = of[1][0] = of[1][1] = T(1);
  if constexpr (F::kScaled) {
    constexpr float kK = 1.230174104914001f, kRoot2 = 1.414213562373095f;
    const float root = F::kHalf ? kRoot2 : 1 / kK, square = F::kHalf ? 2.0f : 1 / (kK * kK);
    const float low = inverse ? 1 / root : root, high = inverse ? root : 1 / root;
    if (h > 1 && w > 1) {
      of[0][0] = inverse ? 1 / square : square, of[1][1] = inverse ? square : 1 / square;
    } else if (h > 1) {
      of[0][0] = low, of[1][0] = high;
    } else if (w > 1) {
      of[0][0] = low, of[0][1] = high;
    }
  }
}

template <class F, class T>
VAERANS_INLINE T times(T v, T factor) {
  if constexpr (F::kScaled) return v * factor;
  else return v;
}

// Copies a short row; whole vectors, the last of which overlaps the one before.
template <class T>
VAERANS_LOOP void copy_row(T* dst, const T* src, size_t n) {
  typedef T Quad __attribute__((vector_size(16), aligned(sizeof(T)), may_alias));
  constexpr size_t N = lanes<T>(), Q = 16 / sizeof(T);
  if (n >= N && N > 1) {
    for (size_t i = 0; i + N <= n; i += N) store(dst + i, load(src + i));
    store(dst + n - N, load(src + n - N));
  } else if (n >= Q) {
    const auto quad = [&](size_t i) { *reinterpret_cast<Quad*>(dst + i) = *reinterpret_cast<const Quad*>(src + i); };
    for (size_t i = 0; i + Q <= n; i += Q) quad(i);
    quad(n - Q);
  } else {
    for (size_t i = 0; i < n; i++) dst[i] = src[i];
  }
}

// Copies a row from cache to memory that is not read back soon: whole lines around the caches, the ends as usual.
template <class T>
inline void stream_row(T* dst, const T* src, size_t n) {
  size_t i = min_size(until_line(dst), n);
  for (size_t k = 0; k < i; k++) dst[k] = src[k];
  for (; i + kLineOf<T> <= n; i += kLineOf<T>) stream_line(dst + i, src + i);
  for (; i < n; i++) dst[i] = src[i];
}

// Rows shorter than this are written as usual: their ends would cost more than the middle saves.
constexpr size_t kStreamBytes = 1024;

template <class T>
VAERANS_INLINE bool streams(uint32_t flags, size_t n) {
  return (flags & VAERANS_STREAM) && n * sizeof(T) >= kStreamBytes;
}

}  // namespace
}  // namespace vaerans_wavelet
