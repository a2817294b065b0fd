// Elementwise kernels work in blocks of 64 elements that stand in cache. An incomplete block (the head up to a line, the tail)
// goes through the same code, filled up with zeros: one copy of each kernel's arithmetic, and no second one to differ.
#ifndef VAERANS_ELEMENTWISE_H
#define VAERANS_ELEMENTWISE_H

#include "lanes.h"

namespace {

constexpr size_t kBlock = 64;  // elements or pixels: whole lines whatever the type

// Elements of the block at i: all, or those up to `line` where whole lines begin, or those up to the end.
VAERANS_INLINE size_t block_size(size_t i, size_t line, size_t end) {
  return min_size(i < line ? line - i : kBlock, end - i);
}

// The n elements from p on as a block: in place, or copied to `space`, which is zero at first.
template <class T>
VAERANS_INLINE const T* get_block(const T* p, size_t n, T* space) {
  if (n == kBlock) return p;
  __builtin_memcpy(space, p, n * sizeof(T));
  return space;
}

// Writes n elements of a block; p is on a line if `streaming` and the block is whole.
template <class T>
VAERANS_INLINE void put_block(T* p, const T (&block)[kBlock], size_t n, bool streaming) {
  if (n == kBlock) put_lines(p, block, streaming);
  else __builtin_memcpy(p, block, n * sizeof(T));
}

// dst[i] from a[i] and b[i]: block(const A* a, const B* b, T* out) makes kBlock elements.
template <class A, class B, class T, class Block>
VAERANS_INLINE void elementwise(const A* a, const B* b, T* dst, size_t begin, size_t end, bool streaming, Block block) {
  A space_a[kBlock] = {};
  B space_b[kBlock] = {};
  alignas(64) T out[kBlock];
  const size_t line = streaming ? begin + until_line(dst + begin) : begin;
  for (size_t i = begin; i < end;) {
    const size_t n = block_size(i, line, end);
    prefetch_ahead(a + i, kBlock);
    if (static_cast<const void*>(a) != b) prefetch_ahead(b + i, kBlock);
    block(get_block(a + i, n, space_a), get_block(b + i, n, space_b), out);
    put_block(dst + i, out, n, streaming);
    i += n;
  }
  if (streaming) stream_fence();
}

}  // namespace

#endif
