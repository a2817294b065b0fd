/* Lossless coding of screens: whole colours, a row at a time, by adaptive binary decisions. docs/screen-format.md says what a row means.
 */
#ifndef VAERANS_SCREEN_H
#define VAERANS_SCREEN_H

#include <stddef.h>
#include <stdint.h>

/* Pixels of a block that is coded as one if it equals the row above. */
#define VAERANS_SCREEN_BLOCK 64
/* Pixels in front of a row and behind it. */
#define VAERANS_SCREEN_MARGIN 4
/* Colours of the palette. */
#define VAERANS_SCREEN_PALETTE 4096
/* Chances that are found without a hash. */
#define VAERANS_SCREEN_DIRECT 79968
/* Sets of four weights, of which three are used. */
#define VAERANS_SCREEN_SETS 608
/* Colours that are remembered as ink. */
#define VAERANS_SCREEN_INKS 1024
/* Scores of predictors: 6 of each of 8 surroundings of 4 channels. */
#define VAERANS_SCREEN_SCORES 192
/* Entries of the table by which an encoder finds a colour in the palette. */
#define VAERANS_SCREEN_PLACES 16384
/* Bytes that a pixel may take at most, and a row besides. */
#define VAERANS_SCREEN_ROOM 128

/* All that coder and decoder know. The caller owns the arrays. */
typedef struct {
  size_t width;
  size_t channels;          /* bytes of a pixel, 1 to 4 */
  uint32_t hash_bits;       /* of the number of hashed chances */
  uint32_t cell_bits;       /* of the number of cells */
  uint16_t* hashed;         /* chances in groups, each behind a check */
  uint16_t* direct;         /* chances */
  uint64_t* wide;           /* cells of the wide surroundings: colour, check << 32, count << 48 */
  uint64_t* close;          /* cells of the close ones */
  int32_t* weights;         /* Q16 */
  const uint16_t* squash;   /* of -3072 to 3071 */
  const int16_t* stretch;   /* of 12 bits */
  uint32_t* palette;        /* colours */
  uint32_t* inks;           /* the last new colour beside a colour */
  int32_t* scores;          /* mean distances of predictors, Q8 */
  uint16_t* places;         /* of colours in the palette; an encoder's alone */
  uint32_t* rows[3];        /* the row that is coded, the one above, the one above that; each at its first pixel */
  uint8_t* skipped[3];      /* whether blocks of these rows equalled the row above; one more than blocks */
  uint32_t colours;         /* of the palette so far */
  uint32_t next;            /* place of the palette that the next new colour takes when it is full */
  uint32_t literals;        /* how many of the last pixels were no neighbours: up and down by 1, at most 7 */
  uint32_t without_palette; /* an encoder's choice: every colour is new */
  uint32_t low;             /* of the coder's interval; a decoder's distance from it */
  uint32_t range;           /* of the interval */
  size_t at;                /* bytes written; bytes read, those behind the end included */
} vaerans_screen_state;

typedef struct {
  /* Decodes a row of width * channels bytes into `out`. Bytes behind `count` are zeros. Any bytes give a row. */
  void (*decode)(vaerans_screen_state* state, const uint8_t* bytes, size_t count, uint8_t* out);
  /* Codes a row of pixels behind the `at` bytes that are there; width * ROOM + ROOM more have room. */
  void (*encode)(vaerans_screen_state* state, uint8_t* bytes, const uint8_t* pixels);
} vaerans_screen_table;

#endif
