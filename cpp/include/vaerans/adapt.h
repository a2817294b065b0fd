/* The adaptive filter of photos: planes of int16 samples in eighths of one of 8 bits, between -8191 and 8191. See the Rust file
 * reference/adapt.rs for what the numbers mean.
 *
 * A plane has VAERANS_ADAPT_SIDE samples to the left and to the right of each row and VAERANS_ADAPT_ABOVE rows above and below (below those of whole
 * blocks); its rows begin `stride` samples apart, a multiple of 16, and their right side has the samples up to a multiple of 16 besides. Only the
 * six samples next to the plane change a result: mirrored ones, or those of the picture that the plane is a part of. Blocks are of 4 x 4 samples,
 * `across` of them in a row of blocks, which is a multiple of 4: those beyond the width have class 0.
 *
 * Kernels work on rows [begin, end) of blocks. What has a number for each block, and `out`, begins with row `begin`.
 */
#ifndef VAERANS_ADAPT_H
#define VAERANS_ADAPT_H

#include <stddef.h>
#include <stdint.h>

#define VAERANS_ADAPT_SIDE 16
#define VAERANS_ADAPT_ABOVE 8
#define VAERANS_ADAPT_CLASSES 25
#define VAERANS_ADAPT_SORTS 100 /* classes and how they are turned: 4 * class + turn */
#define VAERANS_ADAPT_STEPS 17  /* steps of blocks */
#define VAERANS_ADAPT_LUMA 12   /* pairs of the 7 x 7 diamond */
#define VAERANS_ADAPT_CHROMA 6  /* of the 5 x 5 one */
#define VAERANS_ADAPT_FLUSH 31  /* blocks that sums of 32 bits hold */
#define VAERANS_ADAPT_ROW 32    /* sums of a row of products */

/* A plane: its sample (0, 0). */
typedef struct {
  const int16_t* samples;
  size_t stride, width, height, across;
} vaerans_adapt_plane;

typedef struct {
  /* Samples from floats, a row: rounded to nearest even, cut at +-8191. */
  void (*eighths)(const float* from, int16_t* to, size_t n);
  /* Sorts of blocks. `steps`: of each block; limits: of each step 4 of the activity, then what is added to directions, at most 2^24. */
  void (*classify)(const vaerans_adapt_plane* plane, size_t begin, size_t end, const uint8_t* steps,
                   const uint32_t* limits, uint8_t* sorts);
  /* Filters. `weights`: of each sort `pairs` numbers, the linear one in the low half, the clipped one in the high half, magnitudes up to 512;
   * then one of the centre, -2 times the sum of all of them in the low half, 64 in the high half. `bounds`: of each step. Rows of `out` begin
   * `out_stride` samples apart; only samples of the plane are written. */
  void (*filter)(const vaerans_adapt_plane* plane, size_t pairs, size_t begin, size_t end, const uint8_t* sorts,
                 const uint8_t* steps, const int32_t* weights, const int16_t* bounds, int16_t* out, size_t out_stride);
  /* Adds products of the terms of blocks to the sums of their classes. Terms: the linear ones, the clipped ones, what is lacking of `wanted`
   * (laid out as the plane, from its row 0 on). Of each class n = 2 * pairs + 1 rows of VAERANS_ADAPT_ROW sums, of which those from the row's number
   * on are meant. `part`: the same of 32 bits, `counts` the blocks in them. */
  void (*gather)(const vaerans_adapt_plane* plane, const int16_t* wanted, size_t pairs, size_t begin, size_t end,
                 const uint8_t* sorts, const uint8_t* steps, const int16_t* bounds, int64_t* sums, int32_t* part,
                 uint32_t* counts);
} vaerans_adapt_table;

#endif
