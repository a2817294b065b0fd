/* Predictive coding of rows of samples: every sample has a prediction and a table that follow from samples coded before it. Beside
 * those of rows above and of earlier planes, these are the three to its left: columns follow one another. What Rust's
 * reference/lossless.rs says is what it means.
 */
#ifndef VAERANS_LOSSLESS_H
#define VAERANS_LOSSLESS_H

#include <stddef.h>
#include <stdint.h>

/* Columns are worked on so many at a time where they do not follow one another; a row has memory for whole ones. */
#define VAERANS_LOSSLESS_COLUMNS 16
/* Elements in front of column 0 and behind the last whole column. */
#define VAERANS_LOSSLESS_EDGE 16
/* Kinds of surroundings, each with coefficients; coefficients of one. */
#define VAERANS_LOSSLESS_CLASSES 12
#define VAERANS_LOSSLESS_COEFFICIENTS 28
/* Weights of what makes the scale. */
#define VAERANS_LOSSLESS_WEIGHTS 18
/* Scales and phases of a prediction with tables of their own; symbols of a table. */
#define VAERANS_LOSSLESS_SCALES 28
#define VAERANS_LOSSLESS_PHASES 4
#define VAERANS_LOSSLESS_SYMBOLS 16
/* Bits of a probability. */
#define VAERANS_LOSSLESS_BITS 15
/* Bytes behind the words that may be read; they are never used. */
#define VAERANS_LOSSLESS_PAD 16
/* The most records that a sample gives. */
#define VAERANS_LOSSLESS_RECORDS 4
/* Numbers of a sample whose products are summed, a batch of samples. */
#define VAERANS_LOSSLESS_FEATURES 24
#define VAERANS_LOSSLESS_BATCH 16
/* The most rows that are decoded at once. */
#define VAERANS_LOSSLESS_ROWS 4

/* Values of a row and their distances from their predictions, 1/16; element 0 is column 0. */
typedef struct {
  const int32_t* values;
  const int32_t* distances;
} vaerans_lossless_side;

/* A row, and what it follows from. Where there is no plane, its rows hold 0. */
typedef struct {
  vaerans_lossless_side above[2];  /* of this plane: the row above, and the one above that */
  vaerans_lossless_side first[2];  /* of the plane before: the same row, the row above */
  vaerans_lossless_side second[2]; /* of the plane before that */
  vaerans_lossless_side lead[2];   /* of the plane from which this one is a difference */
  int32_t* values;                 /* the row itself */
  int32_t* distances;
  int32_t* across; /* parts of what its columns need that do not follow from its own values */
  int32_t* down;
  int32_t* energy;
  const int32_t* coefficients; /* Q8 */
  const int32_t* weights;      /* Q10 */
  uint16_t* tables;            /* cumulative probabilities, and one 0 behind them */
  uint32_t earlier;            /* planes before this one */
  int32_t limits[4];           /* activities where classes end, and the least difference of two directions */
  int32_t most;                /* the largest sample */
  int32_t step;                /* 1, or that of quantised residuals */
  uint32_t inverse;            /* 65536 / step */
  uint32_t rate;               /* by which tables adapt: 2^-rate */
} vaerans_lossless_row;

/* Where a row is decoded from: a state, the words not read yet, and their end. */
typedef struct {
  uint32_t state;
  const uint8_t* words;
  const uint8_t* end;
} vaerans_lossless_lane;

/* A symbol's interval start << 16 | frequency (0: none), and raw bits behind it: count << 16 | bits. */
typedef struct {
  uint32_t interval;
  uint32_t raw;
} vaerans_lossless_record;

typedef struct {
  /* Fills `across`, `down` and `energy` for n columns, a multiple of VAERANS_LOSSLESS_COLUMNS. */
  void (*context)(const vaerans_lossless_row* row, size_t n);
  /* Decodes n columns of 1 to VAERANS_LOSSLESS_ROWS rows, of which none follows from another. Returns 0 if words ran out. */
  size_t (*decode)(const vaerans_lossless_row* rows, vaerans_lossless_lane* lanes, size_t count, size_t n);
  /* Codes n values; writes those that a decoder will have, and records in the order of decoding. Returns their number. */
  size_t (*encode)(const vaerans_lossless_row* row, const int32_t* values, vaerans_lossless_record* records, size_t n);
  /* sums[i * FEATURES + j] += (weights[s] * features[s * FEATURES + i]) * features[s * FEATURES + j] for the samples s of a batch in their
   * order, i < n, and all j up to i; what lies right of them is not said. */
  void (*moments)(const float* features, const float* weights, float* sums, size_t n);
} vaerans_lossless_table;

#endif
