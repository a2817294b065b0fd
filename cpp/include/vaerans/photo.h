/* The coefficients of a photo: 16 rows of a band at once, each in a lane of its own, two columns behind the row above. See the Rust file
 * reference/photo.rs for what the numbers mean.
 *
 * Layout of a band of `height` rows of `width` coefficients ("lane-major"): row r stands at ((r + 16) % 16) * lane + ((r + 16) / 16) * pitch,
 * for -16 <= r <= height + 1. Rows that are not there, and the columns from `width` to `pitch`, hold zeros. pitch is
 * max(width + 2, 32); lane is pitch * (groups + 1), groups being ceil(height / 16). At step t lane l works on column t - 2 l - g pitch of row
 * 16 g + l. Behind the 16 lanes and in front of the first stand VAERANS_PHOTO_MARGIN elements that may be read.
 */
#ifndef VAERANS_PHOTO_H
#define VAERANS_PHOTO_H

#include <stddef.h>
#include <stdint.h>

#define VAERANS_PHOTO_LANES 16
#define VAERANS_PHOTO_LAG 2      /* columns that a lane is behind the one above */
#define VAERANS_PHOTO_MARGIN 128 /* elements around a plane of a band */
#define VAERANS_PHOTO_CLASSES 48
#define VAERANS_PHOTO_ROWS 128  /* rows of a table: class + 64 * quantizer */
#define VAERANS_PHOTO_TOKENS 26 /* the last is the escape */
#define VAERANS_PHOTO_OWN 6     /* neighbours in the band itself: W, WW, N, NN, NW, NE */
#define VAERANS_PHOTO_OTHER \
  12 /* in others: parent, its nearest in x, in y, parents of the other orientations; 4 times (centre, four around) */
#define VAERANS_PHOTO_BITS 15
#define VAERANS_PHOTO_SIZES 4 /* reconstruction points: magnitudes 0, 1, 2, more */
#define VAERANS_PHOTO_PAD 512 /* bytes behind the words that may be read */
#define VAERANS_PHOTO_SHORT ((size_t)-1)
#define VAERANS_PHOTO_IDLE (-32768) /* energy of a lane that has no coefficient at a step */

/* Sizes of a band and its layout. */
typedef struct {
  size_t width, height, pitch, lane;
} vaerans_photo_band;

/* Magnitudes of another band: 32 times the reconstruction index, at most 255 of it; null: there is none. */
typedef struct {
  const int16_t* magnitudes; /* the first element of the layout */
  size_t pitch, lane;
} vaerans_photo_source;

/* What the energy of a band's coefficients is made of, but for its own neighbours. */
typedef struct {
  vaerans_photo_band band;
  vaerans_photo_source parent,
      cousins[2];                 /* of the next coarser level: same orientation, the two others; all or none */
  vaerans_photo_source beside[4]; /* bands of the same size */
  int16_t bias;
  int16_t weights[VAERANS_PHOTO_OTHER];
} vaerans_photo_around;

/* The model of a band. */
typedef struct {
  const int16_t* ends;   /* rows of 32: the last slot of each token; 32767 from the escape on */
  const uint32_t* zeros; /* frequency of token 0 of each row */
  const float* shifts;   /* of each row 4: how much less than its index a magnitude of 0, 1, 2, more is */
  const uint16_t* signs; /* of 9 contexts: frequency of + */
  int16_t weights[VAERANS_PHOTO_OWN];
  uint8_t next[16]; /* state of the quantizer behind (2 * state + parity); the quantizer of a state is its lowest bit */
} vaerans_photo_model;

/* What the encoder's search of a row knows beside the model. */
typedef struct {
  const float* costs; /* rows of 32: what a token costs with its raw bits and its sign, in squares of half a step */
  float least;        /* below this many half steps a coefficient is 0 */
} vaerans_photo_search;

/* Steps of the blocks of a tile, seen from a band of one of its levels: `down` rows of `across` numbers k from -8 to 8; a coefficient of the
 * block is scale * powers[k + 8] (of 32). Null: every coefficient is `scale`. */
