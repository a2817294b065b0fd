/* Interleaved rANS over bytes: 32-bit states in [2^16, 2^32), 16-bit words, one shared word stream.
 *
 * Symbol i belongs to lane i % lanes. Decoding takes the symbols in order; after each symbol a state below 2^16 becomes
 * state << 16 | next word. Encoding is the exact inverse, from the last symbol to the first. Words are little-endian.
 */
#ifndef VAERANS_RANS_H
#define VAERANS_RANS_H

#include <stddef.h>
#include <stdint.h>

/* The most lanes; their number is a power of two. */
#define VAERANS_RANS_LANES 128
/* Bytes behind the symbols of the 14-bit slots: four of them are read at a time. They are never used. */
#define VAERANS_RANS_PAD 4
/* What a kernel returns when the words (decode) or the room for them (encode) ran out. */
#define VAERANS_RANS_SHORT ((size_t)-1)

typedef struct {
  /* 12-bit probabilities. slots[4096]: frequency << 20 | (slot - start) << 8 | symbol; every frequency is in 1..4095.
   * Returns the words consumed of `count`, or VAERANS_RANS_SHORT. `states` is read and written. */
  size_t (*decode12)(const uint32_t* slots, uint32_t* states, size_t lanes, const uint8_t* words, size_t count,
                     uint8_t* symbols, size_t n);
  /* 14-bit probabilities. slot_symbols[16384 + VAERANS_RANS_PAD]; intervals[256]:
   * start << 16 | frequency. */
  size_t (*decode14)(const uint8_t* slot_symbols, const uint32_t* intervals, uint32_t* states, size_t lanes,
                     const uint8_t* words, size_t count, uint8_t* symbols, size_t n);
  /* Writes the words so that the last ends at words + 2 * room, and returns their number or VAERANS_RANS_SHORT; `room` has to
   * leave 2 * lanes words free beyond those written. intervals[256]: (2^32 - 1) / frequency << 32 | start << 16 | frequency
   * with frequency in 1..2^bits - 1; bits is 12 or 14. `symbols` starts at lane 0. */
  size_t (*encode)(const uint64_t* intervals, uint32_t bits, uint32_t* states, size_t lanes, const uint8_t* symbols,
                   size_t n, uint8_t* words, size_t room);
} vaerans_rans_table;

#endif
