/* Streaming copy: the roof that the other memory-bound kernels are measured against. */
#ifndef VAERANS_COPY_H
#define VAERANS_COPY_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* dst[begin..end) = src[begin..end), bytes; the two do not overlap. */
  void (*copy)(const uint8_t* src, uint8_t* dst, size_t begin, size_t end, uint32_t flags);
} vaerans_copy_table;

#endif
