#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

constexpr size_t kBlock = kLine / sizeof(float);  // elements of one line

// The correctly rounded f32 of 1/sqrt(N).
template <int N>
constexpr float kScale = N == 2   ? 0x1.6a09e6p-1f
                         : N == 4 ? 0.5f
                         : N == 8 ? 0x1.6a09e6p-2f
                                  : 0.25f;

template <int N>
VAERANS_INLINE void butterflies(f32v (&x)[N]) {
  for (int h = 1; h < N; h *= 2)
    for (int i = 0; i < N; i += 2 * h)
      for (int j = i; j < i + h; j++) {
        const f32v a = x[j], b = x[j + h];
        x[j] = a + b;
        x[j + h] = a - b;
      }
  for (int c = 0; c < N; c++) x[c] = x[c] * kScale<N>;
}

template <int N>
VAERANS_INLINE void block(const float* const* src, float* const* dst, size_t i) {
  for (size_t k = 0; k < kBlock; k += kLanes) {
    f32v x[N];
    for (int c = 0; c < N; c++) x[c] = load<f32v>(src[c] + i + k);
    butterflies<N>(x);
    for (int c = 0; c < N; c++) store(dst[c] + i + k, x[c]);
  }
}

// n < kBlock elements: as a block that is filled up with zeros.
template <int N>
void ends(const float* const* src, float* const* dst, size_t i, size_t n) {
  float line[N][kBlock] = {};
  float* lines[N];
  for (int c = 0; c < N; c++) {
    lines[c] = line[c];
    __builtin_memcpy(line[c], src[c] + i, n * sizeof(float));
  }
  block<N>(lines, lines, 0);
  for (int c = 0; c < N; c++) __builtin_memcpy(dst[c] + i, line[c], n * sizeof(float));
}

// Through a buffer in cache, so that each plane gets its line in one go.
template <int N>
VAERANS_INLINE void block_stream(const float* const* src, float* const* dst, size_t i) {
  alignas(64) float line[N][kBlock];
  for (size_t k = 0; k < kBlock; k += kLanes) {
    f32v x[N];
    for (int c = 0; c < N; c++) x[c] = load<f32v>(src[c] + i + k);
    butterflies<N>(x);
    for (int c = 0; c < N; c++) store(line[c] + k, x[c]);
  }
  for (int c = 0; c < N; c++) stream_line(dst[c] + i, line[c]);
}

// Whether the lines of all planes start at the same elements, and none is done in place (there the line is in cache).
template <int N>
bool can_stream(const float* const* src, float* const* dst, size_t begin) {
  for (int c = 0; c < N; c++)
    if (until_line(dst[c] + begin) != until_line(dst[0] + begin) || dst[c] == src[c]) return false;
  return true;
}

template <int N>
void transform_n(const float* const* src_planes, float* const* dst_planes, size_t begin, size_t end, uint32_t flags) {
  const float* src[N];
  float* dst[N];
  for (int c = 0; c < N; c++) {
    src[c] = src_planes[c];
    dst[c] = dst_planes[c];
  }
  const bool streaming = (flags & VAERANS_STREAM) && can_stream<N>(src, dst, begin);
  const size_t line = streaming ? begin + until_line(dst[0] + begin) : begin;
  for (size_t i = begin; i < end;) {
    const size_t n = min_size(i < line ? line - i : kBlock, end - i);
    if (N >= 8)  // more streams than the hardware's prefetcher follows
      for (int c = 0; c < N; c++) prefetch_ahead(src[c] + i, kBlock);
    if (n < kBlock) ends<N>(src, dst, i, n);
    else if (streaming) block_stream<N>(src, dst, i);
    else block<N>(src, dst, i);
    i += n;
  }
  if (streaming) stream_fence();
}

void transform(const float* const* src, float* const* dst, size_t channels, size_t begin, size_t end, uint32_t flags) {
  switch (channels) {
    case 2: return transform_n<2>(src, dst, begin, end, flags);
    case 4: return transform_n<4>(src, dst, begin, end, flags);
    case 8: return transform_n<8>(src, dst, begin, end, flags);
    case 16: return transform_n<16>(src, dst, begin, end, flags);
    default: return;
  }
}

}  // namespace

VAERANS_DEFINE(hadamard) = {VAERANS_EXTRA(transform)};
