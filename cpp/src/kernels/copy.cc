#include "lanes.h"
#include "vaerans/kernels.h"

namespace {

// Four lines in flight: loads first, so that the misses overlap.
VAERANS_INLINE void copy_lines(const uint8_t* src, uint8_t* dst) {
  constexpr size_t kCount = 4 * kLine / VAERANS_VECTOR;
  u8v v[kCount];
  for (size_t i = 0; i < kCount; i++) v[i] = load<u8v>(src + i * VAERANS_VECTOR);
  for (size_t i = 0; i < kCount; i++) stream(dst + i * VAERANS_VECTOR, v[i]);
}

void copy(const uint8_t* src, uint8_t* dst, size_t begin, size_t end, uint32_t flags) {
  if (begin >= end) return;
  src += begin;
  dst += begin;
  const size_t n = end - begin;
  if (!(flags & VAERANS_STREAM)) {
    __builtin_memcpy(dst, src, n);
    return;
  }
  size_t i = min_size(until_line(dst), n);
  __builtin_memcpy(dst, src, i);
  for (; i + 4 * kLine <= n; i += 4 * kLine) copy_lines(src + i, dst + i);
  __builtin_memcpy(dst + i, src + i, n - i);
  stream_fence();
}

}  // namespace

VAERANS_DEFINE(copy) = {VAERANS_EXTRA(copy)};
