/* Predictive coding of planes of integers: every value has a mean and a class that follow from values decoded before it, all from
 * other rows or other planes, so that the columns of a row are independent.
 */
#ifndef VAERANS_PREDICT_H
#define VAERANS_PREDICT_H

#include <stddef.h>
#include <stdint.h>

/* Columns are worked on so many at a time. */
#define VAERANS_PREDICT_COLUMNS 16
/* Classes of scales, phases of a mean, symbols of a table. */
#define VAERANS_PREDICT_CLASSES 60
#define VAERANS_PREDICT_PHASES 4
#define VAERANS_PREDICT_SYMBOLS 32
/* Bits of a probability. */
#define VAERANS_PREDICT_BITS 15
/* The most lanes; their number is a power of two. */
#define VAERANS_PREDICT_LANES 32
/* Bytes behind the words that may be read; they are never used. */
#define VAERANS_PREDICT_PAD 128
/* What `decode` returns when the words ran out, and for a value that does not fit 16 bits. */
#define VAERANS_PREDICT_SHORT ((size_t)-1)
#define VAERANS_PREDICT_RANGE ((size_t)-2)

/* A row, and where its context lies: element offset + x of an array, from column x of the row on. */
typedef struct {
  const int16_t* values;     /* integers */
  const uint16_t* residuals; /* distances from the mean, 1/16 */
  const int32_t* energy;     /* weighted sums of the residuals of all planes before, below 2^23 */
  const ptrdiff_t* value_offsets;
  const int32_t* value_weights; /* Q12 */
  size_t value_count;
  const ptrdiff_t* residual_offsets;
  const int32_t* residual_weights; /* Q16 */
  size_t residual_count;
  const ptrdiff_t* energy_offsets;
  const int32_t* energy_weights; /* Q16 */
  size_t energy_count;
  int32_t bias; /* of the scale, Q12 */
} vaerans_predict_row;

typedef struct {
  /* means[x] (Q12) = sum of weight * value, wrapping. classes[x] = quarter octave of the scale
   * bias + ((128 + sum of weight * residual) >> 8) + ((2048 + sum of weight * energy) >> 12), clipped to 16..2^19 - 1; the first sum
   * wraps. n is a multiple of VAERANS_PREDICT_COLUMNS. */
  void (*context)(const vaerans_predict_row* row, int32_t* means, uint8_t* classes, size_t n);
  /* Decodes a row of n values with rANS of 32-bit states and 16-bit words: column x belongs to lane x % lanes. tables: one of
   * VAERANS_PREDICT_SYMBOLS entries start << 16 | frequency for each class and phase. Returns the words used of `count`, or one of
   * the numbers above. */
  size_t (*decode)(const uint32_t* tables, uint32_t* states, size_t lanes, const uint8_t* words, size_t count,
                   const int32_t* means, const uint8_t* classes, int16_t* values, uint16_t* residuals, size_t n);
} vaerans_predict_table;

#endif
