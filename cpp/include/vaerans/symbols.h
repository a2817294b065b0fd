/* What stands around the entropy coder: counting symbols, taking rare ones out and putting them back, tokens. */
#ifndef VAERANS_SYMBOLS_H
#define VAERANS_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  /* Adds the number of times each byte value occurs to counts[256]. */
  void (*histogram)(const uint8_t* symbols, size_t n, uint32_t* counts);
  /* Copies the symbols whose bit is set in set[32] (symbol s: bit s % 8 of byte s / 8) to `out`, in order, at most `room` of
   * them. Returns how many there are. */
  size_t (*collect)(const uint8_t* set, const uint8_t* symbols, size_t n, uint8_t* out, size_t room);
  /* Replaces the symbols equal to `marker` by list[0], list[1], ... while the list lasts. Returns how many there are. */
  size_t (*replace)(uint8_t marker, uint8_t* symbols, size_t n, const uint8_t* list, size_t count);
  /* tokens[i] = min(zigzag(values[i]), most), zigzag(v) = v >= 0 ? 2v : -2v - 1. */
  void (*zigzag)(const int32_t* values, size_t n, uint8_t most, uint8_t* tokens);
  /* The inverse: values[i] = zigzag^-1(tokens[i]). */
  void (*unzigzag)(const uint8_t* tokens, size_t n, int32_t* values);
} vaerans_symbols_table;

#endif
