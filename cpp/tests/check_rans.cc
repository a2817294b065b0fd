#include "check.h"

// Random frequencies of sum 2^bits and everything the kernels want to know of them.
struct Model {
  uint32_t bits;
  std::vector<uint8_t> slot_symbols;
  Buffer<uint32_t> slots, intervals;
  Buffer<uint64_t> entries;

  Model(Random& random, uint32_t bits) : bits(bits), slots(4096), intervals(256), entries(256) {
    const uint32_t total = 1u << bits;
    uint32_t frequency[256] = {}, left = total - 40;
    for (int k = 0; k < 40; k++) frequency[6 * k] = 1;
    while (left > 0) {
      const uint32_t more = 1 + random.integer<uint32_t>() % left;
      frequency[6 * (random.integer<uint32_t>() % 40)] += more;
      left -= more;
    }
    uint32_t start = 0;
    for (uint32_t s = 0; s < 256; s++) {
      const uint32_t f = frequency[s];
      entries.get()[s] = f == 0 ? 0 : uint64_t(0xffffffffu / f) << 32 | uint64_t(start) << 16 | f;
      intervals.get()[s] = start << 16 | f;
      for (uint32_t i = 0; i < f; i++) {
        slot_symbols.push_back(uint8_t(s));
        if (bits == 12) slots.get()[start + i] = f << 20 | i << 8 | s;
      }
      start += f;
    }
    slot_symbols.resize(total + VAERANS_RANS_PAD);
    slot_symbols.shrink_to_fit();
  }

  size_t decode(const vaerans_table& t, Buffer<uint32_t>& states, const uint8_t* words, size_t count,
                Buffer<uint8_t>& out) {
    if (bits == 12)
      return t.rans->decode12(slots.get(), states.get(), states.size(), words, count, out.get(), out.size());
    return t.rans->decode14(slot_symbols.data(), intervals.get(), states.get(), states.size(), words, count, out.get(),
                            out.size());
  }
};

struct Stream {
  Buffer<uint32_t> states;
  Buffer<uint8_t> words;
};

static Stream encode(const vaerans_table& t, Model& m, Buffer<uint8_t>& symbols, size_t lanes) {
  Buffer<uint32_t> states(lanes, 0, 1u << 16);
  Buffer<uint8_t> room(2 * (symbols.size() + 2 * lanes));
  const size_t used = t.rans->encode(m.entries.get(), m.bits, states.get(), lanes, symbols.get(), symbols.size(),
                                     room.get(), room.size() / 2);
  CHECK(used != VAERANS_RANS_SHORT, "%s: %zu lanes, %zu symbols", t.isa, lanes, symbols.size());
  Buffer<uint8_t> words(2 * used);
  if (used > 0) std::memcpy(words.get(), room.get() + room.size() - 2 * used, 2 * used);
  return {states, words};
}

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{5};
  for (size_t n : {0, 1, 5, 31, 64, 127, 300, 1021, 4999})
    for (uint32_t bits : {12, 14}) {
      Model model(random, bits);
      Buffer<uint8_t> symbols(n);
      symbols.fill([&] { return model.slot_symbols[random.integer<uint32_t>() >> (32 - bits)]; });
      for (size_t lanes = 1; lanes <= VAERANS_RANS_LANES; lanes *= 2) {
        Stream ours = encode(table, model, symbols, lanes), expected = encode(scalar, model, symbols, lanes);
        CHECK(ours.states.same(expected.states) && ours.words.same(expected.words), "%s: %zu lanes", table.isa, lanes);
        Buffer<uint8_t> out(n), other(n);
        const size_t count = ours.words.size() / 2;
        CHECK(model.decode(table, ours.states, ours.words.get(), count, out) == count, "%s: %zu lanes", table.isa,
              lanes);
        CHECK(out.same(symbols), "%s: %zu lanes, %zu symbols", table.isa, lanes, n);
        for (size_t k = 0; k < lanes; k++) CHECK(ours.states.get()[k] == 1u << 16, "%s: lane %zu", table.isa, k);
        // Wild states and too few words: the same garbage, and nothing read or written outside.
        Buffer<uint32_t> wild(lanes);
        wild.fill([&] { return random.integer<uint32_t>(); });
        Buffer<uint32_t> also = wild;
        const size_t half = count / 2;
        Buffer<uint8_t> words(2 * half);
        if (half > 0) std::memcpy(words.get(), ours.words.get(), 2 * half);
        const size_t a = model.decode(table, wild, words.get(), half, out);
        CHECK(a == model.decode(scalar, also, words.get(), half, other), "%s: %zu lanes, damaged", table.isa, lanes);
        CHECK(a == VAERANS_RANS_SHORT || (out.same(other) && wild.same(also)), "%s: %zu lanes, damaged", table.isa,
              lanes);
      }
    }
}

CHECK_FAMILY(rans, check);