typedef struct {
  const int8_t* k;
  size_t across, down;
  uint32_t log2, level; /* of the side of a block in pixels; of the distance of two coefficients */
  const float* powers;
  float scale;
} vaerans_photo_steps;

/* Columns and rows of a band. */
typedef struct {
  size_t x, y, width, height;
} vaerans_photo_part;

typedef struct {
  /* Energies from other bands, at most 32767: `rows` in the layout of the band (lane as it is there), `steps` as [step][lane], -32768 where a
   * lane has nothing to do. Either may be null. */
  void (*energies)(const vaerans_photo_around* around, int16_t* rows, int16_t* steps);
  /* Decodes a band: magnitudes (as of a source) and values, both zero before; the number of words used or VAERANS_PHOTO_SHORT. Words are
   * little-endian and followed by VAERANS_PHOTO_PAD bytes. `history`: 2 + steps rows of 16. */
  size_t (*decode)(const vaerans_photo_band* band, const vaerans_photo_model* model, const int16_t* steps,
                   uint32_t* states, const uint8_t* words, size_t count, int16_t* magnitudes, float* values,
                   int16_t* history);
  /* Indices of a row by trellis search: of coefficients[i] * factors[i] half steps, signed. `energies` are those from other bands (of `rows`),
   * `magnitudes` those of the row, to be written; rows above are there. `scratch`: 24 * width + 64 words of 4 bytes, aligned to VAERANS_LINE. */
  void (*search)(const vaerans_photo_band* band, const vaerans_photo_model* model, const vaerans_photo_search* search,
                 size_t row, const int16_t* energies, const float* coefficients, const float* factors,
                 int16_t* magnitudes, int32_t* indices, uint32_t* scratch);
  /* As it, with a dead zone and no search: magnitude k from k - 1 + zone on, of full steps; the quantizer does not change. */
  void (*round)(const vaerans_photo_band* band, float zone, size_t row, const float* coefficients, const float* factors,
                int16_t* magnitudes, int32_t* indices);
  /* Of a band whose indices are known: rows of the tables and values, in its layout. `energies` as `rows` above. */
  void (*describe)(const vaerans_photo_band* band, const vaerans_photo_model* model, const int16_t* energies,
                   const int16_t* magnitudes, const int32_t* indices, uint8_t* rows, float* values);
  /* rANS of a band, backwards: words are written in front of `end`; gives their number. `counts`: frequencies of each row's 26 tokens (rows of
   * 32). At most 4 words a coefficient are written. */
  size_t (*encode)(const vaerans_photo_band* band, const vaerans_photo_model* model, const uint16_t* counts,
                   const uint8_t* rows, const int32_t* indices, const float* values, uint32_t* states, uint16_t* end);
  /* Values of a part of a band, in its layout, times their factors, to rows of `stride` elements. `scratch`: x + width elements. */
  void (*place)(const vaerans_photo_band* band, const vaerans_photo_steps* steps, const vaerans_photo_part* part,
                const float* values, float* to, size_t stride, float* scratch);
  /* Factors of row y of a band, or one divided by each. */
  void (*factors)(const vaerans_photo_steps* steps, size_t y, size_t width, int is_reciprocal, float* out);
  /* Four times the luma of n pixels of so many channels, of 8 bits: 4 grey, or R + 2 G + B. */
  void (*luma_u8)(const uint8_t* src, size_t n, size_t channels, uint16_t* out);
  void (*luma_u16)(const uint16_t* src, size_t n, size_t channels, uint16_t* out);
  /* Adds, of RGB as 8 bits, the products RR, RG, RB, GG, GB, BB of what twice a sample differs by from those to its left and above. */
  void (*covariance_u8)(const uint8_t* src, size_t width, size_t height, size_t channels, int64_t* sums);
  void (*covariance_u16)(const uint16_t* src, size_t width, size_t height, size_t channels, int64_t* sums);
  /* Sum and sum of squares of each 8 columns of at most 8 rows. */
  void (*cells)(const uint16_t* luma, size_t stride, size_t width, size_t height, uint32_t* sums, uint32_t* squares);
} vaerans_photo_table;

#endif
