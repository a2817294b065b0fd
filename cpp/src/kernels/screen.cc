// Lossless coding of screens: docs/screen-format.md. Both directions are one source; a decoder gives the coder values that it ignores.
#include "lanes.h"
#include "screen/guess.h"
#include "screen/palette.h"
#include "vaerans/kernels.h"

namespace {

constexpr size_t kBlock = VAERANS_SCREEN_BLOCK, kMargin = VAERANS_SCREEN_MARGIN;
constexpr uint32_t kSources = 6;

VAERANS_INLINE Around around(const vaerans_screen_state& s, size_t x) {
  const uint32_t *r = s.rows[0] + x, *above = s.rows[1] + x;
  return {r[-1], above[0], above[-1], above[1], r[-2], s.rows[2][x]};
}

VAERANS_INLINE uint32_t wide_hash(const vaerans_screen_state& s, size_t x, uint32_t h) {
  const uint32_t *r = s.rows[0] + x, *above = s.rows[1] + x, *second = s.rows[2] + x;
  const uint32_t more[7] = {r[-3], above[-2], above[2], second[-1], second[1], above[3], second[2]};
  for (uint32_t v : more) h = mixed(h, v);
  return h;
}

template <class Coder>
VAERANS_INLINE uint32_t pixel(Coder& coder, vaerans_screen_state& s, size_t x, uint32_t actual) {
  const Around a = around(s, x);
  const uint32_t h3 = mixed(mixed(mixed(a.w, a.n), a.ne), a.nw == a.n);
  const uint32_t h6 = mixed(mixed(mixed(h3, a.nw), a.ww), a.nn), h13 = wide_hash(s, x, h6);
  const Guess wide = guess(s.wide, s.cell_bits, h13), close = guess(s.close, s.cell_bits, h6);
  uint16_t* const g3 = group(s, h3, 8);
  uint16_t* const g6 = group(s, h6 * 0x85EBCA6Bu, 8);
  const uint32_t colours[kSources] = {wide.colour, close.colour, a.w, a.n, a.ne, a.nw};
  const uint32_t sure = wide.sureness << 2 | close.sureness, recent = least(s.literals, 3);
  uint32_t colour = 0;
  bool same = false;
#pragma clang loop unroll(disable)
  for (uint32_t i = 0; i < kSources && !same; i++) {
    const uint32_t c = colours[i];
    bool asked = (i == 0 && wide.sureness == 0) || (i == 1 && close.sureness == 0);
    for (uint32_t k = 0; k < i; k++) {
      const bool valid = k == 0 ? wide.sureness > 0 : k == 1 ? close.sureness > 0 : true;
      asked |= valid && colours[k] == c;
    }
    if (asked) continue;
    const uint32_t equal = uint32_t(c == a.w) | uint32_t(c == a.n) << 1 | uint32_t(c == a.nw) << 2 |
                           uint32_t(c == a.ne) << 3 | uint32_t(c == a.ww) << 4 | uint32_t(c == a.nn) << 5 |
                           uint32_t(close.sureness > 0 && c == close.colour) << 6;
    const uint32_t context = equal | wide.sureness << 7 | close.sureness << 9 | i << 11 | uint32_t(recent > 0) << 14;
    uint16_t* const chances[3] = {s.direct + kSameChances + context, g6 + 1 + i, g3 + 1 + i};
    same = decide(coder, s, chances, kSameSets + (i * 16 + sure) * 4 + recent, c == actual);
    colour = c;
  }
  if (!same) colour = literal(coder, s, a, g3, g6, actual);
  s.literals = !same ? least(s.literals + 1, 7) : s.literals > 0 ? s.literals - 1 : 0;
  remember(wide, colour);
  remember(close, colour);
  return colour;
}

// Whether a block of n pixels equals the row above.
template <class Coder>
VAERANS_INLINE bool block(Coder& coder, const vaerans_screen_state& s, size_t x, size_t n) {
  uint32_t* const r = s.rows[0] + x;
  const uint32_t* const above = s.rows[1] + x;
  bool same = false;
  if (!Coder::kDecodes) {
    same = true;
    for (size_t i = 0; i < n && same; i++) same = r[i] == above[i];
  }
  const size_t b = x / kBlock;
  const uint32_t left = b > 0 ? s.skipped[0][b - 1] : 1;
  const uint32_t context = left | s.skipped[1][b] << 1 | s.skipped[1][b + 1] << 2 | s.skipped[2][b] << 3;
  const uint32_t first = above[0], middle = above[n / 2], last = above[n - 1];
  const uint32_t even =
      uint32_t(n > 1 && first == last) | uint32_t(first == r[-1]) << 1 | uint32_t(middle == first) << 2;
  uint16_t* const hashed = group(s, mixed(mixed(mixed(first, last), middle), r[-1] + 0x5555), 8) + 1;
  uint16_t* const placed = group(s, mixed(mixed(uint32_t(b), context), 0x6666), 8) + 1;
  uint16_t* const chances[3] = {s.direct + kBlockChances + context * 8 + even, hashed, placed};
  same = decide(coder, s, chances, kBlockSets + context, same);
  if (Coder::kDecodes && same)
    for (size_t i = 0; i < n; i++) r[i] = above[i];
  s.skipped[0][b] = same;
  return same;
}

template <class Coder>
VAERANS_INLINE void row(Coder& coder, vaerans_screen_state& s) {
  for (size_t i = 1; i <= kMargin; i++) s.rows[0][-ptrdiff_t(i)] = s.rows[1][0];
  for (size_t x = 0; x < s.width; x += kBlock) {
    const size_t n = s.width - x < kBlock ? s.width - x : kBlock;
    if (block(coder, s, x, n)) continue;
    for (size_t i = x; i < x + n; i++) s.rows[0][i] = pixel(coder, s, i, Coder::kDecodes ? 0 : s.rows[0][i]);
  }
  for (size_t i = 0; i < kMargin; i++) s.rows[0][s.width + i] = s.rows[0][s.width - 1];
}

// What changes from pixel to pixel, back to where the caller has it.
VAERANS_INLINE void put_back(vaerans_screen_state* to, const vaerans_screen_state& s) {
  to->colours = s.colours;
  to->next = s.next;
  to->literals = s.literals;
}

void decode(vaerans_screen_state* state, const uint8_t* bytes, size_t count, uint8_t* out) {
  vaerans_screen_state s = *state;
  Decoder coder{s.low, s.range, bytes, s.at, count};
  row(coder, s);
  for (size_t x = 0, k = 0; x < s.width; x++)
    for (size_t c = 0; c < s.channels; c++) out[k++] = uint8_t(s.rows[0][x] >> 8 * c);
  put_back(state, s);
  state->low = coder.code, state->range = coder.range, state->at = coder.at;
}

void encode(vaerans_screen_state* state, uint8_t* bytes, const uint8_t* pixels) {
  vaerans_screen_state s = *state;
  Encoder coder{s.low, s.range, bytes, s.at};
  for (size_t x = 0, k = 0; x < s.width; x++) {
    uint32_t v = 0;
    for (size_t c = 0; c < s.channels; c++) v |= uint32_t(pixels[k++]) << 8 * c;
    s.rows[0][x] = v;
  }
  row(coder, s);
  put_back(state, s);
  state->low = coder.low, state->range = coder.range, state->at = coder.at;
}

}  // namespace

VAERANS_DEFINE(screen) = {
    VAERANS_DECODER(decode),
    VAERANS_ENCODER(encode),
};
