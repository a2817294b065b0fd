/* The kernels of vaerans: one table of function pointers per instruction set.
 *
 * Every kernel is a loop over plain pointers: no allocation, no exceptions, no globals, no library calls. It works on the
 * range [begin, end) that it is given, so threading happens above it. Results are equal, bit for bit, in every table.
 *
 * A build that leaves kernels out to be small has null in their place.
 *
 * A new family: include its header, add its X line, mirror it in the Rust file src/native/mod.rs.
 */
#ifndef VAERANS_KERNELS_H
#define VAERANS_KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* Flags of a kernel that writes much: VAERANS_STREAM asks for non-temporal stores (the result is not read back soon). */
#define VAERANS_STREAM 1u
/* Bytes of a cache line, to which scratch memory is aligned where a kernel asks for it. */
#define VAERANS_LINE 64

#include "vaerans/adapt.h"
#include "vaerans/blur.h"
#include "vaerans/color.h"
#include "vaerans/copy.h"
#include "vaerans/hadamard.h"
#include "vaerans/lossless.h"
#include "vaerans/metric.h"
#include "vaerans/photo.h"
#include "vaerans/predict.h"
#include "vaerans/quantize.h"
#include "vaerans/rans.h"
#include "vaerans/residual.h"
#include "vaerans/screen.h"
#include "vaerans/symbols.h"
#include "vaerans/wavelet.h"

/* The families, in the order of the table. */
#define VAERANS_FAMILIES(X) \
  X(adapt)                  \
  X(blur)                   \
  X(color)                  \
  X(copy)                   \
  X(hadamard)               \
  X(lossless)               \
  X(metric)                 \
  X(photo)                  \
  X(predict)                \
  X(quantize)               \
  X(rans)                   \
  X(residual)               \
  X(screen)                 \
  X(symbols)                \
  X(wavelet)

#ifdef __cplusplus
extern "C" {
#endif

/* Instruction sets. Number 0, the reference, is Rust. */
enum {
  VAERANS_SCALAR = 1,
  VAERANS_SSE42 = 2,
  VAERANS_AVX2 = 3,
  VAERANS_AVX512 = 4, /* F, BW, DQ, VL, VBMI, VBMI2 */
  VAERANS_NEON = 5,
  VAERANS_SIMD128 = 6
};

typedef struct {
  const char* isa;
  /* The families with a space after each: what a mirror of this struct compares itself with. */
  const char* families;
#define VAERANS_MEMBER(family) const vaerans_##family##_table* family;
  VAERANS_FAMILIES(VAERANS_MEMBER)
#undef VAERANS_MEMBER
} vaerans_table;

/* The table of an instruction set; NULL if it was not built or this processor (or its operating system) lacks it. */
const vaerans_table* vaerans_table_for(int isa);

/* The numbers of these headers that a mirror of them has to repeat; a row without a name ends them. */
typedef struct {
  const char* name;
  size_t value;
} vaerans_constant;
extern const vaerans_constant vaerans_constants[];

/* Whether the processor and the operating system run this instruction set. */
int vaerans_cpu_supports(int isa);

#ifdef __cplusplus
}
#endif

#endif
