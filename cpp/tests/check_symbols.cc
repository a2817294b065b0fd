#include "check.h"

static void check(const vaerans_table& table, const vaerans_table& scalar) {
  Random random{6};
  const vaerans_symbols_table &t = *table.symbols, &s = *scalar.symbols;
  for_cases([&](size_t length, size_t skip, uint32_t flags) {
    const size_t n = flags ? length * 9 : length;  // some are long enough for every main loop
    const uint8_t kinds = random.integer<uint8_t>();
    Buffer<uint8_t> symbols(n, skip), same(n);
    symbols.fill([&] { return uint8_t(random.integer<uint8_t>() & kinds); });
    if (n > 0) std::memcpy(same.get(), symbols.get(), n);

    Buffer<uint32_t> counts(256, skip, 3), expected(256, 0, 3);
    t.histogram(symbols.get(), n, counts.get());
    s.histogram(symbols.get(), n, expected.get());
    CHECK(counts.same(expected), "%s: histogram of %zu", table.isa, n);

    Buffer<uint8_t> set(32);
    set.fill([&] { return uint8_t(random.integer<uint8_t>() & random.integer<uint8_t>()); });
    for (size_t part : {1, 2}) {
      const size_t members = s.collect(set.get(), symbols.get(), n, nullptr, 0), room = members / part;
      Buffer<uint8_t> ours(room, skip), theirs(room);
      CHECK(t.collect(set.get(), symbols.get(), n, ours.get(), room) == members, "%s: collect of %zu", table.isa, n);
      s.collect(set.get(), symbols.get(), n, theirs.get(), room);
      CHECK(ours.same(theirs), "%s: collect of %zu", table.isa, n);
      const size_t found = t.replace(kinds, symbols.get(), n, ours.get(), room);
      CHECK(found == s.replace(kinds, same.get(), n, ours.get(), room), "%s: replace in %zu", table.isa, n);
      CHECK(symbols.same(same), "%s: replace in %zu", table.isa, n);
    }

    Buffer<int32_t> values(n, skip), back(n, skip), back_expected(n);
    values.fill([&] { return random.integer<int32_t>() >> (random.next() & 31); });
    Buffer<uint8_t> tokens(n, skip), tokens_expected(n);
    t.zigzag(values.get(), n, 200, tokens.get());
    s.zigzag(values.get(), n, 200, tokens_expected.get());
    CHECK(tokens.same(tokens_expected), "%s: zigzag of %zu", table.isa, n);
    t.unzigzag(tokens.get(), n, back.get());
    s.unzigzag(tokens.get(), n, back_expected.get());
    CHECK(back.same(back_expected), "%s: unzigzag of %zu", table.isa, n);
  });
}

CHECK_FAMILY(symbols, check);
